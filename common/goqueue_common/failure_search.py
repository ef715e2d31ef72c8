"""Failure groups as people look at them: the groups of a window of time, how often each was seen when and where.

No statement here reads `jobs`; what a page costs depends on its groups and the window, not on how many jobs there are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from goqueue_common.database import Database
from goqueue_common.errors import FailureNotFound
from goqueue_common.failure_window import FailureWindow
from goqueue_common.filter_search import literal

_NAMES: Final = ("fingerprint", "type", "message", "frame", "total", "first_seen_at", "last_seen_at", "sample_job_id")
_GROUP: Final = "fingerprint, type, message, frame, attempts, first_seen_at, last_seen_at, sample_job_id::text"
_ON_GROUPS: Final = """(%(types)s::text[] IS NULL OR g.type = ANY(%(types)s::text[]))
    AND (%(text)s::text IS NULL OR g.message ILIKE %(text)s)"""
_ON_MINUTES: Final = """m.minute >= %(since)s AND m.minute < %(until)s
    AND (%(queues)s::text[] IS NULL OR m.queue = ANY(%(queues)s::text[]))"""

# Fenced: in its order, a group at a time, each with one look at its minutes, until there are enough.
_BY_TIME: Final = f"""
SELECT {_GROUP}, key FROM (
    SELECT g.*, (extract(epoch FROM g.{{column}}) * 1000000)::bigint AS key FROM failure_groups g
    WHERE g.last_seen_at >= %(since)s AND date_trunc('minute', g.first_seen_at) < %(until)s AND {_ON_GROUPS}
      AND (%(after_key)s::bigint IS NULL
        OR (g.{{column}}, g.fingerprint) < (timestamptz 'epoch' + %(after_key)s * interval '1 microsecond', %(after)s))
    ORDER BY g.{{column}} DESC, g.fingerprint DESC OFFSET 0
) AS g
WHERE (SELECT true FROM failure_minutes m WHERE m.fingerprint = g.fingerprint AND {_ON_MINUTES} LIMIT 1)
LIMIT %(limit)s
"""
_BY_COUNT: Final = f"""
WITH counted AS MATERIALIZED (
    SELECT m.fingerprint AS name, sum(m.attempts)::bigint AS key FROM failure_minutes m WHERE {_ON_MINUTES} GROUP BY 1
)
SELECT {_GROUP}, key FROM counted JOIN failure_groups g ON g.fingerprint = counted.name
WHERE {_ON_GROUPS} AND (%(after_key)s::bigint IS NULL OR (key, g.fingerprint) < (%(after_key)s, %(after)s))
ORDER BY key DESC, g.fingerprint DESC LIMIT %(limit)s
"""
# date_part, since extract would count in numeric, at twice the cost.
_SEEN: Final = f"""
SELECT fingerprint, queue, floor(date_part('epoch', minute - %(since)s) / %(step)s)::int AS point, sum(attempts)::bigint
FROM failure_minutes m WHERE fingerprint = ANY(%(fingerprints)s) AND {_ON_MINUTES}
GROUP BY GROUPING SETS ((fingerprint, queue), (fingerprint, point))
ORDER BY 4 DESC, 2
"""
_ONE: Final = f"SELECT {_GROUP}, sample_attempt, traceback FROM failure_groups WHERE fingerprint = %(fingerprint)s"


class FailureSort(StrEnum):
    """The order of a list, each with the greatest first."""

    LAST_SEEN = "-last_seen"
    COUNT = "-count"
    FIRST_SEEN = "-first_seen"


_STATEMENTS: Final[Mapping[FailureSort, str]] = {
    FailureSort.LAST_SEEN: _BY_TIME.format(column="last_seen_at"),
    FailureSort.FIRST_SEEN: _BY_TIME.format(column="first_seen_at"),
    FailureSort.COUNT: _BY_COUNT,
}


class FailurePlace(NamedTuple):
    """Where a page begins: after the group with this key in its order: microseconds since 1970, or a count."""

    key: int
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureFilter:
    """Which groups: those seen in the window, in one of these queues, of one of these types, with a text in their message.

    Empty or None means all.
    """

    window: FailureWindow
    queues: Sequence[str] = ()
    types: Sequence[str] = ()
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureGroup:
    """A group, and how often it was seen in a window: as counts by queue, the most first, and by step of the window.

    total: attempts that ended so since the group is known. sample_attempt, traceback: only of a group that is asked for
    alone; None: there is none.
    """

    fingerprint: str
    type: str
    message: str
    frame: str | None
    total: int
    first_seen_at: datetime
    last_seen_at: datetime
    sample_job_id: str | None
    sample_attempt: int | None = None
    traceback: str | None = None
    count: int = 0
    queues: Mapping[str, int] = field(default_factory=dict)
    series: Sequence[int] = ()


class FailurePage(NamedTuple):
    """Some groups in the order asked for; next: where the page after begins, None: there is none."""

    groups: list[FailureGroup]
    next: FailurePlace | None


class FailureSearch:
    """Every method raises StoreUnavailable, QueryTimeout."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def groups(
        self, wanted: FailureFilter, *, sort: FailureSort, place: FailurePlace | None = None, limit: int
    ) -> FailurePage:
        """A page of groups, each with its counts in the window and the queues asked for."""
        after = {"after_key": place.key if place else None, "after": place.fingerprint if place else None}
        rows = self._database.run_again(
            _STATEMENTS[sort],
            {
                **_on_minutes(wanted),
                **after,
                "types": list(wanted.types) or None,
                "text": None if wanted.text is None else f"%{literal(wanted.text)}%",
                "limit": limit + 1,
            },
        )
        found = [_values(row) for row in rows[:limit]]
        further = FailurePlace(rows[limit - 1][-1], rows[limit - 1][0]) if len(rows) > limit else None
        return FailurePage(self._seen(found, wanted), further)

    def group(self, fingerprint: str, window: FailureWindow) -> FailureGroup:
        """One group. Raises FailureNotFound."""
        rows = self._database.run_again(_ONE, {"fingerprint": fingerprint})
        if not rows:
            raise FailureNotFound(
                f"no failure group has the fingerprint {fingerprint!r:.80}: GET /failures lists those there are; one that "
                "was not seen for 30 days is gone"
            )
        values = _values(rows[0]) | {"sample_attempt": rows[0][-2], "traceback": rows[0][-1]}
        return self._seen([values], FailureFilter(window=window))[0]

    def _seen(self, found: Sequence[Mapping[str, Any]], wanted: FailureFilter) -> list[FailureGroup]:
        """With what was seen of them."""
        queues: dict[str, dict[str, int]] = {values["fingerprint"]: {} for values in found}
        series = {name: [0] * wanted.window.points for name in queues}
        parameters = _on_minutes(wanted) | {"fingerprints": list(queues), "step": wanted.window.step_seconds}
        for name, queue, point, attempts in self._database.run_again(_SEEN, parameters) if found else ():
            if queue is None:
                series[name][point] += attempts
            else:
                queues[name][queue] = attempts
        return [
            FailureGroup(**values, queues=queues[name], count=sum(queues[name].values()), series=series[name])
            for values in found
            for name in (values["fingerprint"],)
        ]


def _on_minutes(wanted: FailureFilter) -> dict[str, Any]:
    return {"since": wanted.window.since, "until": wanted.window.until, "queues": list(wanted.queues) or None}


def _values(row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(_NAMES, row, strict=False))
