"""What fails, as groups, by the client."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypedDict, Unpack

from goqueue.answers import read_items, read_value
from goqueue.filters import filter_parameters
from goqueue.transport import Request, Transport, path_word
from goqueue.values import Count, Value, read_time


class FailureFilters(TypedDict, total=False):
    """Which groups: those seen from `since` on (by default a day before) and before `until` (by default now).

    queue: where they were seen. type: of their jobs. q: a part of the message, in any case of letters. sort: `-last_seen`
    (the default), `-count` or `-first_seen`. page_size: groups a request.
    """

    since: datetime
    until: datetime
    queue: str | Iterable[str]
    type: str | Iterable[str]
    q: str
    sort: str
    page_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureSeries(Value):
    """How often a group was seen in each step of the window; t0: when the first begins, in seconds since 1970."""

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {"counts": tuple}

    step_seconds: int
    t0: int
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureGroup(Value):
    """Failures of one job type whose messages differ in ids and numbers only, and which came from the same function.

    frame: that function; None: there was no traceback. count: attempts that ended so in the window and the queues asked
    for, by queue in `queues`; total: in all. The last three are only known of a group that is asked for alone: failed_now
    counts jobs that are failed with it at present.
    """

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {
        "first_seen_at": read_time,
        "last_seen_at": read_time,
        "queues": dict,
        "series": FailureSeries.from_json,
        "failed_now": Count.from_json,
    }

    fingerprint: str
    type: str
    message: str
    frame: str | None = None
    count: int = 0
    total: int = 0
    first_seen_at: datetime | None = None
    last_seen_at: datetime | None = None
    queues: Mapping[str, int] = field(default_factory=dict)
    series: FailureSeries | None = None
    sample_job_id: str | None = None
    sample_attempt: int | None = None
    traceback: str | None = None
    failed_now: Count | None = None


class FailureCalls:
    """The part of Client for failures. To retry or delete a group: `bulk("retry", filter={"fingerprint": …})`."""

    _transport: Transport

    def failures(self, **filters: Unpack[FailureFilters]) -> Iterator[FailureGroup]:
        """All groups that match, the last seen first unless `sort` says otherwise; pages are fetched as they are needed.

        Raises InvalidRequest.
        """
        parameters = filter_parameters(filters)
        page = parameters
        while True:
            answer = self._transport.call(Request("GET", "/failures", page))
            yield from read_items(FailureGroup.from_json, answer)
            cursor = answer.document.get("next_cursor")
            if not isinstance(cursor, str):
                return
            page = [*parameters, ("cursor", cursor)]

    def failure(self, fingerprint: str, *, since: datetime | None = None, until: datetime | None = None) -> FailureGroup:
        """One group, with the traceback of one of its failures. Raises NotFound."""
        window = {"since": since, "until": until}
        parameters = filter_parameters({name: moment for name, moment in window.items() if moment is not None})
        answer = self._transport.call(Request("GET", f"/failures/{path_word(fingerprint)}", parameters))
        return read_value(FailureGroup.from_json, answer.document)
