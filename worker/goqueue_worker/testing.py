"""Handlers in unit tests, without a server: `from goqueue_worker.testing import run`.

    def test_send_email():
        done = run(send_email, {"to": "ada@example.org"})
        assert done.status == "completed"
        assert done.result == {"sent_to": "ada@example.org"}

An attempt is checked, run and judged by the code that does it in production; only the stores are left out. Everything
happens in the calling thread: nothing interrupts a handler that takes too long, and an isolated one gets no process.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, Final, TypedDict, Unpack

import orjson

from goqueue_common.clock import SystemClock
from goqueue_common.errors import FieldError, InvalidJob, PayloadTooLarge, SettingsError
from goqueue_common.job import ClaimedJob, Outcome
from goqueue_common.lifecycle import JobStatus, target
from goqueue_common.new_job import DEFAULT_QUEUE, NewJob
from goqueue_worker.attempt import Attempt, RunningSlot
from goqueue_worker.executor import Executor
from goqueue_worker.handler import Handler, HandlerFunction, declared_as, hook_moment
from goqueue_worker.job_context import JobContext
from goqueue_worker.recorded import Child, LogLine, Recorded, RecordedContext, Recorder

__all__ = [
    "Child",
    "InvalidJob",
    "JobFields",
    "LogLine",
    "PayloadTooLarge",
    "Recorded",
    "RecordedContext",
    "Run",
    "hooks",
    "job_context",
    "run",
]

_WORKER_ID: Final = "testing"


class JobFields(TypedDict, total=False):
    """What a test may say about the job; all of it may be left out.

    attempt: 1 for the first execution. failures: how many of those before ended in an error; left out, all of them.
    max_retries, timeout (seconds): left out, the handler's. job_id: left out, a new one. created_at: aware; left out, now.
    cancelled: whether somebody has asked for the running job to be cancelled (`job.cancelled`).
    """

    attempt: int
    failures: int
    max_retries: int
    timeout: float
    job_id: str
    queue: str
    tags: Sequence[str]
    created_at: datetime
    cancelled: bool


@dataclass(slots=True, kw_only=True)
class Run(Recorded):
    """One attempt that has ended, as the API would show its job.

    status: completed, failed, retrying, scheduled (snoozed) or cancelled. result: what was returned, after a round trip
    through JSON. error: one line; None when completed or snoozed. exception: what the handler raised, verdicts too; None
    when it returned. retry_in: seconds until it runs again, drawn by back-off unless the handler said; None when it does
    not. failure_reason: exhausted or discarded; None unless failed.
    """

    status: str
    result: Any
    error: str | None
    exception: BaseException | None
    retry_in: float | None
    failure_reason: str | None


def run(
    function: HandlerFunction,
    payload: Mapping[str, Any] | None = None,
    *,
    type: str | None = None,  # noqa: A002 - the field's name everywhere
    **job: Unpack[JobFields],
) -> Run:
    """Submit a job to this handler and run one attempt of it; how it ended.

    function: declared by `@handler` or `register`. type: which of its types, when it was declared for several. payload: as
    a client sends it; the handler gets it after a round trip through JSON. The handler's errors do not come out of here:
    look at `status`, or raise `exception`. Only what is meant for the test runner does (KeyboardInterrupt, pytest.fail).

        again = run(send_email, {"to": "ada@example.org"}, attempt=4)
        assert (again.status, again.failure_reason) == ("failed", "exhausted")

    Raises InvalidJob or PayloadTooLarge, with the sentence that a client would get, when the job would be refused at
    submit; SettingsError when the function is not declared; ValueError for an attempt that cannot be.
    """
    handler = _declared(function, type)
    new = _submitted(handler.type, payload, job, handler.max_retries)
    if problems := handler.payload_check.problems(orjson.loads(new.payload)):
        raise InvalidJob(problems)
    recorded = Recorded()
    raised: list[BaseException] = []
    watched = replace(handler, function=_watched(handler, raised), isolation="thread")
    attempt = Attempt(_claimed(new, job), watched, 0)
    cancelled = job.get("cancelled", False)
    if cancelled:
        attempt.request_cancel(0.0)
    outcome = Executor(_WORKER_ID, Recorder(recorded), SystemClock()).run(attempt, RunningSlot())
    exception = raised[0] if raised else None
    if exception is not None and not isinstance(exception, (Exception, SystemExit, asyncio.CancelledError)):
        raise exception
    return _ended(outcome, exception, recorded, cancelled=cancelled)


def job_context(
    type: str = "test.job",  # noqa: A002 - the field's name everywhere
    **job: Unpack[JobFields],
) -> RecordedContext:
    """The second argument of a handler, for calling it directly.

        job = job_context(attempt=2)
        assert ship({"lines": [1, 2]}, job) == {"lines": 2}
        assert [child.type for child in job.recorded.children] == ["label.print", "label.print"]

    Raises InvalidJob, ValueError.
    """
    claimed = _claimed(_submitted(type, None, job, None), job)
    return RecordedContext(claimed, Recorded(), timeout=job.get("timeout"), cancelled=job.get("cancelled", False))


@contextmanager
def hooks(module: ModuleType) -> Iterator[None]:
    """Run the `on_start` hooks that a module names before the block, and its `on_stop` hooks after it.

    @pytest.fixture(autouse=True)
    def started():
        with hooks(shop_jobs):
            yield
    """
    for hook in _hooks(module, "start"):
        hook()
    try:
        yield
    finally:
        for hook in _hooks(module, "stop"):
            hook()


def _declared(function: HandlerFunction, job_type: str | None) -> Handler:
    declared = {found.type: found for found in declared_as(function)}
    if not declared:
        raise SettingsError(f"{function!r} was not declared: put @handler('some.type') above it")
    if job_type is None and len(declared) == 1:
        return next(iter(declared.values()))
    if job_type not in declared:
        said = "" if job_type is None else f", not of {job_type!r}"
        raise SettingsError(f"{function!r} is the handler of {', '.join(map(repr, declared))}{said}: choose by type=")
    return declared[job_type]


def _submitted(job_type: str, payload: object, job: JobFields, max_retries: int | None) -> NewJob:
    return NewJob.checked(
        job_type,
        queue=job.get("queue", DEFAULT_QUEUE),
        payload=_received(payload),
        max_retries=job.get("max_retries", max_retries),
        timeout_seconds=job.get("timeout"),
        tags=job.get("tags", ()),
    )


def _received(payload: object) -> dict[str, Any]:
    """What the API reads of a payload that the SDK has written."""
    try:
        document = json.loads(json.dumps({} if payload is None else payload, allow_nan=False, default=_encoded))
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidJob([FieldError("/payload", f"cannot be written as JSON: {error}")]) from error
    if not isinstance(document, dict):
        raise InvalidJob([FieldError("/payload", f"must be an object, not {payload!r:.80}")])
    return document


def _encoded(value: object) -> object:
    if isinstance(value, datetime) and value.utcoffset() is not None:
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r} is of type {value.__class__.__name__}")


def _claimed(new: NewJob, job: JobFields) -> ClaimedJob:
    attempt, failures = job.get("attempt"), job.get("failures")
    attempt = (failures or 0) + 1 if attempt is None else attempt
    failures = attempt - 1 if failures is None else failures
    if not 0 <= failures < attempt:
        raise ValueError(
            f"attempt={attempt} with failures={failures} cannot be: each failure was an attempt before this one"
        )
    now = datetime.now(UTC)
    return ClaimedJob(
        id=job.get("job_id", new.id),
        queue=new.queue,
        type=new.type,
        payload=new.payload.decode(),
        attempt=attempt,
        failures=failures,
        max_retries=new.max_retries,
        rescues=0,
        timeout_seconds=new.timeout_seconds,
        priority=new.priority,
        tags=list(new.tags),
        cancel_requested=False,
        started_at=now,
        queued_at=now,
        created_at=job.get("created_at", now),
        schedule=None,
        scheduled_for=None,
        parent_id=None,
        traceparent=None,
    )


def _watched(handler: Handler, raised: list[BaseException]) -> HandlerFunction:
    """The handler's function as a plain one that keeps what it raises."""

    def call(payload: Any, job: JobContext) -> Any:
        try:
            value = handler.function(payload, job)
            return _awaited(value) if handler.is_async else value
        except BaseException as error:
            raised.append(error)
            raise

    return call


def _awaited(coroutine: Coroutine[Any, Any, Any]) -> Any:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    with ThreadPoolExecutor(1) as other:  # the test is a coroutine itself, and its thread's loop is taken
        return other.submit(asyncio.run, coroutine).result()


def _ended(outcome: Outcome, exception: BaseException | None, recorded: Recorded, *, cancelled: bool) -> Run:
    status = target(outcome.event, JobStatus.PROCESSING, cancel_requested=cancelled)
    return Run(
        status=str(status),
        result=None if outcome.result is None else orjson.loads(outcome.result),
        error=outcome.error,
        exception=exception,
        retry_in=outcome.delay_seconds if status in (JobStatus.RETRYING, JobStatus.SCHEDULED) else None,
        failure_reason=str(outcome.failure_reason) if status is JobStatus.FAILED else None,
        progress=recorded.progress,
        logs=recorded.logs,
        children=recorded.children,
    )


def _hooks(module: ModuleType, moment: str) -> list[Callable[[], object]]:
    found = [value for value in vars(module).values() if hook_moment(value) == moment]
    return list(dict.fromkeys(found))
