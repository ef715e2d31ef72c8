"""Having a batch fired by the API; one that it refuses is parted, so that a single bad item stops no other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from goqueue import ApiError, Fire, FireReport, GoQueueError, InvalidRequest
from goqueue_common.clock import Clock
from goqueue_scheduler.api_clock import ApiClock

REFUSED: Final = "refused"
"""The outcome of an item that the API refuses by itself."""
_SERVER_ERROR: Final = 500
_MOST_REQUESTS: Final = 40
"""A batch in which everything is bad is not asked for item by item at one go; the rest comes with the next try."""

_LONGEST_SECONDS: Final = 5.0
"""Nor is one parted for longer: what becomes due meanwhile waits, and would come first in the next."""


class FiringApi(Protocol):
    """What is asked of the SDK's client."""

    def fire_schedules(self, fires: Sequence[Fire]) -> FireReport:
        """See goqueue.Client."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of a fire. outcome: as the API says, or REFUSED, with the reason."""

    fire: Fire
    outcome: str
    reason: str | None = None


@dataclass(slots=True)
class Fired:
    """answers: to as many as were asked for; failure: what stopped the rest of them, if it was not an election, or time.

    fewer: so many at once may succeed, where there was no time to ask for all.
    """

    answers: list[Answered] = field(default_factory=list)
    failure: GoQueueError | None = None
    requests: int = 0
    fewer: int | None = None


class Firing:
    """Asks the API; each answer tells its time as well."""

    def __init__(self, api: FiringApi, api_clock: ApiClock, clock: Clock) -> None:
        self._api = api
        self._api_clock = api_clock
        self._clock = clock

    def fire(self, fires: Sequence[Fire], may_fire: Callable[[], bool]) -> Fired:
        """Fire these in their order, while we may. Of a schedule whose instant was refused, later ones wait with it."""
        fired = Fired()
        parts = [fires]
        refused: set[str] = set()
        end = self._clock.boottime() + _LONGEST_SECONDS
        while parts and fired.failure is None and may_fire() and self._clock.boottime() < end:
            part = [fire for fire in parts.pop() if fire.schedule not in refused]
            if not part:
                continue
            try:
                self._ask(part, fired)
            except GoQueueError as error:
                if not _is_about_items(error):
                    fired.failure = error
                elif len(part) == 1:
                    refused.add(part[0].schedule)
                    fired.answers.append(Answered(part[0], REFUSED, str(error)))
                elif fired.requests >= _MOST_REQUESTS:
                    fired.failure = error
                else:
                    half = len(part) // 2
                    parts += [part[half:], part[:half]]  # the last is the next
        if parts and fired.failure is None:
            fired.fewer = len(parts[-1])
        return fired

    def _ask(self, fires: Sequence[Fire], fired: Fired) -> None:
        fired.requests += 1
        sent_at = self._clock.boottime()
        report = self._api.fire_schedules(fires)
        self._api_clock.sample(report.at, sent_at, self._clock.boottime())
        fired.answers += [Answered(fire, answer.outcome) for fire, answer in zip(fires, report.items, strict=True)]


def _is_about_items(error: GoQueueError) -> bool:
    """Whether fewer items may succeed: they break a rule, are too many, or one meets a bug of the API."""
    return isinstance(error, InvalidRequest) or (isinstance(error, ApiError) and error.status == _SERVER_ERROR)
