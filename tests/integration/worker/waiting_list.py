"""One list, who submits to it, and a worker that claims what it pops."""

from __future__ import annotations

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.job import Priority
from goqueue_common.job_store import JobStore
from goqueue_common.submitter import Submitter
from goqueue_worker.maintenance.relay import Relay
from tests.factories import submission, submit

WHERE = ("default", Priority.NORMAL)
WHERE_ALONE = [WHERE]
BATCH = 10
"""Of the relay in these tests: small, so that a refill takes several."""


class WaitingList:
    """`claimed`: ids that were, in order. `popped`: how many ids came from Redis."""

    def __init__(self, jobs: JobStore, broker: RedisBroker, worker_id: str) -> None:
        self.claimed: list[str] = []
        self.popped = 0
        self._jobs = jobs
        self._broker = broker
        self._submitter = Submitter(jobs, broker)
        self._worker_id = worker_id

    def submit(self, number: int) -> list[str]:
        """Stored and pushed."""
        return [answer.id for answer in self._submitter.submit([submission() for _ in range(number)])]

    def lost(self, number: int) -> list[str]:
        """Stored, but never pushed."""
        return [submit(self._jobs) for _ in range(number)]

    def work(self, most: int) -> int:
        """Pop and claim; how many ids came."""
        refs = self._broker.dequeue_many(WHERE_ALONE, most, 0)
        self.popped += len(refs)
        self.claimed += [job.id for job in self._jobs.claim(self._worker_id, [job.id for job in refs], None)]
        return len(refs)

    def flush(self) -> None:
        """What FLUSHALL does to this list."""
        while self._broker.dequeue_many(WHERE_ALONE, 1_000, 0):
            pass

    @property
    def listed(self) -> list[str]:
        return self._broker.tails(*WHERE, 100_000)


def look_again(relay: Relay) -> float:
    """A step that looks at every list, as one does each second."""
    relay._look_at = float("-inf")
    return relay.step()
