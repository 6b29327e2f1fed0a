"""A task that prints every secret it receives, for the test that nobody can read them in its log."""

from airflow.sdk import BaseHook, dag, task

from orderflow.cloudsuite.filters import ShopOrderFilter
from orderflow.cloudsuite.hook import CloudSuiteHook
from orderflow.erp.hook import ErpHook


@dag(schedule=None)
def secrets_probe() -> None:
    @task
    def tell() -> None:
        client = CloudSuiteHook().get_client(read_only=True)
        list(client.list_orders(ShopOrderFilter()))  # gets a token
        erp = ErpHook().get_erp(read_only=True)
        told = {
            "client secret": BaseHook.get_connection("cloudsuite_default").password,
            "access token": client._channel._authorize.header(),
            "ERP credentials": erp._channel._authorize.header(),
        }
        for name, secret in told.items():
            # Printed, not logged: a logged line is repeated, unmasked, in the scheduler's output that other tests read.
            print(f"printed {name}: <{secret}>")  # noqa: T201
        raise RuntimeError(f"raised: {told}")

    tell()


secrets_probe()
