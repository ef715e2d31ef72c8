"""What happened, over time: columns of figures from the rollups of minutes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from goqueue_common.database import Database
from goqueue_common.overview import quantiles
from goqueue_common.stats_store import summed_histogram

COUNTED: Final = ("submitted", "completed", "failed", "retried", "cancelled")
"""Series that count what happened in a step."""
MEASURED: Final = tuple(f"{what}_{quantile}" for what in ("wait", "run") for quantile in ("p50", "p95", "p99"))
"""Series of seconds: below it lay so much of all waits, or runs, of a step."""
MINUTE: Final = timedelta(minutes=1)
MOST_POINTS: Final = 1_500
MOST_GROUPS: Final = 200
"""Of more queues, or types, those are shown in which most happened."""

_WANTED: Final = """minute >= %(since)s AND minute < %(until)s
  AND (%(queues)s::text[] IS NULL OR queue = ANY(%(queues)s::text[]))
  AND (%(types)s::text[] IS NULL OR type = ANY(%(types)s::text[]))"""
_SERIES: Final = f"""
SELECT {{by}} AS name, floor(extract(epoch FROM minute - %(since)s) / %(step)s)::int AS place,
    {", ".join(f"sum({name})::bigint" for name in COUNTED)}, {{wait}}, {{run}}
FROM rollups
WHERE {_WANTED}{{most}}
GROUP BY name, place ORDER BY name, place
"""
_MOST: Final = f"""
  AND {{by}} IN (SELECT {{by}} FROM rollups WHERE {_WANTED} GROUP BY 1
    ORDER BY sum({" + ".join(COUNTED)}) DESC, 1 LIMIT {MOST_GROUPS})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `since` to before `until`, in steps; all three are whole minutes."""

    since: datetime
    until: datetime
    step: timedelta

    @property
    def points(self) -> int:
        """How many steps it has."""
        return -(-(self.until - self.since) // self.step)


def period_of(since: datetime, until: datetime, step: timedelta | None) -> Period:
    """The period that has all of the one asked for: its ends are moved out to whole steps.

    step: None, one that gives about 120 points. Ends in different steps of the same length give the same steps.
    """
    step = step or _usual_step(until - since)
    seconds = int(step.total_seconds())
    first = int(since.timestamp() // seconds) * seconds
    end = -(-until.timestamp() // seconds) * seconds
    return Period(
        since=datetime.fromtimestamp(first, since.tzinfo),
        until=datetime.fromtimestamp(max(end, first + seconds), since.tzinfo),
        step=step,
    )


_STEPS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1_440))


def _usual_step(length: timedelta) -> timedelta:
    return next((step for step in _STEPS if length / step <= 150), _STEPS[-1])


class By(StrEnum):
    """What a series can be parted by."""

    QUEUE = "queue"
    TYPE = "type"


class TimeseriesSearch:
    """Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def series(
        self, period: Period, names: Sequence[str], *, queues: Sequence[str] = (), types: Sequence[str] = ()
    ) -> dict[str, list[Any]]:
        """By name of COUNTED and MEASURED, a value for each step: a number of jobs, or seconds, None without any.

        queues, types: only of these; none named: of all.
        """
        rows = self._rows("NULL::text", period, names, queues, types)
        return _columns([row[1:] for row in rows], period, names)

    def parted(
        self, by: By, period: Period, names: Sequence[str], *, queues: Sequence[str] = (), types: Sequence[str] = ()
    ) -> dict[str, dict[str, list[Any]]]:
        """The same of each queue, or of each type, by name; MOST_GROUPS in which most was submitted and ended."""
        rows: defaultdict[str, list[Sequence[Any]]] = defaultdict(list)
        for name, *row in self._rows(by, period, names, queues, types, most=_MOST.format(by=by)):
            rows[name].append(row)
        return {name: _columns(rows[name], period, names) for name in rows}

    def _rows(
        self, by: str, period: Period, names: Sequence[str], queues: Sequence[str], types: Sequence[str], most: str = ""
    ) -> Sequence[Sequence[Any]]:
        return self._database.run_again(
            _SERIES.format(by=by, most=most, **{what: _histogram_of(what, names) for what in ("wait", "run")}),
            {
                "since": period.since,
                "until": period.until,
                "step": period.step.total_seconds(),
                "queues": list(queues) or None,
                "types": list(types) or None,
            },
        )


def _columns(rows: Sequence[Sequence[Any]], period: Period, names: Sequence[str]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {
        name: [0 if name in COUNTED else None] * period.points for name in (*COUNTED, *MEASURED)
    }
    for place, *counts, wait, run in rows:
        values: dict[str, Any] = dict(zip(COUNTED, counts, strict=True))
        for what, measured in (("wait", wait), ("run", run)):
            values |= {} if measured is None else _measured(what, measured)
        for name, value in values.items():
            columns[name][place] = value
    return {name: columns[name] for name in names}


def _histogram_of(what: str, names: Sequence[str]) -> str:
    """Adding up histograms is most of the work: only those that somebody wants."""
    return summed_histogram(what) if any(name.startswith(f"{what}_") for name in names) else "NULL::bigint[]"


def _measured(what: str, counts: Sequence[int]) -> dict[str, float | None]:
    return {f"{what}_{name}": value for name, value in quantiles(counts).items()}
