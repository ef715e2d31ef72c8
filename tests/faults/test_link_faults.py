"""One link between services and stores fails while the others are well; the API's to Redis is in test_without_redis."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.faults.conftest import Inject
from tests.faults.fault_proxy import FaultProxy
from tests.faults.forms import Form
from tests.faults.rig import Rig

LINKS = {
    "api_postgres": "API -> PostgreSQL",
    "worker_postgres": "workers -> PostgreSQL",
    "worker_redis": "workers -> Redis",
}
links = pytest.mark.parametrize("link", LINKS)


def expected(link: str, form: Form) -> dict[str, Any]:
    """Workers that cannot reach PostgreSQL lose their lease; without Redis an outcome may be recorded nowhere."""
    return {
        "recovery": form.worker_recovery if link == "worker_postgres" else form.store_recovery,
        "keeps_records": link != "worker_redis",
    }


@links
def test_a_link_is_a_black_hole(rig: Rig, inject: Inject, link: str) -> None:
    proxy: FaultProxy = getattr(rig.links, link)
    with inject(f"black hole: {LINKS[link]}", **expected(link, rig.form)):
        proxy.black_hole()
        time.sleep(rig.form.link_fault)
        proxy.heal()


@links
def test_a_link_loses_replies(rig: Rig, inject: Inject, link: str) -> None:
    proxy: FaultProxy = getattr(rig.links, link)
    with inject(f"lost replies: {LINKS[link]}", **expected(link, rig.form)):
        proxy.lose_replies()
        time.sleep(rig.form.link_fault)
        proxy.heal()
