"""PostgreSQL or Redis away: what callers see, and that service comes back by itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from structlog.testing import capture_logs

from goqueue_api.app import STATEMENT_TIMEOUT_SECONDS, create_app
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_cli.local import LocalStores
from goqueue_common import migrations
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.store_settings import normalise_database_url
from tests.black_hole import BlackHole
from tests.factories import eventually
from tests.integration.api.api_calls import get_job, submit_job
from tests.stalled import stalled

DISCARD = "postgresql+psycopg2://nobody@127.0.0.1:9/none"


@pytest.fixture
def own_stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStores]:
    """A pair of servers that one test may stop."""
    with LocalStores(tmp_path_factory.mktemp("own"), postgres_options={"fsync": "off"}) as running:
        migrations.upgrade(normalise_database_url(running.database_url))
        yield running


@pytest.fixture
def own_app(own_stores: LocalStores, settings: ApiSettings) -> Iterator[Flask]:
    urls = {
        "database_url": normalise_database_url(own_stores.database_url),
        "redis_url": own_stores.redis_url,
    }
    made = create_app(replace(settings, stores=replace(settings.stores, **urls)))
    yield made
    made.extensions[EXTENSION].close()


@pytest.fixture
def hole(redis_url: str) -> Iterator[BlackHole]:
    """A way to Redis that can become a black hole."""
    with BlackHole(redis_url) as opened:
        yield opened


@pytest.fixture
def app_behind_hole(settings: ApiSettings, hole: BlackHole) -> Iterator[Flask]:
    made = create_app(replace(settings, stores=replace(settings.stores, redis_url=hole.url)))
    yield made
    made.extensions[EXTENSION].close()


def never_given_up() -> bool:
    return False


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/jobs"),
        ("POST", "/jobs/batch"),
        ("GET", "/jobs"),
        ("GET", "/jobs/018f0000-0000-7000-8000-000000000000"),
        ("GET", "/jobs/018f0000-0000-7000-8000-000000000000/explain"),
        ("POST", "/jobs/018f0000-0000-7000-8000-000000000000/cancel"),
        ("GET", "/queues"),
        ("GET", "/handlers"),
    ],
)
def test_without_postgres_every_resource_is_503_with_retry_after(settings: ApiSettings, method: str, path: str) -> None:
    app = create_app(replace(settings, stores=replace(settings.stores, database_url=DISCARD)))
    body = {"jobs": [{"type": "demo"}]} if path == "/jobs/batch" else {"type": "demo"}
    answer = app.test_client().open(path, method=method, json=body if method == "POST" else None)
    app.extensions[EXTENSION].close()
    assert (answer.status_code, answer.get_json()["code"]) == (503, "database_unavailable")
    assert answer.headers["Retry-After"] == "1"
    assert answer.content_type == "application/problem+json"


def test_service_is_back_by_itself_when_postgres_is(own_stores: LocalStores, own_app: Flask) -> None:
    client = own_app.test_client()
    job = submit_job(client)
    assert client.get("/readyz").status_code == 200
    own_stores.postgres.stop(never_given_up)
    refused = client.post("/jobs", json={"type": "demo"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()["postgres"]) == (200, "degraded")
    assert client.get("/healthz").status_code == 200
    own_stores.postgres.start(never_given_up)
    assert client.post("/jobs", json={"type": "demo"}).status_code == 201
    assert get_job(client, job["id"]) == job
    assert client.get("/readyz").get_json()["postgres"] == "ok"


def test_a_postgres_that_stands_still_is_503_within_the_time_for_a_statement_and_a_second(
    stores: LocalStores, app: Flask, client: FlaskClient
) -> None:
    def submit(_: int) -> tuple[int, str | None, float]:
        began = time.monotonic()
        answer = app.test_client().post("/jobs", json={"type": "demo"})
        return answer.status_code, answer.headers.get("Retry-After"), time.monotonic() - began

    with ThreadPoolExecutor(4) as pool:
        assert {status for status, _, _ in pool.map(submit, range(8))} == {201}
        with stalled(stores.postgres):
            answers = list(pool.map(submit, range(100)))
            assert client.get("/readyz").get_json()["postgres"] == "degraded"
        eventually(lambda: submit(0)[0] == 201)
        assert {status for status, _, _ in pool.map(submit, range(8))} == {201}
    assert {(status, retry_after) for status, retry_after, _ in answers} == {(503, "1")}
    assert max(seconds for _, _, seconds in answers) < STATEMENT_TIMEOUT_SECONDS + 1.0 + 1.5
    assert sum(seconds > 0.5 for _, _, seconds in answers) <= 5, "each thread waits once, and one who tries again"


def test_without_redis_a_submit_is_still_201(own_stores: LocalStores, own_app: Flask) -> None:
    client = own_app.test_client()
    assert client.get("/readyz").get_json()["redis"] == "ok"
    own_stores.valkey.stop(never_given_up)
    job = submit_job(client)
    assert get_job(client, job["id"])["status"] == "queued"
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()["redis"]) == (200, "degraded")
    own_stores.valkey.start(never_given_up)
    eventually(lambda: client.get("/readyz").get_json()["redis"] == "ok")


def test_with_redis_in_a_black_hole_every_submit_is_201_and_only_the_first_ones_wait(
    app_behind_hole: Flask, hole: BlackHole, broker: RedisBroker
) -> None:
    def submit(_: int) -> tuple[int, float]:
        began = time.monotonic()
        answer = app_behind_hole.test_client().post("/jobs", json={"type": "demo"})
        return answer.status_code, time.monotonic() - began

    with ThreadPoolExecutor(4) as pool:
        assert [status for status, _ in pool.map(submit, range(8))] == [201] * 8
        assert len(pushed(broker)) == 8
        hole.swallow()
        with capture_logs() as logs:
            statuses, seconds = zip(*pool.map(submit, range(100)), strict=True)
    assert set(statuses) == {201}
    assert max(seconds) < 2.0
    failed = [line for line in logs if line["event"] == "push_failed"]
    assert sum(line["jobs"] for line in failed) == 100
    assert sum("left alone" not in line["reason"] for line in failed) <= 4, "each thread waits once at most"
    assert [line["event"] for line in logs if line["event"].startswith("redis_")] == ["redis_away"]


def test_after_a_black_hole_jobs_are_pushed_again(app_behind_hole: Flask, hole: BlackHole, broker: RedisBroker) -> None:
    client = app_behind_hole.test_client()
    submit_job(client)
    assert len(pushed(broker)) == 1
    hole.swallow()
    submit_job(client)
    hole.heal()
    eventually(lambda: client.get("/readyz").get_json()["redis"] == "ok")
    job_id = submit_job(client)["id"]
    assert pushed(broker) == [job_id], "the one before is the relay's"


def test_readiness_names_a_redis_in_a_black_hole_until_it_is_back(app_behind_hole: Flask, hole: BlackHole) -> None:
    client = app_behind_hole.test_client()
    assert client.get("/readyz").get_json()["redis"] == "ok"
    hole.swallow()
    assert client.get("/readyz").get_json()["redis"] == "degraded"
    hole.heal()
    eventually(lambda: client.get("/readyz").get_json()["redis"] == "ok")


def test_readiness_names_a_redis_that_takes_no_writes(client: FlaskClient, redis_url: str) -> None:
    assert client.get("/readyz").get_json()["redis"] == "ok"
    with Redis.from_url(redis_url) as admin:
        admin.replicaof("127.0.0.1", 1)
        try:
            assert client.get("/readyz").get_json()["redis"] == "degraded"
        finally:
            admin.replicaof("NO", "ONE")
    eventually(lambda: client.get("/readyz").get_json()["redis"] == "ok")


def test_a_subscription_that_died_in_a_black_hole_is_made_anew(app_behind_hole: Flask, hole: BlackHole) -> None:
    client = app_behind_hole.test_client()
    job_id = submit_job(client)["id"]
    source: Any = app_behind_hole.extensions[EXTENSION].waiter._settled
    with source.watch(job_id):
        eventually(source.is_listening)
        hole.swallow()
        eventually(lambda: not source.is_listening())
        hole.heal()
        eventually(source.is_listening)


def test_while_redis_is_known_to_be_away_nobody_waits_for_a_subscription(app_behind_hole: Flask, hole: BlackHole) -> None:
    client = app_behind_hole.test_client()
    hole.swallow()
    job_id = submit_job(client)["id"]
    source: Any = app_behind_hole.extensions[EXTENSION].waiter._settled
    with source.watch(job_id):
        assert not source.is_listening()
    assert client.get(f"/jobs/{job_id}?wait=0.1").get_json()["status"] == "queued"


def pushed(broker: RedisBroker) -> list[str]:
    """The ids that wait in Redis, taken out of it."""
    return [ref.id for ref in broker.dequeue_many([("default", 1)], 1_000, 0)]


def test_a_schema_that_is_not_there_yet_makes_it_unready(settings: ApiSettings, stores: LocalStores) -> None:
    url = normalise_database_url(stores.database_url)
    app = create_app(replace(settings, stores=replace(settings.stores, database_url=url)))
    ready = app.test_client().get("/readyz")
    submit = app.test_client().post("/jobs", json={"type": "demo"})
    app.extensions[EXTENSION].close()
    assert (ready.status_code, ready.get_json()["schema"]) == (503, "behind")
    assert submit.status_code == 503


def test_when_all_connections_are_busy_the_answer_is_503(client: FlaskClient, app: Flask) -> None:
    with app.app_context(), ExitStack() as stack:
        engine = app.extensions["sqlalchemy"].engine
        for _ in range(engine.pool.size()):
            stack.enter_context(engine.connect())
        answer = client.get("/queues")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert client.get("/queues").status_code == 200
