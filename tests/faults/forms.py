"""The two forms of the suite: the same faults, shorter or as long as the defaults of GoQueue want them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WORKER_GRACE_SECONDS: Final = 5.0
"""Beyond the lease, until the work of a lost worker is done."""
STORE_RECOVERY_SECONDS: Final = 5.0
"""From the moment a store listens again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchedulerForm:
    """How replicas of the scheduler are tried. Times in seconds.

    period: from one fault to the next. turns: how often each fault of leaders comes. api_away: None: it is only restarted.
    """

    lease: float
    schedules: int
    period: float
    turns: int
    api_away: float | None

    @property
    def longer_than_lease(self) -> float:
        """Long enough that another leads."""
        return self.lease * 1.1 + 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Times in seconds.

    jobs_per_second: the load. kills: how often a worker is killed. restarts: how often all workers are replaced.
    flushed_jobs: queued when Redis is flushed.
    """

    name: str
    lease: float
    heartbeat: float
    jobs_per_second: float
    kills: int
    restarts: int
    redis_away: float
    postgres_away: float
    stalled: float
    redis_silent: float
    link_fault: float
    flushed_jobs: int
    schedulers: SchedulerForm
    test_timeout: float

    @property
    def worker_recovery(self) -> float:
        """Within which the work of dead or paused workers is done."""
        return self.lease + WORKER_GRACE_SECONDS

    @property
    def store_recovery(self) -> float:
        """Within which all is well after a store listens again."""
        return STORE_RECOVERY_SECONDS

    @property
    def longer_than_lease(self) -> float:
        """Long enough that whoever is silent is declared lost, if anybody judges."""
        return self.lease * 1.1 + 1.5

    @property
    def patience(self) -> float:
        """After which a job that has no outcome counts as lost."""
        return self.lease + 20.0


SHORT: Final = Form(
    name="short",
    lease=3.0,
    heartbeat=0.5,
    jobs_per_second=30.0,
    kills=4,
    restarts=2,
    redis_away=9.0,
    postgres_away=5.0,
    stalled=4.0,
    redis_silent=9.0,
    link_fault=4.0,
    flushed_jobs=30_000,
    schedulers=SchedulerForm(lease=2.0, schedules=50, period=4.0, turns=1, api_away=None),
    test_timeout=170.0,
)
FULL: Final = Form(
    name="full",
    lease=30.0,
    heartbeat=5.0,
    jobs_per_second=30.0,
    kills=20,
    restarts=2,
    redis_away=30.0,
    postgres_away=40.0,
    stalled=20.0,
    redis_silent=30.0,
    link_fault=15.0,
    flushed_jobs=1_000_000,
    schedulers=SchedulerForm(lease=15.0, schedules=50, period=20.0, turns=3, api_away=75.0),
    test_timeout=1_700.0,
)
