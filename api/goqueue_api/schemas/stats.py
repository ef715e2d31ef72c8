"""Figures of the whole system."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, pre_load, validate

from goqueue_api.schemas.answer import AnswerSchema
from goqueue_api.schemas.queries import TimeField, apart_at_commas, name_field
from goqueue_common.timeseries_search import COUNTED, MEASURED, MOST_GROUPS, By

_METRICS: Final = (*COUNTED, *MEASURED)
_COMMAS: Final = ("metric", "queue", "type")
_MINUTE: Final = 60
_DAY: Final = 86_400


class QuantilesSchema(AnswerSchema):
    """Seconds below which half, 95 % and 99 % of all values lie; null: there was no value."""

    p50 = fields.Float(required=True, allow_none=True)
    p95 = fields.Float(required=True, allow_none=True)
    p99 = fields.Float(required=True, allow_none=True)


class StatusCountsSchema(AnswerSchema):
    """How many jobs there are in each status."""

    scheduled = fields.Integer(required=True)
    queued = fields.Integer(required=True)
    processing = fields.Integer(required=True)
    retrying = fields.Integer(required=True)
    completed = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    cancelled = fields.Integer(required=True)


class HappenedSchema(AnswerSchema):
    """Jobs a minute, by what happened to them."""

    submitted = fields.Float(required=True)
    completed = fields.Float(required=True)
    failed = fields.Float(required=True)
    retried = fields.Float(required=True, metadata={"description": "An attempt ended in an error; another one follows."})
    cancelled = fields.Float(required=True)


class WorkerCountsSchema(AnswerSchema):
    """Worker processes, and how many jobs they run."""

    alive = fields.Integer(required=True)
    draining = fields.Integer(required=True, metadata={"description": "Those that claim nothing any more."})
    lost = fields.Integer(required=True, metadata={"description": "In the last hour."})
    slots = fields.Integer(required=True, metadata={"description": "How many jobs those that are alive can run at once."})
    running = fields.Integer(required=True)


class LeaderSchema(AnswerSchema):
    """The scheduler that fires."""

    id = fields.UUID(required=True)
    host = fields.String(required=True)
    pid = fields.Integer(required=True)
    term = fields.Integer(
        required=True, allow_none=True, metadata={"description": "null: it fires without the lock, Redis being away."}
    )
    since = fields.AwareDateTime(required=True)


class NextFireSchema(AnswerSchema):
    """A schedule, and when it fires next."""

    name = fields.String(required=True)
    type = fields.String(required=True)
    queue = fields.String(required=True)
    next_at = fields.AwareDateTime(required=True)


class SchedulerSightSchema(AnswerSchema):
    """Scheduling at one look."""

    leader = fields.Nested(LeaderSchema(), required=True, allow_none=True, metadata={"description": "null: nobody fires."})
    alive = fields.Integer(required=True, metadata={"description": "Scheduler processes."})
    trouble = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What somebody should look at, as a live scheduler says it, the leader before others."},
    )
    lag_seconds = fields.Float(required=True, metadata={"description": "By which the oldest of what is due is late."})
    fired_per_minute = fields.Float(required=True)
    schedules = fields.Integer(required=True)
    paused = fields.Integer(required=True, metadata={"description": "Of the schedules."})
    next = fields.List(fields.Nested(NextFireSchema()), required=True, metadata={"description": "5 at most."})


class QueueSightSchema(AnswerSchema):
    """A queue at one look."""

    name = fields.String(required=True)
    queued = fields.Integer(required=True)
    processing = fields.Integer(required=True)
    paused = fields.Boolean(required=True)
    oldest_seconds = fields.Float(required=True, allow_none=True)
    in_per_minute = fields.Float(required=True)
    out_per_minute = fields.Float(required=True)
    seconds_to_drain = fields.Float(required=True, allow_none=True)


class OverviewSchema(AnswerSchema):
    """The whole system at one look."""

    at = fields.AwareDateTime(required=True)
    jobs = fields.Nested(StatusCountsSchema(), required=True)
    due = fields.Integer(
        required=True,
        metadata={"description": "Jobs there is work to do for now: queued, processing, and those whose run_at has come."},
    )
    oldest_queued_seconds = fields.Float(required=True, allow_none=True)
    per_minute = fields.Nested(HappenedSchema(), required=True)
    wait_seconds = fields.Nested(
        QuantilesSchema(), required=True, metadata={"description": "From being due to being claimed, lately."}
    )
    run_seconds = fields.Nested(
        QuantilesSchema(), required=True, metadata={"description": "From being claimed to the end, lately."}
    )
    workers = fields.Nested(WorkerCountsSchema(), required=True)
    scheduler = fields.Nested(SchedulerSightSchema(), required=True)
    queues_total = fields.Integer(required=True)
    queues_paused = fields.Integer(required=True)
    queues = fields.List(
        fields.Nested(QueueSightSchema()),
        required=True,
        metadata={"description": "Those with the longest waits, 20 at most."},
    )


class TimeseriesSchema(AnswerSchema):
    """Columns of one length: the times at which steps begin, and a value a step for each metric."""

    since = fields.AwareDateTime(required=True, data_key="from")
    until = fields.AwareDateTime(required=True, data_key="to")
    step = fields.Integer(required=True, metadata={"description": "Seconds."})
    t = fields.List(fields.Integer(), required=True, metadata={"description": "Seconds since 1970 at which steps begin."})
    series = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.Float(allow_none=True)),
        required=True,
        metadata={"description": "By metric: how many jobs in the step; or seconds, null without any."},
    )
    groups = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(keys=fields.String(), values=fields.List(fields.Float(allow_none=True))),
        required=True,
        allow_none=True,
        metadata={
            "description": "The same of each queue or type, by its name; null: `by` was not asked for. Those in which "
            f"nothing happened are not there, and of more than {MOST_GROUPS} those in which most did."
        },
    )


def _whole_minutes(seconds: int) -> None:
    if seconds % _MINUTE:
        raise ValidationError(f"{seconds} is no whole number of minutes: figures are kept by the minute")


class TimeseriesQuerySchema(Schema):
    """GET /stats/timeseries."""

    metric = fields.List(
        fields.String(validate=validate.OneOf(_METRICS, error="{input!r:.80} is no metric: choose of {choices}")),
        load_default=lambda: list(COUNTED),
        metadata={"description": "Which columns. Repeat it, or put commas between several; by default all that count."},
    )
    queue = fields.List(name_field(), load_default=list, metadata={"description": "Only of these queues."})
    type = fields.List(name_field(), load_default=list, metadata={"description": "Only of these types."})
    by = fields.String(
        load_default=None,
        validate=validate.OneOf(list(By), error="{input!r:.80} is nothing to part by: choose of {choices}"),
        metadata={"description": "Show each queue, or each type, by itself, too."},
    )
    since = TimeField(
        data_key="from", load_default=None, metadata={"description": "The first time; an hour before `to` by default."}
    )
    until = TimeField(data_key="to", load_default=None, metadata={"description": "The last time; by default now."})
    step = fields.Integer(
        load_default=None,
        validate=[
            validate.Range(_MINUTE, _DAY, error="{input} is out of range: 60 to 86400 seconds"),
            _whole_minutes,
        ],
        metadata={
            "description": "Seconds a point covers, in whole minutes; by default so that there are about a hundred.",
            "multipleOf": _MINUTE,
        },
    )

    @pre_load
    def _gather(self, data: Any, **_: Any) -> dict[str, Any]:
        return apart_at_commas(dict(data), _COMMAS)


def step_of(seconds: int | None) -> timedelta | None:
    """As the query gives it."""
    return None if seconds is None else timedelta(seconds=seconds)
