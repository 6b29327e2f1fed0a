"""The texts of the reason codes in Dutch: the same table as `EXPLAINED`, for people who read the page in Dutch."""

from orderflow.domain.dutch import DutchTexts
from orderflow.domain.open_enum import TextsOf
from orderflow.domain.reasons import Owner, Reason
from orderflow.domain.reasons_nl_of_customers import OF_CUSTOMERS_NL
from orderflow.domain.reasons_nl_of_identity import OF_IDENTITY_NL
from orderflow.domain.reasons_nl_of_the_flow import OF_THE_FLOW_NL

OWNERS_NL: dict[Owner, str] = {
    Owner.NOBODY: "niemand",
    Owner.SHOP: "webshopteam",
    Owner.ERP_MASTER_DATA: "ERP-stamgegevens",
    Owner.FINANCE: "financiën",
    Owner.INTEGRATION: "integratieteam",
}

_NOTHING = "Niets te doen."

_TEXTS: dict[Reason, DutchTexts] = {
    Reason.PAID: DutchTexts("De betaling is gelukt.", _NOTHING),
    Reason.INVOICED_LATER: DutchTexts("Besteld op rekening; de factuur volgt.", _NOTHING),
    Reason.NO_PAYMENT_OPTION: DutchTexts("Status `none` in een webshop waar niet betaald kan worden.", _NOTHING),
    Reason.RESUMED: DutchTexts("Eerder half teruggeschreven; opnieuw opgepakt.", _NOTHING),
    Reason.PAYMENT_STARTED: DutchTexts(
        "De koper is begonnen met betalen en is nog niet klaar.",
        "Niets: de order wordt opgepakt zodra er betaald is.",
    ),
    Reason.PAYMENT_CANCELLED: DutchTexts(
        "De betaling is afgebroken.", "Vraag de koper opnieuw te betalen, of annuleer de order in de webshop."
    ),
    Reason.NOT_PAID: DutchTexts(
        "Nog niet betaald, in een webshop die betaling vraagt.",
        "Niets als de koper nog betaalt; kan hier niet betaald worden, zet dan `payment_option` op false.",
    ),
    Reason.WEBSHOP_UNKNOWN: DutchTexts(
        "Nog niet betaald, in een webshop die niet in de instellingen staat: niemand heeft gezegd of daar betaald kan "
        "worden.",
        "Neem de webshop op in de instellingen, met `payment_option` op false als er niet betaald kan worden.",
    ),
    Reason.OVERDUE: DutchTexts(
        "Lang geleden bevestigd en nog steeds niet betaald; de order blijft op de lijst en wordt eens per dag bekeken.",
        "Vraag de koper te betalen, of annuleer de order in de webshop.",
    ),
    Reason.PAYMENT_UNKNOWN: DutchTexts(
        "De betaalstatus ontbreekt of staat niet in de documentatie van de leverancier; nooit verzonden.",
        "Controleer de betaling in het beheer van de webshop en verbeter daar de status.",
    ),
    Reason.ORDER_INCOMPLETE: DutchTexts(
        "De order mist iets wat het ERP nodig heeft (regels, artikelsleutel, aantal, prijs, valuta).",
        "Vul de order aan in de webshop; de melding zegt wat er ontbreekt.",
    ),
    **OF_CUSTOMERS_NL,
    **OF_IDENTITY_NL,
    Reason.NOT_IN_ERP: DutchTexts(
        "De webshop zegt dat het ERP de order heeft (`processing`, of een ERP-nummer), maar noch het logboek noch het "
        "ERP kent hem.",
        "Ontbreekt hij echt: wis het ERP-nummer en zet de status op `confirmed`. Verbeter anders het nummer.",
    ),
    Reason.OFFLINE: DutchTexts("Een offline order: gemaakt in het ERP, hoeft daar niet heen.", _NOTHING),
    Reason.NOT_CONFIRMED: DutchTexts("De order is niet (meer) `confirmed`.", _NOTHING),
    Reason.CANCELLED: DutchTexts("Geannuleerd in de webshop voordat hij verzonden was.", _NOTHING),
    Reason.OUTSIDE_WINDOW: DutchTexts("Vermeld, maar bevestigd op een andere dag: hoort bij die dag.", _NOTHING),
    Reason.ALREADY_EXPORTED: DutchTexts("Eerder al verzonden en teruggeschreven.", _NOTHING),
    Reason.NEVER_PAID: DutchTexts(
        "Niet betaald en niet gewijzigd in de webshop, zo lang als `limits.never_paid_days` zegt. De order wordt niet "
        "meer gelezen.",
        "Niets: elke wijziging in de webshop haalt hem terug.",
    ),
    Reason.RESOLVED: DutchTexts("Iemand heeft hem met de hand afgehandeld; gaat niet vanzelf naar het ERP.", _NOTHING),
    Reason.ERP_CUSTOMER_INACTIVE: DutchTexts(
        "De klant of een adres van de order is niet actief in het ERP.",
        "Activeer wat de melding noemt, of koppel de identificatie aan het record in gebruik. Probeer dan opnieuw.",
    ),
    Reason.ERP_PRODUCT_INACTIVE: DutchTexts(
        "Een artikel van de order is niet actief in het ERP.",
        "Activeer het artikel, of geef de code aan het artikel dat het vervangt. Probeer dan opnieuw.",
    ),
    Reason.ERP_SHOP_INACTIVE: DutchTexts(
        "De webwinkel in het ERP die bij deze webshop hoort, is niet actief.",
        "Activeer hem in het ERP, of noem een andere in de verbinding. Orders van andere webshops gaan door.",
    ),
    Reason.ERP_NOT_PROCESSED: DutchTexts(
        "Het ERP heeft de order, maar niet de zending of factuur gemaakt die zijn eigen instellingen vragen.",
        "Open de order in het ERP onder het genoemde nummer en verwerk hem. Noem de order dan onder `resolve`.",
    ),
    Reason.TOTAL_DIFFERS: DutchTexts(
        "Het ERP heeft de order aangenomen, maar met een ander totaal zonder btw dan de webshop.",
        "Vergelijk prijzen en aantallen in beide; de melding noemt beide totalen. Noem de order dan onder `resolve`.",
    ),
    Reason.ERP_REJECTED: DutchTexts(
        "Het ERP begreep de order en heeft hem geweigerd.",
        "Herstel wat de melding noemt (vaak een onbekend artikel of een onbekende klant) en probeer opnieuw.",
    ),
    Reason.ERP_REFUSED: DutchTexts(
        "Het ERP weigerde het verzoek zelf (400, 401, 403, 404).",
        "Controleer de verbinding `erp_default`: adres, inloggegevens, rechten.",
    ),
    Reason.ERP_UNAVAILABLE: DutchTexts(
        "Het ERP gaf geen antwoord of een serverfout; er is niets verzonden dat kan zijn blijven staan.",
        "Niets: wordt vanzelf opnieuw geprobeerd. Duurt het lang, kijk dan of het ERP draait.",
    ),
    Reason.ERP_IN_DOUBT: DutchTexts(
        "Het ERP heeft de order niet bevestigd en hij is daar nog niet te vinden: hij kan toch zijn aangemaakt.",
        "Eerst niets: er wordt opnieuw gezocht, nooit blind verzonden. Duurt het lang, zoek dan de referentie in het "
        "ERP.",
    ),
    Reason.ERP_ANSWER_INVALID: DutchTexts(
        "Het antwoord van het ERP volgt de afspraken niet (er ontbreken bijvoorbeeld regelnummers).",
        "Vergelijk het antwoord in de melding met het ERP-contract.",
    ),
    Reason.ERP_ORDER_GONE: DutchTexts(
        "Volgens het logboek heeft het ERP deze order, maar het ERP vindt hem niet meer; niet opnieuw verzonden.",
        "Zoek het nummer uit de melding in het ERP; is hij met opzet verwijderd, annuleer hem dan in de webshop en "
        "noem hem onder `resolve`.",
    ),
    Reason.SHOP_REFUSED: DutchTexts(
        "De webshop weigerde een verzoek (4xx).", "Lees het antwoord van de webshop in de melding."
    ),
    Reason.SHOP_AUTH: DutchTexts(
        "De webshop aanvaardt de inloggegevens niet.",
        "Controleer id, secret, `token_url` en `scope` van de verbinding `cloudsuite_default`.",
    ),
    Reason.SHOP_UNAVAILABLE: DutchTexts(
        "De webshop antwoordde niet op tijd, remde af of had een serverfout, en snel opnieuw proberen hielp niet.",
        "Niets: wordt vanzelf opnieuw geprobeerd. Duurt het lang, kijk dan of de webshop draait.",
    ),
    Reason.SHOP_ANSWER_INVALID: DutchTexts(
        "Het antwoord van de webshop was niet te begrijpen.", "Lees het antwoord van de webshop in de melding."
    ),
    Reason.ORDER_NOT_FOUND: DutchTexts(
        "De webshop kent deze order niet (meer).",
        "Controleer de referentie of het id. Is hij verwijderd nadat de export begon, handel hem dan af in het ERP en "
        "noem hem onder `resolve`; daarvoor is er niets te doen.",
    ),
    Reason.REFERENCE_AMBIGUOUS: DutchTexts(
        "Meerdere webshops hebben een order met deze referentie.", "Noem ook de webshop: `webshop/referentie`."
    ),
    Reason.WRITEBACK_IGNORED: DutchTexts(
        "De webshop antwoordde 200 maar bewaarde niet wat er gestuurd was.",
        "Probeer opnieuw; blijft het zo, vraag CloudSuite waarom het genoemde veld niet bewaard wordt.",
    ),
    Reason.LINES_MISMATCH: DutchTexts(
        "De regels in de webshop en die in het ERP zijn niet een op een te koppelen.",
        "Vergelijk de order in webshop en ERP; de melding noemt de regels.",
    ),
    Reason.ERP_NUMBER_CONFLICT: DutchTexts(
        "De webshop heeft al een ander ERP-nummer bij deze order, of een andere order van de webshop heeft hetzelfde. "
        "Er is niets overschreven.",
        "Zoek uit welke ERP-order de juiste is en verbeter de andere. Het ERP kan beide orders onder één nummer "
        "hebben: annuleer er daarom geen, en voer in de webshop met de hand in wat daar ontbreekt.",
    ),
    Reason.MESSAGE_INVALID: DutchTexts(
        "Een bericht voor de webshop is niet te schrijven zoals de webshop het wil; het is niet verzonden.",
        "Verbeter in het ERP wat de melding noemt: een aantal met te veel cijfers, een artikelnummer dat ontbreekt.",
    ),
    Reason.MESSAGE_REJECTED: DutchTexts(
        "De webshop weigerde een bericht (een levering, een orderbevestiging, een orderstatus).",
        "Lees het antwoord van de webshop in de melding.",
    ),
    Reason.MESSAGE_IN_DOUBT: DutchTexts(
        "De webshop zei niet of een bericht is aangenomen dat maar één keer mag komen: nooit blind opnieuw verzonden.",
        "Kijk in de webshop of het bericht is aangekomen. Beslis over een pakbon daarna op de pagina van zijn order.",
    ),
    Reason.EDITED_AFTER_EXPORT: DutchTexts(
        "De order is in de webshop gewijzigd nadat hij naar het ERP ging; het ERP is zo gelaten.",
        "Voer de wijziging met de hand door in het ERP en noem de order dan onder `resolve`.",
    ),
    Reason.CANCELLED_AFTER_EXPORT: DutchTexts(
        "De order is in de webshop geannuleerd nadat hij naar het ERP ging.",
        "Annuleer de order met de hand in het ERP en noem hem dan onder `resolve`.",
    ),
    Reason.NOT_A_SHOP_ORDER: DutchTexts(
        "Een pakbon van een ERP-order die niet uit de webshop komt, of die het logboek nog niet kent.",
        "Niets: zodra het logboek de order kent gaat het vanzelf. Is het logboek verloren, draai de dagen dan opnieuw.",
    ),
    Reason.NO_DELIVERY_MESSAGES: DutchTexts(
        "Een pakbon van een webshop die volgens de instellingen geen leverberichten krijgt.", "Niets te doen."
    ),
    Reason.NUMBERS_NOT_IN_SHOP: DutchTexts(
        "Een pakbon wacht: de webshop heeft het ERP-nummer en alle regelnummers van de order nog niet.",
        "Eerst niets: gaat weg zodra de order is teruggeschreven. Duurt het lang, kijk dan naar de order.",
    ),
    Reason.SLIP_PARTLY_UNKNOWN: DutchTexts(
        "Een pakbon voor meer orders, waarvan het logboek er een of meer niet kent; een nummer kan maar een keer weg.",
        "Zijn de onbekende orders niet van de webshop: start `orderflow_deliveries` met de pakbon onder `send_now`.",
    ),
    Reason.SLIP_INCOMPLETE: DutchTexts(
        "De pakbon mist iets waar een leverbericht niet zonder kan (regels, aantallen, artikelen).",
        "Verbeter de pakbon in het ERP; de melding noemt wat ontbreekt.",
    ),
    Reason.SLIP_LINE_UNKNOWN: DutchTexts(
        "De pakbon noemt een orderregel met een nummer dat geen regel van de order in de webshop heeft.",
        "Vergelijk de regels van de order in beide; regels die later in het ERP zijn toegevoegd kent de webshop niet.",
    ),
    Reason.SLIP_OF_TWO_WEBSHOPS: DutchTexts(
        "Een pakbon voor orders van twee webshops; een bericht gaat naar een webshop, en zijn nummer maar een keer.",
        "Maak in het ERP een pakbon per webshop.",
    ),
    Reason.SLIP_ORDER_UNKNOWN: DutchTexts(
        "Een pakbon van een order die het ERP van de webshop heeft en die het logboek niet kent: is dat teruggezet?",
        "Start `orderflow_daily` voor de dag van de order: dan kent het logboek hem weer en wordt de pakbon verzonden.",
    ),
    Reason.TRACKING_AWAITED: DutchTexts(
        "Een pakbon met een vervoerder en nog zonder trackingcode; de webshop neemt elke pakbon één keer aan, dus hij "
        "wacht daarop.",
        "Niets: hij gaat met de code, of na `limits.slip_tracking_hours` zonder.",
    ),
    Reason.SLIP_CHANGED: DutchTexts(
        "De pakbon is in het ERP gewijzigd nadat hij naar de webshop ging, die elke pakbon maar een keer aanneemt.",
        "Verbeter de zending met de hand in het beheer van de webshop.",
    ),
    **OF_THE_FLOW_NL,
}

EXPLAINED_NL = TextsOf(
    _TEXTS,
    unknown=DutchTexts(
        "Een reden van nieuwere software, die deze software niet kent.",
        "Zet de nieuwere software terug, of bekijk de order daar.",
    ),
)
