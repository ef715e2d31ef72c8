from __future__ import annotations

import csv
import io
import json

from goqueue_builtin.report.document import as_csv, as_json, totals
from goqueue_common.report_store import Counts, Times, TypeFigures
from tests.unit.builtin.some_report import empty_report, some_report


def test_the_document_has_every_figure() -> None:
    counts = {"created": 11, "completed": 9, "failed": 2, "cancelled": 0, "unfinished": 0, "failures": 5, "rescues": 0}
    assert as_json(some_report(zone="Europe/Zurich")) == {
        "since": "2026-03-03T13:00:00+01:00",
        "until": "2026-03-03T15:00:00+01:00",
        "timezone": "Europe/Zurich",
        "queues": [],
        "types": [],
        "totals": {
            "created": 14,
            "scheduled": 0,
            "queued": 3,
            "processing": 0,
            "retrying": 0,
            "completed": 9,
            "failed": 2,
            "cancelled": 0,
            "failures": 0,
            "rescues": 0,
        },
        "by_type": [
            {
                "type": "mail",
                **counts,
                "run_seconds_average": 0.123,
                "run_seconds_p50": 0.2,
                "run_seconds_p95": 12.0,
                "wait_seconds_average": 0.01,
                "wait_seconds_p95": 90.0,
            },
            {
                "type": "image",
                **dict.fromkeys(counts, 0),
                "created": 3,
                "unfinished": 3,
                "run_seconds_average": None,
                "run_seconds_p50": None,
                "run_seconds_p95": None,
                "wait_seconds_average": None,
                "wait_seconds_p95": None,
            },
        ],
        "by_queue": [{"queue": "default", **counts, "created": 14, "unfinished": 3}],
        "series": [
            {"since": "2026-03-03T13:00:00+01:00", "created": 10, "completed": 8, "failed": 2},
            {"since": "2026-03-03T14:00:00+01:00", "created": 4, "completed": 1, "failed": 0},
        ],
        "errors": [{"error": "broken", "jobs": 2}],
    }


def test_the_document_of_an_empty_period_is_complete() -> None:
    document = as_json(empty_report())
    assert json.loads(json.dumps(document)) == document
    assert (document["by_type"], document["by_queue"], document["errors"]) == ([], [], [])
    assert len(document["series"]) == 2
    assert set(totals(empty_report()).values()) == {0}


def test_the_table_has_a_row_for_each_type_and_queue() -> None:
    text = as_csv(some_report())
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    mail, image, default = csv.DictReader(io.StringIO(text, newline=""))
    assert (mail["group"], mail["name"], mail["created"], mail["run_seconds_p95"]) == ("type", "mail", "11", "12.0")
    assert (image["group"], image["name"], image["created"], image["run_seconds_p95"]) == ("type", "image", "3", "")
    assert (default["group"], default["name"], default["unfinished"]) == ("queue", "default", "3")
    assert {row["since"] for row in (mail, image, default)} == {"2026-03-03T12:00:00+00:00"}
    assert None not in mail


def test_the_table_of_an_empty_period_is_its_heads() -> None:
    assert as_csv(empty_report()).startswith("since,until,group,name,created,completed,")
    assert as_csv(empty_report()).count("\r\n") == 1


def test_a_name_with_commas_and_quotes_stays_one_cell() -> None:
    report = some_report(types=[TypeFigures('a,"b"\nc', Counts(), Times())], queues=[])
    assert [row["name"] for row in csv.DictReader(io.StringIO(as_csv(report), newline=""))] == ['a,"b"\nc']
