"""Firing what is due: sleeps until the next moment, sends all of it as one batch, learns from the answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import structlog

from goqueue import ApiError, GoQueueError
from goqueue_common.clock import Clock
from goqueue_common.schedule import FireOutcome
from goqueue_scheduler.api_clock import ApiClock
from goqueue_scheduler.api_reach import AWAY, ApiReach
from goqueue_scheduler.backoff import Backoff
from goqueue_scheduler.election import Election
from goqueue_scheduler.fire_counts import FireCounts
from goqueue_scheduler.firing import REFUSED, Answered, Fired, Firing
from goqueue_scheduler.schedule_book import Batch, ScheduleBook

log = structlog.get_logger(__name__)

LOOK_SECONDS: Final = 0.25
"""The longest sleep: a change of roles, or of a schedule, is noticed within it."""
_READY_SECONDS: Final = 0.05
_MOST: Final = 10_000
"""As many as the API takes at once."""
_AHEAD_SECONDS: Final = 1.0
_REFUSED_SECONDS: Final = 60.0
_DEALT_WITH: Final = frozenset({FireOutcome.FIRED, FireOutcome.REPLAYED, FireOutcome.SKIPPED, FireOutcome.PASSED})
_NAMED: Final = 5
_SECOND: Final = timedelta(seconds=1)


class Ticker:
    """`step` fires what is due, if this replica may fire and its schedules were read since it may.

    on_stale: called when an answer shows that the schedules should be read anew.
    """

    def __init__(
        self,
        book: ScheduleBook,
        firing: Firing,
        election: Election,
        *,
        api_clock: ApiClock,
        clock: Clock,
        reach: ApiReach,
        counts: FireCounts,
        on_stale: Callable[[], None],
    ) -> None:
        self._book = book
        self._firing = firing
        self._election = election
        self._api_clock = api_clock
        self._reach = reach
        self._counts = counts
        self._on_stale = on_stale
        self._backoff = Backoff(clock)
        self._successes = 0
        self._most = _MOST
        self._in_flight: datetime | None = None
        self._unready_since: datetime | None = None

    @property
    def lag_seconds(self) -> float:
        """How long something has been due that is not fired; of a follower 0.

        Before the schedules are read anew: how long that takes, for what is due is not known.
        """
        now, unready_since = self._api_clock.now(), self._unready_since
        if now is None or not self._election.may_fire:
            return 0.0
        if unready_since is not None:
            return max(0.0, (now - unready_since) / _SECOND)
        due = (self._book.wakes_at, self._in_flight)
        return max(0.0, (now - min((at for at in due if at is not None), default=now)) / _SECOND)

    def step(self) -> float:
        """Fire what is due, up to 10,000; how long to sleep then."""
        if not self._election.may_fire:
            self._backoff.succeeded()
            self._unready_since = None
            return LOOK_SECONDS
        loaded, now = self._book.loaded, self._api_clock.now()
        if loaded is None or loaded.turn != self._election.turn or now is None:
            self._unready_since = self._unready_since or now
            return _READY_SECONDS  # another may have fired since we last looked
        self._unready_since = None
        if (left := self._backoff.left_seconds) > 0 and self._reach.successes == self._successes:
            return min(left, LOOK_SECONDS)
        batch = self._book.take(now, self._most)
        if not batch.fires:
            wakes_at = self._book.wakes_at
            return LOOK_SECONDS if wakes_at is None else max(0.0, min(LOOK_SECONDS, (wakes_at - now) / _SECOND))
        self._in_flight = batch.since
        try:
            self._fire(batch)
        finally:
            self._book.give_back()
            self._in_flight = None
        return 0.0

    def _fire(self, batch: Batch) -> None:
        fired = Fired()
        with suppress(GoQueueError), self._reach.watched("fire"):
            fired = self._firing.fire(batch.fires, lambda: self._election.may_fire)
            if fired.failure is not None:
                raise fired.failure
        self._learn(fired.answers)
        if fired.failure is None:
            self._backoff.succeeded()
            self._most = fired.fewer or min(_MOST, self._most * 2)
            return
        self._successes = self._reach.successes
        self._backoff.failed(fired.failure.retry_after if isinstance(fired.failure, ApiError) else None)
        if isinstance(fired.failure, AWAY):  # perhaps only for so many at once
            self._most = max(1, min(self._most, len(batch.fires) // 2))

    def _learn(self, answers: list[Answered]) -> None:
        if not answers:
            return
        now = self._api_clock.now()
        made = [answer.fire for answer in answers if answer.outcome == FireOutcome.FIRED]
        late = [] if now is None else [max(0.0, (now - self._book.due_at(fire)) / _SECOND) for fire in made]
        for seconds in late:
            self._counts.late(seconds)
        for answer in answers:
            self._counts.add(answer.outcome)
            self._apply(answer, now)
        log.info(
            "schedules_fired",
            outcomes=dict(Counter(str(answer.outcome) for answer in answers)),
            lateness_seconds=round(max(late, default=0.0), 3),
            schedules=list(dict.fromkeys(fire.schedule for fire in made))[:_NAMED],
        )

    def _apply(self, answer: Answered, now: datetime | None) -> None:
        name = answer.fire.schedule
        if answer.outcome in _DEALT_WITH:
            self._book.move(answer.fire)
        elif answer.outcome == FireOutcome.AHEAD and now is not None:  # the answer has set our idea of the time right, too
            self._book.hold(name, now + timedelta(seconds=_AHEAD_SECONDS))
        elif answer.outcome == REFUSED and now is not None:
            log.error(
                "fire_refused",
                schedule=name,
                scheduled_for=answer.fire.scheduled_for.isoformat(),
                reason=answer.reason,
                again_in_seconds=_REFUSED_SECONDS,
            )
            self._book.hold(name, now + timedelta(seconds=_REFUSED_SECONDS))
        else:  # paused, gone, changed, or a word of a newer API
            log.info("schedule_stale", schedule=name, outcome=answer.outcome)
            self._book.hold(name, None)
            self._on_stale()
