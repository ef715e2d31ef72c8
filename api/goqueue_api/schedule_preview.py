"""When schedules fire: what POST /schedules/preview is sent, and what is answered there and of a schedule that exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final

from goqueue_common.cron.expression import parse
from goqueue_common.cron.instants import instants
from goqueue_common.cron.transition import effect, next_transition, offset_text
from goqueue_common.cron.zones import zone
from goqueue_common.errors import BadCron, BadZone, FieldError, InvalidSchedule, pointer_word
from goqueue_common.json_values import Unreadable, read_integer
from goqueue_common.schedule import Definition
from goqueue_common.schedule_definition import read_definition

MOST: Final = 100
"""Takes 0.15 s at most: to find so many Mondays that are a February 29 is a walk over 3,000 years."""
USUAL: Final = 10
_OF_A_SCHEDULE: Final = ("cron", "timezone", "starts_at", "ends_at")
MEMBERS: Final = (*_OF_A_SCHEDULE, "n")


def read_preview(document: Mapping[str, Any]) -> tuple[Definition, int]:
    """A schedule with nothing but its times, and how many instants are wanted. Raises InvalidSchedule."""
    problems = [
        FieldError(f"/{pointer_word(name[:80])}", f"is no member of a preview; those are {', '.join(MEMBERS)}")
        for name in document
        if name not in MEMBERS
    ]
    n = USUAL
    try:
        n = _count(document.get("n", USUAL))
    except Unreadable as error:
        problems.append(FieldError("/n", str(error)))
    try:
        times = {name: document[name] for name in _OF_A_SCHEDULE if name in document}
        definition = read_definition({"type": "any", **times})
    except InvalidSchedule as error:
        raise InvalidSchedule([*problems, *error.fields]) from error
    if problems:
        raise InvalidSchedule(problems)
    return definition, n


def preview(definition: Definition, now: datetime, n: int) -> dict[str, Any]:
    """What its cron means, when it fires after now, and what it does when clocks are changed next."""
    cron, in_zone = parse(definition.cron), zone(definition.timezone)
    change = next_transition(in_zone, now)
    transition = (
        None
        if change is None
        else {
            "at": change.at,
            "from_offset": offset_text(change.from_offset),
            "to_offset": offset_text(change.to_offset),
            "local_before": change.local_before.isoformat(),
            "local_after": change.local_after.isoformat(),
            "effect": effect(cron, in_zone, change),
        }
    )
    return {
        "cron": definition.cron,
        "timezone": definition.timezone,
        "words": cron.words(),
        "next": coming(definition, now, n),
        "transition": transition,
    }


def upcoming(definition: Definition, after: datetime) -> Iterator[datetime]:
    """The instants after this one, as if it were not paused. Raises BadCron, BadZone."""
    cron, in_zone = parse(definition.cron), zone(definition.timezone)
    return instants(cron, in_zone, after, starts_at=definition.starts_at, ends_at=definition.ends_at)


def coming(definition: Definition, after: datetime, n: int) -> list[dict[str, Any]]:
    """The first n of them, in UTC and as clocks of the zone show them."""
    try:
        in_zone, found = zone(definition.timezone), upcoming(definition, after)
    except (BadCron, BadZone):  # they were valid when the schedule was stored
        return []
    return [{"at": instant, "local": instant.astimezone(in_zone).isoformat()} for instant in islice(found, n)]


def _count(value: object) -> int:
    n = read_integer(value)
    if n is None:
        raise Unreadable("must not be null: leave it out")
    if not 1 <= n <= MOST:
        raise Unreadable(f"{n} is out of range: 1 to {MOST}")
    return n
