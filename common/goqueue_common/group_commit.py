"""Group commit: what concurrent callers submit one by one is stored by one statement, and pushed in one round trip.

Leader and followers, as PostgreSQL does it with the flushes of its log: who finds nobody storing stores for all who wait,
and when done wakes one of those who came meanwhile to do the same. Who finds a single other caller storing does not wait
for it: two that take turns would each wait for the other all the time.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

import structlog

from goqueue_common.database import LOCK_TIMEOUT, QUERY_CANCELED, sqlstate
from goqueue_common.errors import GoQueueError, IdempotencyKeyReused, StoreUnavailable
from goqueue_common.new_job import Submission, Submitted

log = structlog.get_logger(__name__)

_MAX_PAYLOAD_BYTES: Final = 1024 * 1024
_GATHER_SECONDS: Final = 0.001
"""Of a leader who was not alone the last time, for those who are about to come."""
_PATIENCE_SECONDS: Final = 10.0
"""Longer than two groups take whose PostgreSQL gives no answer."""

Store = Callable[[Sequence[Submission]], list[Submitted | IdempotencyKeyReused]]
Outcome = Submitted | GoQueueError | None
SendOn = Callable[[Sequence[Submission], Sequence[Submitted]], None]


class GroupCommit:
    """Submits single jobs by `store`, several of them at once where several threads call.

    store: in one transaction, answers in order; an answer may be an error of that caller's alone. A group that it refuses
    is split: each caller then submits its own, so that one bad row spoils no other. send_on: what is done with those of a
    group that are stored, while the next one is being stored.
    """

    def __init__(self, store: Store, send_on: SendOn, *, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._store = store
        self._send_on = send_on
        self._patience_seconds = patience_seconds
        self._lock = threading.Lock()
        self._waiting: deque[_Waiter] = deque()
        self._leaders = 0
        self._crowds = 0
        self._was_crowd = False

    @property
    def waiting(self) -> int:
        """How many callers wait for one who stores."""
        return len(self._waiting)

    def submit(self, submission: Submission) -> Submitted:
        """Its answer. Raises what `store` does, and StoreUnavailable when it had to wait for too long."""
        mine = _Waiter(submission)
        with self._lock:
            if self._may_lead:
                self._let_lead(mine)
            else:
                self._waiting.append(mine)
        if not mine.leads and not mine.woken.acquire(timeout=self._patience_seconds):
            self._give_up(mine)
        if mine.leads:
            self._lead(mine)
        return self._end(mine)

    @property
    def _may_lead(self) -> bool:
        return self._leaders == 0 or (self._leaders == 1 and not self._crowds)

    def _let_lead(self, waiter: _Waiter) -> None:
        waiter.leads = waiter.is_crowd = True  # until it is known that there is nobody else
        self._leaders += 1
        self._crowds += 1

    def _lead(self, mine: _Waiter) -> None:
        group = [mine]
        try:
            try:
                self._gather(group)
                self._store_group(group)
            finally:
                self._hand_over(mine)
            self._send_on_all([(waiter.submission, waiter.outcome) for waiter in group])
        finally:
            for follower in group[1:]:
                follower.woken.release()

    def _gather(self, group: list[_Waiter]) -> None:
        if self._was_crowd:
            time.sleep(_GATHER_SECONDS)
        size = len(group[0].submission.job.payload)
        with self._lock:
            while self._waiting:
                size += len(self._waiting[0].submission.job.payload)
                if size > _MAX_PAYLOAD_BYTES:
                    break
                group.append(self._waiting.popleft())
            self._was_crowd = group[0].is_crowd = len(group) > 1
            self._crowds -= not self._was_crowd

    def _store_group(self, group: Sequence[_Waiter]) -> None:
        try:
            answers = self._store([waiter.submission for waiter in group])
        except Exception as error:
            if isinstance(error, StoreUnavailable) and sqlstate(error) not in (LOCK_TIMEOUT, QUERY_CANCELED):
                for waiter in group:
                    # An error of its own for each thread, for each writes its traceback into it.
                    waiter.outcome = type(error)(str(error))
                    waiter.outcome.__cause__ = error
                return
            if len(group) == 1:
                raise
            log.warning("group_refused", jobs=len(group), reason=str(error).partition("\n")[0])
            return
        for waiter, answer in zip(group, answers, strict=True):
            waiter.outcome = answer

    def _send_on_all(self, outcomes: Sequence[tuple[Submission, Outcome]]) -> None:
        stored = [(submission, outcome) for submission, outcome in outcomes if isinstance(outcome, Submitted)]
        if stored:
            self._send_on([submission for submission, _ in stored], [answer for _, answer in stored])

    def _hand_over(self, leader: _Waiter) -> None:
        with self._lock:
            self._leaders -= 1
            self._crowds -= leader.is_crowd
            if self._waiting and self._may_lead:
                following = self._waiting.popleft()
                self._let_lead(following)
                following.woken.release()

    def _give_up(self, mine: _Waiter) -> None:
        with self._lock:
            if mine.leads or mine.outcome is not None:  # just now
                return
            is_unwritten = mine in self._waiting
            if is_unwritten:
                self._waiting.remove(mine)
        fate = "it was not stored" if is_unwritten else "whether it was stored is not known"
        raise StoreUnavailable(f"PostgreSQL did not answer in {self._patience_seconds:g} s: {fate}; try again")

    def _end(self, mine: _Waiter) -> Submitted:
        outcome = self._alone(mine.submission) if mine.outcome is None else mine.outcome
        if isinstance(outcome, GoQueueError):
            raise outcome
        return outcome

    def _alone(self, submission: Submission) -> Submitted | GoQueueError:
        (answer,) = self._store([submission])
        self._send_on_all([(submission, answer)])
        return answer


class _Waiter:
    """A caller and its job. woken: released once, when it is answered, is to lead, or is to submit its own.

    is_crowd: it leads more than itself. outcome: None when it is to submit its own.
    """

    __slots__ = ("is_crowd", "leads", "outcome", "submission", "woken")

    def __init__(self, submission: Submission) -> None:
        self.submission = submission
        self.woken = threading.Lock()
        self.woken.acquire()
        self.leads = self.is_crowd = False
        self.outcome: Outcome = None
