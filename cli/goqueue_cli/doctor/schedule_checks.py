"""What the API says of schedules, and of who fires them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goqueue_cli.doctor.finding import Finding, fine, problem, warning
from goqueue_cli.moments import duration

if TYPE_CHECKING:
    from goqueue import SchedulerSight

_LATE_SECONDS = 60.0


def check_schedules(found: SchedulerSight | None) -> list[Finding]:
    """Whether somebody fires the schedules that there are, and in time; nothing where there is nothing to fire."""
    if found is None or not (found.schedules or found.alive):
        return []
    schedules = f"{found.schedules:,} {'schedule' if found.schedules == 1 else 'schedules'}"
    if found.paused:
        schedules += f" ({found.paused:,} paused)"
    if not found.alive:
        tell = problem if found.schedules > found.paused else warning
        return [tell("schedules", f"{schedules}, and no scheduler is running: nothing fires", "goqueue scheduler")]
    schedulers = f"{found.alive:,} {'scheduler' if found.alive == 1 else 'schedulers'}"
    if found.leader is None:
        fix = "goqueue doctor, in a moment; if it stays so, look into their logs"
        return [warning("schedules", f"{schedules}, {schedulers} live, and none leads", fix)]
    finding = f"{schedules}, {schedulers} live, {found.leader.host}:{found.leader.pid} leads"
    if found.lag_seconds is not None and found.lag_seconds > _LATE_SECONDS:
        late = f"{finding}, and is {duration(found.lag_seconds)} behind"
        return [warning("schedules", late, "look into its log: does it reach the API, and does the API keep up?")]
    return [fine("schedules", finding)]
