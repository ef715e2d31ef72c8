"""The logs of the attempts of a child: bounded by attempt and in all, written in batches, never in a handler's way."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final

import structlog

from goqueue_common.clock import Clock
from goqueue_common.errors import GoQueueError, StoreUnavailable
from goqueue_common.job import ClaimedJob
from goqueue_common.job_log_store import JobLogStore, LogLevel, NewLogLine
from goqueue_common.redaction import Redactor
from goqueue_worker.log_line import clean, fitted, plain_fields

log = structlog.get_logger("goqueue_worker.job")

DEFAULT_LOG_BYTES: Final = 64 * 1024
"""What an attempt may log, unless a setting says otherwise."""
MAX_LOG_BYTES: Final = 1024 * 1024
"""What a setting may allow."""
LINE_BYTES: Final = 64
"""What a line counts for beside its text, so that empty ones are bounded, too."""
MAX_WAITING_BYTES: Final = 4 * 1024 * 1024
"""Lines of a child that wait for PostgreSQL; at this bound new ones are dropped, and counted."""
_NOTICE_BYTES: Final = 256 * 1024
"""Room kept for the lines that say what was dropped."""
_BATCH: Final = 1_000
_BATCHES: Final = 10
"""Written in one go; then progress has its turn."""


class JobLogs:
    """Where the lines of all attempts of a child wait until they are written."""

    def __init__(
        self,
        worker_id: str,
        store: JobLogStore,
        clock: Clock,
        *,
        limit_bytes: int = DEFAULT_LOG_BYTES,
        redactor: Redactor | None = None,
        may_write: Callable[[], bool] = lambda: True,
    ) -> None:
        self.limit_bytes = limit_bytes
        self.redactor = redactor or Redactor(())
        self.clock = clock
        self._worker_id = worker_id
        self._store = store
        self._may_write = may_write
        self._waiting: deque[tuple[int, NewLogLine]] = deque()
        self._waiting_bytes = 0
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._again = False

    def open(self, job: ClaimedJob) -> KeptLog:
        """The log of one attempt."""
        return KeptLog(job, self)

    def add(self, line: NewLogLine, size: int, spare_bytes: int = 0) -> bool:
        """Have a line of so many bytes written; False: too much waits. spare_bytes: what may wait above the bound."""
        with self._lock:
            if self._waiting_bytes + size > MAX_WAITING_BYTES + spare_bytes:
                return False
            self._waiting_bytes += size
            self._waiting.append((size, line))
        return True

    def write(self) -> bool:
        """Write what waits, in order; whether more does. Raises StoreUnavailable; then it waits on."""
        if not self._waiting:
            return False
        with self._writing:  # at the end of the process a second thread comes by
            for _ in range(_BATCHES):
                batch = self._batch() if self._may_write() else []
                if not batch:
                    return False
                self._write(batch)
        return bool(self._waiting)

    def _batch(self) -> list[NewLogLine]:
        with self._lock:
            return [line for _, line in islice(self._waiting, _BATCH)]

    def _write(self, batch: list[NewLogLine]) -> None:
        try:
            kept = self._store.append(self._worker_id, batch, again=self._again)
        except StoreUnavailable:
            self._again = True  # it may have been kept: the answer may be what was lost
            raise
        except GoQueueError:
            raise
        except Exception as error:
            if len(batch) > 1:
                self._write(batch[: len(batch) // 2])  # one row PostgreSQL refuses must not hold up the others
                return
            log.exception("log_line_refused", job_id=batch[0].job_id, reason=type(error).__name__)
            kept = 1
        self._again = False
        if kept < len(batch):
            log.info("log_lines_not_kept", lines=len(batch) - kept)
        with self._lock:
            for _ in batch:
                self._waiting_bytes -= self._waiting.popleft()[0]
            if not self._waiting:  # an interrupted thread may have counted a line that it never added
                self._waiting_bytes = 0


class KeptLog:
    """AttemptLog of a child: every line goes to the worker's log, and as many as fit are kept with the job."""

    __slots__ = ("_bytes", "_dropped", "_is_full", "_job", "_lock", "_logs", "_overflowed")

    def __init__(self, job: ClaimedJob, logs: JobLogs) -> None:
        self._job = job
        self._logs = logs
        self._lock = threading.Lock()
        self._bytes = 0
        self._is_full = logs.limit_bytes == 0
        self._dropped = 0
        self._overflowed = 0

    def write(self, level: str, event: str, fields: Mapping[str, Any], at: datetime | None = None) -> None:
        """See AttemptLog."""
        job = self._job
        shown = plain_fields(fields)  # the worker's log, too, gets nothing of a user's that could fail or be huge
        getattr(log, level)(event, **{**shown, "job_id": job.id, "type": job.type, "attempt": job.attempt})
        if self._is_full:
            self._dropped += 1
        else:
            self._keep(level, event, shown, at or self._logs.clock.now())

    def close(self) -> None:
        """See AttemptLog."""
        if self._logs.limit_bytes and (self._dropped or self._overflowed):
            counts = {"dropped": self._dropped + self._overflowed}
            if self._overflowed:
                counts["while_postgresql_was_away"] = self._overflowed
            self._say("log_lines_dropped", counts)

    def _keep(self, level: str, event: str, shown: dict[str, Any], at: datetime) -> None:
        text, document = fitted(clean(event), self._logs.redactor.document(shown) if self._logs.redactor else shown)
        line = NewLogLine(self._job.id, self._job.attempt, at, level, text, document.decode())
        size = len(text.encode()) + len(document) + LINE_BYTES
        with self._lock:
            if self._is_full:
                self._dropped += 1
                return
            if self._bytes + size > self._logs.limit_bytes:
                self._is_full = True
                self._dropped += 1
                # Now, since nobody may come to count when the attempt ends: its process may be killed.
                limit = {"limit_bytes": self._logs.limit_bytes, "setting": "GOQUEUE_JOB_LOG_BYTES"}
                self._say("log_is_full", limit)
                return
            if self._logs.add(line, size):
                self._bytes += size
            else:
                self._overflowed += 1

    def _say(self, event: str, fields: Mapping[str, Any]) -> None:
        text, document = fitted(event, fields)
        now = self._logs.clock.now()
        line = NewLogLine(self._job.id, self._job.attempt, now, LogLevel.WARNING, text, document.decode())
        self._logs.add(line, LINE_BYTES + len(document), _NOTICE_BYTES)
