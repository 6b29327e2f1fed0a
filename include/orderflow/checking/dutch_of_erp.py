"""What a check says of writes, of the ERP, of risks and proposals, in Dutch; `{}` stands for what varies."""

from collections.abc import Mapping

_WRITES = {
    "it takes a write, and this check makes none": "daarvoor moet er geschreven worden, en dat doet deze controle niet",
    "a field's meaning cannot be seen from outside": "wat een veld betekent, is van buiten niet te zien",
    "it takes a customer that is known to be a guest": "daarvoor is een klant nodig die zeker een gast is",
    "every order is checked when it is processed": "elke order wordt gecontroleerd als zij verwerkt wordt",
    "only CloudSuite can say which origin is the shop's own": "alleen CloudSuite kan zeggen welke origin die van de "
    "webshop zelf is",
    "not tried: {}": "niet geprobeerd: {}",
    "not tried: what comes before it was refused": "niet geprobeerd: wat eraan voorafgaat, werd geweigerd",
    "written all the same, status {}": "toch geschreven, status {}",
    "status {}, and nothing was written": "status {}, en er werd niets geschreven",
    "refused with {}": "geweigerd met {}",
    "no order can be written back": "geen order kan worden teruggeschreven",
    "{} not kept, status {}": "{} niet bewaard, status {}",
    "orders fail when they are read back": "orders mislukken als ze worden teruggelezen",
    "status {} without an object": "status {} zonder object",
    "each write takes one more call, which reads the order": "elke keer schrijven kost één aanroep meer, die de "
    "order leest",
    "{} of {} fields are missing in the answer": "{} van {} velden ontbreken in het antwoord",
    "the order as it was before": "de order zoals zij ervoor was",
    "all {} fields, status {}": "alle {} velden, status {}",
    "it was stored": "het werd bewaard",
    "none: this flow writes no such field": "geen: deze koppeling schrijft zo'n veld niet",
    "ask CloudSuite to remove `{}`": "vraag CloudSuite om `{}` te verwijderen",
    "nothing: this flow writes only fields that it has read": "niets: deze koppeling schrijft alleen velden die zij "
    "gelezen heeft",
    "status {}, {} fields, {} of them null": "status {}, {} velden, waarvan {} null",
    "no line number can be written back": "geen regelnummer kan worden teruggeschreven",
    "ask CloudSuite, or set `webshops.<id>.confirmation` to cxml": "vraag het CloudSuite, of zet "
    "`webshops.<id>.confirmation` op cxml",
    "changed: {}": "gewijzigd: {}",
    "what our own write has caused is no edit": "wat door ons eigen schrijven komt, is geen bewerking",
    "ask CloudSuite why": "vraag CloudSuite waarom",
    "written otherwise, with the same value: {}": "anders geschreven, met dezelfde waarde: {}",
    "nothing: values are compared": "niets: waarden worden vergeleken",
    "{} fields of the order, and its lines": "{} velden van de order, en haar regels",
    "the order has no lines": "de order heeft geen regels",
    "lines have new ids": "regels hebben nieuwe id's",
    "lines are known by what they hold; equal ones may be swapped": "regels worden aan hun inhoud herkend; gelijke "
    "kunnen verwisseld worden",
    "equal ones may be swapped": "gelijke kunnen verwisseld worden",
    "{} lines with the same ids": "{} regels met dezelfde id's",
    "the order has no two lines": "de order heeft geen twee regels",
    "lines come in another sequence by themselves": "regels komen uit zichzelf in een andere volgorde",
    "lines came in another sequence": "regels kwamen in een andere volgorde",
    "{} lines in the same sequence": "{} regels in dezelfde volgorde",
    "{} of {} numbers not kept": "{} van {} nummers niet bewaard",
    "{} numbers": "{} nummers",
    "the order is {}: name a confirmed one": "de order is {}: noem een bevestigde",
    "it stays {}: {}": "zij blijft {}: {}",
    "confirmed to processing": "van confirmed naar processing",
    "back: {}": "terug: {}",
    "no message was sent": "er werd geen bericht gestuurd",
    "no message reaches the shop": "geen bericht bereikt de webshop",
    "set extra `proxy_base_url` of `cloudsuite_default`": "stel extra `proxy_base_url` van `cloudsuite_default` in",
    "a message with a wrong number counts as sent": "een bericht met een verkeerd nummer telt als verstuurd",
    "ask CloudSuite what it does with such a message": "vraag CloudSuite wat het met zo'n bericht doet",
    "such a message waits until a person has checked": "zo'n bericht wacht tot iemand het heeft nagekeken",
    "ask CloudSuite for the form of its answers": "vraag CloudSuite naar de vorm van de antwoorden",
}
_ERP = {
    "check connection `erp_default` and the rights of its user": "controleer verbinding `erp_default` en de rechten "
    "van de gebruiker",
    "ask whoever maintains the ERP's interface": "vraag het wie de koppeling van het ERP onderhoudt",
    "no order can be created: each is looked up first": "er kan geen order worden aangemaakt: elke wordt eerst "
    "opgezocht",
    "reconciliations fail": "vergelijkingen mislukken",
    "the shop gets no despatch advices": "de webshop krijgt geen verzendberichten",
    "it was not asked": "het werd niet gevraagd",
    "the ERP has an order for a name that cannot be": "het ERP heeft een order voor een onmogelijke naam",
    "look-ups cannot be trusted": "opzoeken is niet te vertrouwen",
    "it has no such order": "het heeft zo'n order niet",
    "what these rows are about is reported as unreadable, and not compared or sent": "waar deze rijen over gaan, "
    "wordt als onleesbaar gemeld, en niet vergeleken of verstuurd",
    "{} of {} rows cannot be read: {}": "{} van {} rijen zijn niet te lezen: {}",
    "{} in the last week": "{} in de afgelopen week",
    "an order in the ERP cannot be recognized": "een order in het ERP is niet te herkennen",
    "the ERP lists no order of the last week": "het ERP noemt geen order van de afgelopen week",
    "such an order waits for a person, and may be held": "zo'n order wacht op een mens, en kan worden vastgehouden",
    "it does not declare so": "het verklaart dat niet",
    "an order whose name repeats is held": "een order met een naam die al voorkwam, wordt vastgehouden",
    "it declares so, and finds none for an id that no order has": "het verklaart dat, en vindt er geen voor een id "
    "dat geen order heeft",
    "an order may be taken for another one": "een order kan voor een andere worden aangezien",
    "{} is listed, and a look-up does not find it": "{} staat in de lijst, en is bij opzoeken niet te vinden",
    "{} is answered as {}": "{} wordt beantwoord als {}",
    "finds an order for an id that no order has": "vindt een order voor een id dat geen order heeft",
    "{} orders of the last week, each found as itself": "{} orders van de afgelopen week, elk als zichzelf gevonden",
    "it declares {}": "het verklaart {}",
    "proving it takes a write": "bewijzen kan alleen door te schrijven",
    "it declares neither": "het verklaart geen van beide",
    "an order in doubt waits for a look-up, or for a person": "een order in twijfel wacht tot zij gevonden wordt, of "
    "op een mens",
    "orders of customers that the ERP does not have are rejected or held": "orders van klanten die het ERP niet "
    "heeft, worden afgewezen of vastgehouden",
    "set `customers` of the webshops to must_exist": "zet `customers` van de webshops op must_exist",
    "it does not declare so, and no webshop's `customers` asks for it": "het verklaart dat niet, en geen `customers` "
    "van een webshop vraagt erom",
    "orders of unknown customers are held": "orders van onbekende klanten worden vastgehouden",
    "the ERP has a customer for a key that cannot be": "het ERP heeft een klant voor een onmogelijke key",
    "it declares so, and has no customer for a key that cannot be": "het verklaart dat, en heeft geen klant voor een "
    "onmogelijke key",
    "it declares so": "het verklaart dat",
    "it does not declare so, and {} orders of the sample have charges": "het verklaart dat niet, en {} orders van de "
    "steekproef hebben toeslagen",
    "these orders are held": "deze orders worden vastgehouden",
    "map charges to products of the ERP: `charges`": "koppel toeslagen aan producten van het ERP: `charges`",
    "it does not declare so, and no order of the sample has charges": "het verklaart dat niet, en geen order van de "
    "steekproef heeft toeslagen",
    "the ERP's clock is {} s ahead": "de klok van het ERP loopt {} s voor",
    "the ERP's clock is {} s behind": "de klok van het ERP loopt {} s achter",
    "packing slips may be missed when it is further behind than `limits.slip_overlap_minutes`, and orders are "
    "compared on another day": "pakbonnen kunnen worden gemist als zij verder achterloopt dan "
    "`limits.slip_overlap_minutes`, en orders worden op een andere dag vergeleken",
    "set the clocks of both machines by NTP": "zet de klokken van beide machines gelijk met NTP",
}
_MASTER_DATA = {
    "what takes that right fails: orders, line numbers or packing slips": "wat dat recht nodig heeft, mislukt: "
    "orders, regelnummers of pakbonnen",
    "give the key's user these rights (docs/reference/erp-adapters.md)": "geef de gebruiker van de sleutel deze "
    "rechten (docs/reference/erp-adapters.md)",
    "orders of these customers are held": "orders van deze klanten worden vastgehouden",
    "add the identifiers in the ERP": "voeg de identificaties in het ERP toe",
    "orders with these products are held": "orders met deze producten worden vastgehouden",
    "add or mend the products in the ERP": "voeg de producten in het ERP toe, of herstel ze",
    "give the unit more digits, or set extra `unit`": "geef de eenheid meer decimalen, of stel extra `unit` in",
    "their lines get no VAT": "hun regels krijgen geen btw",
    "set account category and taxes of these products": "stel boekhoudcategorie en btw van deze producten in",
    "orders that need it fail or are held": "orders die het nodig hebben, mislukken of worden vastgehouden",
    "check the rights of the key's user": "controleer de rechten van de gebruiker van de sleutel",
    "the ERP's adapter cannot look at it": "de adapter van het ERP kan dat niet bekijken",
    "{} more": "nog {}",
    "customers without one are created where `customers` of their webshop says so": "klanten zonder worden "
    "aangemaakt waar `customers` van hun webshop dat zegt",
    "the key's user cannot be identified by reading": "wie de gebruiker van de sleutel is, is door lezen niet te zien",
    "{} rights of the key's user": "{} rechten van de gebruiker van de sleutel",
    "{} rights of the key's user, who is an administrator and may do far more than is needed": "{} rechten van de "
    "gebruiker van de sleutel, die beheerder is en veel meer mag dan nodig is",
    "no right to read {}": "geen recht om {} te lezen",
    "no right to create {}": "geen recht om {} aan te maken",
    "no right to write {}": "geen recht om {} te schrijven",
    "no right to delete {}": "geen recht om {} te verwijderen",
    "no right to press the button `process` of sale.sale": "geen recht om op de knop `process` van sale.sale te "
    "drukken",
    "{} customers of the sample": "{} klanten van de steekproef",
    "{} products of the sample": "{} producten van de steekproef",
    "the sample has no complete order of a webshop that extra `web_shop` names": "de steekproef heeft geen complete "
    "order van een webshop die extra `web_shop` noemt",
    "no product with the code {}": "geen product met de code {}",
    "the product is inactive: {}": "het product is inactief: {}",
    "several products with the code {}": "meerdere producten met de code {}",
    "not salable: {}": "niet verkoopbaar: {}",
    "no account category, which says the taxes: {}": "geen boekhoudcategorie, die de btw bepaalt: {}",
    "no taxes in the account category of {}": "geen btw in de boekhoudcategorie van {}",
    "quantities with more decimals than {} has: {}": "aantallen met meer decimalen dan {} heeft: {}",
    "sold in another unit than kept, and counted by `unit`: {}": "verkocht in een andere eenheid dan bewaard, en "
    "geteld volgens `unit`: {}",
    "extra `taxes` is none: sales get no taxes": "extra `taxes` is none: verkopen krijgen geen btw",
    "no party with the identifier {} for {}": "geen relatie met de identificatie {} voor {}",
    "more than one party with the identifier {} for {}": "meer dan één relatie met de identificatie {} voor {}",
    "no address with the identifier {} for {}": "geen adres met de identificatie {} voor {}",
    "more than one address with the identifier {} for {}": "meer dan één adres met de identificatie {} voor {}",
    "the party with the identifier {} for {} is inactive ({})": "de relatie met de identificatie {} voor {} is "
    "inactief ({})",
    "the identifier {} for {} is inactive ({})": "de identificatie {} voor {} is inactief ({})",
    "the order names no address": "de order noemt geen adres",
}
_RISKS_AND_PROPOSALS = {
    "the shop has confirmed orders that the ERP may have already, and `not_before` is not set: set it to the day of "
    "go-live": "de webshop heeft bevestigde orders die het ERP misschien al heeft, en `not_before` is niet "
    "ingesteld: zet het op de dag van ingebruikname",
    "neither an order nor a list shows whether an order is offline, so orders that the ERP itself sent could come "
    "back to it: set `offline_orders` to false if the shop has none, otherwise ask CloudSuite": "order noch lijst "
    "laat zien of een order offline is, dus orders die het ERP zelf stuurde, kunnen er weer terechtkomen: zet "
    "`offline_orders` op false als de webshop ze niet heeft, en vraag het anders CloudSuite",
    "several orders of one webshop share a reference, and the ERP knows orders by it alone: ask CloudSuite for one "
    "number range per webshop, or use an ERP adapter that knows the shop's order id": "meerdere orders van één "
    "webshop delen een referentie, en het ERP kent orders alleen daaraan: vraag CloudSuite om één nummerreeks per "
    "webshop, of gebruik een ERP-adapter die het order-id van de webshop kent",
    "the shop has confirmed orders, which the ERP may have already: set it to the day of go-live": "de webshop heeft "
    "bevestigde orders, die het ERP misschien al heeft: zet het op de dag van ingebruikname",
    "{} of {} has no place, so that its order is held": "{} van {} heeft geen plaats, dus wordt de order vastgehouden",
    "webshop {} has no other payment status than `none`, in {} orders: right if buyers cannot pay there at all; ask "
    "CloudSuite": "webshop {} heeft geen andere betaalstatus dan `none`, in {} orders: dat klopt als kopers daar "
    "niet kunnen betalen; vraag het CloudSuite",
    "webshop {} has orders with {}, so buyers can pay there": "webshop {} heeft orders met {}, dus kopers kunnen "
    "daar betalen",
    "{}, in UTC it is not": "{}, in UTC niet",
    "these origins have lists of customers, so that the ERP can get their keys": "deze origins hebben "
    "klantenlijsten, dus het ERP kan hun keys krijgen",
    "orders of customers that it does not have are then held, unless `customers` of their webshop says otherwise": ""
    "orders van klanten die het niet heeft, worden dan vastgehouden, tenzij `customers` van hun webshop anders zegt",
    "the shop gives no more rows a page": "de webshop geeft niet meer rijen per pagina",
}
OF_ERP: Mapping[str, str] = {**_WRITES, **_ERP, **_MASTER_DATA, **_RISKS_AND_PROPOSALS}
"""Every text by its English form."""
