"""What is assumed about customers and addresses, and about messages."""

from orderflow.checking.assumption import Assumption, Mark

_PEOPLE = "New customer/address/user registration"
_WRITES = "it takes a write, and this check makes none"

OF_RECORDS: tuple[Assumption, ...] = (
    # customers and addresses
    Assumption(
        id="origins",
        sentence="the lists below `/api/origin/{origin}/` hold records of every origin, with id and key in each row",
        mark=Mark.DOCUMENTED,
        source=_PEOPLE,
        guard="the origin is taken from the record itself; a key that leads to another id is refused; without a key "
        "the order is held",
        check="the first customers of each origin that is set, or that the sample names",
    ),
    Assumption(
        id="people_fields",
        sentence="customers and users are read by key as addresses are, with fields such as those of a user's profile",
        mark=Mark.ASSUMED,
        source="New user registration without activation",
        guard="a field under another name goes along in `extra`; nothing depends on one but the mail address of a "
        "guest",
        no_check="a field's meaning cannot be seen from outside",
    ),
    Assumption(
        id="guest_flag",
        sentence="a customer says in `guest` whether it is one",
        mark=Mark.ASSUMED,
        source="nothing says it",
        guard="asked only where `guests` is set; without an answer the order is held",
        no_check="it takes a customer that is known to be a guest",
    ),
    Assumption(
        id="key_twins",
        sentence="`…_key` beside the ids of an order names the record",
        mark=Mark.SEEN,
        source="Orders POST",
        guard="used where it is there; the record read by it must have the same id",
        no_check="every order is checked when it is processed",
    ),
    Assumption(
        id="own_origin",
        sentence="records of the shop's own origin are under `webshop`",
        mark=Mark.ASSUMED,
        source="nothing says it",
        guard="`shop_origins` names others; a record of any other origin is never created or changed in the ERP",
        no_check="only CloudSuite can say which origin is the shop's own",
    ),
    # other writes
    Assumption(
        id="customer_code",
        sentence="`code` of a customer can be changed by PATCH",
        mark=Mark.ASSUMED,
        source="New customer/address from ERP, user from CloudSuite",
        guard="off unless `tell_customer_code` is set; a refusal is logged and stops nothing",
        no_check=_WRITES,
    ),
    Assumption(
        id="messages",
        sentence="the form of messages to `/proxy`, and of the answers",
        mark=Mark.ASSUMED,
        source="Delivery (DESADV) - API",
        guard="[messages](../reference/messages.md) names each assumption; a doubtful answer is never resent blindly",
        no_check=_WRITES,
        trial="`--with-message`: a packing slip and a confirmation of an order number that does not exist",
    ),
)
