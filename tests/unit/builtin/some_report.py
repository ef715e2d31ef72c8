"""A report in one line, for what is made of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from goqueue_builtin.report.period import Period
from goqueue_builtin.report.report import Report
from goqueue_common.report_store import Counts, ErrorCount, Interval, QueueFigures, Statistics, Times, TypeFigures

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
EVIL = "<script>alert('x')</script>&\"</td>"


def some_report(
    *,
    since: datetime = NOON,
    length: timedelta = timedelta(hours=2),
    zone: str = "UTC",
    series: list[Counts] | None = None,
    **fields: Any,
) -> Report:
    """A period of two hours with two types, unless told otherwise; `fields` as Statistics has them."""
    period = Period(since, since + length, ZoneInfo(zone))
    edges = list(pairwise(period.edges()))
    counts = series if series is not None else [Counts(completed=8, failed=2), Counts(completed=1, queued=3)][: len(edges)]
    counts = counts + [Counts()] * (len(edges) - len(counts))
    values = {
        "totals": Counts.added([Counts(), *counts]),
        "types": [
            TypeFigures("mail", Counts(completed=9, failed=2, failures=5), Times(0.1234567, 0.2, 12.0, 0.01, 90.0)),
            TypeFigures("image", Counts(queued=3), Times()),
        ],
        "queues": [QueueFigures("default", Counts(queued=3, completed=9, failed=2, failures=5))],
        "series": [Interval(*edge, item) for edge, item in zip(edges, counts, strict=True)],
        "errors": [ErrorCount("broken", 2)],
    }
    statistics = Statistics(**{**values, **fields})
    return Report(period=period, queues=(), types=(), statistics=statistics, made_at=since + length)


def evil_report() -> Report:
    """One in which every name and error is a piece of HTML."""
    return some_report(
        types=[TypeFigures(EVIL, Counts(completed=1), Times())],
        queues=[QueueFigures(EVIL, Counts(completed=1))],
        errors=[ErrorCount(EVIL, 1)],
    )


def empty_report(**fields: Any) -> Report:
    """One without a job."""
    return some_report(series=[], types=[], queues=[], errors=[], **fields)
