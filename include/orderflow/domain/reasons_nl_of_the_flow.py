"""The Dutch texts of what goes wrong with the integration itself."""

from orderflow.domain.dutch import DutchTexts
from orderflow.domain.reasons import Reason

OF_THE_FLOW_NL: dict[Reason, DutchTexts] = {
    Reason.CLAIMED_ELSEWHERE: DutchTexts(
        "Een andere run werkt nu aan deze order.", "Niets: wordt vanzelf opnieuw geprobeerd."
    ),
    Reason.LEDGER_UNAVAILABLE: DutchTexts(
        "De database van het logboek gaf geen antwoord; zonder wordt er niets verzonden.",
        "Eerst niets: wordt vanzelf opnieuw geprobeerd. Duurt het lang, controleer dan de database van de verbinding "
        "`orderflow_ledger`.",
    ),
    Reason.LEDGER_VERSION: DutchTexts(
        "De tabellen van het logboek en deze software zijn van verschillende versies.",
        "Niets zolang er een installatie loopt. Voer anders `python -m orderflow.ledger` uit, of zet nieuwere software "
        "neer.",
    ),
    Reason.AIRFLOW_UNAVAILABLE: DutchTexts(
        "Airflow kon niet zeggen of een instelling of verbinding bestaat; er wordt geen standaardwaarde gebruikt.",
        "Eerst niets: wordt vanzelf opnieuw geprobeerd. Duurt het lang, controleer dan Airflows API-server, database, "
        "Fernet-sleutel en secrets backend.",
    ),
    Reason.BUDGET_SPENT: DutchTexts(
        "De aanroepen naar de webshop die een dag mag kosten (`limits.shop_per_day`) zijn op; backfills "
        "stoppen eerder.",
        "Niets als het zelden gebeurt: de volgende sweep op een andere dag gaat verder. Verhoog anders de grens, of "
        "haal minder dagen tegelijk in.",
    ),
    Reason.THROTTLED: DutchTexts(
        "De andere kant vroeg om een pauze (429) die langer is dan een run wacht; er is niets verstuurd.",
        "Niets als het zelden voorkomt: een latere sweep gaat verder. Zet anders `limits.shop_per_second` (of "
        "`erp_per_second`) op wat daar is toegestaan.",
    ),
    Reason.CIRCUIT_OPEN: DutchTexts(
        "De andere kant weigerde steeds dezelfde soort aanroep met hetzelfde antwoord; die wordt een "
        "tijdje niet gedaan.",
        "Lees het antwoord in de melding en neem de oorzaak weg; na de pauze gaat het vanzelf verder.",
    ),
    Reason.UNFINISHED: DutchTexts(
        "De run eindigde voordat deze order klaar was en niemand legde vast waarom (een taak is bijvoorbeeld gestopt).",
        "Maak de mislukte taak leeg (clear), of draai de dag opnieuw: de order gaat verder waar hij stopte.",
    ),
    Reason.SIDES_DIFFER: DutchTexts(
        "Webshop en ERP verschillen over orders, langer dan daarvoor de tijd is.",
        "Loop de lijst langs: elke regel noemt de order, wat er verschilt en wie het herstelt.",
    ),
    Reason.CONFIGURATION: DutchTexts(
        "Een verbinding of instelling ontbreekt of klopt niet.", "Verbeter wat de melding noemt."
    ),
    Reason.WINDOW_MISSING: DutchTexts(
        "De run zegt niet voor welke dag hij is.", "Start met een partitiesleutel of met de parameter `date`."
    ),
    Reason.WINDOW_OPEN: DutchTexts(
        "De dag is nog niet voorbij.", "Wacht tot hij dat is, of zet de parameter `allow_open_window` aan."
    ),
    Reason.DRY_RUN_WRITE: DutchTexts(
        "Een proefrun wilde schrijven; dat is tegengehouden.", "Meld dit als een fout in de software."
    ),
    Reason.UNEXPECTED: DutchTexts(
        "Een fout die niemand voorzag.", "Lees het log van de taak en meld het als een fout in de software."
    ),
}
