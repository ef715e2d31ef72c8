"""Why a job is not running now, as people are told it: reasons, the decisive one first.

Values only: `facts` has what is asked of the stores, `explainer` what follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple, Self

from goqueue_common.job_filter import Count

_SPANS: Final = ((2, 1, "second"), (120, 1, "seconds"), (7_200, 60, "minutes"), (172_800, 3_600, "hours"))


class ReasonCode(StrEnum):
    """Why; stable, as programs match on it. meaning: when it is given. remedy: what to do, for the documentation."""

    meaning: str
    remedy: str

    def __new__(cls, value: str, meaning: str, remedy: str) -> Self:
        """A member; str knows its value alone."""
        code = str.__new__(cls, value)
        code._value_ = value
        code.meaning = meaning
        code.remedy = remedy
        return code

    QUEUE_PAUSED = "queue_paused", "its queue is paused", "resume the queue"
    NO_WORKER = "no_worker", "no worker lives at all", "start one"
    NO_WORKER_FOR_QUEUE = (
        "no_worker_for_queue",
        "none of the workers that live serves its queue",
        "start one for the queue, or move the job to another",
    )
    NO_WORKER_FOR_TYPE = (
        "no_worker_for_type",
        "of the workers that serve its queue none has a handler for its type",
        "start one with the handler",
    )
    WORKERS_DRAINING = (
        "workers_draining",
        "every worker that could run it was told to drain",
        "start others in their place",
    )
    LIMIT_REACHED = "limit_reached", "its queue or its type is limited, and so many run", "wait, or raise the limit"
    WORKERS_BUSY = (
        "workers_busy",
        "every slot of the workers that could run it is taken",
        "wait, or start more workers",
    )
    NO_HANDLER = (
        "no_handler",
        "a worker met it that has no handler for its type, and put it off; the job's `waiting_reason` says the same",
        "start a worker with the handler before it is given up",
    )
    SCHEDULED = "scheduled", "it is not due yet; `until`: when it is", "wait, or run it now"
    BACKING_OFF = "backing_off", "an attempt failed and it is tried again; `until`: when", "wait, or run it now"
    EXPIRES = (
        "expires",
        "it may not start after `until`, and then fails as `expired`; first of all when that comes before it is due",
        "see to what keeps it waiting",
    )
    RUNS_ALONE = (
        "runs_alone",
        "it died with its process before, so a worker runs it one at a time with others of its kind; too often: `poison`",
        "look at its attempts",
    )
    BEHIND = (
        "behind",
        "others of its queue go before it, by priority and age; `position` has how many, `until` an estimate",
        "wait, or raise its priority",
    )
    REDIS_AWAY = (
        "redis_away",
        "the API does not reach Redis: workers that do not, either, take jobs from PostgreSQL, somewhat slower",
        "see to Redis",
    )
    DISPATCHING = (
        "dispatching",
        "nothing is in its way: a worker takes it in a moment",
        "nothing, unless it stays so",
    )
    WORKER_LOST = (
        "worker_lost",
        "the worker that holds it has no lease any more; `until`: when another has taken it back, about",
        "nothing, if another worker lives",
    )
    CANCELLING = "cancelling", "it was told to stop and has not ended yet", "nothing"
    RUNNING = "running", "it runs, or its worker starts it in a moment; `until`: when its time is up", "nothing"
    COMPLETED = "completed", "its handler returned", "rerun it as a new job, if that is wanted"
    FAILED = "failed", "it is in the dead letter; `detail` says why", "retry it, once the cause is gone"
    CANCELLED = "cancelled", "a person or its handler gave it up", "retry it, if that is wanted"


class Call(NamedTuple):
    """A request of the HTTP API that a person may want to make now; PUT and PATCH want a body of their choice."""

    method: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One of them. detail: a sentence for people. until: when it ends by itself, as far as that is known.

    action: what to do, None: nothing. call: the request that does it, if one does.
    """

    code: ReasonCode
    detail: str
    since: datetime | None = None
    until: datetime | None = None
    action: str | None = None
    call: Call | None = None

    def to_dict(self) -> dict[str, Any]:
        """As the HTTP API shows it; times stay datetimes."""
        return {
            "code": self.code,
            "detail": self.detail,
            "since": self.since,
            "until": self.until,
            "action": self.action,
            "call": None if self.call is None else self.call._asdict(),
        }


class Position(NamedTuple):
    """How many go before it, and in about how many seconds they are gone at the present rate; None: nobody knows."""

    ahead: Count
    seconds: float | None

    def to_dict(self) -> dict[str, Any]:
        """As the HTTP API shows it."""
        return {"ahead": self.ahead.to_dict(), "seconds": self.seconds}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """All that keeps a job from running, at `checked_at` by the database's clock. position: of a queued job."""

    job_id: str
    status: str
    summary: str
    reasons: Sequence[Reason]
    position: Position | None
    checked_at: datetime

    def to_dict(self) -> dict[str, Any]:
        """As the HTTP API shows it; times stay datetimes."""
        return {
            "job_id": self.job_id,
            "status": self.status,
            "summary": self.summary,
            "reasons": [reason.to_dict() for reason in self.reasons],
            "position": None if self.position is None else self.position.to_dict(),
            "checked_at": self.checked_at,
        }


def span(seconds: float) -> str:
    """`42 seconds`, `3 hours`: how long something lasts, in words."""
    if seconds < 1:
        return "less than a second"
    unit, name = next(((unit, name) for below, unit, name in _SPANS if seconds < below), (86_400, "days"))
    return f"{int(seconds / unit)} {name}"


def markdown_table() -> str:
    """The table of docs/http-api.md."""
    rows = [f"| `{code}` | {code.meaning} | {code.remedy} |" for code in ReasonCode]
    return "\n".join(["| code | when | what to do |", "|---|---|---|", *rows, ""])
