"""Handlers whose effects are written down outside of GoQueue, so that runs can be counted from there.

One line an effect, `<word> <job id> <attempt> <seconds> <pid>`, appended in one write. Seconds are those of the monotonic
clock, which all processes of a machine share and no wrong clock moves.
"""

import os
import signal
import time

from goqueue_worker import JobContext, handler, on_start

_file = -1  # opened once a process


@on_start
def open_effects() -> None:
    global _file
    _file = os.open(os.environ["FAULT_EFFECTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def effect(word: str, job: JobContext) -> None:
    os.write(_file, f"{word} {job.id} {job.attempt} {time.monotonic():.6f} {os.getpid()}\n".encode())


@handler("fault.work")
def work(payload: dict[str, float], job: JobContext) -> None:
    """Take a while."""
    effect("start", job)
    if payload["seconds"]:
        time.sleep(payload["seconds"])
    effect("end", job)


@handler("fault.poison")
def poison(_payload: dict[str, float], job: JobContext) -> None:
    """Take the whole process down, each time."""
    effect("start", job)
    os.kill(os.getpid(), signal.SIGKILL)
