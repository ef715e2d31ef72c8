"""What lists show of jobs, of log lines and of bulk operations: without the values of fields that GOQUEUE_REDACT names."""

from __future__ import annotations

from typing import Any

from goqueue_api.services import services
from goqueue_common.bulk import BulkOperation, BulkPreview
from goqueue_common.job import JobSummary
from goqueue_common.job_log_store import LogLine
from goqueue_common.redaction import Redactor


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
