"""What dispatch asks of a broker, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from goqueue_common.job import JobRef
from goqueue_common.live_events import Topic

QueueList = tuple[str, int]
"""A queue's name and a priority: one Redis list."""


class Broker(Protocol):
    """What dispatch needs; each single call has a batch form, which hot paths use. All raise BrokerUnavailable."""

    @property
    def is_away(self) -> bool:
        """Whether the server is known to be away; every call then raises at once, until it is back. Costs nothing."""

    def enqueue(self, job: JobRef) -> None:
        """Make a due job available to workers, behind those already waiting."""

    def enqueue_many(self, jobs: Sequence[JobRef]) -> None:
        """Like enqueue, in one round trip."""

    def give_back(self, jobs: Sequence[JobRef]) -> None:
        """Put jobs back where the next pop finds them, the first given first."""

    def drop_recent(self, jobs: Sequence[JobRef]) -> None:
        """Remove jobs that were claimed without a pop, if they were pushed lately: nobody would pop them for long."""

    def dequeue(self, lists: Sequence[QueueList], wait_seconds: float) -> JobRef | None:
        """One job from the first list that has any, or None after `wait_seconds`."""

    def dequeue_many(self, lists: Sequence[QueueList], limit: int, wait_seconds: float) -> list[JobRef]:
        """Up to `limit` jobs from the first list that has any, oldest first; none after `wait_seconds` (0: at once).

        Redis sees that a wait is over at its next tick (`hz`: ten a second), however short it was to be.
        """

    def record(self, worker_id: str, outcomes: Mapping[str, bytes]) -> bool:
        """Keep outcomes (field `<id>:<attempt>`) until acknowledged; False: the worker is fenced and must not write."""

    def ack(self, field: str, job_id: str) -> None:
        """Forget one recorded outcome, now that PostgreSQL has it, and wake who waits for the job."""

    def ack_many(self, fields: Sequence[str], job_ids: Iterable[str], news: str | None = None) -> None:
        """Like ack, in one round trip. news: for people who look on (live_events.jobs_news)."""

    def tell(self, topic: Topic, news: str) -> None:
        """Append an entry to the stream of live events."""
