"""The check of a shop, on a real sandbox; pauses between attempts are skipped."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from orderflow.checking.check import TIMES, Times, check_shop
from orderflow.checking.report import Checked
from orderflow.cloudsuite.auth import ClientCredentials, Credentials
from orderflow.cloudsuite.client import SHOP
from orderflow.erp.rest import ERP, RestErp
from orderflow.settings import Settings
from orderflow.transport import Bounds, Channel, FixedAuthorization
from sandbox.config import Config
from sandbox.server import RunningSandbox
from support.checks import AT_ONCE, Check


@pytest.fixture
def check(sandbox: RunningSandbox) -> Check:
    def run(
        authorize: Any = None,
        now: Callable[[], datetime] | None = None,
        deadline: float = 60,
        times: Times = TIMES,
        **settings: Any,
    ) -> Checked:
        began = datetime.now(UTC)
        credentials = Credentials(sandbox.token_url, Config().client_id, Config().client_secret)
        shop = Channel(
            requests.Session(),
            sandbox.url,
            service=SHOP,
            authorize=authorize or ClientCredentials(requests.Session(), credentials),
            policy=AT_ONCE,
            bounds=Bounds(seconds=deadline),
            read_only=True,
        )
        erp = Channel(
            requests.Session(),
            sandbox.erp_url,
            service=ERP,
            authorize=FixedAuthorization("Bearer", Config().erp_token),
            policy=AT_ONCE,
            read_only=True,
        )
        return check_shop(shop, RestErp(erp), Settings.model_validate(settings), now or (lambda: began), times=times)

    return run
