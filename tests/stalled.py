"""Servers that are there and do nothing: their kernel takes connections and acknowledges, and no answer ever comes."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from goqueue_cli.local.store_server import StoreServer


@contextmanager
def stalled(server: StoreServer) -> Iterator[None]:
    """All processes of the server stand still."""
    parent = server.pid
    assert parent is not None
    stopped = [parent]
    os.kill(parent, signal.SIGSTOP)  # first: from here on it has no new children
    try:
        for child in _children(parent):
            os.kill(child, signal.SIGSTOP)
            stopped.append(child)
        yield
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


def _children(parent: int) -> list[int]:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [line.split() for line in listing.stdout.splitlines()]
    return [int(pid) for pid, ppid in pairs if int(ppid) == parent]
