"""Bulk operations from a program: the calls, which are methods of Client, and what they answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, Unpack

from goqueue.answers import read_items, read_value
from goqueue.filters import JobFilters, filter_document
from goqueue.retrying import Repeatable
from goqueue.submission import encode
from goqueue.transport import Request, path_word
from goqueue.values import Count, JobSummary, Value, each

if TYPE_CHECKING:
    from goqueue.transport import Transport


class BulkOptions(TypedDict, total=False):
    """How a bulk operation is to be done.

    rate_per_second: jobs; left out, as many as leave other jobs their speed. priority: high, normal or low, for
    set-priority. confirm_all: must be True for a filter that names nothing, which means every job.
    """

    rate_per_second: float
    priority: str
    confirm_all: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPreview(Value):
    """What a bulk operation would meet now; by_queue and by_type count what was counted of `matched`."""

    own_readers = {  # noqa: RUF012 - a ClassVar by its base
        "matched": Count.from_json,
        "excluded": Count.from_json,
        "sample": each(JobSummary.from_json),
    }

    action: str
    matched: Count
    by_queue: Mapping[str, int] = field(default_factory=dict)
    by_type: Mapping[str, int] = field(default_factory=dict)
    excluded: Count
    sample: tuple[JobSummary, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOperation(Value):
    """A bulk operation as it was when the API answered.

    state: running, completed, aborted or failed. matched: jobs there were to change when it began, at least so many if
    matched_is_capped. processed: jobs it is done with, changed or skipped. progress: 0..1; None: not known.
    """

    own_readers = {"progress": float}  # noqa: RUF012 - a ClassVar by its base

    id: str
    action: str
    state: str
    selection: Mapping[str, object] = field(default_factory=dict)
    parameters: Mapping[str, object] = field(default_factory=dict)
    rate_per_second: float | None = None
    matched: int = 0
    matched_is_capped: bool = False
    processed: int = 0
    changed: int = 0
    skipped: int = 0
    progress: float | None = None
    error: str | None = None
    actor: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def is_finished(self) -> bool:
        """Whether it will change nothing any more."""
        return self.state != "running"


class BulkCalls:
    """The part of Client that acts on many jobs at once.

    action: retry, cancel, delete, run-now or set-priority. Which jobs: a filter or up to 10,000 ids.
    """

    _transport: Transport

    def bulk(
        self,
        action: str,
        *,
        filter: JobFilters | None = None,  # noqa: A002 - its name in the API
        ids: Iterable[str] | None = None,
        **options: Unpack[BulkOptions],
    ) -> BulkOperation:
        """Start an operation; it goes on in the background, and jobs submitted later are not touched.

        Made again only if it surely has not begun. Raises InvalidRequest.
        """
        document = _document(action, filter, ids) | options
        request = Request("POST", "/bulk", body=encode(document), repeatable=Repeatable.IF_NOT_DONE)
        return read_value(BulkOperation.from_json, self._transport.call(request).document)

    def preview_bulk(
        self,
        action: str,
        *,
        filter: JobFilters | None = None,  # noqa: A002 - its name in the API
        ids: Iterable[str] | None = None,
        **options: Unpack[BulkOptions],
    ) -> BulkPreview:
        """What the operation would change if it were started now. Raises InvalidRequest."""
        document = _document(action, filter, ids) | options | {"dry_run": True}
        answer = self._transport.call(Request("POST", "/bulk", body=encode(document)))
        return read_value(BulkPreview.from_json, answer.document)

    def bulk_operation(self, operation_id: str) -> BulkOperation:
        """The operation as it is now. Raises NotFound."""
        answer = self._transport.call(Request("GET", _path(operation_id)))
        return read_value(BulkOperation.from_json, answer.document)

    def bulk_operations(self, limit: int = 50) -> list[BulkOperation]:
        """The latest operations, newest first; limit: 1 to 200."""
        answer = self._transport.call(Request("GET", "/bulk", [("limit", str(limit))]))
        return read_items(BulkOperation.from_json, answer)

    def abort_bulk(self, operation_id: str) -> BulkOperation:
        """End a running operation; what it has changed stays changed. Raises WrongStatus, NotFound."""
        request = Request("DELETE", _path(operation_id), repeatable=Repeatable.IF_NOT_DONE)
        return read_value(BulkOperation.from_json, self._transport.call(request).document)

    def purge_queue(self, name: str) -> BulkOperation:
        """Cancel every job that waits in a queue, by a bulk operation. Raises NotFound."""
        request = Request("POST", f"/queues/{path_word(name)}/purge", repeatable=Repeatable.IF_NOT_DONE)
        return read_value(BulkOperation.from_json, self._transport.call(request).document)


def _document(action: str, selection: JobFilters | None, ids: Iterable[str] | None) -> dict[str, object]:
    document: dict[str, object] = {"action": action}
    if selection is not None:
        document["filter"] = filter_document(selection)
    if ids is not None:
        document["ids"] = [str(job_id) for job_id in ids]
    return document


def _path(operation_id: str) -> str:
    return f"/bulk/{path_word(operation_id)}"
