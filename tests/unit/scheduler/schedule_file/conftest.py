from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from goqueue_scheduler.schedule_file import InvalidScheduleFile, Problem, load

Refused = Callable[..., list[Problem]]
Loaded = Callable[..., list[dict[str, object]]]


@pytest.fixture
def loaded(tmp_path: Path) -> Loaded:
    """The definitions in a file with this text."""

    def load_text(text: str | bytes, suffix: str = "yaml") -> list[dict[str, object]]:
        file = tmp_path / f"schedules.{suffix}"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return load(file)

    return load_text


@pytest.fixture
def refused(loaded: Loaded) -> Refused:
    """The problems of a file with this text."""

    def problems(text: str | bytes, suffix: str = "yaml") -> list[Problem]:
        with pytest.raises(InvalidScheduleFile) as raised:
            loaded(text, suffix)
        return list(raised.value.problems)

    return problems
