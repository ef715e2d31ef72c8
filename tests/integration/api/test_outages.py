"""PostgreSQL or Redis away: what callers see, and that service comes back by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goqueue_api.app import create_app
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_cli.local import LocalStores
from goqueue_common import migrations
from goqueue_common.settings import normalise_database_url
from tests.factories import eventually
from tests.integration.api.api_calls import get_job, submit_job

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


def never_given_up() -> bool:
    return False


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/jobs"),
        ("POST", "/jobs/batch"),
        ("GET", "/jobs"),
        ("GET", "/jobs/018f0000-0000-7000-8000-000000000000"),
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
