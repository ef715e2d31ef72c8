"""Jobs on their way to the API: what a program says about them, and how that is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TypedDict

from goqueue.errors import InvalidArgument

MAX_BATCH_ITEMS = 2_000  # the API takes 10,000, but then the next request would begin late
MAX_BATCH_BYTES = 15 * 1024 * 1024  # the API takes 16 MiB


class JobOptions(TypedDict, total=False):
    """What may be said about a job beside its type and payload.

    run_at, expires_at: aware times. delay: seconds from now, in place of run_at.
    max_retries: failures after which it is run again. timeout: seconds one attempt may take.
    idempotency_key: two submits with the same key within 24 hours make one job.
    """

    queue: str
    priority: str
    run_at: datetime
    delay: float
    expires_at: datetime
    max_retries: int
    timeout: float
    tags: Sequence[str]
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class JobRequest:
    """A job to be submitted; what is None is left to the API. See JobOptions for the meanings."""

    type: str
    payload: Mapping[str, object] = field(default_factory=dict)
    queue: str | None = None
    priority: str | None = None
    run_at: datetime | None = None
    delay: float | None = None
    expires_at: datetime | None = None
    max_retries: int | None = None
    timeout: float | None = None
    tags: Sequence[str] | None = None
    idempotency_key: str | None = None

    def to_json(self) -> dict[str, object]:
        """The object that the API expects in a batch."""
        return {name: value for name in _REQUEST_FIELDS if (value := getattr(self, name)) is not None}


_REQUEST_FIELDS = tuple(described.name for described in fields(JobRequest))


def encode(document: Mapping[str, object]) -> bytes:
    """Write a document as strict JSON, times in RFC 3339. Raises InvalidArgument."""
    try:
        return _ENCODER.encode(document).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidArgument(f"cannot be written as JSON: {error}") from error


def chunks(jobs: Iterable[JobRequest | Mapping[str, object]]) -> Iterator[tuple[int, bytes]]:
    """Bodies of batches, each with its number of jobs, made as the jobs come. Raises InvalidArgument."""
    items: list[bytes] = []
    size = 0
    for index, job in enumerate(jobs):
        item = _encode_item(index, job)
        if items and (len(items) >= MAX_BATCH_ITEMS or size + len(item) > MAX_BATCH_BYTES):
            yield len(items), _batch(items)
            items, size = [], 0
        items.append(item)
        size += len(item) + 1  # and its comma
    if items:
        yield len(items), _batch(items)


def _batch(items: Sequence[bytes]) -> bytes:
    return b'{"jobs":[' + b",".join(items) + b"]}"


def _encode_item(index: int, job: JobRequest | Mapping[str, object]) -> bytes:
    try:
        return encode(job.to_json() if isinstance(job, JobRequest) else job)
    except InvalidArgument as error:
        raise InvalidArgument(f"job {index} of the batch {error}") from error


def _encode_value(value: object) -> object:
    if isinstance(value, datetime):
        return encode_time(value)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{value!r} is of type {type(value).__name__}")


# Made once: json.dumps would make one for each job of a batch.
_ENCODER = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":"), default=_encode_value)


def encode_time(value: datetime) -> str:
    """A time in RFC 3339. Raises InvalidArgument when it has no zone."""
    if value.utcoffset() is None:
        raise InvalidArgument(f"{value.isoformat()} has no time zone: use an aware datetime")
    return value.isoformat()
