from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from goqueue_builtin.report.source import reports
from goqueue_builtin.settings import builtin_settings


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
