"""Starting children of ours: a fresh interpreter, nothing inherited but the descriptors it is told about."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def start(module: str, arguments: Sequence[str], descriptors: Sequence[int]) -> subprocess.Popen[bytes]:
    """Run its main(). -P keeps the working directory off sys.path, where a user's redis.py would replace ours."""
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "goqueue_common", module, *arguments],
        pass_fds=descriptors,
        stdin=subprocess.DEVNULL,
    )


def end_with_parent(parent_pid: int) -> None:
    """Have the kernel kill this process when its parent dies (Linux; elsewhere the closed pipe tells).

    It goes with the parent's thread that started us, so parents start children from their main thread.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:
        os._exit(1)  # it died before we asked


def leave_signals_to_parent() -> None:
    """Ctrl-C and a service manager's SIGTERM reach the whole group; the parent stops its children in order."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
