from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from goqueue_builtin.report.source import reports
from goqueue_builtin.settings import builtin_settings
from tests.integration.builtin.web_server import Web, web_server


@pytest.fixture
def worker_environment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Sets variables as a worker process finds them at its start; DATABASE_URL is the tests'."""

    def apply(**values: str) -> None:
        for name, value in ({"DATABASE_URL": database_url} | values).items():
            monkeypatch.setenv(name, value)
        builtin_settings.cache_clear()

    yield apply
    reports.close()
    builtin_settings.cache_clear()


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Web]:
    """A web server on the one private address that jobs may call; their files are in tmp_path."""
    monkeypatch.setenv("GOQUEUE_HTTP_ALLOWED_NETWORKS", "127.0.0.1")
    monkeypatch.setenv("GOQUEUE_MEDIA_ROOT", str(tmp_path))
    builtin_settings.cache_clear()
    with web_server() as serving:
        yield serving
    builtin_settings.cache_clear()
