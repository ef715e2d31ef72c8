"""Every Redis key and channel of GoQueue, and nothing else knows their names.

All share one hash tag, so that scripts and blocking pops over several lists stay in one slot of a Redis Cluster.
"""

from __future__ import annotations

from dataclasses import dataclass

from goqueue_common.job import Priority


@dataclass(frozen=True, slots=True)
class Keys:
    """Key names under one prefix (setting GOQUEUE_PREFIX)."""

    prefix: str = "goqueue"

    def queue(self, name: str, priority: int) -> str:
        """LIST of job ids: pushed at the head (left), popped at the tail (right)."""
        return f"{{{self.prefix}}}:queue:{name}:{Priority(priority).label}"

    @property
    def acks(self) -> str:
        """HASH `<job id>:<attempt>` -> outcome that ran but may not be in PostgreSQL yet."""
        return f"{{{self.prefix}}}:acks"

    def fence(self, worker_id: str) -> str:
        """STRING with a TTL: this worker was declared lost and may record no outcome."""
        return f"{{{self.prefix}}}:fence:{worker_id}"

    @property
    def settled(self) -> str:
        """CHANNEL: ids of jobs whose status has just been written by a worker, separated by spaces."""
        return f"{{{self.prefix}}}:settled"

    @property
    def events(self) -> str:
        """STREAM, capped: entries of a topic and a JSON document, for people who look on."""
        return f"{{{self.prefix}}}:events"

    @property
    def probe(self) -> str:
        """STRING with a TTL, without content: written to learn whether Redis takes writes."""
        return f"{{{self.prefix}}}:probe"

    def lock(self, name: str) -> str:
        """STRING with a TTL: the token of a lock's holder."""
        return f"{{{self.prefix}}}:lock:{name}"

    def term(self, name: str) -> str:
        """STRING counter: how often the lock of this name has changed hands."""
        return f"{{{self.prefix}}}:term:{name}"
