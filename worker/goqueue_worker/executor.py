"""Running one attempt: payload, handler, and whatever comes out of it, turned into an Outcome."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from typing import Protocol

import orjson

from goqueue_common.clock import Clock
from goqueue_common.errors import InvalidJob
from goqueue_common.job import ClaimedJob, Outcome
from goqueue_worker.attempt import Attempt, InterruptReason, RunningSlot
from goqueue_worker.event_loop import EventLoop
from goqueue_worker.job_context import AttemptServices, JobContext
from goqueue_worker.outcomes import AttemptEnd, short_traceback
from goqueue_worker.verdicts import Verdict

Ended = tuple[Outcome, BaseException | None]
"""How an attempt ended, and what its handler raised, if that was caught in this process."""


class AttemptObserver(Protocol):
    """Sees every attempt of a process from its beginning to its end: traces, error reports."""

    def watch(self, job: ClaimedJob, run: Callable[[], Ended]) -> Ended:
        """Call `run` once, and give back what it gave."""


class IsolatedRunner(Protocol):
    """Runs attempts of isolated handlers in a process of their own."""

    def run(self, attempt: Attempt, slot: RunningSlot) -> Outcome:
        """Until the process has answered or has really ended."""


class Executor:
    """Stateless but for what it is given; called by every pool thread at once.

    A handler's errors end here: whatever it raises becomes the outcome of its attempt, never an error of the worker.
    """

    def __init__(
        self,
        worker_id: str,
        services: AttemptServices,
        clock: Clock,
        *,
        event_loop: EventLoop | None = None,
        isolated: IsolatedRunner | None = None,
        observer: AttemptObserver | None = None,
    ) -> None:
        self._worker_id = worker_id
        self._services = services
        self._clock = clock
        self._event_loop = event_loop
        self._isolated = isolated
        self._observer = observer

    def run(self, attempt: Attempt, slot: RunningSlot) -> Outcome:
        """Run the attempt in the calling thread until it has really ended."""
        if self._observer is None:
            return self._run(attempt, slot)[0]
        return self._observer.watch(attempt.job, lambda: self._run(attempt, slot))[0]

    def _run(self, attempt: Attempt, slot: RunningSlot) -> Ended:
        end = AttemptEnd(attempt.job, attempt.handler.backoff, self._worker_id, self._clock)
        if attempt.job.cancel_requested:
            return end.cancelled(), None
        try:
            if self._isolated is not None and attempt.handler.isolation == "process":
                return self._isolated.run(attempt, slot), None
            try:
                value = self._call(attempt, slot)
            finally:
                slot.end()
        except Verdict as verdict:
            return end.said(verdict), None
        except BaseException as error:  # noqa: BLE001 - the one boundary around a user's handler, SystemExit included
            # An interruption may land while the slot is being left; leaving twice does no harm.
            slot.end()
            return interrupted_outcome(attempt, end, error) or end.raised(error), error
        return end.returned(value), None

    def _call(self, attempt: Attempt, slot: RunningSlot) -> object:
        context = JobContext(
            attempt.job, self._services, timeout_seconds=attempt.timeout_seconds, is_cancelled=attempt.is_cancelled
        )
        try:
            return self._handle(attempt, slot, context)
        finally:
            context.close()

    def _handle(self, attempt: Attempt, slot: RunningSlot, context: JobContext) -> object:
        payload = orjson.loads(attempt.job.payload)
        # Not only by the API: it may have been submitted before any worker had announced its type, or by another job.
        if not attempt.handler.payload_check.accepts(payload):
            raise InvalidJob(attempt.handler.payload_check.problems(payload))
        now = self._clock.boottime()
        if not attempt.handler.is_async:
            slot.begin(attempt, now)
            # In a context of its own: what it binds there, as to its log, is not to be on the lines of the next job.
            return copy_context().run(attempt.handler.function, payload, context)
        if self._event_loop is None:
            slot.begin(attempt, now)
            return asyncio.run(attempt.handler.function(payload, context))
        call = self._event_loop.task(attempt.handler.function(payload, context))
        slot.begin(attempt, now, call.interrupt)
        return call.run()


def interrupted_outcome(attempt: Attempt, end: AttemptEnd, error: BaseException | None) -> Outcome | None:
    """What an interruption makes of an attempt that has really ended; None: it was not interrupted."""
    match attempt.reason:
        case InterruptReason.TIMEOUT:
            return end.timed_out(attempt.timeout_seconds or 0.0, None if error is None else short_traceback(error))
        case InterruptReason.CANCEL:
            return end.cancelled()
        case InterruptReason.SHUTDOWN:
            return end.interrupted()
        case None:
            return None
