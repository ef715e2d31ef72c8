"""GET /jobs/{id}/logs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from goqueue_api.app import create_app
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_common.database import Database
from goqueue_common.job_log_store import JobLogStore, NewLogLine
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from tests.factories import job_in

AT = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture
def job_id(store: JobStore, database: Database, worker_id: str) -> str:
    """A running job with five lines, one of each level and another."""
    running = job_in(JobStatus.PROCESSING, store, worker_id)
    levels = ["debug", "info", "warning", "error", "info"]
    fields = '{"n": 1, "login": {"password": "hunter2"}}'
    said = [NewLogLine(running, 1, AT, level, f"line {number}", fields) for number, level in enumerate(levels)]
    JobLogStore(database).append(worker_id, said)
    return running


def read(client: FlaskClient, job_id: str, **query: Any) -> dict[str, Any]:
    answer = client.get(f"/jobs/{job_id}/logs", query_string=query)
    assert answer.status_code == 200, answer.data
    document: dict[str, Any] = answer.get_json()
    return document


def test_lines_come_with_all_that_was_said(client: FlaskClient, job_id: str) -> None:
    page = read(client, job_id)
    assert [line["message"] for line in page["items"]] == [f"line {number}" for number in range(5)]
    assert page["items"][0] | {"seq": 0} == {
        "seq": 0,
        "attempt": 1,
        "at": "2026-03-01T12:00:00.250000Z",
        "level": "debug",
        "message": "line 0",
        "fields": {"n": 1, "login": {"password": "hunter2"}},
    }
    assert (page["next_after"], page["status"], page["complete"]) == (page["items"][-1]["seq"], "processing", False)


def test_a_reader_goes_on_where_it_was(client: FlaskClient, job_id: str) -> None:
    first = read(client, job_id, limit=2)
    rest = read(client, job_id, after=first["next_after"])
    assert [line["message"] for line in rest["items"]] == ["line 2", "line 3", "line 4"]
    nothing = read(client, job_id, after=rest["next_after"])
    assert (nothing["items"], nothing["next_after"]) == ([], rest["next_after"])


def test_grave_lines_alone(client: FlaskClient, job_id: str) -> None:
    assert [line["level"] for line in read(client, job_id, level="warning")["items"]] == ["warning", "error"]
    assert read(client, job_id, attempt=2)["items"] == []


def test_values_of_named_fields_are_hidden(settings: ApiSettings, job_id: str) -> None:
    app = create_app(replace(settings, stores=replace(settings.stores, redact=("password",))))
    shown = read(app.test_client(), job_id)["items"][0]["fields"]
    app.extensions[EXTENSION].close()
    assert shown == {"n": 1, "login": {"password": "[redacted]"}}


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("after=-1", "/query/after: -1 is no place in a log"),
        ("limit=0", "/query/limit: 0 is out of range: 1 to 1000"),
        ("limit=1001", "/query/limit: 1001 is out of range: 1 to 1000"),
        ("attempt=0", "/query/attempt: 0 is no attempt: the first is 1"),
        ("level=loud", "/query/level: 'loud' is no level: choose of debug, info, warning, error"),
        ("tail=5", "/query/tail: is no parameter of this path"),
    ],
)
def test_bad_queries_are_told_what_is_wrong(client: FlaskClient, job_id: str, query: str, says: str) -> None:
    answer = client.get(f"/jobs/{job_id}/logs?{query}")
    assert answer.status_code == 422
    assert says in answer.get_json()["detail"]


@pytest.mark.parametrize("unknown", ["019cade3-e680-7b22-9e4f-6e7f80910213", "no-id"])
def test_a_job_that_is_not_there_has_no_log(client: FlaskClient, unknown: str) -> None:
    answer = client.get(f"/jobs/{unknown}/logs")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "job_not_found")
