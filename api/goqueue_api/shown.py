"""What lists show of jobs, schedules, log lines, bulk operations: not the values of fields that GOQUEUE_REDACT names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from goqueue_api.services import services
from goqueue_common.bulk import BulkOperation, BulkPreview
from goqueue_common.cron.expression import parse
from goqueue_common.errors import BadCron
from goqueue_common.job import JobSummary
from goqueue_common.job_log_store import LogLine
from goqueue_common.redaction import Redactor
from goqueue_common.schedule import Schedule


def shown_summary(job: JobSummary) -> dict[str, Any]:
    """A job as lists show it; the one place where previews are made fit to be seen."""
    shown = job.to_dict()
    shown["payload_preview"] = services().redactor.text(shown["payload_preview"])
    return shown


def shown_line(line: LogLine) -> dict[str, Any]:
    """A line of a job's log. Its worker hid what its settings named; what ours name may be more."""
    return redacted_line(line, services().redactor)


def redacted_line(line: LogLine, redactor: Redactor) -> dict[str, Any]:
    """The same for who has no request."""
    return line._asdict() | {"fields": redactor.document(line.fields)}


def shown_operation(operation: BulkOperation) -> dict[str, Any]:
    """A bulk operation; its filter may ask for values in payloads."""
    shown = operation.to_dict()
    shown["selection"] = services().redactor.document(shown["selection"])
    return shown


def shown_preview(preview: BulkPreview) -> dict[str, Any]:
    """What a bulk operation would meet."""
    return preview.to_dict() | {"sample": [shown_summary(job) for job in preview.sample]}


def shown_schedule(schedule: Schedule) -> dict[str, Any]:
    """A schedule by itself: whole, as a job by itself is."""
    run = schedule.last_run
    return schedule.definition.to_document() | {
        "words": _words(schedule.definition.cron),
        "paused": schedule.paused_at is not None,
        "paused_at": schedule.paused_at,
        "paused_by": schedule.paused_by,
        "source": schedule.source,
        "dropped_at": schedule.dropped_at,
        "version": schedule.version,
        "due_after": schedule.due_after,
        "next_at": schedule.next_at,
        "last_run": None if run is None else run.to_dict(),
        "created_at": schedule.created_at,
        "updated_at": schedule.updated_at,
    }


def listed_schedule(schedule: Schedule) -> dict[str, Any]:
    """A schedule of a page, which has but the beginning of its payload."""
    beginning = schedule.definition.payload.decode()
    shown = shown_schedule(replace(schedule, definition=replace(schedule.definition, payload=b"{}")))
    del shown["payload"]
    return shown | {"payload_preview": services().redactor.text(beginning)}


def _words(cron: str) -> str:
    try:
        return parse(cron).words()
    except BadCron:  # it was valid when it was stored, by an earlier release
        return cron
