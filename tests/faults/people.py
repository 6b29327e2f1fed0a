"""What must be true of customers and addresses once nothing is due: each exists once, each order has its own."""

from collections import Counter
from collections.abc import Iterator

from sandbox.control import SandboxControl


def people_broken(control: SandboxControl) -> list[str]:
    """List customers and addresses that the ERP has twice, and orders with wrong ones."""
    return [*_doubled(control), *_wrong(control)]


def _doubled(control: SandboxControl) -> Iterator[str]:
    customers = control.erp_customers.all()
    keys = Counter(tuple(key) for customer in customers for key in customer["keys"])
    places = Counter((place["origin"], place["key"]) for customer in customers for place in customer["addresses"])
    for what, counted in (("customer", keys), ("address", places)):
        for key, times in counted.items():
            if times > 1:
                yield f"DOUBLED: {what} {key} is {times} times in the ERP"


def _wrong(control: SandboxControl) -> Iterator[str]:
    known = {tuple(key): customer for customer in control.erp_customers.all() for key in customer["keys"]}
    for order in control.erp_orders():
        request = order["request"]
        shown = control.order(request["shop_order_id"])
        party = control.people.get("customer", shown["customer"])
        address = control.people.get("address", shown["shipment_address"])
        about = f"order {shown['id']}: "
        if (request["buyer"]["origin"], request["buyer"]["key"]) != (party["origin"], party["key"]):
            yield f"{about}is of customer {request['buyer']['key']}, not {party['key']}"
        if request["ship_to"]["key"] != address["key"]:
            yield f"{about}goes to {request['ship_to']['key']}, not {address['key']}"
        customer = known.get((party["origin"], party["key"]))
        if customer is None or address["key"] not in {place["key"] for place in customer["addresses"]}:
            yield f"{about}HALF: the ERP lacks its customer or address"
        elif request["buyer"].get("code") != customer["code"]:
            yield f"{about}names customer {request['buyer'].get('code')}, the ERP's is {customer['code']}"
