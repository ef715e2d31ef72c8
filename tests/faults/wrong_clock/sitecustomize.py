"""Python imports this at its start when its folder is on PYTHONPATH: the clock of that process is wrong from then on.

FAULT_CLOCK_OFFSET: by how many seconds. Only the time of day is moved, as by a machine without time synchronisation.
FAULT_CLOCK_WHEN: a file; the clock is right until there is one, and jumps then.
"""

import datetime as dt
import os
import time
from typing import Any

_OFFSET = float(os.environ["FAULT_CLOCK_OFFSET"])
_WHEN = os.environ.get("FAULT_CLOCK_WHEN")
_right_time = time.time
_right_time_ns = time.time_ns
_right_datetime = dt.datetime


def _offset() -> float:
    return _OFFSET if _WHEN is None or os.path.exists(_WHEN) else 0.0


class _IsRight(type):
    """What the C code of drivers makes are datetimes, too."""

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _right_datetime)


class _WrongDatetime(_right_datetime, metaclass=_IsRight):
    def __new__(cls, *arguments: Any, **named: Any) -> dt.datetime:  # type: ignore[misc]  # a right one
        return _right_datetime(*arguments, **named)

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:  # type: ignore[override]
        return _right_datetime.now(tz) + dt.timedelta(seconds=_offset())

    @classmethod
    def utcnow(cls) -> dt.datetime:  # type: ignore[override]
        return _right_datetime.now(dt.UTC).replace(tzinfo=None) + dt.timedelta(seconds=_offset())


time.time = lambda: _right_time() + _offset()
time.time_ns = lambda: _right_time_ns() + round(_offset() * 1e9)
dt.datetime = _WrongDatetime  # type: ignore[misc]  # what this module is for
