"""Redis as a lock meets it, in memory: the key with its lease, by the clock of the test, and how it fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

from redis.commands.core import Script
from redis.exceptions import ConnectionError as RedisConnectionError

from goqueue_common.broker.keys import Keys
from goqueue_common.broker.lock import Lock
from tests.factories import FrozenClock

Answer = Callable[[], object]


class RedisModel:
    """is_away: nothing is answered. answer_seconds: how long an answer takes. lose_answers: it does as told, silently."""

    def __init__(self, clock: FrozenClock) -> None:
        self.clock = clock
        self.is_away = False
        self.lose_answers = False
        self.answer_seconds = 0.0
        self.token: str | None = None
        self._ends_at = 0.0
        self._term = 0

    def lock(self, lease_seconds: float) -> Lock:
        """A would-be holder whose scripts run here."""
        lock = Lock("redis://127.0.0.1:9", Keys("model"), self.clock, name="scheduler", ttl_seconds=lease_seconds)
        lock._acquire = cast(Script, lambda keys, args: self._answer(lambda: self._acquire(*args)))
        lock._extend = cast(Script, lambda keys, args: self._answer(lambda: self._extend(*args)))
        lock._release = cast(Script, lambda keys, args: self._answer(lambda: self._release(*args)))
        return lock

    def flush(self) -> None:
        self.token, self._term = None, 0

    def _answer(self, do: Answer) -> object:
        if self.is_away:
            raise RedisConnectionError("refused")
        answer = do()
        self.clock.advance(self.answer_seconds)
        if self.lose_answers:
            raise RedisConnectionError("timed out")
        return answer

    def _holder(self) -> str | None:
        if self.clock.boottime() >= self._ends_at:
            self.token = None
        return self.token

    def _acquire(self, token: str, milliseconds: int) -> Sequence[int]:
        holder = self._holder()
        if holder is not None and holder != token:
            return [0, round((self._ends_at - self.clock.boottime()) * 1000)]
        if holder is None:
            self.token, self._term = token, self._term + 1
        self._ends_at = self.clock.boottime() + milliseconds / 1000
        return [1, self._term]

    def _extend(self, token: str, milliseconds: int) -> int:
        if self._holder() != token:
            return 0
        self._ends_at = self.clock.boottime() + milliseconds / 1000
        return 1

    def _release(self, token: str) -> int:
        if self._holder() != token:
            return 0
        self.token = None
        return 1
