"""A CloudSuite-shaped shop and an ERP over real HTTP, for the demo, the tests and compose.

It stands in for the real systems and shares no code with `orderflow`, so that no mistake hides in both. The shop
behaves as documented and, where the documentation is silent, as Django REST framework was measured to.

    python -m sandbox --port 8090 --day 2026-11-22

    /realms/CloudSuite/protocol/openid-connect/token   token endpoint
    /api/order/                                        shop
    /api/origin/{origin}/customer/, address/, user/    shop, customers, addresses, users
    /proxy/des_adv_xml/delivery/                       shop, despatch advices
    /erp/sales-orders, /erp/deliveries                 ERP
    /erp/customers, /erp/capabilities                  ERP, optional calls
    /_control/                                         data, faults and the call journal

Everything is in memory, on one event loop. Handlers are plain functions from `Call` to `Reply`.
"""
