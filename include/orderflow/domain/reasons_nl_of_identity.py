"""The texts of the reasons about identity in Dutch."""

from orderflow.domain.dutch import DutchTexts
from orderflow.domain.reasons import Reason

OF_IDENTITY_NL: dict[Reason, DutchTexts] = {
    Reason.ERP_ORDER_UNPROVED: DutchTexts(
        "Het ERP heeft een order met deze naam, en dat het deze is staat niet vast: er staat iets anders in, of de "
        "webshop kan niet zeggen welke order het nummer ervan heeft. Die is niet voor deze aangezien, en er is geen "
        "tweede verstuurd.",
        "Vergelijk beide; de melding zegt wat er aan de hand is. Zijn het twee orders, geef deze dan in de webshop een "
        "eigen referentie. Is het dezelfde, maak hem dan met de hand af en noem hem onder `resolve`.",
    ),
    Reason.ERP_ORDER_CANCELLED: DutchTexts(
        "De order is in het ERP geannuleerd en in de webshop niet. De webshop krijgt er niets meer van te horen.",
        "Annuleer de order in de webshop, of heropen hem in het ERP. Moet hij onder een nieuwe ERP-order geleverd "
        "worden, plaats hem dan opnieuw in de webshop.",
    ),
    Reason.REFERENCE_TAKEN: DutchTexts(
        "Twee orders van de webshop hebben dezelfde naam in het ERP, of voor beide werd dezelfde ERP-order gevonden. "
        "De ERP-order hoort bij de andere order; deze is met rust gelaten.",
        "De melding noemt beide orders. Geef deze in de webshop een eigen referentie, of annuleer hem daar als het "
        "dezelfde order nog eens is.",
    ),
    Reason.EXPORTED_TWICE: DutchTexts(
        "Het ERP heeft misschien twee orders voor deze ene: een eerdere versie hield hem onder twee webshops bij en "
        "verstuurde hem twee keer.",
        "De melding noemt beide ERP-orders. Annuleer die welke niet in de webshop staat en noem de order dan onder "
        "`resolve`.",
    ),
    Reason.WITHDRAWN_AFTER_EXPORT: DutchTexts(
        "Na de export in de webshop teruggezet naar concept of offerte, of naar een onbekende status. De order is met "
        "rust gelaten: elke wijziging zou dat ongedaan maken.",
        "Bevestig de order opnieuw in de webshop, of annuleer hem daar en in het ERP.",
    ),
    Reason.STATE_UNKNOWN: DutchTexts(
        "De status van de order ontbreekt of staat niet in de documentatie van de leverancier; niet verzonden.",
        "Controleer de order in het beheer van de webshop en verbeter daar de status. Is het bij elke order zo, meld "
        "het dan aan de leverancier.",
    ),
    Reason.OFFLINE_UNKNOWN: DutchTexts(
        "De order zegt niet of hij offline is, en de lijsten van de webshop ook niet: het filter `offline` wordt "
        "genegeerd. Hij is niet geëxporteerd.",
        "Vraag CloudSuite om `offline` in de order te tonen of het filter te volgen. Heeft de webshop geen offline "
        "orders, zet `offline_orders` dan op false.",
    ),
    Reason.BEFORE_GO_LIVE: DutchTexts(
        "Bevestigd vóór de livegang (`not_before`, anders de vroegste dag die gedraaid is): de sweep exporteert hem "
        "niet.",
        "Niets als hij met de hand in het ERP is ingevoerd. Draai anders zijn dag, of noem hem onder `references`.",
    ),
    Reason.NOT_BEFORE: DutchTexts(
        "Bevestigd vóór `not_before`; de instellingen verbieden de export.",
        "Zet `not_before` op een eerdere dag als de order geëxporteerd moet worden, en draai hem opnieuw.",
    ),
    Reason.DAY_NOT_RUN: DutchTexts(
        "Dagen uit het schema zijn zo lang gemist dat geen sweep ze nog oppakt (`limits.catch_up_days`).",
        "Draai de dagen uit de melding: een backfill van `orderflow_daily`.",
    ),
    Reason.SERVICE_LEVEL_MISSED: DutchTexts(
        "Van de laatste dag waren minder orders op tijd in het ERP dan `alerts.service_level` vraagt.",
        "Kijk op de pagina bij “Hoe lang het duurt” of dit aanhoudt, en los op wat de meeste orders tegenhoudt.",
    ),
    Reason.ASSUMPTION_CHANGED: DutchTexts(
        "Webshop of ERP antwoordt anders dan bij de vorige controle: een aanname klopt niet meer, of juist weer wel.",
        "Lees in de tabel van de controle wat eruit volgt en wat er moet worden ingesteld of gevraagd. Start daarna "
        "`orderflow_check` opnieuw; dat sluit deze melding.",
    ),
}
