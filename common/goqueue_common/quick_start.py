"""The start and the end of a process without what takes long and serves nobody.

The garbage collector would find nothing there. Imports make hundreds of thousands of objects and leave none of them behind,
but each tenth of more has Python look through all of them; and so does the end of a process, whose memory is given back at
once anyway. And libraries load other libraries that may be there, for what we never ask of them.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_NOT_ASKED_FOR: Final = (
    "rich",  # by structlog, to draw tracebacks: ours are plain, because the drawn ones show secrets
    "opentelemetry.sdk.metrics",  # by redis, for figures of its own
)

_COLLECT_AFTER: Final = (20_000, 10, 10)
"""Python's own is 700 new objects."""


@contextmanager
def imports() -> Iterator[None]:
    """`with imports(): import ...` in a process of our own: no collecting, and no library that only another one would load.

    Whatever asks for it afterwards finds it.
    """
    hidden = [name for name in _NOT_ASKED_FOR if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # so Python says that there is no such module
    try:
        with uncollected():
            yield
    finally:
        for name in hidden:
            del sys.modules[name]


@contextmanager
def uncollected() -> Iterator[None]:
    """`with uncollected(): import ...`: nothing is collected meanwhile."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def keep_for_good() -> None:
    """What there is now stays to the end of the process: it is never looked through again, nor copied by that after a fork.

    For entry points, once they have imported; elsewhere it would keep garbage of others. What comes is looked through less
    often: a batch makes thousands of objects that live until its end, and looking through them took an eighth of its time.
    """
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
