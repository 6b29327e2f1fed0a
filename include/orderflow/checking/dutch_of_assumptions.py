"""Assumptions in Dutch: what is assumed, and how it is checked."""

from collections.abc import Mapping

OF_ASSUMPTIONS: Mapping[str, str] = {
    # calls
    "access tokens are fetched with client credentials and say how long they live": "toegangstokens worden met "
    "client credentials opgehaald en zeggen hoe lang ze geldig zijn",
    "kind and lifetime of the token that was fetched": "soort en geldigheidsduur van het opgehaalde token",
    "a token that has ended or is wrong is refused with 401 or 403": "een token dat verlopen of verkeerd is, wordt "
    "geweigerd met 401 of 403",
    "the list with a token that is none": "de lijst met een token dat er geen is",
    "shop and token address are reached over https, with certificates that are valid": "webshop en tokenadres worden "
    "via https bereikt, met geldige certificaten",
    "the addresses of the connection, and every answer of this check": "de adressen van de verbinding, en alle "
    "antwoorden van deze controle",
    "trailing slash on every path": "elk pad eindigt op een schuine streep",
    "the list with a slash, and without": "de lijst met schuine streep, en zonder",
    "every answer is JSON in UTF-8, of a size that the connection allows": "elk antwoord is JSON in UTF-8, niet "
    "groter dan de verbinding toestaat",
    "every answer of this check": "alle antwoorden van deze controle",
    "a list is an object with `results`, and its rows and orders have the fields of an order": "een lijst is een "
    "object met `results`, en rijen en orders erin hebben de velden van een order",
    "lists without a filter, and a sample of orders, read as this flow reads them": "lijsten zonder filter, en een "
    "steekproef van orders, gelezen zoals deze koppeling ze leest",
    "errors are JSON as well": "ook fouten zijn JSON",
    "an order that does not exist": "een order die niet bestaat",
    "the shop's clock and this machine's are less than two minutes apart": "de klok van de webshop en die van deze "
    "machine schelen minder dan twee minuten",
    "the Date header of an answer": "de Date-header van een antwoord",
    "a few dozen calls in a row are not limited": "enkele tientallen aanroepen achter elkaar worden niet beperkt",
    "all calls of this check, how long each took, and headers that name a limit": "alle aanroepen van deze controle, "
    "hoe lang ze duurden, en headers die een limiet noemen",
    # lists
    "a page holds as many rows as `limits.page_size` asks for": "een pagina bevat zoveel rijen als "
    "`limits.page_size` vraagt",
    "one page of that size": "één pagina van die grootte",
    "`count` is the number of rows of all pages": "`count` is het aantal rijen van alle pagina's",
    "the row before the count, and the one after it": "de rij vóór dat aantal, en die erna",
    "the same page holds the same rows when it is asked for again": "dezelfde pagina bevat dezelfde rijen als er nog "
    "eens om gevraagd wordt",
    "one page, twice": "één pagina, twee keer",
    "no page before the last one is empty": "geen pagina vóór de laatste is leeg",
    "the second page": "de tweede pagina",
    "`next` is an address of the same host, and null on the last page only": "`next` is een adres op dezelfde host, "
    "en alleen op de laatste pagina null",
    "the first page, and the one with the last row": "de eerste pagina, en die met de laatste rij",
    "the list filters by `state`": "de lijst filtert op `state`",
    "the rows' state": "de status van de rijen",
    "the list filters by `confirm_date__gte`": "de lijst filtert op `confirm_date__gte`",
    "the list filters by `confirm_date__lte`": "de lijst filtert op `confirm_date__lte`",
    "the list filters by `modified_date__gte`": "de lijst filtert op `modified_date__gte`",
    "the far future: no row may come; the far past: rows must": "de verre toekomst: er mag geen rij komen; het verre "
    "verleden: er moeten rijen komen",
    "the far past: no row may come; the far future: rows must": "het verre verleden: er mag geen rij komen; de verre "
    "toekomst: er moeten rijen komen",
    "the list filters by `offline`": "de lijst filtert op `offline`",
    "`true` and `false`: no order may be in both": "`true` en `false`: geen order mag in beide staan",
    "the list filters by `reference`": "de lijst filtert op `reference`",
    "a reference that no order has: no row may come; that of the first row: one must": "een referentie die geen "
    "order heeft: er mag geen rij komen; die van de eerste rij: er moet er een komen",
    "the list filters by `erp_order_number`": "de lijst filtert op `erp_order_number`",
    "a number that no order has: no row may come; that of the first row with one: one must": "een nummer dat geen "
    "order heeft: er mag geen rij komen; dat van de eerste rij met een nummer: er moet er een komen",
    "the list filters by `webshop`": "de lijst filtert op `webshop`",
    "a webshop that does not exist: no row may come": "een webshop die niet bestaat: er mag geen rij komen",
    "a filter that the shop does not know is ignored, with a 200": "een filter dat de webshop niet kent, wordt "
    "genegeerd, met een 200",
    "a filter that does not exist": "een filter dat niet bestaat",
    "a write with `?state=…` is refused when the order has left that state": "schrijven met `?state=…` wordt "
    "geweigerd als de order die status niet meer heeft",
    "reading one order with a state that it is not in; for writes it follows from that": "één order lezen met een "
    "status die zij niet heeft; voor schrijven volgt het daaruit",
    # orders
    "the order object has `payment_status`, `shipment_state` and `webshop`": "het orderobject heeft "
    "`payment_status`, `shipment_state` en `webshop`",
    "the fields of a sample of orders": "de velden van een steekproef van orders",
    "the order object has `confirm_date`": "het orderobject heeft `confirm_date`",
    "the order object has `offline`": "het orderobject heeft `offline`",
    "a field without a value is null, and not left out": "een veld zonder waarde is null, en wordt niet weggelaten",
    "whether all orders of a sample have the same fields": "of alle orders van een steekproef dezelfde velden hebben",
    "every field with a value is one that this flow reads": "elk veld met een waarde wordt door deze koppeling gelezen",
    "times have no zone": "tijden hebben geen tijdzone",
    "the times of a sample of orders": "de tijden van een steekproef van orders",
    "naive times are in `api_timezone`": "tijden zonder zone gelden in `api_timezone`",
    "the newest time in the sample against the Date header: it must not be in the future": "de nieuwste tijd van de "
    "steekproef naast de Date-header: zij mag niet in de toekomst liggen",
    "amounts are JSON numbers or texts that hold one": "bedragen zijn JSON-getallen, of teksten met een getal erin",
    "quantities, prices and paid amounts of a sample of orders": "aantallen, prijzen en betaalde bedragen van een "
    "steekproef van orders",
    "costs and discounts are order lines, of other types or with products of their own": "kosten en kortingen zijn "
    "orderregels, van een ander type of met een eigen product",
    "lines and fields with an amount that the settings give no place": "regels en velden met een bedrag waarvoor de "
    "instellingen geen plaats hebben",
    "every line has an id of its own": "elke regel heeft een eigen id",
    "the lines of a sample of orders": "de regels van een steekproef van orders",
    "the lines of an order come in the same sequence each time": "de regels van een order komen elke keer in "
    "dezelfde volgorde",
    "the order with most lines of the sample, four times": "de order met de meeste regels van de steekproef, vier keer",
    "a reference is never empty, and no other order of the same webshop has it": "een referentie is nooit leeg, en "
    "geen andere order van dezelfde webshop heeft haar",
    "all rows of one page, and the orders that share a reference": "alle rijen van één pagina, en de orders met "
    "dezelfde referentie",
    "`payment_status` is one of the six that the vendor's page names": "`payment_status` is een van de zes die de "
    "pagina van de leverancier noemt",
    "the payment status of a sample of orders": "de betaalstatus van een steekproef van orders",
    "every webshop with orders is in the settings": "elke webshop met orders staat in de instellingen",
    "the webshops of a sample of orders, and their payment states": "de webshops van een steekproef van orders, en "
    "hun betaalstatussen",
    # writes
    "a PATCH with `?state=…` changes nothing when the order is in another state": "een PATCH met `?state=…` wijzigt "
    "niets als de order een andere status heeft",
    "PATCH changes the fields that it names, also several at once": "PATCH wijzigt de velden die erin staan, ook "
    "meerdere tegelijk",
    "PATCH answers with the whole object": "PATCH antwoordt met het hele object",
    "a field that the shop does not know is ignored in a write, with a 200": "een veld dat de webshop niet kent, "
    "wordt bij schrijven genegeerd, met een 200",
    "an order can be PUT as it was read, its nulls and read-only fields included": "een order kan met PUT terug "
    "zoals zij gelezen is, met nulls en alleen-lezen velden",
    "a write changes no value that it does not name or sends as it was read": "schrijven wijzigt geen waarde die er "
    "niet in staat of teruggaat zoals zij gelezen is",
    "PUT keeps lines by their `id`": "PUT behoudt regels aan de hand van hun `id`",
    "PUT keeps the sequence of lines": "PUT behoudt de volgorde van de regels",
    "PUT stores the `erp_line_number` of each line": "PUT bewaart het `erp_line_number` van elke regel",
    "a confirmed order can be set to `processing`": "een bevestigde order kan op `processing` worden gezet",
    # people and messages
    "the lists below `/api/origin/{origin}/` hold records of every origin, with id and key in each row": "de lijsten "
    "onder `/api/origin/{origin}/` bevatten records van elke origin, met id en key in elke rij",
    "the first customers of each origin that is set, or that the sample names": "de eerste klanten van elke origin "
    "die is ingesteld, of die de steekproef noemt",
    "customers and users are read by key as addresses are, with fields such as those of a user's profile": "klanten "
    "en gebruikers worden net als adressen op key gelezen, met velden zoals die van een gebruikersprofiel",
    "a customer says in `guest` whether it is one": "een klant zegt in `guest` of het een gast is",
    "`…_key` beside the ids of an order names the record": "`…_key` naast de id's van een order noemt het record",
    "records of the shop's own origin are under `webshop`": "records van de webshop zelf staan onder `webshop`",
    "`code` of a customer can be changed by PATCH": "`code` van een klant kan met PATCH worden gewijzigd",
    "the form of messages to `/proxy`, and of the answers": "de vorm van berichten aan `/proxy`, en van de antwoorden",
    # the ERP
    "the ERP can be asked for an order, and says when it has none": "het ERP kan naar een order worden gevraagd, en "
    "zegt het als het die niet heeft",
    "the ERP answers a look-up with the order that was asked for": "het ERP antwoordt met de order waarnaar gevraagd "
    "is",
    "the first orders of the listing, each looked up by its name": "de eerste orders van de lijst, elk opgezocht op "
    "naam",
    "the ERP finds orders by the shop's order id": "het ERP vindt orders op het order-id van de webshop",
    "what the ERP declares; an id that no order has, and the ids of the first orders of the listing": "wat het ERP "
    "verklaart; een id dat geen order heeft, en de id's van de eerste orders van de lijst",
    "the ERP refuses or recognizes an order that it has had": "het ERP weigert of herkent een order die het al heeft "
    "gehad",
    "what the ERP declares": "wat het ERP verklaart",
    "the ERP lists its orders since an instant": "het ERP geeft een lijst van zijn orders sinds een moment",
    "the first orders of the last week": "de eerste orders van de afgelopen week",
    "the ERP lists its packing slips since an instant": "het ERP geeft een lijst van zijn pakbonnen sinds een moment",
    "the first packing slips of the last week": "de eerste pakbonnen van de afgelopen week",
    "the ERP finds and makes customers, where the settings ask for that": "het ERP vindt en maakt klanten, waar de "
    "instellingen daarom vragen",
    "what the ERP declares, and a customer that does not exist": "wat het ERP verklaart, en een klant die niet bestaat",
    "the ERP takes the charges of an order": "het ERP neemt de toeslagen van een order aan",
    "what the ERP declares, and the charges of a sample of orders": "wat het ERP verklaart, en de toeslagen van een "
    "steekproef van orders",
    "the ERP's clock and this machine's are less than two minutes apart": "de klok van het ERP en die van deze "
    "machine schelen minder dan twee minuten",
    "the Date header of an answer of the ERP": "de Date-header van een antwoord van het ERP",
    "the user of `erp_default` has the rights that the adapter needs": "de gebruiker van `erp_default` heeft de "
    "rechten die de adapter nodig heeft",
    "Tryton's tables of rights, for the groups of the key's user": "de rechtentabellen van Tryton, voor de groepen "
    "van de gebruiker van de sleutel",
    "the ERP has the customers and addresses of the shop's orders, under the shop's ids": "het ERP heeft de klanten "
    "en adressen van de orders van de webshop, onder de id's van de webshop",
    "the customers and addresses of a sample of orders, looked up in Tryton": "de klanten en adressen van een "
    "steekproef van orders, opgezocht in Tryton",
    "the ERP has the products of the shop's orders, active and for sale": "het ERP heeft de producten van de orders "
    "van de webshop, actief en te koop",
    "the products of a sample of orders, looked up in Tryton": "de producten van een steekproef van orders, "
    "opgezocht in Tryton",
    "the ERP's units take the shop's quantities": "de eenheden van het ERP passen bij de aantallen van de webshop",
    "the quantities of a sample of orders, and the unit of each product in Tryton": "de aantallen van een steekproef "
    "van orders, en de eenheid van elk product in Tryton",
    "the ERP knows the taxes of each product": "het ERP kent de btw van elk product",
    "the account category of each product of a sample of orders, and its taxes in Tryton": "de boekhoudcategorie van "
    "elk product van een steekproef van orders, en de btw daarvan in Tryton",
}
