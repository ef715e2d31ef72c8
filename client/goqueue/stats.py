"""Figures of the whole system by the client: now, and over time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from goqueue.answers import read_value
from goqueue.schedulers import SchedulerSight
from goqueue.transport import Request, Transport
from goqueue.values import QueueInfo, Value, each, read_time


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantiles(Value):
    """Seconds below which half, 95 % and 99 % of all values lie; None: there was no value."""

    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerCounts(Value):
    """Worker processes, and how many jobs they run; lost: in the last hour."""

    alive: int = 0
    draining: int = 0
    lost: int = 0
    slots: int = 0
    running: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview(Value):
    """The whole system at one look.

    jobs: how many there are in each status. due: for how many there is work to do now. per_minute: jobs by what happened
    to them lately. queues: those with the longest waits, 20 at most of queues_total.
    """

    own_readers: ClassVar[dict[str, Callable[[Any], object]]] = {
        "at": read_time,
        "wait_seconds": Quantiles.from_json,
        "run_seconds": Quantiles.from_json,
        "workers": WorkerCounts.from_json,
        "queues": each(QueueInfo.from_json),
        "scheduler": SchedulerSight.from_json,
    }

    at: datetime
    jobs: Mapping[str, int] = field(default_factory=dict)
    due: int = 0
    oldest_queued_seconds: float | None = None
    per_minute: Mapping[str, float] = field(default_factory=dict)
    wait_seconds: Quantiles = field(default_factory=Quantiles)
    run_seconds: Quantiles = field(default_factory=Quantiles)
    workers: WorkerCounts = field(default_factory=WorkerCounts)
    queues_total: int = 0
    queues_paused: int = 0
    queues: tuple[QueueInfo, ...] = ()
    scheduler: SchedulerSight = field(default_factory=SchedulerSight)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeseries:
    """Columns of one length: t, the times at which steps of `step` seconds begin, and a value a step for each metric.

    groups: the same of each queue, or type, in which something happened; empty where `by` was not asked for.
    """

    step: int
    t: tuple[int, ...]
    series: Mapping[str, tuple[float | None, ...]]
    groups: Mapping[str, Mapping[str, tuple[float | None, ...]]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Timeseries:
        """Read it. Raises TypeError or ValueError when the document is of another kind."""
        groups = {str(name): _columns(series) for name, series in dict(document.get("groups") or {}).items()}
        return cls(
            step=int(document.get("step", 0)),
            t=tuple(document.get("t", ())),
            series=_columns(document.get("series", {})),
            groups=groups,
        )


def _columns(series: Mapping[str, Any]) -> dict[str, tuple[float | None, ...]]:
    return {str(name): tuple(values) for name, values in dict(series).items()}


class StatsCalls:
    """The part of Client for figures."""

    _transport: Transport

    def overview(self) -> Overview:
        """The whole system at one look; costs the API a few milliseconds however many jobs there are."""
        return read_value(Overview.from_json, self._transport.call(Request("GET", "/stats/overview")).document)

    def timeseries(
        self,
        metrics: Iterable[str] = (),
        *,
        queues: Iterable[str] = (),
        types: Iterable[str] = (),
        by: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        step: int | None = None,
    ) -> Timeseries:
        """What happened over time, by default in the last hour.

        metrics: submitted, completed, failed, retried, cancelled (the default, all five); wait_p50, wait_p95, wait_p99,
        run_p50, run_p95, run_p99 (seconds). by: `queue` or `type`, to have each of them by itself, too. step: seconds,
        whole minutes. Raises InvalidRequest.
        """
        several = {"metric": metrics, "queue": queues, "type": types}
        parameters = [(name, value) for name, values in several.items() for value in values]
        parameters += [
            (name, moment.isoformat()) for name, moment in (("from", since), ("to", until)) if moment is not None
        ]
        parameters += [] if by is None else [("by", by)]
        if step is not None:
            parameters.append(("step", str(step)))
        return read_value(
            Timeseries.from_json, self._transport.call(Request("GET", "/stats/timeseries", parameters)).document
        )
