"""Fills a list that lost more ids than one batch: each batch lands behind the last ones of the batch before it.

So the order of dispatch is kept, the list never holds more than a batch and a fifth of what is pushed here, and it does
not run dry as long as workers take no more than that fifth while one batch is read.
"""

from __future__ import annotations

import time
from typing import Final

import structlog

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.contract import QueueList
from goqueue_common.relay_store import Place, RelayStore

log = structlog.get_logger(__name__)

_SHORTEST_LOOK: Final = 0.025
_LONGEST_LOOK: Final = 0.25
_QUICKEST_DRAIN: Final = 50_000
"""Ids per second; more than any number of workers has popped from one list."""
_LOOK_AHEAD: Final = 100


class Refill:
    """`step` pushes the next batch once the list has nearly run out of the one before. newest: the last id pushed."""

    def __init__(
        self,
        store: RelayStore,
        broker: RedisBroker,
        where: QueueList,
        newest: Place,
        *,
        grace_seconds: float,
        batch: int,
    ) -> None:
        self.is_over = False
        self.ran_dry = False
        self._store = store
        self._broker = broker
        self._where = where
        self._newest = newest
        self._grace_seconds = grace_seconds
        self._batch = batch
        self._low_water = batch // 5
        self._jobs = 0
        self._busy_seconds = 0.0

    def step(self) -> float:
        """When to look again; `is_over` afterwards: nothing is missing any more, or the list `ran_dry`."""
        # Deep enough to find it below a batch of others, such as what a whole dead worker gave back.
        found = self._broker.position(*self._where, self._newest.id, search=3 * self._batch, look_ahead=_LOOK_AHEAD)
        if found is None:
            self._end(ran_dry=True)
            return 0.0
        surplus = found.pops - self._low_water
        if surplus <= 0:
            began = time.perf_counter()
            pushed = self._push(found.later)
            self._busy_seconds += time.perf_counter() - began
            if pushed < self._batch:
                self._end(ran_dry=False)
        return min(max(surplus / _QUICKEST_DRAIN, _SHORTEST_LOOK), _LONGEST_LOOK)

    def _push(self, later: list[str]) -> int:
        places = self._store.places(*self._where, later)
        # Whatever comes after ours in the list: the jobs submitted since Redis lost the others.
        next_listed = next((places[job_id] for job_id in later if job_id in places and places[job_id] > self._newest), None)
        missing = self._store.missing(
            *self._where, after=self._newest, before=next_listed, grace_seconds=self._grace_seconds, limit=self._batch
        )
        if missing:
            ids = [place.id for place in missing]
            self._broker.insert(*self._where, ids, after=self._newest.id, search=3 * self._batch)
            self._newest = missing[-1]
            self._jobs += len(missing)
        return len(missing)

    def _end(self, *, ran_dry: bool) -> None:
        self.is_over, self.ran_dry = True, ran_dry
        queue, priority = self._where
        log.info(
            "refilled",
            queue=queue,
            priority=priority,
            jobs=self._jobs,
            jobs_per_second=round(self._jobs / self._busy_seconds) if self._busy_seconds else None,
            busy_seconds=round(self._busy_seconds, 3),
            ran_dry=ran_dry,
        )
