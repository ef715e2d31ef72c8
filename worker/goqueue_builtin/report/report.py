"""A report: what was asked, and the statistics that answer it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from goqueue_builtin.report.period import Period
from goqueue_common.report_store import ReportStore, Selection, Statistics


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The jobs of a period, in some queues and of some types (empty: all), as they stood at `made_at`."""

    period: Period
    queues: tuple[str, ...]
    types: tuple[str, ...]
    statistics: Statistics
    made_at: datetime

    @classmethod
    def made(
        cls,
        store: ReportStore,
        period: Period,
        now: datetime,
        *,
        queues: tuple[str, ...] = (),
        types: tuple[str, ...] = (),
    ) -> Report:
        """Counted now. Raises StoreUnavailable, QueryTimeout."""
        statistics = store.statistics(Selection(period.edges(), queues, types))
        return cls(period=period, queues=queues, types=types, statistics=statistics, made_at=now)
