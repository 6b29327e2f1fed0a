"""A CloudSuite-shaped shop and an ERP over real HTTP, for the demo, the tests and compose.

It is the other side of the flow and shares no code with `orderflow`: a mistake in one must not hide in the other.
The shop behaves as its documentation says and, where that is silent, as Django REST framework was measured to.

    python -m sandbox --port 8090 --day 2026-11-22

    /realms/CloudSuite/protocol/openid-connect/token   token endpoint
    /api/order/                                        shop
    /api/origin/{origin}/customer/, address/, user/    shop, people and places
    /proxy/des_adv_xml/delivery/                       shop, despatch advices
    /erp/sales-orders, /erp/deliveries                 ERP
    /erp/customers, /erp/capabilities                  ERP, what a simpler one does not have
    /_control/                                         what is there, what goes wrong, what was called

Everything is in memory, on one event loop; handlers are plain functions from `Call` to `Reply`.
"""
