"""JobFilter as JSON: the names that GET /jobs, the filters of bulk operations and what is stored of them have in common."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from goqueue_common.job_filter import JobFilter

MEMBERS: Final[Mapping[str, str]] = {
    "status": "statuses",
    "queue": "queues",
    "type": "types",
    "tag": "tags",
    "worker": "workers",
    "schedule": "schedules",
    "error": "errors",
    "fingerprint": "fingerprints",
    "payload": "payloads",
    "parent": "parents",
    "rerun_of": "reruns_of",
    "not_status": "not_statuses",
    "not_queue": "not_queues",
    "not_type": "not_types",
    "not_tag": "not_tags",
    "not_worker": "not_workers",
    "not_schedule": "not_schedules",
    **{name: name for field in ("created", "run_at", "finished") for name in (f"{field}_after", f"{field}_before")},
    **{name: name for field in ("attempts", "duration") for name in (f"{field}_min", f"{field}_max")},
}
"""Member of the JSON object -> field of JobFilter. Whoever gives JobFilter a field names it here."""

_NOTHING: Final[tuple[Any, ...]] = (None, (), [])
_TIMES: Final = frozenset(name for name in MEMBERS if name.endswith(("_after", "_before")))


def job_filter(values: Mapping[str, Any]) -> JobFilter:
    """The filter whose members have these values, checked and of JobFilter's kinds; None and nothing: not asked for.

    What else there is among the values is none of the filter's.
    """
    return JobFilter(
        **{MEMBERS[name]: value for name, value in values.items() if name in MEMBERS and value not in _NOTHING}
    )


def to_document(wanted: JobFilter) -> dict[str, Any]:
    """What the filter asks for, and nothing else, ready to be written as JSON."""
    values = {name: getattr(wanted, field) for name, field in MEMBERS.items()}
    return {name: _encoded(value) for name, value in values.items() if value not in _NOTHING}


def from_document(document: Mapping[str, Any]) -> JobFilter:
    """The filter that `to_document` wrote. Raises ValueError for a member that this release does not know.

    To leave it out would mean more jobs than were meant.
    """
    unknown = sorted(set(document) - set(MEMBERS))
    if unknown:
        raise ValueError(f"the filter has members that this release does not know: {', '.join(unknown)}")
    return job_filter(
        {name: datetime.fromisoformat(value) if name in _TIMES else value for name, value in document.items()}
    )


def _encoded(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value
