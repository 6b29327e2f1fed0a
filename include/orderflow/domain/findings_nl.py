"""The texts of the findings in Dutch: the same table as `KINDS`, for people who read the page in Dutch."""

from orderflow.domain.dutch import DutchTexts
from orderflow.domain.findings import FindingKind
from orderflow.domain.open_enum import TextsOf

_SWEEP = "Start orderflow_orders met de referentie van deze order."
_COMPARE = "Vergelijk beide orders en voer de wijziging met de hand door aan de kant die achterloopt."

_TEXTS: dict[FindingKind, DutchTexts] = {
    FindingKind.NOT_IN_ERP: DutchTexts(
        "Bevestigd en betaalbaar in de webshop, maar niet in het ERP.",
        "Herstel wat er genoemd wordt, als er iets genoemd wordt; start dan orderflow_orders met deze referentie.",
    ),
    FindingKind.GONE_FROM_ERP: DutchTexts(
        "Logboek of webshop zegt dat het ERP deze order heeft, maar het ERP heeft hem niet (of alleen geannuleerd).",
        "Zoek het nummer in het ERP; is hij met opzet verwijderd, annuleer dan de order in de webshop.",
    ),
    FindingKind.NUMBER_MISSING: DutchTexts(
        "De webshop zegt `processing` of `done` maar toont geen ERP-nummer.",
        f"{_SWEEP} Heeft het ERP de order niet, zet hem dan in de webshop terug op `confirmed`.",
    ),
    FindingKind.NUMBER_DIFFERS: DutchTexts(
        "De webshop toont een ander ERP-nummer dan het ERP.",
        "Zoek uit welke ERP-order de juiste is en verbeter de andere.",
    ),
    FindingKind.LINES_MISSING: DutchTexts(
        "De webshop toont het ERP-nummer, maar regels missen hun ERP-regelnummer of tonen een dat het ERP niet heeft.",
        _SWEEP,
    ),
    FindingKind.STILL_CONFIRMED: DutchTexts(
        "Het ERP heeft de order, maar de webshop zegt niet `processing` (of `done`).",
        f"{_SWEEP} De webshop wordt opnieuw ingelicht, er wordt niets opnieuw verzonden.",
    ),
    FindingKind.CANCELLED_IN_SHOP: DutchTexts(
        "Het ERP heeft de order, maar in de webshop is hij geannuleerd.", "Annuleer de order in het ERP."
    ),
    FindingKind.UNKNOWN_IN_SHOP: DutchTexts(
        "Het ERP heeft een order onder een referentie die de webshop niet kent.",
        "Controleer de referentie in het ERP; is de order in de webshop verwijderd, annuleer hem dan in het ERP.",
    ),
    FindingKind.DUPLICATE_IN_ERP: DutchTexts(
        "Het ERP heeft meer dan een order onder een referentie van de webshop.",
        "Annuleer in het ERP die waarvan de webshop het nummer niet toont.",
    ),
    FindingKind.LINE_COUNT_DIFFERS: DutchTexts("Webshop en ERP hebben een ander aantal regels.", _COMPARE),
    FindingKind.AMOUNT_DIFFERS: DutchTexts(
        "Webshop en ERP hebben een ander totaal (exclusief btw) of een andere valuta.", _COMPARE
    ),
    FindingKind.CUSTOMER_DIFFERS: DutchTexts(
        "De order in het ERP staat op naam van een andere klant dan waarvoor hij is verzonden.",
        "Vergelijk de klanten in het ERP, die de regel met hun nummer noemt, en verbeter die van de order.",
    ),
    FindingKind.ADDRESS_DIFFERS: DutchTexts(
        "De order in het ERP gaat naar een ander adres dan waarmee hij is verzonden.",
        "Vergelijk de adressen, die de regel met hun sleutel of id noemt, en verbeter het afleveradres in het ERP.",
    ),
    FindingKind.CONTENT_DIFFERS: DutchTexts(
        "De order is in de webshop gewijzigd nadat hij naar het ERP ging: een artikel, adres, datum of opmerking.",
        "Vergelijk beide orders, wijzig hem met de hand in het ERP en noem de order dan onder `resolve`.",
    ),
    FindingKind.CORRECTED_IN_ERP: DutchTexts(
        "In het ERP heeft de order een retour of een creditnota, die de webshop niet toont.",
        "Er is niets mis. Heeft de klant in de webshop betaald, let er dan op dat het geld daar terugkomt.",
    ),
    FindingKind.OFFLINE_NOT_SENT: DutchTexts(
        "Een offline order staat in de webshop niet als verzonden.", "Start orderflow_daily voor de dag van deze order."
    ),
}

KINDS_NL = TextsOf(
    _TEXTS,
    unknown=DutchTexts(
        "Een verschil van een soort die nieuwere software vond en deze software niet kent.",
        "Zet de nieuwere software terug, of bekijk de order daar.",
    ),
)
