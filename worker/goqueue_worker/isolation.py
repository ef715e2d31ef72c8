"""Handlers with `isolation="process"`: each attempt in a warm process of its own, which an interruption really kills."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from goqueue_common.clock import Clock
from goqueue_common.job import Outcome
from goqueue_worker import process_start
from goqueue_worker.attempt import Attempt, RunningSlot
from goqueue_worker.executor import interrupted_outcome
from goqueue_worker.job_context import AttemptServices, ChildOptions
from goqueue_worker.message_pipe import Message, MessagePipe
from goqueue_worker.outcomes import AttemptEnd
from goqueue_worker.running import RUNNING
from goqueue_worker.settings import WorkerSettings

_END_SECONDS: Final = 5.0


class IsolatedPool:
    """Keeps as many idle processes as ever ran at once; one is used by one attempt at a time."""

    def __init__(self, settings: WorkerSettings, worker_id: str, services: AttemptServices, clock: Clock) -> None:
        self._start_message: Message = {"settings": asdict(settings), "worker_id": worker_id}
        self._worker_id = worker_id
        self._services = services
        self._clock = clock
        self._idle: list[_IsolatedProcess] = []
        self._lock = threading.Lock()

    def run(self, attempt: Attempt, slot: RunningSlot) -> Outcome:
        """See IsolatedRunner."""
        with self._lock:
            idle = [process for process in self._idle if process.is_alive()]
            process = idle.pop() if idle else None
            self._idle = idle
        process = process or _IsolatedProcess(self._start_message)
        end = AttemptEnd(attempt.job, attempt.handler.backoff, self._worker_id, self._clock)
        attempt.notify_cancel = lambda: process.tell({"cancel": attempt.job.id})
        slot.begin(attempt, self._clock.boottime(), process.kill)
        try:
            answer = process.run(attempt, self._services)
        except BaseException:
            process.wait()  # it may still run the attempt whose outcome is about to be written
            raise
        finally:
            slot.end()
        if answer is None:
            status = process.wait()
            died = end.failed(f"the isolated process of this attempt ended with {_status(status)}", None)
            return interrupted_outcome(attempt, end, None) or died
        if attempt.reason is None:
            with self._lock:
                self._idle.append(process)
        else:
            process.wait()  # it had finished just before it was killed
        return Outcome.decoded(answer)

    def close(self) -> None:
        """Let the idle processes run their stop hooks and end."""
        with self._lock:
            idle, self._idle = self._idle, []
        for process in idle:
            process.let_go()
        deadline = time.monotonic() + _END_SECONDS  # of all: one after another they would outlast a shutdown
        for process in idle:
            process.end(deadline)


class _IsolatedProcess:
    def __init__(self, start_message: Message) -> None:
        self._pipe, theirs = MessagePipe.pair()
        with theirs:
            self._process = process_start.start(
                "goqueue_worker.isolated_main", [str(theirs.fileno()), str(os.getpid())], [theirs.fileno()]
            )
        self._pipe.send(start_message)

    def run(self, attempt: Attempt, services: AttemptServices) -> str | None:
        """The encoded outcome, or None: the process ended without one."""
        job = attempt.job
        running = RUNNING.get() or job
        self._pipe.send({"job": job._asdict(), "traceparent": running.traceparent})
        log = services.open_log(job)
        try:
            for message in self._pipe.messages():
                if "outcome" in message:
                    return str(message["outcome"])
                if message.get("of", [job.id, job.attempt]) != [job.id, job.attempt]:
                    continue  # a thread that an earlier attempt left behind
                if "progress" in message:
                    services.report_progress(job.id, job.attempt, *message["progress"])
                elif "log" in message:
                    level, event, fields, said_at = message["log"]
                    log.write(level, event, fields, datetime.fromisoformat(said_at))
                elif "submit" in message:
                    self._pipe.send(_submitted(attempt, services, *message["submit"]))
            return None
        finally:
            log.close()

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def tell(self, message: Message) -> None:
        self._pipe.send(message)

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> int:
        self._process.kill()
        self._pipe.close()
        return self._process.wait()

    def let_go(self) -> None:
        self._pipe.close()

    def end(self, deadline: float) -> None:
        try:
            self._process.wait(timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _submitted(
    attempt: Attempt, services: AttemptServices, job_type: str, payload: Mapping[str, Any], options: Mapping[str, Any]
) -> Message:
    try:
        child = ChildOptions(**{**options, "tags": tuple(options["tags"])})
        return {"submitted": services.submit_child(attempt.job, job_type, payload, child)}
    except Exception as error:  # noqa: BLE001 - a handler's arguments may be anything, and it waits for this answer
        return {"refused": f"{type(error).__name__}: {error}"}


def _status(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"exit code {status}"
