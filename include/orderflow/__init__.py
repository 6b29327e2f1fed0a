"""Confirmed CloudSuite orders into an ERP, exactly once, and the result written back.

The rooms, from the bottom up, and which others each may import (a test reads this map):

    domain               -> nothing
    redaction            -> nothing
    errors               -> domain, redaction
    environment          -> nothing
    settings             -> domain, environment, errors
    interruption         -> nothing
    home                 -> domain, errors
    absence              -> domain, errors
    transport            -> domain, redaction, errors
    cloudsuite           -> domain, redaction, errors, settings, transport
    erp                  -> domain, redaction, errors, settings, transport
    ledger.database      -> domain, redaction, errors
    ledger.models        -> domain
    ledger.tables        -> domain, errors, ledger.database, ledger.models
    ledger.orders        -> domain, errors, ledger.database, ledger.models, ledger.tables
    ledger.books         -> domain, errors, ledger.database, ledger.models, ledger.tables, ledger.orders
    ledger               -> domain, redaction, errors, settings, home, absence, ledger.*
    checking             -> domain, redaction, errors, settings, transport, cloudsuite, erp
    flow                 -> domain, errors, settings, cloudsuite, erp, ledger, ledger.*
    flow.reporting       -> domain, redaction, errors, settings, ledger, ledger.*, flow
    flow.orders          -> domain, errors, settings, cloudsuite, erp, ledger, ledger.*, flow, flow.reporting
    flow.shipments       -> domain, errors, settings, cloudsuite, erp, ledger, ledger.*, flow, flow.reporting
    flow.reconciliation  -> domain, errors, settings, cloudsuite, erp, ledger, ledger.*, flow, flow.reporting
    flow.questions       -> domain, errors, ledger, ledger.*, flow, flow.reporting, flow.orders, flow.shipments
    flow.shop_check      -> domain, redaction, errors, settings, checking, cloudsuite, ledger, ledger.*, flow, flow.orders
    orchestration        -> domain, environment, redaction, absence, errors, settings, home, cloudsuite, erp, ledger, ledger.*, flow, flow.*
    web                  -> domain, environment, errors, settings, absence, ledger, ledger.*, flow.reporting
    plugin               -> orchestration, web
    provider             -> nothing
    commands             -> domain, redaction, interruption, errors, settings, checking, ledger, ledger.*, flow, flow.*, orchestration
    command_line         -> nothing
    __main__             -> command_line, commands

What they hold:

    domain         what an order is and what may happen to it; no I/O, no clock, no Airflow
    redaction      the last gate on the way out: secrets hidden, escapes shown, answers cut short
    absence        whether Airflow lacks a Variable or connection, or only failed to look
    interruption   Ctrl-C and SIGTERM where something must not be left half done
    transport      HTTP to one service: time and size limits, retries, failures
    cloudsuite     the shop's words: wire models, client, mapper, connection
    erp            the port every ERP implements, and its adapters
    ledger         the durable record of what was decided and done
    checking       what is assumed about shop and ERP, a look at the real ones, and a trial on an order of a test shop
    flow           the use cases: customers, orders, shipments, reconciliation, reporting, questions, the check of a shop
    orchestration  Airflow tasks around the use cases; the only room that knows about tasks
    web            the page in Airflow; reads the ledger, and Airflow's login
    plugin         the entry point by which Airflow finds the page
    provider       the entry point by which Airflow finds the connection types
"""  # noqa: E501 - a line of the map is one line
