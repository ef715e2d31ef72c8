"""A job that does not exist yet: the rules it must keep, and what is answered when it is submitted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

import orjson
from uuid_utils import uuid7

from goqueue_common.errors import FieldError, InvalidJob, PayloadTooLarge
from goqueue_common.idempotency import IdempotencyKey
from goqueue_common.job import Job, Priority
from goqueue_common.lifecycle import JobStatus

MAX_DOCUMENT_BYTES: Final = 256 * 1024
"""Largest payload and largest result, encoded."""
MAX_RETRIES: Final = 1_000
MAX_SECONDS: Final = 10 * 366 * 86_400.0
"""Longest delay and timeout: ten years."""
MAX_TAGS: Final = 20
DEFAULT_QUEUE: Final = "default"
DEFAULT_MAX_RETRIES: Final = 3
NAME_PATTERN: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
"""What a queue or a type may be called: it becomes part of a Redis key, a URL and a metric label."""

_MAX_NAME: Final = 64
_NAME = re.compile(NAME_PATTERN)
_TAG = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,64}")
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def is_name(text: str) -> bool:
    """Whether `text` may name a queue or a job type."""
    return len(text) <= _MAX_NAME and _is_name(text)


@lru_cache(maxsize=4_096)
def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None


def encode_document(document: object, pointer: str) -> bytes:
    """JSON for a payload or result.

    Raises InvalidJob when it is not JSON, nested too deep or holds a NUL character (PostgreSQL cannot store one),
    PayloadTooLarge when it has more than MAX_DOCUMENT_BYTES.
    """
    try:
        # Dumped inside lists: what is stored must still print when a response or a page wraps it.
        encoded = orjson.dumps([[[[document]]]])[4:-4]
    except (TypeError, orjson.JSONEncodeError) as error:
        raise InvalidJob([FieldError(pointer, f"is not JSON that can be stored: {error}")]) from error
    if len(encoded) > MAX_DOCUMENT_BYTES:
        raise PayloadTooLarge(
            f"{pointer or 'the document'} has {len(encoded):,} bytes, at most {MAX_DOCUMENT_BYTES:,} are allowed: "
            "store the data elsewhere and send a reference to it"
        )
    if b"\\u0000" in encoded and _NUL.search(encoded):
        raise InvalidJob([FieldError(pointer, "contains the character U+0000, which PostgreSQL cannot store")])
    return encoded


class NewJob(NamedTuple):
    """A job that does not exist yet; valid by construction (`NewJob.checked`).

    A tuple, for a frozen dataclass takes three times as long to make, and batches have thousands.
    """

    id: str
    type: str
    queue: str
    payload: bytes
    priority: Priority
    run_at: datetime | None
    delay_seconds: float | None
    expires_at: datetime | None
    max_retries: int
    timeout_seconds: float | None
    tags: tuple[str, ...]
    parent_id: str | None = None
    traceparent: str | None = None
    schedule: str | None = None
    scheduled_for: datetime | None = None
    rerun_of: str | None = None

    @classmethod
    def checked(
        cls,
        type: str,  # noqa: A002 - the field's name everywhere
        *,
        queue: str = DEFAULT_QUEUE,
        payload: Mapping[str, Any] | None = None,
        priority: Priority = Priority.NORMAL,
        run_at: datetime | None = None,
        delay_seconds: float | None = None,
        expires_at: datetime | None = None,
        max_retries: int | None = None,
        timeout_seconds: float | None = None,
        tags: Sequence[str] = (),
        parent_id: str | None = None,
        traceparent: str | None = None,
    ) -> NewJob:
        """A new job with a fresh time-ordered id.

        Raises InvalidJob with every rule that is broken, PayloadTooLarge.
        """
        problems = _problems(type, queue, run_at, delay_seconds, max_retries, timeout_seconds, tags)
        if problems:
            raise InvalidJob(problems)
        return cls(
            id=str(uuid7()),
            type=type,
            queue=queue,
            payload=encode_document(dict(payload or {}), "/payload"),
            priority=priority,
            run_at=run_at,
            delay_seconds=delay_seconds,
            expires_at=expires_at,
            max_retries=DEFAULT_MAX_RETRIES if max_retries is None else max_retries,
            timeout_seconds=timeout_seconds,
            tags=tuple(dict.fromkeys(tags)),
            parent_id=parent_id,
            traceparent=traceparent,
        )


def _problems(
    type_: str,
    queue: str,
    run_at: datetime | None,
    delay: float | None,
    max_retries: int | None,
    timeout: float | None,
    tags: Sequence[str],
) -> list[FieldError]:
    found = []
    if not is_name(type_):
        found.append(_no_name("/type", type_))
    if not is_name(queue):
        found.append(_no_name("/queue", queue))
    if run_at is not None and delay is not None:
        found.append(FieldError("/delay", "give run_at or delay, not both"))
    if delay is not None and not 0 <= delay <= MAX_SECONDS:
        found.append(FieldError("/delay", f"{delay} is out of range: 0 to {MAX_SECONDS:.0f} seconds"))
    if timeout is not None and not 0 < timeout <= MAX_SECONDS:
        found.append(FieldError("/timeout", f"{timeout} is out of range: more than 0, at most {MAX_SECONDS:.0f} seconds"))
    if max_retries is not None and not 0 <= max_retries <= MAX_RETRIES:
        found.append(FieldError("/max_retries", f"{max_retries} is out of range: 0 to {MAX_RETRIES}"))
    if len(tags) > MAX_TAGS:
        found.append(FieldError("/tags", f"{len(tags)} tags are too many: at most {MAX_TAGS}"))
    if tags:
        found += [
            FieldError(f"/tags/{index}", "a tag has 1 to 64 printable characters")
            for index, tag in enumerate(tags)
            if not _TAG.fullmatch(tag)
        ]
    return found


def _no_name(pointer: str, name: str) -> FieldError:
    return FieldError(
        pointer, f"{name!r:.80} is no name: use 1 to 64 letters, digits, '.', '_', '-', first a letter or digit"
    )


class Submission(NamedTuple):
    """A new job and, if its sender gave one, its idempotency key."""

    job: NewJob
    key: IdempotencyKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """What became of a submission; for a replayed key, what its first use was answered with, and its trace context."""

    id: str
    status: JobStatus
    run_at: datetime | None
    queued_at: datetime | None
    created_at: datetime
    max_retries: int
    traceparent: str | None = None
    replayed: bool = False


def submitted_job(new: NewJob, answer: Submitted) -> Job:
    """The job as it stood the moment it was submitted, without reading it back."""
    return Job(
        id=answer.id,
        queue=new.queue,
        type=new.type,
        payload=orjson.loads(new.payload),
        status=answer.status,
        priority=new.priority,
        attempts=0,
        failures=0,
        max_retries=answer.max_retries,
        rescues=0,
        run_at=answer.run_at,
        expires_at=new.expires_at,
        timeout_seconds=new.timeout_seconds,
        queued_at=answer.queued_at,
        tags=list(new.tags),
        result=None,
        error=None,
        fingerprint=None,
        failure_reason=None,
        no_handler_since=None,
        cancel_requested_at=None,
        worker_id=None,
        started_at=None,
        finished_at=None,
        created_at=answer.created_at,
        updated_at=answer.created_at,
        schedule=new.schedule,
        scheduled_for=new.scheduled_for,
        rerun_of=new.rerun_of,
        parent_id=new.parent_id,
        traceparent=answer.traceparent if answer.replayed else new.traceparent,
    )
