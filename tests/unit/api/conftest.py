"""The app on stores that do not exist: nothing here connects to anything."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goqueue_api.app import create_app
from goqueue_api.settings import ApiSettings
from goqueue_common.store_settings import StoreSettings


@pytest.fixture
def settings() -> ApiSettings:
    """Open to everybody; port 9 (discard) answers nobody."""
    stores = StoreSettings(
        database_url="postgresql+psycopg2://nobody@127.0.0.1:9/none",
        redis_url="redis://127.0.0.1:9/0",
        prefix="unit",
        log_level="error",
        log_format="json",
    )
    return ApiSettings(stores=stores, host="127.0.0.1", port=8080, processes=1, threads=4, db_pool=6, auth="none")


@pytest.fixture
def app(settings: ApiSettings) -> Flask:
    """A fresh application."""
    return create_app(settings)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as opened:
        yield opened
