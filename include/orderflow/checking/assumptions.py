"""Every assumption about CloudSuite's API and the ERP; docs/explanation/assumptions.md is generated from it."""

from orderflow.checking.assumed_of_calls import OF_CALLS
from orderflow.checking.assumed_of_erp import OF_ERP
from orderflow.checking.assumed_of_orders import OF_ORDERS
from orderflow.checking.assumed_of_records import OF_RECORDS
from orderflow.checking.assumed_of_writes import OF_WRITES

ASSUMPTIONS = (*OF_CALLS, *OF_ORDERS, *OF_WRITES, *OF_RECORDS, *OF_ERP)
BY_ID = {assumption.id: assumption for assumption in ASSUMPTIONS}
