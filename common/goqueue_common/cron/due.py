"""Which instants of a schedule are to be fired now, and when within its jitter. Pure: the caller brings the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import blake2b
from itertools import islice, takewhile
from typing import Final
from zoneinfo import ZoneInfo

from goqueue_common.cron.expression import Cron
from goqueue_common.cron.instants import SECOND, instants

GRACE: Final = timedelta(seconds=60)
"""What is no older fires under every policy: a take-over by another scheduler takes less."""
MAX_MISSED: Final = 1_000
"""Further than this nobody counts what was left out."""
_FIRST_LOOK_BACK: Final = timedelta(minutes=1)
_GROWTH: Final = 4
_TICK: Final = timedelta(microseconds=1)


class CatchUp(StrEnum):
    """What is done about instants that were missed: nothing, the latest is fired, or all within a window are."""

    NONE = "none"
    LATEST = "latest"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be fired, oldest first. missed: how many before the first were left out, at most MAX_MISSED."""

    instants: list[datetime]
    missed: int


def due(
    cron: Cron,
    zone: ZoneInfo,
    *,
    name: str,
    due_after: datetime,
    now: datetime,
    catch_up: CatchUp = CatchUp.LATEST,
    catch_up_window: float = 86_400,
    catch_up_limit: int = 100,
    jitter_seconds: float = 0,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Due:
    """The instants after `due_after` that are to be fired at `now`.

    An instant is due when its jitter has passed and no earlier one is waiting for its own, so they fire in their order.
    Those at most GRACE older than that (the whole jitter counts as on time) are all fired. Older ones are missed: `none`
    leaves them out; `latest` fires the newest, where nothing else fires; `all` fires those of the last `catch_up_window`
    seconds, the newest `catch_up_limit` of them.
    """
    since = due_after if starts_at is None or starts_at <= due_after else starts_at - _TICK
    until = now if ends_at is None else min(now, ends_at)
    if next(instants(cron, zone, since, ends_at=until), None) is None:
        return Due([], 0)
    edge = now - GRACE - timedelta(seconds=jitter_seconds)  # what is older was missed
    waits = (
        (one, one + timedelta(seconds=jitter(name, one, jitter_seconds)))
        for one in instants(cron, zone, max(since, edge - _TICK), ends_at=until)
    )
    fresh = [one for one, due_at in takewhile(lambda pair: pair[1] <= now, waits)]
    missed_until = min(until, edge - _TICK)
    late: list[datetime] = []
    if catch_up is CatchUp.ALL:
        window = now - timedelta(seconds=catch_up_window) - _TICK
        late = _newest(cron, zone, since=max(since, window), until=missed_until, limit=catch_up_limit)
    elif catch_up is CatchUp.LATEST and not fresh:
        late = _newest(cron, zone, since=since, until=missed_until, limit=1)
    fired = late + fresh
    left_out = instants(cron, zone, since, ends_at=fired[0] - SECOND) if fired else iter(())
    return Due(fired, sum(1 for _ in islice(left_out, MAX_MISSED)))


def _newest(cron: Cron, zone: ZoneInfo, *, since: datetime, until: datetime, limit: int) -> list[datetime]:
    """The newest so many instants after `since`, up to `until`; looks back in growing steps, for there may be millions."""
    found: list[datetime] = []
    step = _FIRST_LOOK_BACK
    while until > since and len(found) < limit:
        begin = max(since, until - step)
        found = [*instants(cron, zone, begin, ends_at=until), *found]
        until, step = begin, step * _GROWTH
    return found[-limit:]


def jitter(name: str, scheduled_for: datetime, jitter_seconds: float) -> float:
    """By how many seconds this instant of the schedule is put off: below `jitter_seconds`, the same in every process."""
    if not jitter_seconds:
        return 0.0
    text = f"{name}\n{scheduled_for.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    share = int.from_bytes(blake2b(text.encode(), digest_size=6).digest()) / 2**48
    return share * jitter_seconds
