"""/stats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from flask import Response

from goqueue_api.access.scope import Scope
from goqueue_api.errors import InvalidRequest
from goqueue_api.json_provider import json_response
from goqueue_api.openapi import Answer, ApiBlueprint
from goqueue_api.schemas.stats import OverviewSchema, TimeseriesQuerySchema, TimeseriesSchema, step_of
from goqueue_api.services import services
from goqueue_common.errors import FieldError
from goqueue_common.timeseries_search import MOST_POINTS, By, Period, period_of

_HOUR: Final = timedelta(hours=1)
_LONGEST: Final = timedelta(days=366)

blueprint = ApiBlueprint("stats", __name__, description="Figures of the whole system: now, and over time.")


@blueprint.operation(
    "GET",
    "/stats/overview",
    "getOverview",
    scope=Scope.READ,
    answers={200: Answer(OverviewSchema(), "The system at one look.")},
)
def get_overview() -> Response:
    """Show the whole system at one look

    Counts are exact. Rates and quantiles are those of the present and the last minute, of queues those of five minutes.
    """
    return json_response(services().stats.overview().to_dict())


@blueprint.operation(
    "GET",
    "/stats/timeseries",
    "getTimeseries",
    scope=Scope.READ,
    query=TimeseriesQuerySchema(),
    answers={200: Answer(TimeseriesSchema(), "What happened, in columns.")},
)
def get_timeseries(query: dict[str, Any]) -> Response:
    """Show what happened over time, of all together or also of each queue

    Jobs are counted in the minute in which it happened to them, whatever became of them since.
    """
    period = _period(query)
    asked: dict[str, Any] = {"queues": query["queue"], "types": query["type"]}
    search, metrics = services().timeseries, query["metric"]
    groups = None if query["by"] is None else search.parted(By(query["by"]), period, metrics, **asked)
    step = int(period.step.total_seconds())
    first = int(period.since.timestamp())
    return json_response(
        {
            "from": period.since,
            "to": period.until,
            "step": step,
            "t": [first + step * number for number in range(period.points)],
            "series": search.series(period, metrics, **asked),
            "groups": groups,
        }
    )


def _period(query: dict[str, Any]) -> Period:
    try:
        return _checked_period(query)
    except (OverflowError, ValueError) as error:
        told = f"{query['until']} is too near the first or the last time that there is"
        raise InvalidRequest([FieldError("/query/to", told)]) from error


def _checked_period(query: dict[str, Any]) -> Period:
    until = query["until"] or datetime.now(UTC)
    since = query["since"] or until - _HOUR
    if since >= until:
        raise InvalidRequest([FieldError("/query/from", f"{since.isoformat()} is not before `to`, {until.isoformat()}")])
    if until - since > _LONGEST:
        raise InvalidRequest([FieldError("/query/from", "is more than 366 days before `to`: ask for less at once")])
    period = period_of(since.astimezone(UTC), until.astimezone(UTC), step_of(query["step"]))
    if period.points > MOST_POINTS:
        raise InvalidRequest(
            [FieldError("/query/step", f"makes {period.points:,} points of this time; {MOST_POINTS:,} is the most")]
        )
    return period
