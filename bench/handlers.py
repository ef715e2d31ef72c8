"""The handlers that are measured: one 24-byte record appended to a file, so that runs are counted from outside."""

import os
import struct
import time
from uuid import UUID

from goqueue_worker import JobContext, handler, on_start

RECORD = struct.Struct("<16sd")
_file = -1  # opened once a process


@on_start
def open_record_file() -> None:
    global _file  # noqa: PLW0603 - what a start hook is for
    _file = os.open(os.environ["BENCH_RECORDS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


@handler("bench.record")
def record(_payload: dict[str, object], job: JobContext) -> None:
    os.write(_file, RECORD.pack(UUID(job.id).bytes, time.time()))


@handler("bench.brief")
def brief(_payload: dict[str, object], job: JobContext) -> None:
    os.write(_file, RECORD.pack(UUID(job.id).bytes, time.time()))
    time.sleep(0.001)


@handler("bench.long")
def long(payload: dict[str, float], job: JobContext) -> None:
    """Takes so many seconds, then another of 10 s follows it, until one is cancelled. One record more as it ends."""
    os.write(_file, RECORD.pack(UUID(job.id).bytes, time.time()))
    ends_at = time.monotonic() + payload["seconds"]
    while not job.cancelled and time.monotonic() < ends_at:
        time.sleep(0.1)
    if not job.cancelled:
        job.submit("bench.long", {"seconds": 10.0})
    os.write(_file, RECORD.pack(UUID(job.id).bytes, time.time()))
