"""Which jobs somebody looks for, and what that says of their ids. Pure: no SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from goqueue_common.lifecycle import FINAL, JobStatus

ID_MARGIN: Final = timedelta(minutes=5)
"""How far the clock that made an id may be from the database's, which says when its job was created."""
ANY_MORE: Final = "*"
"""Ends the value of a filter that means every name that begins so; no name has it."""
_RANDOM_BITS: Final = 80
FIRST_ID: Final = str(UUID(int=0))
LAST_ID: Final = str(UUID(int=2**128 - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFilter:
    """Which jobs; several values of one field mean any of them, empty or None means all.

    tags: a job must have one of them. workers: who runs it, or ended its last attempt. errors: parts of its last error,
    in any case. fingerprints: the failure group of that error. payloads: objects that its payload contains, as JSONB
    contains (`@>`). parents: the jobs whose handlers submitted it. reruns_of: the jobs it runs again. `_after` is
    inclusive, `_before` is not. duration: seconds from the start of its last attempt to its end; a job that has not ended
    has none. Of queues and types a value that ends with `*` means every name that begins so. `not_`: a job may have none of
    these; one that has no schedule, or was never run, has none.
    """

    ids: Sequence[str] = ()
    statuses: Sequence[str] = ()
    queues: Sequence[str] = ()
    types: Sequence[str] = ()
    tags: Sequence[str] = ()
    workers: Sequence[str] = ()
    schedules: Sequence[str] = ()
    errors: Sequence[str] = ()
    fingerprints: Sequence[str] = ()
    payloads: Sequence[Mapping[str, Any]] = ()
    parents: Sequence[str] = ()
    reruns_of: Sequence[str] = ()
    not_statuses: Sequence[str] = ()
    not_queues: Sequence[str] = ()
    not_types: Sequence[str] = ()
    not_tags: Sequence[str] = ()
    not_workers: Sequence[str] = ()
    not_schedules: Sequence[str] = ()
    created_after: datetime | None = None
    created_before: datetime | None = None
    run_at_after: datetime | None = None
    run_at_before: datetime | None = None
    finished_after: datetime | None = None
    finished_before: datetime | None = None
    attempts_min: int | None = None
    attempts_max: int | None = None
    duration_min: float | None = None
    duration_max: float | None = None

    @property
    def used(self) -> set[str]:
        """The names of the fields that say something."""
        return {item.name for item in fields(self) if getattr(self, item.name) not in (None, (), [])}

    @property
    def allowed_statuses(self) -> list[str]:
        """The statuses that it lets through."""
        asked = self.statuses or JobStatus
        return sorted(str(status) for status in JobStatus if status in asked and status not in self.not_statuses)

    @property
    def final_statuses(self) -> list[str]:
        """The final ones of them."""
        return [status for status in self.allowed_statuses if status in FINAL]

    @property
    def live_statuses(self) -> list[str]:
        """The others of them; a job that has not ended has neither an end nor a duration."""
        if self.used & {"finished_after", "finished_before", "duration_min", "duration_max"}:
            return []
        possible = {JobStatus.PROCESSING} if self.workers else set(JobStatus) - FINAL
        return [status for status in self.allowed_statuses if status in possible]

    @property
    def is_looked_up(self) -> bool:
        """Whether it names jobs, or jobs that they come of: then those are all there is to look at."""
        return bool(self.ids or self.parents or self.reruns_of)

    @property
    def is_found_by_walking(self) -> bool:
        """Whether it only says which jobs are not wanted, by what no index can leave out."""
        said = self.used - {"created_after", "created_before"}
        return bool(said) and said <= {"not_tags", "not_workers", "not_schedules"}

    def lets_queue(self, name: str) -> bool:
        """Whether it lets jobs of this queue through."""
        return _lets(name, self.queues, self.not_queues)

    def lets_type(self, name: str) -> bool:
        """Whether it lets jobs of this type through."""
        return _lets(name, self.types, self.not_types)

    @property
    def window(self) -> Window:
        """The ids that it lets through: a uuid7 begins with the time at which it was made, and no job ends before that."""
        before = [moment for moment in (self.created_before, self.finished_before) if moment is not None]
        return Window(
            low=None if self.created_after is None else _first_id(_moved(self.created_after, -ID_MARGIN)),
            high=min(_first_id(_moved(moment, ID_MARGIN)) for moment in before) if before else None,
        )


class Names(NamedTuple):
    """Names as a filter has them, and what the others begin with."""

    whole: list[str]
    prefixes: list[str]

    @classmethod
    def read(cls, values: Sequence[str]) -> Names:
        """Of the values of a filter."""
        return cls(
            [value for value in values if not value.endswith(ANY_MORE)],
            [value.removesuffix(ANY_MORE) for value in values if value.endswith(ANY_MORE)],
        )

    def match(self, name: str) -> bool:
        """Whether this is one of them."""
        return name in self.whole or name.startswith(tuple(self.prefixes))


class Count(NamedTuple):
    """So many, or when it is capped, at least so many."""

    value: int
    is_capped: bool = False

    @property
    def relation(self) -> str:
        """`gte` or `eq`, as the HTTP API says it."""
        return "gte" if self.is_capped else "eq"

    def to_dict(self) -> dict[str, Any]:
        """As the HTTP API shows it."""
        return {"value": self.value, "relation": self.relation}


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Ids between two that are not of it, None: without end; in descending order or ascending."""

    low: str | None = None
    high: str | None = None
    descending: bool = True

    def beyond(self, place: str | None) -> Window:
        """What follows `place` in its order."""
        if place is None:
            return self
        if self.descending:
            return replace(self, high=place if self.high is None else min(place, self.high))
        return replace(self, low=place if self.low is None else max(place, self.low))

    def sorted(self, ids: set[str]) -> list[str]:
        """In its order."""
        return sorted(ids, reverse=self.descending)

    def further(self, one: str, other: str) -> bool:
        """Whether `one` comes after `other` in its order."""
        return one < other if self.descending else one > other


def neighbour(job_id: str, *, above: bool) -> str:
    """The id next to this one: the place after which, or before which, a page begins with it."""
    return str(UUID(int=UUID(job_id).int + (1 if above else -1)))


def _lets(name: str, wanted: Sequence[str], unwanted: Sequence[str]) -> bool:
    return (not wanted or Names.read(wanted).match(name)) and not Names.read(unwanted).match(name)


def _moved(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:  # the first or the last of all days
        return moment


def _first_id(moment: datetime) -> str:
    """Less than every id made at `moment` or later."""
    milliseconds = max(1, int(moment.timestamp() * 1000))
    return str(UUID(int=(milliseconds << _RANDOM_BITS) - 1))
