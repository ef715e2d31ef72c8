"""What the API says of schedules, and of who fires them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from goqueue_cli.doctor.finding import Finding, fine, problem, warning
from goqueue_cli.moments import age, duration

if TYPE_CHECKING:
    from goqueue import SchedulerInfo, SchedulerSight

_LATE_SECONDS = 60.0
_WHAT = "schedules"
_NOT_HEARD = (
    "look into its log: it may have ended, or its API key is missing or refused (GOQUEUE_API_KEY, of a key with the "
    "scope operate)"
)
_LATE = "look into its log and its /readyz: does it reach the API, and do PostgreSQL and Redis answer?"
_TROUBLE = "correct the file: goqueue schedules check FILE says everything that is wrong with it"


def check_schedules(found: SchedulerSight | None, schedulers: Sequence[SchedulerInfo] = ()) -> list[Finding]:
    """Whether somebody fires the schedules that there are, and in time; nothing where there is nothing to fire.

    schedulers: those of the last hour.
    """
    if found is None or not (found.schedules or found.alive):
        return []
    schedules = f"{found.schedules:,} {'schedule' if found.schedules == 1 else 'schedules'}"
    if found.paused:
        schedules += f" ({found.paused:,} paused)"
    if not found.alive:
        return [_none_lives(found, schedules, schedulers)]
    who_fires = _who_fires(found, schedules)
    return [who_fires, warning(_WHAT, found.trouble, _TROUBLE)] if found.trouble else [who_fires]


def _none_lives(found: SchedulerSight, schedules: str, schedulers: Sequence[SchedulerInfo]) -> Finding:
    tell = problem if found.schedules > found.paused else warning
    finding = f"{schedules}, and no scheduler is running: nothing fires"
    lost = [one for one in schedulers if one.state == "lost" and one.seen_at is not None]
    if not lost:
        return tell(_WHAT, finding, "goqueue scheduler")
    last = max(lost, key=attrgetter("seen_at"))
    return tell(_WHAT, f"{finding}; {last.host}:{last.pid} was last heard of {age(last.seen_at)}", _NOT_HEARD)


def _who_fires(found: SchedulerSight, schedules: str) -> Finding:
    schedulers = f"{found.alive:,} {'scheduler' if found.alive == 1 else 'schedulers'}"
    if found.leader is None:
        fix = "goqueue doctor, in a moment; if it stays so, look into their logs"
        return warning(_WHAT, f"{schedules}, {schedulers} live, and none leads", fix)
    finding = f"{schedules}, {schedulers} live, {found.leader.host}:{found.leader.pid} leads"
    if found.lag_seconds is not None and found.lag_seconds > _LATE_SECONDS:
        return problem(_WHAT, f"{finding}, and is {duration(found.lag_seconds)} behind", _LATE)
    return fine(_WHAT, finding)
