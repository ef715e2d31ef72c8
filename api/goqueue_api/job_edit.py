"""Edits of a job as a client asks for them, and the ETag by which it says which state of the job it has seen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import Request

from goqueue_api.errors import InvalidRequest, PreconditionRequired
from goqueue_api.job_request import READERS
from goqueue_api.type_catalogue import TypeCatalogue
from goqueue_common.edit_store import JobEdit
from goqueue_common.errors import FieldError, InvalidJob, JobChanged, pointer_word
from goqueue_common.job import Job
from goqueue_common.json_values import Unreadable
from goqueue_common.new_job import NewJob
from goqueue_common.redaction import Redactor

EDITABLE: Final = ("priority", "run_at", "queue", "payload", "max_retries", "tags")
"""Members of PATCH /jobs/{id}."""
MAY_BE_NULL: Final = frozenset({"run_at"})
RERUN_KEPT: Final = ("type", "queue", "payload", "priority", "max_retries", "timeout", "tags")
"""What a rerun takes over from its job, where it is not edited."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def etag(job: Job) -> str:
    """Changes with every write of the job and of its progress; without quotes."""
    progress = (job.progress or {}).get("updated_at")
    said_at = datetime.fromisoformat(progress) if isinstance(progress, str) else progress
    return f"{_micros(job.updated_at):x}" + ("" if said_at is None else f"-{_micros(said_at):x}")


def _micros(time: datetime) -> int:
    return (time - _EPOCH) // _MICROSECOND


def seen_at(request: Request, job: Job) -> datetime | None:
    """The `updated_at` that the job must still have; None for `If-Match: *`.

    Raises PreconditionRequired without If-Match, JobChanged when it names another state.
    """
    if not request.if_match and not request.if_match.star_tag:
        raise PreconditionRequired(
            "a change must say which state of the job it is for: send If-Match with the ETag that GET /jobs/{id} answered, "
            "or If-Match: * to change it however it is now"
        )
    if request.if_match.star_tag:
        return None
    if not request.if_match.contains(etag(job)):
        raise JobChanged(f'job {job.id} has been written since: its ETag is "{etag(job)}" now; read it again, then decide')
    return job.updated_at


def read_edit(document: Mapping[str, Any], job: Job, types: TypeCatalogue) -> JobEdit:
    """What PATCH /jobs/{id} was sent, checked as a new job of this type would be. Raises InvalidRequest, InvalidJob."""
    if not document:
        raise InvalidRequest([FieldError("", f"has no member: send at least one of {', '.join(EDITABLE)}")])
    values = _read(document)
    # The rules of a new job hold for its parts, too.
    checked = NewJob.checked(
        job.type,
        queue=values.get("queue", job.queue),
        payload=values.get("payload"),
        priority=values.get("priority", job.priority),
        max_retries=values.get("max_retries"),
        tags=values.get("tags", ()),
    )
    known = types.get(job.type) if "payload" in values else None
    problems = known.problems(values["payload"]) if known else []
    if problems:
        raise InvalidJob(problems)
    checked_values = {
        "payload": checked.payload,
        "tags": checked.tags,
    }
    return JobEdit(**{name: checked_values.get(name, value) for name, value in values.items()})


def _read(document: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    problems: list[FieldError] = []
    for name, value in document.items():
        if name not in EDITABLE:
            problems.append(
                FieldError(f"/{pointer_word(name[:80])}", f"cannot be changed; those that can are {', '.join(EDITABLE)}")
            )
            continue
        try:
            values[name] = READERS[name](value)
            if values[name] is None and name not in MAY_BE_NULL:
                problems.append(FieldError(f"/{name}", "must not be null: leave it out to keep it"))
        except Unreadable as error:
            problems.append(FieldError(f"/{name}", str(error)))
    if problems:
        raise InvalidRequest(problems)
    return values


def told(document: Mapping[str, Any], redactor: Redactor) -> dict[str, Any]:
    """An edit as the audit log shows it: a long payload only by its size."""
    shown = dict(document)
    if "payload" in shown:
        hidden = redactor.document(shown["payload"])
        shown["payload"] = hidden if len(str(hidden)) <= 2_000 else f"({len(str(hidden)):,} characters)"
    return shown


def rerun_document(job: Job, edits: Mapping[str, Any]) -> dict[str, Any]:
    """The request that submits this job again, with edits. Raises InvalidRequest."""
    if "type" in edits:
        raise InvalidRequest([FieldError("/type", "cannot be changed: that would be another job, for POST /jobs")])
    shown = job.to_dict()
    return {name: shown[name] for name in RERUN_KEPT} | dict(edits)
