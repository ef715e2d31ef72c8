"""Which replica fires: the one that holds a lock in Redis, or when Redis has been away for a whole lease, every one.

```text
                          start
                            |
                            v
    lock is another's   follower  <--------------------+
    +-------------------> |   ^                        |
    |                     |   |                        |
    |        lock is ours |   | lock is another's,     | Redis answers: lock is another's
    |                     v   | own deadline passed,   |
    |                   leader  API not reached        |
    |                     ^                            |
    |                     | Redis answers: lock is ours|
    |                     |                            |
    +------------------- alone ------------------------+
                            ^
                            | Redis not reached for a whole lease (from follower or leader)
```

A leader fires until its own deadline, which lies before the end of its lease and moves only with an answer of Redis. That
is a courtesy, not the guard: a process can always stand still between looking at its deadline and firing. What is fired
twice the API answers with `replayed`, because (schedule, scheduled_for) is unique there. So `alone` is safe as well.

A leader that the API has not served for a whole lease gives the lock back, and leaves others a while to take it: perhaps
only it is cut off, or has a wrong key.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Final

import structlog

from goqueue_common.broker.lock import Lock
from goqueue_common.clock import Clock
from goqueue_common.errors import BrokerUnavailable

log = structlog.get_logger(__name__)

LOCK: Final = "scheduler"
"""The lock's name."""
_LOOK_SECONDS: Final = 0.5
_AFTER_LEASE_SECONDS: Final = 0.005
_LEFT_TO_OTHERS_SECONDS: Final = 4 * _LOOK_SECONDS


class Role(StrEnum):
    """What this replica is."""

    FOLLOWER = "follower"
    LEADER = "leader"
    ALONE = "alone"


class Election:
    """`step` asks Redis once, from a thread that does nothing else; everything else may be asked from any thread.

    is_cut_off: whether the API has served nothing for so many seconds, though it was tried.
    """

    def __init__(
        self,
        lock: Lock,
        clock: Clock,
        *,
        lease_seconds: float,
        is_cut_off: Callable[[float], bool] = lambda _seconds: False,
    ) -> None:
        self._lock = lock
        self._clock = clock
        self._lease = lease_seconds
        self._is_cut_off = is_cut_off
        self._led_since = 0.0
        self._role = Role.FOLLOWER
        self._turn = 0
        self._away_seconds = 0.0
        self._looked_at = clock.boottime()
        self._answered: bool | None = None

    @property
    def role(self) -> Role:
        """As of now: a leader whose own deadline has passed is none, though no step has noticed yet."""
        role = self._role
        return Role.FOLLOWER if role is Role.LEADER and not self._lock.is_held else role

    @property
    def may_fire(self) -> bool:
        """Whether to fire, now."""
        return self.role is not Role.FOLLOWER

    @property
    def turn(self) -> int:
        """Grows each time that it may fire anew: what was known of schedules before may be old then."""
        return self._turn

    @property
    def term(self) -> int | None:
        """How often leadership has changed hands; None: it does not lead by the lock."""
        return self._lock.term if self.role is Role.LEADER else None

    @property
    def redis_answers(self) -> bool:
        """Whether Redis answered when it was asked last."""
        return self._answered is True

    @property
    def has_begun(self) -> bool:
        """Whether it has asked Redis at least once, answered or not."""
        return self._answered is not None

    def step(self) -> float:
        """Renew the lock, or try to take it."""
        if self._role is Role.LEADER and not self._lock.is_held:
            self._follow("its own deadline passed before Redis answered")
        leads = self._role is Role.LEADER
        try:
            if leads and self._is_useless():
                self._lock.release()
                self._follow("the API served nothing for a whole lease")
                return _LEFT_TO_OTHERS_SECONDS
            held = self._lock.extend() if leads else self._lock.acquire()
        except BrokerUnavailable as error:
            return self._missed(error)
        self._away_seconds, self._answered = 0.0, True
        self._looked_at = self._clock.boottime()
        if held:
            if not leads:
                self._lead()
            return self._lease / 3
        if leads:
            self._follow("the lock is no longer ours")
            return 0.0  # it may be free
        if self._role is Role.ALONE:
            self._follow("Redis is back, and another replica leads")
        return min(_LOOK_SECONDS, self._lock.free_in_seconds + _AFTER_LEASE_SECONDS)

    def leave(self) -> None:
        """Give the lock back, so that a follower need not wait for the end of its lease. Only after the last step."""
        self._role = Role.FOLLOWER
        try:
            self._lock.release()  # whatever we believe: it may be ours by an answer that was lost
        except BrokerUnavailable as error:
            log.debug("lease_ends_by_itself", reason=str(error))
        self._lock.close()

    def _missed(self, error: BrokerUnavailable) -> float:
        """Count for how long Redis has been away; a stretch in which this process stood still says little about it."""
        now = self._clock.boottime()
        self._away_seconds += min(now - self._looked_at, self._lease / 2)
        self._looked_at, self._answered = now, False
        if self._role is not Role.ALONE and self._away_seconds >= self._lease:
            self._role = Role.ALONE
            self._turn += 1
            log.warning("firing_without_redis", reason=str(error), away_seconds=round(self._away_seconds, 1))
        return min(_LOOK_SECONDS, self._lease / 6)

    def _is_useless(self) -> bool:
        return self._clock.boottime() - self._led_since >= self._lease and self._is_cut_off(self._lease)

    def _lead(self) -> None:
        self._led_since = self._clock.boottime()
        self._turn += 1
        self._role = Role.LEADER
        log.info("leader_elected", term=self._lock.term)

    def _follow(self, reason: str) -> None:
        log.warning("leadership_lost", reason=reason, role=str(self._role))
        self._role = Role.FOLLOWER
