"""Customers and sales in Tryton's own tables, read without the adapter."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from support.guest_day import OrderInErp, PartyInErp, PlaceInErp
from tryton import RunningTryton

_PARTIES = """
    SELECT party.id, party.code,
        (SELECT array_agg(code) FROM party_identifier
            WHERE party = party.id AND address IS NULL AND type IS NULL AND active) AS names,
        (SELECT array_agg(code) FROM party_identifier WHERE party = party.id AND type = 'eu_vat' AND active) AS vat,
        (SELECT array_agg(value) FROM party_contact_mechanism WHERE party = party.id AND active) AS contacts
    FROM party_party AS party
"""
_PLACES = """
    SELECT address.id, address.party, coalesce(street_name, street_unstructured) AS street,
        array_agg(name.code) AS names
    FROM party_address AS address
    LEFT JOIN party_identifier AS name ON name.address = address.id AND name.active
    GROUP BY address.id
"""
_SALES = """
    SELECT sale.id, sale.number, sale.web_id, party.code AS party, sale.shipment_address, sale.invoice_address,
        (SELECT array_agg(id ORDER BY sequence) FROM sale_line WHERE sale = sale.id AND type = 'line') AS lines
    FROM sale_sale AS sale JOIN party_party AS party ON party.id = sale.party
"""
_LAST = "SELECT (SELECT max(id) FROM party_party) AS party, (SELECT max(id) FROM party_address) AS address"
NAMELESS = "nobody in the shop"


class TrytonBooks:
    """`ErpBooks` of a Tryton; `order_ids` are the shop's, by each order's reference in Tryton."""

    def __init__(self, tryton: RunningTryton, order_ids: Mapping[str, int]) -> None:
        self._engine: Engine = create_engine(tryton.database, poolclass=NullPool)
        self._tryton, self._order_ids = tryton, order_ids
        (self._last,) = self._rows(_LAST)

    def parties(self) -> list[PartyInErp]:
        """Return all parties, including inactive ones."""
        places: dict[int, list[PlaceInErp]] = {}
        for row in self._rows(_PLACES):
            if row.id > self._last.address:
                places.setdefault(row.party, []).append(_place(row))
        return [
            PartyInErp(
                code=row.code,
                is_new=row.id > self._last.party,
                names=frozenset(row.names or ()),
                contacts=frozenset(row.contacts or ()),
                vat_numbers=frozenset(row.vat or ()),
                new_places=tuple(places.get(row.id, ())),
            )
            for row in self._rows(_PARTIES)
        ]

    def orders(self) -> list[OrderInErp]:
        """Return all sales, with the totals that Tryton shows to people."""
        totals = self._tryton.rpc("model.sale.sale.search_read", [], 0, None, None, ["untaxed_amount"])
        total = {row["id"]: Decimal(row["untaxed_amount"]["decimal"]) for row in totals}
        places = {row.id: _place(row) for row in self._rows(_PLACES)}
        return [
            OrderInErp(
                shop_order_id=self._order_ids[row.web_id],
                number=row.number,
                party=row.party,
                ship_to=places[row.shipment_address],
                bill_to=places[row.invoice_address].name,
                total=total[row.id],
                line_numbers=tuple(row.lines),
            )
            for row in self._rows(_SALES)
        ]

    def name_of(self, kind: str, record: Mapping[str, Any]) -> str:
        """Return the identifier."""
        return f"{kind}:{record['id']}"

    def _rows(self, statement: str) -> list[Any]:
        with self._engine.connect() as connection:
            return list(connection.execute(text(statement)).all())


def _place(row: Any) -> PlaceInErp:
    names: Iterable[str] = sorted(filter(None, row.names))
    return PlaceInErp(", ".join(names) or NAMELESS, row.street)
