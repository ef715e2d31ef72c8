from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from goqueue_builtin.settings import builtin_settings


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Sets variables as a worker process finds them at its start."""

    def apply(**values: str) -> None:
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        builtin_settings.cache_clear()

    yield apply
    builtin_settings.cache_clear()


@pytest.fixture
def media(tmp_path: Path, environment: Callable[..., None]) -> Path:
    """The folder for files of jobs."""
    folder = tmp_path / "media"
    folder.mkdir()
    environment(GOQUEUE_MEDIA_ROOT=str(folder))
    return folder
