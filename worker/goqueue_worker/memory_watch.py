"""Ends a child whose memory has grown past its limit, so that a leak of a handler costs a restart and not the machine."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import structlog

log = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 1.0
_MIB: Final = 1024 * 1024


class MemoryWatch:
    """`step` looks once. resident: bytes that this process occupies now."""

    def __init__(self, limit_mib: int, resident: Callable[[], int], on_exceeded: Callable[[], object]) -> None:
        self._limit_mib = limit_mib
        self._resident = resident
        self._on_exceeded = on_exceeded
        self._is_exceeded = False

    def step(self) -> float:
        """Tell once, when it is exceeded for the first time."""
        resident = self._resident()
        if resident > self._limit_mib * _MIB and not self._is_exceeded:
            self._is_exceeded = True
            log.warning("memory_limit_exceeded", resident_mib=resident // _MIB, limit_mib=self._limit_mib)
            self._on_exceeded()
        return _LOOK_SECONDS


def resident_bytes() -> int:
    """Of this process alone, without its isolated ones. Where there is no /proc: the most it ever was."""
    occupied = bytes_of(os.getpid())
    if occupied is None:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    return occupied


def bytes_of(pid: int) -> int | None:
    """What another process occupies now. None: it is gone, or there is no /proc."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except (OSError, IndexError):
        return None
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
