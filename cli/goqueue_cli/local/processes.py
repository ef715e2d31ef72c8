"""Questions to the operating system about processes that are not our children, and how to end them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PROC = Path("/proc/self/cmdline")


def wait_until(condition: Callable[[], bool], timeout_seconds: float, *, interval_seconds: float = 0.01) -> bool:
    """Ask again and again until the condition holds; False when it did not within the time."""
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(interval_seconds)
    return True


def command_line(pid: int) -> str | None:
    """The words of a living process, joined by spaces; None when it is gone or only waits to be reaped."""
    if not _PROC.exists():
        return _command_line_by_ps(pid)
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # A zombie has no words left. It counts as gone: a PID 1 that does not reap would keep it for ever.
    return words.replace(b"\0", b" ").decode(errors="replace").strip() or None


def _command_line_by_ps(pid: int) -> str | None:
    listing = subprocess.run(["ps", "-o", "stat=,command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, words = listing.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else words.strip()


def birth(pid: int) -> str | None:
    """When the process was born, in the system's own words; with its id it names one process for good.

    None when it is gone or only waits to be reaped. Unlike the command line, no process can rewrite it, and it is
    there from the first moment (a process in the middle of exec has no command line).
    """
    if not _PROC.exists():
        return _birth_by_ps(pid)
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The name in brackets may hold spaces and brackets itself. After it: the state first, the start time 20th.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in ("Z", "X") else fields[19]


def _birth_by_ps(pid: int) -> str | None:
    listing = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = listing.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()


def is_running(pid: int, marks: Sequence[str]) -> bool:
    """Whether the process lives and its command line has all the marks, so is no stranger on a reused id."""
    if not marks:
        return birth(pid) is not None
    words = command_line(pid)
    return words is not None and all(mark in words for mark in marks)


def stop_orphan(pid: int, marks: Sequence[str], *, stop_signal: signal.Signals, grace_seconds: float) -> bool:
    """End a process that a killed supervisor left behind; a stranger with its id is left alone.

    Returns whether there was one.
    """
    if not is_running(pid, marks):
        return False
    _send(pid, stop_signal)
    if not wait_until(lambda: not is_running(pid, marks), grace_seconds):
        _send(pid, signal.SIGKILL)
        wait_until(lambda: not is_running(pid, marks), grace_seconds)
    return True


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it ended between the look and the signal, which is what was wanted
