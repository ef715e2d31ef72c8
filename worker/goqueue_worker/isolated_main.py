"""The process of an isolated handler: one attempt at a time, asked for and answered over a pipe."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any

from goqueue_common.clock import SystemClock
from goqueue_common.errors import GoQueueError
from goqueue_common.job import ClaimedJob
from goqueue_common.telemetry.telemetry import Telemetry
from goqueue_worker import observers, process_start
from goqueue_worker.attempt import Attempt, RunningSlot
from goqueue_worker.discovery import load
from goqueue_worker.executor import Executor
from goqueue_worker.job_context import ChildOptions
from goqueue_worker.log_line import clean, plain_fields
from goqueue_worker.message_pipe import Message, MessagePipe
from goqueue_worker.running import RUNNING, configure_logs
from goqueue_worker.settings import WorkerSettings


class ChildRefused(GoQueueError):
    """The worker could not submit a child job; the message says why."""

    code = "child_refused"


class PipedLog:
    """AttemptLog whose lines the worker writes, which sees to its bounds and outlives this process."""

    def __init__(self, pipe: MessagePipe, job: ClaimedJob) -> None:
        self._pipe = pipe
        self._of = [job.id, job.attempt]

    def write(self, level: str, event: str, fields: Mapping[str, Any], at: datetime | None = None) -> None:
        """See AttemptLog."""
        said_at = at or datetime.now(UTC)
        self._pipe.send({"log": [level, clean(event), plain_fields(fields), said_at.isoformat()], "of": self._of})

    def close(self) -> None:
        """See AttemptLog."""


class PipedServices:
    """What a handler asks of its process, passed on to the worker that started it."""

    def __init__(self, pipe: MessagePipe, replies: SimpleQueue[Message]) -> None:
        self._pipe = pipe
        self._replies = replies

    def report_progress(self, job_id: str, attempt: int, fraction: float | None, message: str | None) -> None:
        """See AttemptServices."""
        self._pipe.send({"progress": [fraction, message], "of": [job_id, attempt]})

    def open_log(self, job: ClaimedJob) -> PipedLog:
        """See AttemptServices."""
        return PipedLog(self._pipe, job)

    def submit_child(self, _parent: ClaimedJob, job_type: str, payload: Mapping[str, Any], options: ChildOptions) -> str:
        """See AttemptServices."""
        self._pipe.send({"submit": [job_type, dict(payload), asdict(options)]})
        reply = self._replies.get()
        if "submitted" not in reply:
            raise ChildRefused(str(reply["refused"]))
        return str(reply["submitted"])


class IsolatedMain:
    """Runs what it is sent, in the main thread; a second thread listens for cancel and replies."""

    def __init__(self, pipe: MessagePipe) -> None:
        self._pipe = pipe
        self._jobs: SimpleQueue[Message | None] = SimpleQueue()
        self._replies: SimpleQueue[Message] = SimpleQueue()
        self._running: Attempt | None = None

    def run(self) -> None:
        """Until the pipe ends."""
        start = self._pipe.receive()
        if start is None:
            return
        settings = WorkerSettings.received(start["settings"])
        configure_logs(settings.stores, settings.handlers, isolated=os.getpid())
        telemetry = Telemetry.start(settings.telemetry, "goqueue-worker", redact=settings.stores.redact)
        registry = load(settings.handlers, settings.app_dir)
        registry.run_start_hooks()
        executor = Executor(
            start["worker_id"],
            PipedServices(self._pipe, self._replies),
            SystemClock(),
            observer=observers.of_isolated(telemetry),
        )
        threading.Thread(target=self._listen, daemon=True).start()
        while (message := self._jobs.get()) is not None:
            job = _job(message["job"])
            handler = registry.get(job.type)
            if handler is None:
                raise RuntimeError(f"no handler for {job.type!r} in the isolated process: its module changed on disk")
            self._running = Attempt(job, handler, 0)
            RUNNING.set(job._replace(traceparent=message["traceparent"]))
            outcome = executor.run(self._running, RunningSlot())
            self._pipe.send({"outcome": outcome.encoded().decode()})
            RUNNING.set(None)
        registry.run_stop_hooks()
        telemetry.close()

    def _listen(self) -> None:
        for message in self._pipe.messages():
            if "job" in message:
                self._jobs.put(message)
            elif "cancel" in message:
                if self._running is not None and self._running.job.id == message["cancel"]:
                    self._running.request_cancel(0.0)
            else:
                self._replies.put(message)
        self._jobs.put(None)


def _job(values: dict[str, Any]) -> ClaimedJob:
    for name in ("started_at", "queued_at", "created_at", "scheduled_for"):
        if values[name] is not None:
            values[name] = datetime.fromisoformat(values[name])
    return ClaimedJob(**values)


def main() -> None:
    """Entry point: argv is the pipe's descriptor and the parent's pid."""
    process_start.leave_signals_to_parent()
    process_start.end_with_parent(int(sys.argv[2]))
    IsolatedMain(MessagePipe.inherited(int(sys.argv[1]))).run()
    sys.stdout.flush()
    os._exit(0)  # a thread that a handler left behind must not keep us
