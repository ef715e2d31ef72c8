"""A scheduler without threads, against models of the API and of Redis, on a clock that the test moves."""

from __future__ import annotations

from goqueue_scheduler.api_clock import ApiClock
from goqueue_scheduler.api_reach import ApiReach
from goqueue_scheduler.election import Election
from goqueue_scheduler.fire_counts import FireCounts
from goqueue_scheduler.firing import Firing
from goqueue_scheduler.loader import Loader
from goqueue_scheduler.presence import Presence
from goqueue_scheduler.schedule_book import ScheduleBook
from goqueue_scheduler.ticker import Ticker
from tests.factories import FrozenClock
from tests.unit.scheduler.api_model import ApiModel
from tests.unit.scheduler.redis_model import RedisModel

LEASE = 15.0
_LONGEST_STEP = 0.25


class Rig:
    """One replica; its loops take turns. The clock has no time of day: whoever asks for that fails."""

    def __init__(self, api: ApiModel, redis: RedisModel, clock: FrozenClock) -> None:
        self.api, self.redis, self.clock = api, redis, clock
        self.election = Election(redis.lock(LEASE), clock, lease_seconds=LEASE)
        self.api_clock = ApiClock(clock)
        self.reach = ApiReach()
        self.counts = FireCounts()
        self.book = ScheduleBook(clock)
        self.trouble: str | None = None
        self.loader = Loader(api, self.book, self.election, clock=clock, reach=self.reach)
        self.ticker = Ticker(
            self.book,
            Firing(api, self.api_clock, clock),
            self.election,
            api_clock=self.api_clock,
            clock=clock,
            reach=self.reach,
            counts=self.counts,
            on_stale=self.loader.ask,
        )
        self.presence = Presence(
            api,
            "rig",
            self.election,
            clock=clock,
            api_clock=self.api_clock,
            reach=self.reach,
            lag=lambda: self.ticker.lag_seconds,
            fired=lambda: self.counts.fired,
            trouble=lambda: self.trouble,
            on_revision=self.loader.tell,
        )
        self._election_at = self._presence_at = clock.boottime()

    def run(self, seconds: float) -> None:
        """Let it work for so long."""
        end = self.clock.boottime() + seconds
        while (now := self.clock.boottime()) < end:
            pause = self.turn()
            if self.clock.boottime() == now:
                self.clock.advance(min(max(pause, 0.001), _LONGEST_STEP, end - now))

    def turn(self) -> float:
        """Whatever is due of its loops, once; how long the ticker would sleep."""
        now = self.clock.boottime()
        if now >= self._election_at:
            self._election_at = now + self.election.step()
        if now >= self._presence_at:
            self._presence_at = now + 2.0
            self.presence.tell()
        self.loader.look()
        return self.ticker.step()

    def tell_nothing(self, seconds: float) -> None:
        """Keep it from hearing of changes by telling that it lives."""
        self._presence_at = self.clock.boottime() + seconds

    def stand_still(self, seconds: float) -> None:
        self.clock.advance(seconds)

    def outcomes(self) -> dict[str, float]:
        """How often each outcome was counted."""
        return {
            sample.labels[0]: sample.numbers[0]
            for sample in self.counts.samples()
            if sample.family.name == "goqueue_scheduler_fires_total" and sample.numbers[0]
        }
