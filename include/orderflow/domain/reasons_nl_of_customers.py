"""The Dutch texts of the reasons that are about customers, amounts and fields of an order."""

from orderflow.domain.dutch import DutchTexts
from orderflow.domain.reasons import Reason

OF_CUSTOMERS_NL: dict[Reason, DutchTexts] = {
    Reason.CHARGE_UNMAPPED: DutchTexts(
        "De order bevat naast de artikelen een bedrag, zoals verzendkosten of een korting, waarvoor de instellingen "
        "geen plek in het ERP noemen.",
        "Stel in wat de melding noemt in de Airflow-variabele `orderflow`: een artikel, `charge` of `ignore`. De "
        "volgende sweep verzendt de order.",
    ),
    Reason.FIELD_MISSING: DutchTexts(
        "De order mist een veld dat volgens de instelling `fields` naar het ERP gaat, of er staat een lijst in.",
        "Verbeter het pad uit de melding in de Airflow-variabele `orderflow`, of vraag CloudSuite waarom de order dat "
        "veld niet heeft. De volgende sweep verzendt de order.",
    ),
    Reason.CUSTOMER_UNKNOWN: DutchTexts(
        "De order noemt een klant of adres dat in geen van de lijsten van de webshop staat.",
        "Controleer in het beheer van de webshop of het bestaat en actief is, en of de instelling `origins` de "
        "herkomst noemt. De order wordt opnieuw geprobeerd.",
    ),
    Reason.CUSTOMER_NOT_IN_ERP: DutchTexts(
        "Het ERP kent de klant van deze order niet, en volgens de instellingen mag die daar niet worden aangemaakt.",
        "Maak de klant aan in het ERP met de sleutel uit de melding, of zet `customers` van de webshop op `create`. De "
        "volgende sweep verzendt de order.",
    ),
    Reason.CUSTOMER_REJECTED: DutchTexts(
        "Het ERP weigerde de klant van deze order aan te maken of te wijzigen.",
        "Verbeter wat de melding noemt: in de webshop of in het ERP. De volgende sweep probeert het opnieuw.",
    ),
    Reason.CUSTOMER_IN_DOUBT: DutchTexts(
        "Het ERP bevestigde de nieuwe klant niet, en die is daar nog niet te vinden. De order is niet verzonden.",
        "Eerst niets: de klant wordt opnieuw opgezocht, nooit blind verzonden. Zoek bij aanhouden in het ERP naar de "
        "sleutel uit de melding.",
    ),
    Reason.ADDRESS_CHANGED: DutchTexts(
        "Een adres is in de webshop gewijzigd nadat een eerdere order het naar het ERP bracht, dat niet is aangepast.",
        "Wijzig het adres in het ERP als latere orders dat nodig hebben, en noem de order dan onder `resolve`. Eerdere "
        "orders houden wat besteld is.",
    ),
}
