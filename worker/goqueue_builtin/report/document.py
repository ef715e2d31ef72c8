"""A report for machines: a JSON document, or one flat table of comma-separated values."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from typing import Any, Final

from goqueue_builtin.report.report import Report
from goqueue_common.report_store import Counts, Times

_TIME_COLUMNS: Final = {
    "run_average": "run_seconds_average",
    "run_p50": "run_seconds_p50",
    "run_p95": "run_seconds_p95",
    "wait_average": "wait_seconds_average",
    "wait_p95": "wait_seconds_p95",
}
_COUNT_COLUMNS: Final = ("created", "completed", "failed", "cancelled", "unfinished", "failures", "rescues")
_CSV_COLUMNS: Final = ("since", "until", "group", "name", *_COUNT_COLUMNS, *_TIME_COLUMNS.values())


def totals(report: Report) -> dict[str, int]:
    """How many jobs were created, how many stand in each status, and what they went through."""
    counts = report.statistics.totals
    return {"created": counts.created, **asdict(counts)}


def as_json(report: Report) -> dict[str, Any]:
    """The whole report; instants as ISO 8601 in its zone, times in seconds."""
    statistics, period = report.statistics, report.period
    return {
        "since": period.since.astimezone(period.zone).isoformat(),
        "until": period.until.astimezone(period.zone).isoformat(),
        "timezone": period.zone.key,
        "queues": list(report.queues),
        "types": list(report.types),
        "totals": totals(report),
        "by_type": [{"type": item.type, **_counts(item.counts), **_times(item.times)} for item in statistics.types],
        "by_queue": [{"queue": item.queue, **_counts(item.counts)} for item in statistics.queues],
        "series": [
            {
                "since": item.since.astimezone(period.zone).isoformat(),
                "created": item.counts.created,
                "completed": item.counts.completed,
                "failed": item.counts.failed,
            }
            for item in statistics.series
        ],
        "errors": [{"error": item.error, "jobs": item.jobs} for item in statistics.errors],
    }


def as_csv(report: Report) -> str:
    """One row for each type and one for each queue, told apart by the column `group`; CRLF, as RFC 4180 has it."""
    period = report.period
    covered = [at.astimezone(period.zone).isoformat() for at in (period.since, period.until)]
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_CSV_COLUMNS)
    for item in report.statistics.types:
        table.writerow([*covered, "type", item.type, *_counts(item.counts).values(), *_times(item.times).values()])
    for queue in report.statistics.queues:
        empty = [None] * len(_TIME_COLUMNS)
        table.writerow([*covered, "queue", queue.queue, *_counts(queue.counts).values(), *empty])
    return text.getvalue()


def _counts(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in _COUNT_COLUMNS}


def _times(times: Times) -> dict[str, float | None]:
    values = {column: getattr(times, name) for name, column in _TIME_COLUMNS.items()}
    return {column: None if seconds is None else round(seconds, 3) for column, seconds in values.items()}
