"""What schedulers send: instants to fire, and reports of themselves."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from goqueue_api.errors import InvalidRequest
from goqueue_api.fire_request import read_fires
from goqueue_api.scheduler_request import READERS, read_presence
from goqueue_api.schemas.schedulers import (
    FIRE_EXAMPLES,
    REPORT_EXAMPLES,
    FireItemSchema,
    FireRequestSchema,
    SchedulerReportSchema,
)
from goqueue_common.schedule import Fire

ID = "019cad8f-ac00-7c41-9d5e-0b1c2d3e4f51"
RUN = {"schedule": "poll", "scheduled_for": "2026-03-02T09:30:00Z", "version": 1}
REPORT = {"host": "h", "pid": 1, "version": "1", "leads": False, "term": None, "lag": 0, "fired": 0}


def pointers(refused: pytest.ExceptionInfo[InvalidRequest]) -> list[str]:
    return [field.pointer for field in refused.value.fields]


def test_the_schemas_document_what_is_read() -> None:
    assert set(SchedulerReportSchema().fields) == set(READERS)
    assert set(FireRequestSchema().fields) == {"runs"}
    assert set(FireItemSchema().fields) == {*RUN, "missed"}
    for example in FIRE_EXAMPLES.values():
        assert len(read_fires(example["value"])) == 2
    for example in REPORT_EXAMPLES.values():
        assert read_presence(ID, example["value"]).leads


def test_instants_are_read_in_their_order() -> None:
    later = RUN | {"scheduled_for": "2026-03-02T10:31:00+01:00", "version": 2.0, "missed": 3}
    assert read_fires({"runs": [RUN, later]}) == [
        Fire(schedule="poll", scheduled_for=datetime(2026, 3, 2, 9, 30, tzinfo=UTC), version=1),
        Fire(schedule="poll", scheduled_for=datetime(2026, 3, 2, 9, 31, tzinfo=UTC), version=2, missed=3),
    ]


@pytest.mark.parametrize(
    ("document", "found"),
    [
        pytest.param({}, ["/runs"], id="nothing"),
        pytest.param({"runs": []}, ["/runs"], id="none"),
        pytest.param({"runs": RUN}, ["/runs"], id="no array"),
        pytest.param({"runs": [RUN] * 10_001}, ["/runs"], id="too many"),
        pytest.param({"runs": [RUN], "x": 1}, ["/x"], id="beside"),
        pytest.param({"runs": [RUN, "poll"]}, ["/runs/1"], id="a string"),
        pytest.param(
            {"runs": [RUN, {}]}, [f"/runs/1/{name}" for name in ("schedule", "version", "scheduled_for")], id="empty"
        ),
        pytest.param({"runs": [RUN | {"x/y": 1}]}, ["/runs/0/x~1y"], id="unknown member"),
        pytest.param({"runs": [RUN | {"schedule": "my poll"}]}, ["/runs/0/schedule"], id="no name"),
        pytest.param({"runs": [RUN | {"version": 0}]}, ["/runs/0/version"], id="version 0"),
        pytest.param({"runs": [RUN | {"version": True}]}, ["/runs/0/version"], id="version true"),
        pytest.param({"runs": [RUN | {"version": 2**63}]}, ["/runs/0/version"], id="version too large"),
        pytest.param({"runs": [RUN | {"missed": -1}]}, ["/runs/0/missed"], id="missed negative"),
        pytest.param({"runs": [RUN | {"missed": None}]}, ["/runs/0/missed"], id="missed null"),
        pytest.param(
            {"runs": [RUN | {"scheduled_for": "2026-03-02T09:30:00.5Z"}]}, ["/runs/0/scheduled_for"], id="half second"
        ),
        pytest.param({"runs": [RUN | {"scheduled_for": "2026-03-02T09:30:00"}]}, ["/runs/0/scheduled_for"], id="no zone"),
        pytest.param({"runs": [RUN | {"scheduled_for": 1772443800}]}, ["/runs/0/scheduled_for"], id="a number"),
    ],
)
def test_what_cannot_be_fired_is_named(document: dict[str, Any], found: list[str]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_fires(document)
    assert pointers(refused) == found


def test_no_more_than_fifty_problems_are_told() -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_fires({"runs": [{}] * 100})
    assert len(refused.value.fields) == 50


def test_ten_thousand_instants_are_read_in_a_blink() -> None:
    runs = [RUN | {"missed": 1} for _ in range(10_000)]
    began = time.process_time()
    assert len(read_fires({"runs": runs})) == 10_000
    assert time.process_time() - began < 1.0


def test_a_report_is_read() -> None:
    presence = read_presence(ID, REPORT | {"leads": True, "term": 3.0, "lag": 1.5, "ended": True})
    assert (presence.id, presence.leads, presence.term, presence.lag_seconds, presence.ended) == (ID, True, 3, 1.5, True)
    assert (read_presence(ID, REPORT).ended, read_presence(ID, REPORT).trouble) == (False, None)
    assert read_presence(ID, REPORT | {"trouble": "x" * 500}).trouble == "x" * 500


@pytest.mark.parametrize(
    ("members", "found"),
    [
        pytest.param({"x": 1}, "/x", id="unknown member"),
        pytest.param({"host": ""}, "/host", id="no host"),
        pytest.param({"host": "a\nb"}, "/host", id="host of two lines"),
        pytest.param({"host": "h" * 256}, "/host", id="host too long"),
        pytest.param({"version": 1}, "/version", id="version a number"),
        pytest.param({"pid": 0}, "/pid", id="pid 0"),
        pytest.param({"pid": None}, "/pid", id="pid null"),
        pytest.param({"pid": 2**31}, "/pid", id="pid too large"),
        pytest.param({"leads": 1}, "/leads", id="leads a number"),
        pytest.param({"term": -1}, "/term", id="term negative"),
        pytest.param({"lag": -0.1}, "/lag", id="lag negative"),
        pytest.param({"lag": True}, "/lag", id="lag true"),
        pytest.param({"lag": 1e300}, "/lag", id="lag without measure"),
        pytest.param({"trouble": 1}, "/trouble", id="trouble a number"),
        pytest.param({"trouble": ""}, "/trouble", id="trouble empty"),
        pytest.param({"trouble": "a\nb"}, "/trouble", id="trouble of two lines"),
        pytest.param({"trouble": "x" * 501}, "/trouble", id="trouble too long"),
        pytest.param({"fired": 1.5}, "/fired", id="fired by halves"),
        pytest.param({"fired": 2**54}, "/fired", id="fired too large"),
    ],
)
def test_a_bad_report_is_refused(members: dict[str, Any], found: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_presence(ID, REPORT | members)
    assert pointers(refused) == [found]


@pytest.mark.parametrize("name", REPORT)
def test_a_report_has_all_members(name: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_presence(ID, {member: value for member, value in REPORT.items() if member != name})
    assert pointers(refused) == [f"/{name}"]
