"""A store away: nothing is lost, and service comes back by itself. (Faults in full are a suite of their own.)"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from goqueue_cli.local import LocalStores
from goqueue_common import migrations
from goqueue_common.store_settings import normalise_database_url
from tests.acceptance.conftest import System
from tests.processes import eventually

JOB = {"type": "shop.plain", "payload": {"n": 1}}


@pytest.fixture(scope="module")
def own_stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStores]:
    """Servers that may be stopped without troubling other tests."""
    with LocalStores(tmp_path_factory.mktemp("own")) as running:
        migrations.upgrade(normalise_database_url(running.database_url))
        yield running


@pytest.fixture(scope="module")
def _shop(own_stores: LocalStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("shop")
    system = System(own_stores.database_url, own_stores.redis_url, folder.name, folder)
    system.start_api()
    system.start_worker()
    yield system
    system.close()


@pytest.fixture
def shop(_shop: System) -> System:
    """One for all: its API and its worker live through every outage, and are over the last one."""
    eventually(lambda: _stores(_shop) == ("ok", "ok"), "the API has both stores")
    eventually(lambda: _shop.health("readyz")[0] == 200, "the worker claims")
    _shop.effects_file.write_text("")
    return _shop


def _stores(system: System) -> tuple[str, str]:
    document = requests.get(f"{system.api_url}/readyz", timeout=10).json()
    return document["postgres"], document["redis"]


def post(system: System) -> requests.Response:
    return requests.post(f"{system.api_url}/jobs", json=JOB, timeout=10)


def status(system: System, job_id: str) -> str:
    return str(requests.get(f"{system.api_url}/jobs/{job_id}", timeout=10).json()["status"])


def test_without_redis_a_post_is_201_and_the_job_runs_when_it_is_back(own_stores: LocalStores, shop: System) -> None:
    own_stores.valkey.stop()
    try:
        answers = [post(shop) for _ in range(5)]
        ready = requests.get(f"{shop.api_url}/readyz", timeout=10)
    finally:
        own_stores.valkey.start()
    assert {answer.status_code for answer in answers} == {201}
    assert (ready.status_code, ready.json()["redis"]) == (200, "degraded")
    ids = [answer.json()["id"] for answer in answers]
    eventually(lambda: {status(shop, job_id) for job_id in ids} == {"completed"}, "all completed")
    ran = [line.split()[1] for line in shop.effects("plain")]
    assert [ran.count(job_id) for job_id in ids] == [1] * 5


def test_without_postgresql_a_post_is_503_with_retry_after_until_it_is_back(own_stores: LocalStores, shop: System) -> None:
    first = post(shop)
    assert first.status_code == 201
    own_stores.postgres.stop()
    try:
        refused = post(shop)
        ready = requests.get(f"{shop.api_url}/readyz", timeout=10)
    finally:
        own_stores.postgres.start()
    assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
    assert refused.headers["Retry-After"]
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert (ready.status_code, ready.json()["postgres"]) == (200, "degraded")
    eventually(lambda: post(shop).status_code == 201, "submits are taken again")
    last = post(shop)
    eventually(lambda: status(shop, last.json()["id"]) == "completed", "jobs run again")


def test_what_ran_while_postgresql_was_away_is_written_when_it_is_back(own_stores: LocalStores, shop: System) -> None:
    go = shop.folder / "go"
    body = {"type": "shop.wait", "payload": {"file": str(go)}}
    job_id = requests.post(f"{shop.api_url}/jobs", json=body, timeout=10).json()["id"]
    eventually(lambda: shop.effects("wait"), "it runs")
    own_stores.postgres.stop()
    go.touch()
    own_stores.postgres.start()
    eventually(lambda: status(shop, job_id) == "completed", "its outcome is written")
    assert len(shop.effects("wait")) == 1


def test_a_worker_without_postgresql_says_that_it_claims_nothing_and_is_not_restarted(
    own_stores: LocalStores, shop: System
) -> None:
    own_stores.postgres.stop()
    try:
        eventually(lambda: shop.health("readyz")[0] == 503, "not ready")
        eventually(lambda: shop.health("readyz")[1]["postgres"] == "degraded", "looked at again, and away")
        document = shop.health("readyz")[1]
        alive = shop.health("healthz")
    finally:
        own_stores.postgres.start()
    assert (document["status"], document["claiming"], document["why"]) == ("waiting", False, "PostgreSQL is away")
    assert (document["postgres"], document["redis"]) == ("degraded", "ok")
    assert alive == (200, {"status": "ok"})
    eventually(lambda: shop.health("readyz")[0] == 200, "claims again")
