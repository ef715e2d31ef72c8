from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from goqueue_common import histogram
from goqueue_common.lifecycle import JobStatus
from goqueue_common.overview import (
    QUEUES_SHOWN,
    Activity,
    Leader,
    NextFire,
    Overview,
    QueueSight,
    SchedulerSight,
    WorkerCounts,
    seconds_to_drain,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SCHEDULER = SchedulerSight(
    leader=Leader("id", "box", 7, 4, NOON),
    alive=2,
    trouble=None,
    lag_seconds=0.0,
    fired_per_minute=1.5,
    schedules=3,
    paused=1,
    next=[NextFire(name="report", type="mail", queue="mails", next_at=NOON)],
)


def queue(name: str, **seen: Any) -> QueueSight:
    usual = {"queued": 0, "processing": 0, "paused": False, "oldest_seconds": None, "in_per_minute": 0.0}
    return QueueSight(name=name, **{**usual, "out_per_minute": 0.0, **seen})


def overview(*queues: QueueSight) -> dict[str, Any]:
    activity = Activity(per_minute={}, wait=histogram.empty(), run=histogram.empty())
    jobs = dict.fromkeys(map(str, JobStatus), 0) | {"processing": 2}
    found = Overview(
        at=datetime.now(UTC),
        jobs=jobs,
        due=2,
        queues=queues,
        activity=activity,
        workers=WorkerCounts(1, 0, 0, 10),
        scheduler=SCHEDULER,
    )
    return found.to_dict()


def test_the_queue_whose_job_waits_longest_comes_first() -> None:
    shown = overview(
        queue("idle"),
        queue("deep", queued=9, oldest_seconds=2.0),
        queue("old", queued=1, oldest_seconds=90.0, paused=True),
    )
    assert [item["name"] for item in shown["queues"]] == ["old", "deep", "idle"]
    assert (shown["oldest_queued_seconds"], shown["queues_paused"], shown["queues_total"]) == (90.0, 1, 3)


def test_of_many_queues_some_are_shown() -> None:
    shown = overview(*(queue(f"q{number}") for number in range(QUEUES_SHOWN + 5)))
    assert (len(shown["queues"]), shown["queues_total"]) == (QUEUES_SHOWN, QUEUES_SHOWN + 5)


def test_nothing_has_no_quantiles_and_no_oldest_job() -> None:
    shown = overview()
    assert shown["wait_seconds"] == {"p50": None, "p95": None, "p99": None}
    assert shown["oldest_queued_seconds"] is None
    assert shown["workers"] == {"alive": 1, "draining": 0, "lost": 0, "slots": 10, "running": 2}


def test_scheduling_is_part_of_it() -> None:
    shown = overview()["scheduler"]
    assert shown["leader"] == {"id": "id", "host": "box", "pid": 7, "term": 4, "since": NOON}
    assert shown["next"] == [{"name": "report", "type": "mail", "queue": "mails", "next_at": NOON}]
    assert (shown["alive"], shown["fired_per_minute"], shown["schedules"], shown["paused"]) == (2, 1.5, 3, 1)


@pytest.mark.parametrize(
    ("queued", "flow", "seconds"),
    [(0, (5.0, 0.0), 0.0), (10, (0.0, 60.0), 10.0), (10, (60.0, 60.0), None), (10, (0.0, 0.0), None)],
    ids=["nothing queued", "drains", "as many come as end", "stands still"],
)
def test_a_queue_is_drained_by_what_ends_but_for_what_comes(
    queued: int, flow: tuple[float, float], seconds: float | None
) -> None:
    assert seconds_to_drain(queued, *flow) == seconds


def test_a_paused_queue_never_drains() -> None:
    assert queue("a", queued=1, paused=True, out_per_minute=60.0).to_dict()["seconds_to_drain"] is None
