"""A job as a client asks for it: from JSON to a NewJob.

Plain Python instead of a marshmallow load, which takes 27 to 79 microseconds an item and is a batch's whole time budget.
schemas/job_request.py documents the same members; a test holds the two together. What a value must keep beyond its kind
(names, ranges) is NewJob's to say.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from goqueue_common.errors import FieldError, InvalidJob, pointer_word
from goqueue_common.idempotency import MAX_KEY_LENGTH
from goqueue_common.job import Priority
from goqueue_common.json_values import (
    Unreadable,
    read_integer,
    read_number,
    read_object,
    read_optional_time,
    read_priority,
    read_string,
    read_tags,
)
from goqueue_common.new_job import DEFAULT_QUEUE, MAX_SECONDS, NewJob


def new_job(
    document: Mapping[str, Any], default_max_retries: int | None, now: datetime, traceparent: str | None = None
) -> NewJob:
    """The job that a request asks for; `document` is its body, without an idempotency key.

    default_max_retries: for a request that leaves it out. now: what `expires_at` must lie ahead of.
    Raises InvalidJob with everything that is wrong, PayloadTooLarge.
    """
    values, problems = _read(document)
    problems += [] if problems else _time_problems(values, now)
    if problems:
        raise InvalidJob(problems)
    max_retries = values.get("max_retries")
    return NewJob.checked(
        values["type"],
        queue=values.get("queue", DEFAULT_QUEUE),
        payload=values.get("payload"),
        priority=values.get("priority", Priority.NORMAL),
        run_at=values.get("run_at"),
        delay_seconds=values.get("delay"),
        expires_at=values.get("expires_at"),
        max_retries=default_max_retries if max_retries is None else max_retries,
        timeout_seconds=values.get("timeout"),
        tags=values.get("tags", ()),
        traceparent=traceparent,
    )


def idempotency_key_problem(key: object) -> str | None:
    """What is wrong with an idempotency key, or None."""
    if isinstance(key, str) and 1 <= len(key) <= MAX_KEY_LENGTH and key.isascii() and key.isprintable():
        return None
    return f"must be 1 to {MAX_KEY_LENGTH} printable ASCII characters"


def _read(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[FieldError]]:
    values: dict[str, Any] = {}
    problems: list[FieldError] = []
    for name, value in document.items():
        reader = READERS.get(name)
        if reader is None:
            known = ", ".join(READERS)
            problems.append(FieldError(f"/{pointer_word(name[:80])}", f"is no member of a job; those are {known}"))
            continue
        try:
            values[name] = reader(value)
        except Unreadable as error:
            problems.append(FieldError(f"/{name}", str(error)))
    if "type" not in document:
        problems.append(FieldError("/type", "is missing: say which handler the job is for"))
    return values, problems


def _time_problems(values: Mapping[str, Any], now: datetime) -> list[FieldError]:
    expires_at, run_at, delay = values.get("expires_at"), values.get("run_at"), values.get("delay")
    if expires_at is None:
        return []
    if expires_at <= now:
        return [FieldError("/expires_at", f"{expires_at.isoformat()} lies in the past")]
    if delay is not None and 0 <= delay <= MAX_SECONDS:
        run_at = now + timedelta(seconds=delay)
    if run_at is not None and expires_at <= run_at:
        return [FieldError("/expires_at", "lies before the job is due: it could never start")]
    return []


READERS: Final[Mapping[str, Callable[[object], Any]]] = {
    "type": read_string,
    "queue": read_string,
    "payload": read_object,
    "priority": read_priority,
    "run_at": read_optional_time,
    "delay": read_number,
    "expires_at": read_optional_time,
    "max_retries": read_integer,
    "timeout": read_number,
    "tags": read_tags,
}
"""The members of a job request, and how each is read."""
