"""The client of GoQueue's HTTP API, for programs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Self, TypedDict, Unpack

from goqueue.ahead import Ahead
from goqueue.answers import read_items as _read_items
from goqueue.answers import read_value as _read
from goqueue.bulk import BulkCalls
from goqueue.errors import GoQueueError, ServiceUnavailable, UnexpectedAnswer, WaitTimeout
from goqueue.events import EventCalls
from goqueue.explanation import Explanation
from goqueue.failures import FailureCalls
from goqueue.filters import JobFilters, filter_parameters
from goqueue.job_logs import LogCalls
from goqueue.retrying import Repeatable
from goqueue.schedulers import SchedulerCalls
from goqueue.schedules import ScheduleCalls
from goqueue.settings import read_settings
from goqueue.stats import StatsCalls
from goqueue.steering import Steering
from goqueue.submission import JobOptions, JobRequest, chunks, encode
from goqueue.tracing import checked_traceparent
from goqueue.transport import Answer, Request, Transport, path_word
from goqueue.values import Count, HandlerInfo, Job, JobSummary, KeyInfo, QueueInfo, Readiness, SubmittedJob

if TYPE_CHECKING:
    from types import TracebackType

_LONGEST_POLL_SECONDS = 30.0
_PAUSE_SECONDS = 1.0


class JobQuery(JobFilters, total=False):
    """Which jobs to look at: those of a filter, or of it those among up to 200 ids."""

    id: str | Iterable[str]


class JobListOptions(JobQuery, total=False):
    """Which jobs to list, by requests of page_size jobs. sort: `-created`, the newest first (the default), or `created`."""

    sort: str
    page_size: int


class JobChanges(TypedDict, total=False):
    """What can be changed of a job that waits."""

    priority: str
    run_at: datetime | None
    queue: str
    payload: Mapping[str, object]
    max_retries: int
    tags: Sequence[str]


class Client(BulkCalls, EventCalls, FailureCalls, LogCalls, ScheduleCalls, SchedulerCalls, StatsCalls, Steering):
    """GoQueue's API from a program; one client serves any number of threads and keeps its connections open.

    base_url: None reads API_URL (default http://localhost:8080). api_key: None reads GOQUEUE_API_KEY.
    timeout: seconds to wait for a connection, and for an answer.
    retries: how often a call is made again after a failed connection, 429, 502, 503 or 504. That is safe: each
    submit carries an idempotency key of its own, and retry and cancel are made again only if surely not done.
    transport: a way to the API of one's own, in place of all the others.
    All methods raise subclasses of GoQueueError: ApiError when the API refuses, ConnectionFailed when it is away.
    """

    def __init__(
        self,
        base_url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 10.0,
        retries: int = 3,
        transport: Transport | None = None,
    ) -> None:
        if transport is None:
            settings = read_settings()
            transport = Transport(
                base_url or settings.api_url, api_key or settings.api_key, timeout=timeout, retries=retries
            )
        self._transport = transport

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        self._transport.close()

    def submit(
        self,
        job_type: str,
        payload: Mapping[str, object] | None = None,
        *,
        traceparent: str | None = None,
        **options: Unpack[JobOptions],
    ) -> Job:
        """Submit one job; when this returns, the job will not be lost.

        payload: must be writable as JSON, at most 256 KiB. options: see JobOptions. traceparent: W3C trace context for the
        job; without it, that of the span this program is in, if it uses OpenTelemetry.
        Raises InvalidArgument (nothing was sent), InvalidRequest and what every call may raise.
        """
        document = JobRequest(job_type, payload or {}, **options).to_json()
        key = document.pop("idempotency_key", None)
        return _job(self._transport.call(_submitting("/jobs", encode(document), key, traceparent)))

    def submit_many(
        self, jobs: Iterable[JobRequest | Mapping[str, object]], *, traceparent: str | None = None
    ) -> list[SubmittedJob]:
        """Submit many jobs, by requests of up to 2,000 or 15 MiB, two at a time; returns them in the order given.

        jobs: may be a generator; no more than four requests' worth of it is held at a time. traceparent: as in submit.
        Each request is all or nothing. When one fails, no more are made, the jobs of the others stay submitted, and the
        GoQueueError has a note of how many these are. What two requests bring at once may be queued in either order.
        """
        submitted: list[SubmittedJob] = []
        requests = Ahead[list[SubmittedJob]]()
        try:
            for items in requests.answers(
                partial(self._submit_chunk, count, body, traceparent) for count, body in chunks(jobs)
            ):
                submitted += items
        except GoQueueError as error:
            later = sum(map(len, requests.later))
            more = f", and {later} of the request after it" if later else ""
            error.add_note(f"{len(submitted)} jobs before this request were submitted{more}")
            raise
        return submitted

    def _submit_chunk(self, count: int, body: bytes, traceparent: str | None) -> list[SubmittedJob]:
        items = _read_items(
            SubmittedJob.from_json, self._transport.call(_submitting("/jobs/batch", body, None, traceparent))
        )
        if len(items) != count:
            raise UnexpectedAnswer(f"{count} jobs were sent, {len(items)} came back")
        return items

    def get(self, job_id: str) -> Job:
        """The job as it is now. Raises NotFound."""
        return _job(self._transport.call(Request("GET", _job_path(job_id))))

    def explain(self, job_id: str) -> Explanation:
        """Why the job is not running now, and what to do. Raises NotFound."""
        return _read(Explanation.from_json, self._transport.call(Request("GET", f"{_job_path(job_id)}/explain")).document)

    def wait(self, job_id: str, timeout: float | None = None) -> Job:
        """Wait until the job is completed, failed or cancelled.

        timeout: seconds; None waits for ever. Raises WaitTimeout, NotFound.
        """
        started = self._transport.monotonic()
        while True:
            asked_at = self._transport.monotonic()
            left = _LONGEST_POLL_SECONDS if timeout is None else max(0.0, started + timeout - asked_at)
            job, retry_after = self._poll(job_id, min(left, _LONGEST_POLL_SECONDS))
            if job.is_finished:
                return job
            now = self._transport.monotonic()
            if timeout is not None and now >= started + timeout:
                raise WaitTimeout(job, now - started)
            self._pause(
                retry_after, early=now - asked_at < left / 2, left=None if timeout is None else started + timeout - now
            )

    def jobs(self, **filters: Unpack[JobListOptions]) -> Iterator[JobSummary]:
        """All jobs that match, newest first unless `sort` says otherwise; pages are fetched as they are needed."""
        parameters = filter_parameters(filters)
        page = parameters
        while True:
            answer = self._transport.call(Request("GET", "/jobs", page))
            yield from _read_items(JobSummary.from_json, answer)
            cursor = answer.document.get("next_cursor")
            if not isinstance(cursor, str):
                return
            page = [*parameters, ("cursor", cursor)]

    def count_jobs(self, **filters: Unpack[JobQuery]) -> Count:
        """How many jobs match; the API counts up to 10,000."""
        answer = self._transport.call(Request("GET", "/jobs/count", filter_parameters(filters)))
        return _read(Count.from_json, answer.document)

    def retry(self, job_id: str) -> Job:
        """Run a job again that has ended or waits for its next attempt. Raises WrongStatus, NotFound."""
        return self._act(job_id, "retry")

    def cancel(self, job_id: str) -> Job:
        """Cancel a job; one that runs is asked to stop, and is cancelled once it has. Raises WrongStatus, NotFound."""
        return self._act(job_id, "cancel")

    def run_now(self, job_id: str) -> Job:
        """Run a job now that is not due yet. Raises WrongStatus, NotFound."""
        return self._act(job_id, "run-now")

    def edit(self, job: Job | str, **changes: Unpack[JobChanges]) -> Job:
        """Change a job that waits; run_at None makes it due now.

        job: as it was read, then nobody's change in between is overwritten; by its id: however it is now.
        Raises Conflict (it was written since), WrongStatus (it waits no more), NotFound, InvalidRequest.
        """
        job_id, etag = (job.id, job.etag) if isinstance(job, Job) else (job, None)
        request = Request(
            "PATCH",
            _job_path(job_id),
            body=encode(changes),
            if_match=etag or "*",
            repeatable=Repeatable.IF_NOT_DONE if etag else Repeatable.ALWAYS,
        )
        return _job(self._transport.call(request))

    def rerun(
        self,
        job_id: str,
        payload: Mapping[str, object] | None = None,
        *,
        traceparent: str | None = None,
        **options: Unpack[JobOptions],
    ) -> Job:
        """Submit a finished job again, as it was but for what is given; the new job. Raises WrongStatus, NotFound.

        traceparent: as in submit; that of the old job is not kept.
        """
        edits: dict[str, object] = dict(options)
        key = edits.pop("idempotency_key", None)
        if payload is not None:
            edits["payload"] = payload
        return _job(self._transport.call(_submitting(f"{_job_path(job_id)}/rerun", encode(edits), key, traceparent)))

    def delete(self, job_id: str) -> None:
        """Delete a finished job. Raises WrongStatus, NotFound."""
        self._transport.call(Request("DELETE", _job_path(job_id), repeatable=Repeatable.IF_NOT_DONE))

    def me(self) -> KeyInfo:
        """Whose key this client sends, and what it allows."""
        return _read(KeyInfo.from_json, self._transport.call(Request("GET", "/me")).document)

    def queues(self) -> list[QueueInfo]:
        """The queues, and how many jobs each has."""
        return _read_items(QueueInfo.from_json, self._transport.call(Request("GET", "/queues")))

    def handlers(self) -> list[HandlerInfo]:
        """The job types that workers have announced."""
        return _read_items(HandlerInfo.from_json, self._transport.call(Request("GET", "/handlers")))

    def readiness(self) -> Readiness:
        """Whether the API serves, and whether it reaches its stores; one that is starting or stopping is no error."""
        try:
            document = self._transport.call(Request("GET", "/readyz")).document
        except ServiceUnavailable as error:
            if not isinstance(error.problem.get("schema"), str):  # a proxy's 503, not the API's own
                raise
            document = error.problem
        return _read(Readiness.from_json, document)

    def api_version(self) -> str:
        """The version of GoQueue that the API runs."""
        information = self._transport.call(Request("GET", "/openapi.json")).document.get("info")
        version = information.get("version") if isinstance(information, dict) else None
        if not isinstance(version, str):
            raise UnexpectedAnswer("the description of the API has no version")
        return version

    def _act(self, job_id: str, action: str) -> Job:
        request = Request("POST", f"{_job_path(job_id)}/{action}", repeatable=Repeatable.IF_NOT_DONE)
        return _job(self._transport.call(request))

    def _poll(self, job_id: str, seconds: float) -> tuple[Job, float | None]:
        parameters = [("wait", f"{round(seconds, 3):g}")] if seconds > 0 else []
        answer = self._transport.call(Request("GET", _job_path(job_id), parameters, held_seconds=seconds))
        return _job(answer), answer.retry_after

    def _pause(self, retry_after: float | None, *, early: bool, left: float | None) -> None:
        """Before asking again: as the API wishes, and never at once when it did not hold the answer back."""
        seconds = retry_after if retry_after is not None else (_PAUSE_SECONDS if early else 0.0)
        seconds = seconds if left is None else min(seconds, left)
        if seconds > 0:
            self._transport.sleep(seconds)


def _submitting(path: str, body: bytes, key: object, traceparent: str | None) -> Request:
    own_key = key if isinstance(key, str) else str(uuid.uuid4())
    return Request("POST", path, body=body, idempotency_key=own_key, traceparent=checked_traceparent(traceparent))


def _job_path(job_id: str) -> str:
    return f"/jobs/{path_word(job_id)}"


def _job(answer: Answer) -> Job:
    return _read(Job.from_json, {"etag": answer.etag, **answer.document})
