"""What a worker's claims depend on beside the jobs: which queues there are, which are paused, what is limited, and
whether it is to drain. One statement, read a few times a second by every child.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from goqueue_common.database import Database

_VIEW: Final = """
SELECT ARRAY(SELECT name FROM queues WHERE %(named)s::text[] IS NULL ORDER BY name),
    ARRAY(SELECT name FROM queues WHERE paused_at IS NOT NULL),
    ARRAY(SELECT name FROM concurrency_limits WHERE kind = 'queue'),
    ARRAY(SELECT name FROM concurrency_limits WHERE kind = 'type' AND name = ANY(%(types)s::text[])),
    EXISTS (SELECT FROM workers WHERE id = %(worker_id)s AND drain_requested_at IS NOT NULL)
"""


@dataclass(frozen=True, slots=True)
class DispatchView:
    """As PostgreSQL had it a moment ago. queues: those to claim from, without the paused ones, in order.

    paused, limited_queues: those of all there are. limited_types: those of the types that the worker knows.
    """

    queues: tuple[str, ...]
    paused: frozenset[str]
    limited_queues: frozenset[str]
    limited_types: frozenset[str]
    is_draining: bool

    @property
    def is_limited(self) -> bool:
        """Whether any limit concerns what this worker claims."""
        return bool(self.limited_types) or not self.limited_queues.isdisjoint(self.queues)

    def limits(self, queue: str) -> bool:
        """Whether jobs of this queue must be claimed with their limits counted."""
        return bool(self.limited_types) or queue in self.limited_queues

    def serves(self, queue: str) -> bool:
        """Whether this worker may claim from this queue now, which is one of those that it was started for."""
        return not self.is_draining and queue not in self.paused


class DispatchViewStore:
    """Raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, worker_id: str, named: Sequence[str] | None, types: Sequence[str]) -> DispatchView:
        """For this worker, which serves the queues named (None: every queue there is) and knows these job types."""
        parameters = {"worker_id": worker_id, "named": None if named is None else list(named), "types": list(types)}
        known, paused, queues, limited_types, is_draining = self._database.run_again(_VIEW, parameters)[0]
        paused_now = frozenset(paused)
        return DispatchView(
            tuple(name for name in (known if named is None else named) if name not in paused_now),
            paused_now,
            frozenset(queues),
            frozenset(limited_types),
            is_draining,
        )
