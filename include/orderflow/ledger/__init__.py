"""The ledger: the durable record of what was decided about every order, what was tried and what came of it.

`open_ledger` (engine.py) or `ledger_from_connection` (hook.py) gives a `Ledger` (store.py); the values that go in and
come out are in models.py.
"""
