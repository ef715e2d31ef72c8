"""A worker as the judge of others: its heartbeat and its rescuer, by a clock that tests move."""

from __future__ import annotations

from contextlib import suppress

from goqueue_common.database import Database
from goqueue_common.errors import StoreUnavailable
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.worker_store import Beat, WorkerStore
from goqueue_worker.heartbeat import Heartbeat
from goqueue_worker.maintenance.rescuer import Rescuer
from goqueue_worker.recovery import Recovery
from goqueue_worker.steadiness import Steadiness
from tests.factories import FrozenClock

LEASE = 30.0
BEAT = 5.0


class Judge:
    """Its clock runs as it is told; the database's goes on by itself, which a few seconds do not show."""

    def __init__(self, database: Database, recovery: Recovery) -> None:
        self.clock = FrozenClock()
        self.steadiness = Steadiness(self.clock, BEAT)
        self._heartbeat = Heartbeat(
            WorkerStore(database),
            self.clock,
            interval=BEAT,
            lease=LEASE,
            steadiness=self.steadiness,
            children=dict,
            memory=dict,
            on_lost=lambda _: None,
        )
        self.rescuer = Rescuer(WorkerStore(database), RecoveryStore(database), recovery, self.steadiness)

    def beat(self) -> None:
        """One heartbeat."""
        self._heartbeat.step()

    def hears(self, beat: Beat) -> None:
        """The next heartbeat is answered with this."""
        self.clock.advance(BEAT)
        self.steadiness.beaten(self.clock.boottime(), beat)

    def beat_for(self, seconds: float) -> None:
        """A beat now, and one each interval."""
        self.beat()
        for _ in range(round(seconds / BEAT)):
            self.clock.advance(BEAT)
            self.beat()

    def step(self) -> None:
        """A round of the rescuer."""
        self.rescuer.step()

    def try_step(self) -> None:
        """A round, which PostgreSQL may not let come to its end."""
        with suppress(StoreUnavailable):
            self.rescuer.step()


def fall_silent(database: Database, worker_id: str, seconds: float = 2 * LEASE) -> None:
    """This worker's last heartbeat was so long ago."""
    database.run(
        "UPDATE workers SET beat_at = now() - %(ago)s * interval '1 s' WHERE id = %(id)s",
        {"ago": seconds, "id": worker_id},
    )


def ended_long_ago(database: Database, worker_id: str) -> None:
    """The grace in which its parent settles it is over."""
    database.run("UPDATE workers SET ended_at = now() - interval '1 hour' WHERE id = %(id)s", {"id": worker_id})


def state(database: Database, worker_id: str) -> str | None:
    """alive, lost or stopped; None: there is no such row."""
    rows = database.run("SELECT state FROM workers WHERE id = %(id)s", {"id": worker_id})
    return rows[0][0] if rows else None
