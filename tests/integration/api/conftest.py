"""The real app on a real PostgreSQL and Redis, through Flask's test client; no worker runs unless a test plays one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goqueue_api.app import create_app
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.store_settings import StoreSettings


@pytest.fixture
def settings(database_url: str, redis_url: str, prefix: str) -> ApiSettings:
    stores = StoreSettings(
        database_url=database_url, redis_url=redis_url, prefix=prefix, log_level="error", log_format="json"
    )
    return ApiSettings(stores=stores, host="127.0.0.1", port=8080, processes=1, threads=4, db_pool=6, auth="keys")


@pytest.fixture
def app(settings: ApiSettings) -> Iterator[Flask]:
    made = create_app(settings)
    yield made
    made.extensions[EXTENSION].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def store(database: Database) -> JobStore:
    return JobStore(database)


@pytest.fixture
def settings_without_redis(settings: ApiSettings) -> ApiSettings:
    """Port 9 (discard) refuses every connection."""
    return replace(settings, stores=replace(settings.stores, redis_url="redis://127.0.0.1:9/0"))
