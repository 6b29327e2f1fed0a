"""Money: how far a currency is rounded, and when two amounts are the same."""

from decimal import ROUND_HALF_UP, Context, Decimal

_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_DIGITS = {**dict.fromkeys(_NONE.split(), 0), **dict.fromkeys(_THREE.split(), 3)}
"""Currencies whose amounts have other than two decimals (ISO 4217)."""
_EXACT = Context(prec=80, rounding=ROUND_HALF_UP)


def smallest_unit(currency: str | None) -> Decimal:
    """Return a currency's smallest amount: a cent, a yen, a thousandth of a dinar."""
    return Decimal(1).scaleb(-_DIGITS.get(currency or "", 2))


def rounded(amount: Decimal, currency: str | None) -> Decimal:
    """Round to the currency's smallest unit as in commerce, half up."""
    return amount.quantize(smallest_unit(currency), context=_EXACT)


def same_amount(one: Decimal, other: Decimal, currency: str | None, tolerance: Decimal) -> bool:
    """Whether two totals are equal within a tolerance in cents, or as many yen, or thousandths of a dinar."""
    return abs(one - other) <= tolerance * 100 * smallest_unit(currency)
