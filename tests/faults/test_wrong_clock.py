"""The clock that is said to be wrong is."""

from __future__ import annotations

import os
import subprocess
import sys

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
