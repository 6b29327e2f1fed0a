"""What the seeded Tryton contains: everything the sandbox's orders refer to, and more to test the adapter with.

It includes customers, taxes and products that the sandbox does not know. All of it is invented.
"""

from typing import Any

from sandbox.catalogue import PRODUCTS

SHOPS = {"1": "Webshop 1", "2": "Webshop 2"}
"""Tryton's web shop for each of the sandbox's webshops."""
SECOND_COMPANY = {"7": "Webshop 7"}
"""A web shop that belongs to the second company."""
COMPANIES: list[dict[str, Any]] = [
    {
        "name": "Orderflow demo company",
        "shops": list(SHOPS.values()),
        "taxes": {"High": ["VAT 21%", "0.21"], "Low": ["VAT 9%", "0.09"], "Zero": ["VAT 0%", "0"]},
    },
    {
        "name": "Orderflow demo company in Germany",
        "shops": list(SECOND_COMPANY.values()),
        "taxes": {"High": ["USt 19%", "0.19"], "Low": ["USt 7%", "0.07"], "Zero": ["USt 0%", "0"]},
    },
]
"""The first one gets the sandbox's orders. Tax rates are listed by the products' account category."""
RULES = {"Intra-EU": "Intra-EU supply 0%", "Export": "Export 0%", "Exempt": None}
"""Tax rules of each company, and the tax that replaces all others; None for no tax."""
COUNTRIES = {"NL": "Netherlands", "BE": "Belgium", "DE": "Germany", "US": "United States"}
CUSTOMERS = range(1300, 1400)
"""The sandbox's customers. The ids of their shipment and invoice addresses are offset by this much."""
SHIPMENT_ADDRESS, INVOICE_ADDRESS = 370, 330
UNITS = {"KG": "Kilogram", "M": "Meter", "L": "Liter"}
"""Tryton's unit for the last part of a product key; all others use `Unit`."""
OTHER_PRODUCTS: list[dict[str, Any]] = [
    {"code": "BOOK_STUK", "name": "Handbook", "price": "24.95", "category": "Low"},
    {"code": "STAMP_STUK", "name": "Postage stamp", "price": "1.21", "category": "Zero"},
    {"code": "SHIPPING", "name": "Shipping costs", "price": "6.95", "type": "service"},
    {"code": "ROUNDING", "name": "Rounding", "price": "0.01", "type": "service", "category": "Zero"},
    {"code": "LATE_STUK", "name": "Made to order", "price": "80.00", "lead_days": 5},
    {"code": "FORMER_STUK", "name": "No longer sold", "price": "1.00", "active": False},
    {"code": "SAND_KG", "name": "Sand, kept by the gram", "price": "0.01", "unit": "Gram", "sale_unit": "Kilogram"},
]
"""Products used only by the adapter's tests; missing values are as for most of the others."""
OTHER_CUSTOMERS: list[dict[str, Any]] = [
    {"id": 2001, "name": "Consumer in the Netherlands", "country": "NL"},
    {"id": 2002, "name": "Business in Germany", "country": "DE", "rule": "Intra-EU", "vat": "DE136695976"},
    {"id": 2003, "name": "Business in the United States", "country": "US", "rule": "Export"},
    {"id": 2004, "name": "Exempt body", "country": "NL", "rule": "Exempt"},
    {"id": 2005, "name": "Customer on terms", "country": "NL", "term": "Net 30 days", "invoice": "fulfillment"},
    {"id": 2006, "name": "Head office in Belgium", "country": "BE", "rule": "Intra-EU", "vat": "BE0428759497"},
    {"id": 2007, "name": "Ships when paid", "country": "NL", "shipment": "invoice"},
    {"id": 2008, "name": "By hand", "country": "NL", "invoice": "manual", "shipment": "manual"},
    {"id": 2009, "name": "Consumer in Belgium", "country": "BE"},
    {"id": 2010, "name": "Former customer", "country": "NL", "active": False},
]
"""Customers used only by the adapter's tests; `addresses_of` gives the addresses of each."""


def addresses_of(customer: int) -> tuple[int, int]:
    """Return the ids of the shipment and invoice address of one of the other customers."""
    return customer * 10 + 1, customer * 10 + 2


def wish() -> dict[str, Any]:
    """Return all of it in one piece, for tools/tryton_seed.py."""
    return {
        "companies": COMPANIES,
        "rules": RULES,
        "countries": COUNTRIES,
        "products": [_product(key, name, price) for key, name, price in PRODUCTS] + OTHER_PRODUCTS,
        "customers": [_customer(customer) for customer in CUSTOMERS] + [_other(other) for other in OTHER_CUSTOMERS],
    }


def _product(key: str, name: str, price: str) -> dict[str, Any]:
    return {"code": key, "name": name, "price": price, "unit": UNITS.get(key.rpartition("_")[2], "Unit")}


def _customer(customer: int) -> dict[str, Any]:
    place = {"postal_code": "1000 AA", "city": "Amsterdam", "country": "NL"}
    return {
        "name": f"Customer {customer}",
        "code": f"customer:{customer}",
        "addresses": {
            f"address:{customer + SHIPMENT_ADDRESS}": {"street_unstructured": f"Loading dock {customer}", **place},
            f"address:{customer + INVOICE_ADDRESS}": {"street_unstructured": f"Office {customer}", **place},
        },
    }


def _other(customer: dict[str, Any]) -> dict[str, Any]:
    """Describe a customer of the list above in the form that the seed needs."""
    number = customer["id"]
    places = [
        {
            "street_name": name,
            "building_number": f"{number % 100} B",
            "city": "Testville",
            "country": customer["country"],
        }
        for name in ("Dock Road", "Office Street")
    ]
    places[0]["delivery"], places[1]["invoice"] = True, True
    addresses = dict(zip((f"address:{id_}" for id_ in addresses_of(number)), places, strict=True))
    return {**customer, "code": f"customer:{number}", "addresses": addresses}
