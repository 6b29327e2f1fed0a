"""The entry point `apache_airflow_provider`: two connection types with their forms, and our assets for OpenLineage.

The forms are plain data, and nothing else imports them: Airflow reads them in every process that needs a hook.
"""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from airflow.providers.common.compat.openlineage.facet import Dataset
    from airflow.sdk import Asset

_TEXT = {"type": ["string", "null"]}
_SECRET = {"type": ["string", "null"], "format": "password"}
_NUMBER = {"type": ["integer", "null"]}
_COMMON: dict[str, Any] = {
    "timeout": {"label": "Timeout", "schema": _NUMBER, "description": "Seconds without an answer; 30 when not set."},
    "deadline": {
        "label": "Deadline",
        "schema": _NUMBER,
        "description": "Seconds a call may take in total; twice the timeout, and at least 20, when not set.",
    },
    "max_answer_mb": {
        "label": "Largest answer",
        "schema": _NUMBER,
        "description": "Megabytes of an answer, unpacked, that are read at most; 32 when not set.",
    },
    "allow_http": {
        "label": "Allow plain http",
        "schema": {"type": ["boolean", "null"]},
        "description": "Send credentials unencrypted to another machine. Only for a trusted network.",
    },
}

CLOUDSUITE: dict[str, Any] = {
    "connection-type": "cloudsuite",
    "hook-name": "CloudSuite",
    "hook-class-name": "orderflow.cloudsuite.hook.CloudSuiteHook",
    "ui-field-behaviour": {
        "hidden-fields": ["schema"],
        "relabeling": {"host": "API address", "login": "Client ID", "password": "Client secret"},
        "placeholders": {
            "host": "https://api.cloudsuite.io",
            "port": "443",
            "token_url": "https://id.cloudsuite.io/realms/…/protocol/openid-connect/token",
            "scope": "openid",
            "timeout": "30",
        },
    },
    "conn-fields": {
        "token_url": {
            "label": "Token address",
            "schema": _TEXT,
            "description": "The OAuth2 token endpoint. Needed with client ID and client secret.",
        },
        "scope": {"label": "Scope", "schema": _TEXT, "description": "The OAuth2 scope; 'openid' when not set."},
        "token": {
            "label": "Token",
            "schema": _SECRET,
            "description": "For the older 'Authorization: Token' scheme, instead of client ID and client secret.",
        },
        "proxy_base_url": {
            "label": "Message address",
            "schema": _TEXT,
            "description": "Where '/proxy' is, for despatch advices and cXML; the API address when not set.",
        },
        **_COMMON,
    },
}

ERP: dict[str, Any] = {
    "connection-type": "orderflow_erp",
    "hook-name": "Orderflow ERP",
    "hook-class-name": "orderflow.erp.hook.ErpHook",
    "ui-field-behaviour": {
        "hidden-fields": ["schema"],
        "relabeling": {"host": "ERP address"},
        "placeholders": {
            "host": "https://erp.example.com/api",
            "port": "443",
            "timeout": "30",
            "web_shop": '{"1": "Web shop"}',
            "customer_code": "customer:{customer}",
            "address_code": "address:{address}",
            "product_code": "{key}",
        },
    },
    "conn-fields": {
        "adapter": {
            "label": "Adapter",
            "schema": {"type": "string", "enum": ["rest", "tryton"], "default": "rest"},
            "description": "The ERP's language: 'rest' when not set.",
        },
        "token": {
            "label": "Token",
            "schema": _SECRET,
            "description": "Sent as 'Authorization: Bearer', instead of login and password (HTTP Basic).",
        },
        **_COMMON,
        "database": {"label": "Tryton: database", "schema": _TEXT, "description": "Needed with the adapter 'tryton'."},
        "web_shop": {
            "label": "Tryton: web shops",
            "schema": {"type": ["object", "null"]},
            "description": "The name of Tryton's web shop by webshop number, as JSON. Needed with 'tryton'.",
        },
        "company": {
            "label": "Tryton: company",
            "schema": _NUMBER,
            "description": "Id of the company that the web shops must belong to; not checked when not set.",
        },
        "customer_code": {
            "label": "Tryton: customer code",
            "schema": _TEXT,
            "description": "The party identifier with the shop's customer id; 'customer:{customer}' when not set.",
        },
        "party_code": {
            "label": "Tryton: party code",
            "schema": _TEXT,
            "description": "The code of a party made for a customer of the shop; 'WEB-{key}' when not set.",
        },
        "own_origin": {
            "label": "Tryton: own origin",
            "schema": _TEXT,
            "description": "The shop's origin whose customers have Tryton's party codes as keys; 'erp' when not set.",
        },
        "address_code": {
            "label": "Tryton: address code",
            "schema": _TEXT,
            "description": "The party identifier with the shop's address id; 'address:{address}' when not set.",
        },
        "product_code": {
            "label": "Tryton: product code",
            "schema": _TEXT,
            "description": "The product's code, of the shop's '{origin}' and '{key}'; '{key}' when not set.",
        },
        "unit": {
            "label": "Tryton: unit",
            "schema": {"type": ["string", "null"], "enum": ["sale", "stock"]},
            "description": "Quantities are in the product's 'sale' unit (when not set) or its 'stock' unit.",
        },
        "taxes": {
            "label": "Tryton: taxes",
            "schema": {"type": ["string", "null"], "enum": ["form", "none"]},
            "description": "The taxes that Tryton's own form would fill in ('form', when not set), or 'none'.",
        },
        "payment": {
            "label": "Tryton: terms by payment status",
            "schema": {"type": ["object", "null"]},
            "description": "Terms by the shop's payment status, as JSON; otherwise those of the customer.",
        },
        "confirm": {
            "label": "Tryton: confirm sales",
            "schema": {"type": ["boolean", "null"]},
            "description": "Confirm the sale, so that Tryton ships and invoices it; otherwise a person confirms it.",
        },
        "process": {
            "label": "Tryton: process sales",
            "schema": {"type": ["string", "null"], "enum": ["now", "queued"]},
            "description": "Process a confirmed sale at once ('now', when not set), or leave that to Tryton's worker.",
        },
        "delivery_days": {
            "label": "Tryton: delivery days",
            "schema": _NUMBER,
            "description": "How many days before the requested delivery date shipping starts; 0 when not set.",
        },
        "credit_notes": {
            "label": "Tryton: list credit notes",
            "schema": {"type": ["boolean", "null"]},
            "description": "List credit notes, too; the key's user has to be allowed to read invoices.",
        },
        "cents": {
            "label": "Tryton: rounding differences",
            "schema": {"type": ["string", "null"], "enum": ["accept", "line", "hold"]},
            "description": "What to do with an order whose total differs only by rounding; 'accept' when not set.",
        },
        "rounding_product": {
            "label": "Tryton: rounding product",
            "schema": _TEXT,
            "description": "The code of the product of the line that makes up the difference. Needed with 'line'.",
        },
    },
}


def get_provider_info() -> dict[str, Any]:
    """Return the provider's description, as Airflow expects it."""
    return {
        "package-name": "orderflow",
        "name": "Orderflow",
        "description": "Confirmed CloudSuite webshop orders into an ERP, and the result written back.",
        "versions": [version("orderflow")],
        "connection-types": [CLOUDSUITE, ERP],
        "asset-uris": [
            {"schemes": ["orderflow"], "handler": None, "to_openlineage_converter": f"{__name__}.as_dataset"},
        ],
        "notifications": ["orderflow.orchestration.notifier.OrderflowNotifier"],
    }


def as_dataset(asset: "Asset", lineage_context: object) -> "Dataset":
    """Return the asset `orderflow://orders/written-back` as OpenLineage's dataset `written-back` of `orderflow://orders`.

    Only OpenLineage's provider calls it. Without a converter for their scheme it leaves assets out.
    """
    from airflow.providers.common.compat.openlineage.facet import Dataset  # noqa: PLC0415 - needs OpenLineage's client

    del lineage_context
    address = urlsplit(asset.uri)
    return Dataset(namespace=f"{address.scheme}://{address.netloc}", name=address.path.strip("/"))
