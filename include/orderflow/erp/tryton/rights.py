"""The rights of the key's user, as Tryton's own tables of rights show them."""

from collections import defaultdict
from collections.abc import Iterable

from orderflow.erp.inspection import Inspected
from orderflow.erp.tryton.client import TrytonRecord, TrytonRest
from orderflow.erp.tryton.options import TrytonOptions

_SELLS = (
    ("sale.sale", "read"),
    ("sale.sale", "create"),
    ("sale.sale", "write"),
    ("sale.line", "delete"),
    ("stock.shipment.out", "read"),
    ("stock.move", "read"),
    ("party.party", "read"),
    ("party.identifier", "read"),
    ("product.product", "read"),
    ("web.shop", "read"),
)
"""What the adapter needs (docs/reference/erp-adapters.md)."""
_MAKES_CUSTOMERS = (("party.party", "create"), ("party.party", "write"), ("country.country", "read"))
_ALSO_BY = {"sale.line": "sale.sale", "party.identifier": "party.party", "product.product": "product.template"}
"""Models whose rights Tryton also takes from another one."""
_UNREADABLE = "the key's user cannot be identified by reading"


class _Group(TrytonRecord):
    parent: int | None = None


class _User(TrytonRecord):
    administrator: bool | None = None
    groups: tuple[int, ...] = ()


class _Application(TrytonRecord):
    user: _User


class _Access(TrytonRecord):
    model: str
    group: int | None
    perm_read: bool | None
    perm_write: bool | None
    perm_create: bool | None
    perm_delete: bool | None


class _Button(TrytonRecord):
    groups: tuple[int, ...]


def look_at_rights(rest: TrytonRest, options: TrytonOptions, *, makes_customers: bool) -> Inspected:
    """Compare the user's rights with those that the adapter needs. Rules for single records are not looked at."""
    mine = [["application", "=", "rest"], ["state", "=", "validated"]]
    fields = ("user.administrator", "user.groups")
    users = {one.user for one in rest.search(_Application, "res.user.application", mine, fields)}
    if len(users) != 1:
        return Inspected(_UNREADABLE, is_seen=False)
    (user,) = users
    needed = [*_SELLS, *(_MAKES_CUSTOMERS if makes_customers else ())]
    found = f"{len(needed)} rights of the key's user"
    if user.administrator:
        return Inspected(f"{found}, who is an administrator and may do far more than is needed")
    groups = _with_parents(rest, user.groups)
    missing = [f"no right to {mode} {model}" for model, mode in _missing(rest, groups, needed)]
    if options.confirm and not _may_press(rest, groups, "process"):
        missing.append("no right to press the button `process` of sale.sale")
    return Inspected(found, tuple(missing))


def _with_parents(rest: TrytonRest, groups: Iterable[int]) -> set[int]:
    """Return the groups, without inactive ones, and their parents: rights are inherited."""
    all_groups: set[int] = set()
    new = set(groups)
    while new:
        found = rest.search(_Group, "res.group", [["id", "in", sorted(new)]], ("parent",))
        all_groups |= {group.id for group in found}
        new = {group.parent for group in found if group.parent} - all_groups
    return all_groups


def _missing(rest: TrytonRest, groups: set[int], needed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the rights that are missing. Of the rows that apply, one that allows is enough; without rows all may."""
    models = sorted({name for model, _ in needed for name in (model, _ALSO_BY.get(model)) if name})
    fields = ("model", "group", "perm_read", "perm_write", "perm_create", "perm_delete")
    rows: dict[str, list[_Access]] = defaultdict(list)
    for row in rest.search_all(_Access, "ir.model.access", [["model", "in", models]], fields):
        if row.group is None or row.group in groups:
            rows[row.model].append(row)
    missing = []
    for model, mode in needed:
        said = [getattr(row, f"perm_{mode}") for name in (model, _ALSO_BY.get(model, "")) for row in rows[name]]
        if said and not any(said):
            missing.append((model, mode))
    return missing


def _may_press(rest: TrytonRest, groups: set[int], name: str) -> bool:
    domain = [["model", "=", "sale.sale"], ["name", "=", name]]
    buttons = rest.search(_Button, "ir.model.button", domain, ("groups",))
    return all(not button.groups or groups & set(button.groups) for button in buttons)
