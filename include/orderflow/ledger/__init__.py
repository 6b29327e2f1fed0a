"""The ledger: the durable record of what was decided about every order, what was tried, and the outcome.

`open_ledger` (opening.py) or `ledger_from_connection` (hook.py) returns a `Ledger` (ledger.py). The values that go in
and come out are in models/.
"""
