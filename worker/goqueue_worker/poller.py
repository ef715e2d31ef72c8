"""Claiming: pop ids from Redis, claim their rows in PostgreSQL, hand them to the pool. The main loop of a child."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final

import structlog

from goqueue_common.broker.contract import Broker, QueueList
from goqueue_common.dispatch_store import DispatchStore
from goqueue_common.dispatch_view_store import DispatchView
from goqueue_common.errors import BrokerUnavailable, StoreUnavailable
from goqueue_common.job import ClaimedJob, JobRef, Settled
from goqueue_common.lifecycle import JobStatus
from goqueue_common.limited_dispatch_store import LimitedClaim, LimitedDispatchStore
from goqueue_worker.attempt import Attempt
from goqueue_worker.dispatch_watch import DispatchWatch
from goqueue_worker.fullness import Fullness
from goqueue_worker.poll_order import poll_order
from goqueue_worker.pool import Pool
from goqueue_worker.registry import Registry
from goqueue_worker.slot_table import SlotTable
from goqueue_worker.strays import Strays

log = structlog.get_logger(__name__)

CLAIM_BATCH: Final = 500
_WAIT_SECONDS: Final = 0.4
_LOOK_SECONDS: Final = 0.02
"""While something waits for a thread: it may be behind a long attempt, and is then given back."""
_LET_START_SECONDS: Final = 0.0001
"""A thread that wakes up for what was claimed needs the interpreter, which this one would keep: a lone job begins 0.05 ms
after it was handed over, without this rest 0.19.
"""
_LONGEST_PAUSE: Final = 2.0
_LONGEST_REST: Final = 0.5
_FULL_REST: Final = 0.15
_LOOKING_SHARE: Final = 0.2
"""Of the time: a look past many jobs of full types takes long."""
_NO_QUEUES_SECONDS: Final = 0.1
_DRAINED_SECONDS: Final = 0.25


class Poller:
    """`step` claims one batch: by ids popped from Redis, or, while Redis is away, straight from PostgreSQL.

    release: gives back attempts that have not started. full: limits that are to be left alone for a moment.
    trouble: why its last step could not claim: PostgreSQL was away.
    """

    def __init__(
        self,
        worker_id: str,
        queues: Sequence[str] | None,
        *,
        watch: DispatchWatch,
        store: DispatchStore,
        limited: LimitedDispatchStore,
        broker: Broker,
        registry: Registry,
        pool: Pool,
        table: SlotTable,
        may_claim: Callable[[], bool],
        release: Callable[[Sequence[Attempt]], None],
        give_up_seconds: float,
    ) -> None:
        self._worker_id = worker_id
        self._queues = queues
        self._watch = watch
        self._store = store
        self._limited = limited
        self._broker = broker
        self._registry = registry
        self._pool = pool
        self._table = table
        self._may_claim = may_claim
        self._release = release
        self._give_up_seconds = give_up_seconds
        self._strays = Strays(worker_id, store, broker, table)
        self._obeyed: DispatchView | None = None
        self._polls = 0
        self._pause = 0.0
        self.full = Fullness()
        self.found_nothing = False
        self.trouble: StoreUnavailable | None = None

    @property
    def is_draining(self) -> bool:
        """Whether this worker was told to claim nothing more."""
        return self._obeyed is not None and self._obeyed.is_draining

    def step(self) -> float:
        """Claim what there is room for; seconds to sleep, more and more while a store is away."""
        if not self._may_claim():
            return 0.05
        try:
            self._strays.give_back_when_due()
            view = self._watch.current()
            if view is not self._obeyed:
                self._obey(view)
            pause = self._poll(view)
        except StoreUnavailable as error:
            self.trouble = error
            self._strays.suspect()
            log.warning("claiming_waits", reason=str(error))
            return self._longer_pause()
        self.trouble = None
        if not pause:
            self._pause = 0.0
        return pause

    def _obey(self, view: DispatchView) -> None:
        """What was claimed ahead of a pause, a drain or a new limit and has not started goes back."""
        before = self._obeyed
        limits_new = before is not None and view.is_limited
        if view.is_draining or view.paused or limits_new:

            def is_unwanted(attempt: Attempt) -> bool:
                queue = attempt.job.queue
                is_newly_limited = before is not None and view.limits(queue) and not before.limits(queue)
                return is_newly_limited or not view.serves(queue)

            unwanted = self._pool.recall(is_unwanted)
            self._release(unwanted)
            paused = sorted(view.paused)[:20]
            log.info("holding_back", draining=view.is_draining, paused=paused, given_back=len(unwanted))
        self._obeyed = view

    def _poll(self, view: DispatchView) -> float:
        if view.is_draining:
            self.found_nothing = True
            return _DRAINED_SECONDS
        self._release(self._pool.recall_stuck())
        room_now = self._pool.startable if view.is_limited else self._pool.room
        room = min(room_now(), CLAIM_BATCH)
        if room <= 0:
            self._pool.wait_until(lambda: room_now() > 0, _LOOK_SECONDS if self._pool.has_waiting else 0.25)
            return 0.0
        room = self._granted(room)
        full = self.full.queues
        lists = poll_order([queue for queue in view.queues if queue not in full], self._polls)
        self._polls += 1
        if not lists:
            return self._rest()
        if self._broker.is_away or self.full.types:
            return self._claim_waiting(lists, room)
        return self._claim(lists, room)

    def _granted(self, room: int) -> int:
        """Look whether what was full has a free slot: an id that cannot be claimed is better not popped."""
        due = self.full.due()
        if not due:
            return room
        slots = self._limited.free_slots(due)
        self.full.note([key for key, free in slots.items() if free <= 0])
        return min(room, max(1, *slots.values())) if slots else room

    def _rest(self) -> float:
        """Every queue is paused or full, or there is none yet."""
        self.found_nothing = True
        if not self.full.seconds_left:
            return _NO_QUEUES_SECONDS
        self._pool.wait_until(lambda: not self.full.seconds_left, self.full.seconds_left)
        return 0.0

    def _claim(self, lists: Sequence[QueueList], room: int) -> float:
        try:
            refs = self._pop(lists, room)
        except BrokerUnavailable as error:
            log.debug("claiming_without_redis", reason=str(error))  # the broker says once that Redis is away
            return self._claim_waiting(lists, room)
        self.found_nothing = not refs
        if refs:
            self._claim_popped(refs)
        return 0.0

    def _pop(self, lists: Sequence[QueueList], room: int) -> list[JobRef]:
        """Waits for an id in Redis only if nothing waits for a thread here: Redis ends a wait up to 0.1 s late."""
        if not self._pool.has_waiting:
            return self._broker.dequeue_many(lists, room, self.full.seconds_left or _WAIT_SECONDS)
        refs = self._broker.dequeue_many(lists, room, 0)
        if not refs:
            self._pool.wait_until(lambda: not self._pool.has_waiting, _LOOK_SECONDS)
        return refs

    def _claim_waiting(self, lists: Sequence[QueueList], room: int) -> float:
        """Nothing blocks until a job comes, so an empty look is followed by a longer and longer rest.

        Also used while a type is full: the ids that a pop would get may all be of that type, and others wait behind them.
        """
        began = time.monotonic()
        view = self._watch.current()  # the pop that failed may have waited for long
        lists = [one for one in lists if view.serves(one[0])]
        if view.is_limited:
            claim = self._limited.claim_waiting(self._worker_id, lists, room, self.full.types)
        else:
            claim = LimitedClaim(self._store.claim_waiting(self._worker_id, lists, room), [], frozenset())
        is_news = self.full.note(claim.full)
        self.found_nothing = not claim.jobs
        self._start(claim.jobs)
        if claim.jobs and not self._broker.is_away:
            self._drop(claim.jobs)
        if claim.jobs or is_news:
            return 0.0
        seconds = time.monotonic() - began
        return max(self._longer_pause(_LONGEST_REST if self._broker.is_away else _FULL_REST), seconds / _LOOKING_SHARE)

    def _drop(self, jobs: Sequence[ClaimedJob]) -> None:
        with suppress(BrokerUnavailable):
            self._broker.drop_recent([JobRef(job.id, job.queue, job.priority) for job in jobs])

    def _claim_popped(self, refs: Sequence[JobRef]) -> None:
        view = self._watch.current()  # a pause that came while the pop waited is obeyed
        queue = refs[0].queue
        if not self._may_claim() or not view.serves(queue):
            self._give_back(refs)
            return
        ids = [ref.id for ref in refs]
        try:
            if view.limits(queue):
                claim = self._limited.claim(self._worker_id, ids, self._queues)
            else:
                claim = LimitedClaim(self._store.claim(self._worker_id, ids, self._queues), [], frozenset())
        except StoreUnavailable:
            self._give_back(refs)
            raise
        self.full.note(claim.full)
        self._start(claim.jobs)
        if claim.over:
            over = set(claim.over)
            self._give_back([ref for ref in refs if ref.id in over])

    def _start(self, jobs: Sequence[ClaimedJob]) -> None:
        attempts, unknown = [], []
        for job in jobs:
            handler = self._registry.get(job.type)
            if handler is None:
                unknown.append(job)
            else:
                attempts.append(Attempt(job, handler, self._table.hold(job.id, job.attempt)))
        self._pool.put(attempts)
        if attempts and not self._pool.has_waiting:
            time.sleep(_LET_START_SECONDS)
        if unknown:
            self._return_unknown(unknown)

    def _return_unknown(self, jobs: Sequence[ClaimedJob]) -> None:
        settled: list[Settled] = self._store.return_unknown(self._worker_id, jobs, give_up_seconds=self._give_up_seconds)
        failed = sum(item.status == JobStatus.FAILED for item in settled)
        types = sorted({job.type for job in jobs})
        log.warning("no_handler", types=types, returned=len(settled) - failed, failed=failed)

    def _give_back(self, refs: Sequence[JobRef]) -> None:
        try:
            self._broker.give_back(refs)
        except BrokerUnavailable:
            log.warning("ids_dropped", count=len(refs), reason="both stores are away; the relay will push them again")

    def _longer_pause(self, longest: float = _LONGEST_PAUSE) -> float:
        self._pause = min(longest, max(0.05, self._pause * 2))
        return self._pause
