"""Why a job is not running, as the API answers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from goqueue.values import Count, Value, each, read_time

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall(Value):
    """A request of the API; PUT and PATCH want a body of one's choice."""

    method: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason(Value):
    """One reason. code: stable, for programs; detail: for people. until: when it ends by itself, None: that is not known.

    action: what to do, for people; call: the request that does it. None: nothing.
    """

    own_readers = {  # noqa: RUF012 - a ClassVar by its base
        "since": read_time,
        "until": read_time,
        "call": ApiCall.from_json,
    }

    code: str
    detail: str
    since: datetime | None = None
    until: datetime | None = None
    action: str | None = None
    call: ApiCall | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position(Value):
    """How many jobs of its queue go before a queued one, and about how many seconds that takes; None: nobody can say."""

    own_readers = {"ahead": Count.from_json}  # noqa: RUF012 - a ClassVar by its base

    ahead: Count
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation(Value):
    """Why a job is not running now; of one that runs or has ended, that it does or has.

    summary: the decisive reason in a sentence. reasons: all that hold, the decisive one first. position: of a queued job.
    """

    own_readers = {  # noqa: RUF012 - a ClassVar by its base
        "reasons": each(Reason.from_json),
        "position": Position.from_json,
        "checked_at": read_time,
    }

    job_id: str
    status: str
    summary: str
    reasons: tuple[Reason, ...] = ()
    position: Position | None = None
    checked_at: datetime | None = None
