"""The instants of a cron expression in a zone, by the rules of Debian's cron(8) where the clock is changed.

- An expression whose minute or hour starts with `*` runs at every real minute whose label matches: in both passes of a
  repeated hour, and not at all in one that is skipped.
- Any other names times of the day. One that is skipped runs once, when the clock has jumped; one that is repeated runs in
  the first pass only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from goqueue_common.cron.expression import Cron

SECOND: Final = timedelta(seconds=1)
LONGEST_CAUGHT_UP: Final = timedelta(hours=3)
"""What the clock skips in a longer jump is not caught up."""
_NONE: Final = timedelta(0)
EARLIEST: Final = datetime(1, 1, 3, tzinfo=UTC)
LATEST: Final = datetime(9999, 12, 29, tzinfo=UTC)
"""Between these two every instant has a label in every zone."""


class Change(NamedTuple):
    """A change of a zone's clock: its first instant, and the offsets from UTC before and after it."""

    at: datetime
    before: timedelta
    after: timedelta

    def label(self, offset: timedelta) -> datetime:
        """What a clock with this offset shows at the change."""
        return self.at.replace(tzinfo=None) + offset


def instants(
    cron: Cron, zone: ZoneInfo, after: datetime, *, starts_at: datetime | None = None, ends_at: datetime | None = None
) -> Iterator[datetime]:
    """The instants after this one, rising, in UTC, whole seconds; none before `starts_at`, none after `ends_at`.

    Ends when there is none for 50 years.
    """
    if starts_at is not None and starts_at > after:
        after = max(starts_at, EARLIEST) - timedelta(microseconds=1)
    last = max(after, EARLIEST).astimezone(UTC).replace(microsecond=0)
    until = LATEST if ends_at is None else min(ends_at, LATEST)
    if last >= until:
        return
    for instant in _walk(cron, zone, last):
        if instant > until:
            return
        if instant > last:
            last = instant
            yield instant


def _walk(cron: Cron, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """The same, but some may be at or before `after`, and one comes twice where the clock jumps."""
    start = after.astimezone(zone).replace(tzinfo=None, fold=0)
    labels = cron.labels.after(start)
    if not cron.is_fixed and _is_repeated(zone, start):
        change = _change_at(zone, start)
        yield from _both_passes(cron, change, after)
        labels = cron.labels.after(_last_repeated(change))
    while (label := next(labels, None)) is not None:
        before, later = _offsets(zone, label)
        if before == later or (before > later and cron.is_fixed):
            yield (label - before).replace(tzinfo=UTC)
        elif before > later:
            change = _change_at(zone, label)
            yield from _both_passes(cron, change, after)
            labels = cron.labels.after(_last_repeated(change))
        elif cron.is_fixed and later - before <= LONGEST_CAUGHT_UP:
            yield _change_at(zone, label).at


def _both_passes(cron: Cron, change: Change, after: datetime) -> Iterator[datetime]:
    """The instants after this one while the clock shows what it shows twice."""
    first, last = change.label(change.after), _last_repeated(change)
    for offset in (change.before, change.after):
        for label in cron.labels.after(max(first - SECOND, after.replace(tzinfo=None) + offset)):
            if label > last:
                break
            yield (label - offset).replace(tzinfo=UTC)


def _is_repeated(zone: ZoneInfo, label: datetime) -> bool:
    before, after = _offsets(zone, label)
    return before > after


def _last_repeated(change: Change) -> datetime:
    return change.label(change.before) - SECOND


def _offsets(zone: ZoneInfo, label: datetime) -> tuple[timedelta, timedelta]:
    """Twice the offset of the label; or, where the clock skips or repeats it, those before and after the change."""
    return zone.utcoffset(label) or _NONE, zone.utcoffset(label.replace(fold=1)) or _NONE


def _change_at(zone: ZoneInfo, label: datetime) -> Change:
    """The change of the clock that skips or repeats this label."""
    before, after = _offsets(zone, label)
    one, other = ((label - offset).replace(tzinfo=UTC) for offset in (before, after))
    return Change(change_between(zone, min(one, other), max(one, other)), before, after)


def change_between(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first instant with the offset that `after` has, where there is one change after `before`. Whole seconds, UTC."""
    offset = after.astimezone(zone).utcoffset()
    while after - before > SECOND:
        middle = before + (after - before) // SECOND // 2 * SECOND
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after
