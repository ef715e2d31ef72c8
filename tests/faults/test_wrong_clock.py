"""The clock that is said to be wrong is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.rig import WRONG_CLOCK

LOOK = """
import time, datetime
from datetime import UTC, datetime as name
right = time.clock_gettime(time.CLOCK_REALTIME)
print(round(time.time() - right), round(time.time_ns() / 1e9 - right), round(name.now(UTC).timestamp() - right),
      round(time.monotonic() - time.clock_gettime(time.CLOCK_MONOTONIC)), isinstance(name.now(UTC), datetime.datetime))
"""


def test_the_time_of_day_is_moved_and_nothing_else() -> None:
    environment = {**os.environ, "PYTHONPATH": str(WRONG_CLOCK), "FAULT_CLOCK_OFFSET": "-300"}
    seen = subprocess.run([sys.executable, "-P", "-c", LOOK], env=environment, capture_output=True, text=True, check=True)
    assert seen.stdout.split() == ["-300", "-300", "-300", "0", "True"]


@pytest.mark.parametrize(("there", "offset"), [(True, "3600"), (False, "0")])
def test_it_jumps_when_the_file_is_there(there: bool, offset: str, tmp_path: Path) -> None:
    when = tmp_path / "jump"
    if there:
        when.touch()
    clock = {"PYTHONPATH": str(WRONG_CLOCK), "FAULT_CLOCK_OFFSET": "3600", "FAULT_CLOCK_WHEN": str(when)}
    seen = subprocess.run(
        [sys.executable, "-P", "-c", LOOK], env={**os.environ, **clock}, capture_output=True, text=True, check=True
    )
    assert seen.stdout.split() == [offset, offset, offset, "0", "True"]
