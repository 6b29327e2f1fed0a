"""Confirmed CloudSuite orders into an ERP, exactly once, and the result written back.

The rooms, and who may import whom:

    dags -> orchestration -> flow -> cloudsuite, erp, ledger -> domain
                                plugins -> web -> ledger -> domain

    domain         what an order is and what may happen to it; no I/O, no clock, no Airflow
    cloudsuite     the shop's words: wire models, client, mapper, connection
    erp            the port every ERP answers to, and its adapters
    ledger         the durable record of what was decided and done
    flow           the use cases: select, push, write back, offline finish, report
    orchestration  Airflow tasks around the use cases; the only room that knows about tasks
    web            the page in Airflow; reads the ledger, and Airflow's login

`errors` and `settings` are open to every room.
"""
