"""Bulk operations as values: what is to be done to which jobs, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from goqueue_common import filter_document
from goqueue_common.job import JobSummary, Priority
from goqueue_common.job_filter import Count, JobFilter
from goqueue_common.lifecycle import FINAL, WAITING, JobEvent, JobStatus, sources

COUNTED_UP_TO: Final = 100_000
"""Jobs are counted up to here, before an operation and for its preview."""
_SHOWN_IDS: Final = 100


class BulkAction(StrEnum):
    """What can be done to many jobs at once."""

    RETRY = "retry"
    """Run again: failed, cancelled and retrying jobs; completed ones only when they are asked for by status or id."""
    CANCEL = "cancel"
    """Cancel those that wait; ask those that run to stop."""
    DELETE = "delete"
    """Delete those that have ended."""
    RUN_NOW = "run-now"
    """Queue those that wait for a time."""
    SET_PRIORITY = "set-priority"
    """Give those that wait another priority."""


class BulkState(StrEnum):
    """Where an operation is; all but running are final."""

    RUNNING = "running"
    COMPLETED = "completed"
    ABORTED = "aborted"
    FAILED = "failed"


EVENTS: Final[Mapping[BulkAction, tuple[JobEvent, ...]]] = {
    BulkAction.RETRY: (JobEvent.RETRY,),
    BulkAction.CANCEL: (JobEvent.CANCEL, JobEvent.REQUEST_CANCEL),
    BulkAction.RUN_NOW: (JobEvent.RUN_NOW,),
}
"""What happens to each job; delete and set-priority are no events of its life."""

_STATUSES: Final[Mapping[BulkAction, frozenset[JobStatus]]] = {
    BulkAction.DELETE: FINAL,
    BulkAction.SET_PRIORITY: WAITING,
    **{
        action: frozenset(JobStatus(status) for event in events for status in sources(event))
        for action, events in EVENTS.items()
    },
}


def eligible_statuses(action: BulkAction, wanted: JobFilter) -> list[str]:
    """The statuses, of those wanted, in which the action can be done to a job; maybe none."""
    able = _STATUSES[action]
    if action is BulkAction.RETRY and not wanted.ids and JobStatus.COMPLETED not in wanted.statuses:
        able = able - {JobStatus.COMPLETED}  # nobody who retries a queue means to run again what went well
    return sorted(able & set(wanted.allowed_statuses))


def eligible(action: BulkAction, wanted: JobFilter) -> JobFilter | None:
    """The jobs, of those wanted, to which the action can be done. None: to none, whatever their number."""
    return _narrowed(wanted, eligible_statuses(action, wanted))


def excluded(action: BulkAction, wanted: JobFilter) -> JobFilter | None:
    """The others of those wanted. None: there can be none."""
    return _narrowed(wanted, sorted({*wanted.allowed_statuses} - {*eligible_statuses(action, wanted)}))


def _narrowed(wanted: JobFilter, statuses: Sequence[str]) -> JobFilter | None:
    # A filter without a status would mean all of them.
    return replace(wanted, statuses=statuses) if statuses else None


def selection_document(wanted: JobFilter) -> dict[str, Any]:
    """Which jobs, as an operation's row keeps it."""
    return {"ids": sorted(wanted.ids)} if wanted.ids else {"filter": filter_document.to_document(wanted)}


def selected_jobs(document: Mapping[str, Any]) -> JobFilter:
    """The jobs that `selection_document` wrote."""
    return JobFilter(ids=document["ids"]) if "ids" in document else filter_document.from_document(document["filter"])


def shown_selection(document: Mapping[str, Any]) -> dict[str, Any]:
    """A selection for people and the audit log: no more than a hundred ids of it, and their number."""
    if "ids" not in document:
        return dict(document)
    return {"ids": document["ids"][:_SHOWN_IDS], "ids_total": len(document["ids"])}


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPreview:
    """What an operation would meet now. by_queue, by_type: of those counted, the most first; sample: the newest few."""

    action: BulkAction
    matched: Count
    by_queue: Mapping[str, int]
    by_type: Mapping[str, int]
    excluded: Count
    sample: Sequence[JobSummary]

    def to_dict(self) -> dict[str, Any]:
        """As the HTTP API shows it."""
        return {
            "action": self.action,
            "matched": self.matched.to_dict(),
            "by_queue": dict(self.by_queue),
            "by_type": dict(self.by_type),
            "excluded": self.excluded.to_dict(),
            "sample": [job.to_dict() for job in self.sample],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBulkOperation:
    """An operation to be started. rate_per_second: jobs; None: as fast as dispatch does not suffer.

    priority: for set-priority, and only for it. cause: what the audit log calls it, if not `bulk.<action>`.
    """

    action: BulkAction
    wanted: JobFilter
    priority: Priority | None = None
    rate_per_second: float | None = None
    cause: str | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        """What the action needs to know, as JSON."""
        return {} if self.priority is None else {"priority": self.priority.label}


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOperation:
    """An operation as its row has it.

    matched: how many there were when it was started. processed: jobs done with: changed or skipped. held_ids: jobs that
    somebody held when it came to them, to be tried again at the end; held_rounds: tries in vain.
    """

    id: str
    action: BulkAction
    selection: Mapping[str, Any]
    parameters: Mapping[str, Any]
    rate_per_second: float | None
    state: BulkState
    matched: int
    matched_is_capped: bool
    processed: int
    changed: int
    skipped: int
    after_id: str | None
    error: str | None
    actor: str
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None
    held_ids: Sequence[str] = field(default_factory=list)
    held_rounds: int = 0

    @property
    def wanted(self) -> JobFilter:
        """The jobs it is meant for, in whatever status."""
        return selected_jobs(self.selection)

    @property
    def progress(self) -> float | None:
        """0 to 1; None while it cannot be known: more jobs matched than were counted."""
        if self.state is BulkState.COMPLETED:
            return 1.0
        if self.matched_is_capped:
            return None
        return min(1.0, self.processed / self.matched) if self.matched else 0.0

    def to_dict(self) -> dict[str, Any]:
        """As the HTTP API shows it; times stay datetimes."""
        shown: dict[str, Any] = {name: getattr(self, name) for name in _SHOWN}
        shown["selection"] = shown_selection(self.selection)
        return shown


_SHOWN: Final = (
    "id",
    "action",
    "selection",
    "parameters",
    "rate_per_second",
    "state",
    "matched",
    "matched_is_capped",
    "processed",
    "changed",
    "skipped",
    "progress",
    "error",
    "actor",
    "created_at",
    "updated_at",
    "finished_at",
)
