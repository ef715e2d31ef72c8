from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient

from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.rollup_store import RollupStore
from tests.factories import job_in, register_worker, submit


@pytest.fixture
def happened(database: Database, store: JobStore, worker_id: str) -> datetime:
    """A job in each status, folded; when that began."""
    began = datetime.now(UTC)
    for status in JobStatus:
        job_in(status, store, worker_id, queue="mail")
    submit(store, type_="other", queue="reports")
    RollupStore(database).fold(1_000)
    return began


def total(client: FlaskClient, **query: object) -> dict[str, float]:
    answer = client.get("/stats/timeseries", query_string=query)
    assert answer.status_code == 200, answer.text
    document = answer.get_json()
    assert all(len(column) == len(document["t"]) for column in document["series"].values())
    return {name: sum(value for value in column if value is not None) for name, column in document["series"].items()}


@pytest.mark.usefixtures("happened")
def test_the_overview_counts_every_job_and_what_happened(client: FlaskClient) -> None:
    seen = client.get("/stats/overview").get_json()
    assert seen["jobs"] == {**dict.fromkeys(JobStatus, 1), "queued": 2}
    assert seen["due"] == 3
    assert seen["workers"] == {"alive": 1, "draining": 0, "lost": 0, "slots": 1, "running": 1}
    assert [queue["name"] for queue in seen["queues"]] == ["mail", "reports"]
    assert 8 / 2 <= seen["per_minute"]["submitted"] <= 8
    assert seen["run_seconds"]["p99"] is not None


def test_workers_are_counted_by_what_they_are_good_for(client: FlaskClient, database: Database) -> None:
    register_worker(database, slots=5)
    register_worker(database, slots=7)
    database.run("UPDATE workers SET drain_requested_at = now() WHERE slots = 7")
    register_worker(database, slots=9)
    database.run("UPDATE workers SET beat_at = now() - interval '1 minute' WHERE slots = 9")
    counted = client.get("/stats/overview").get_json()["workers"]
    assert counted == {"alive": 1, "draining": 1, "lost": 1, "slots": 5, "running": 0}


def test_jobs_whose_time_has_come_are_due_although_nobody_has_promoted_them(
    client: FlaskClient, database: Database, store: JobStore
) -> None:
    submit(store, delay_seconds=60)
    submit(store, delay_seconds=60)
    database.run("UPDATE jobs SET run_at = now() WHERE id = (SELECT id FROM jobs LIMIT 1)")
    assert client.get("/stats/overview").get_json()["due"] == 1


@pytest.mark.usefixtures("happened")
def test_a_timeseries_counts_what_happened_in_columns(client: FlaskClient) -> None:
    assert total(client) == {"submitted": 8, "completed": 1, "failed": 1, "retried": 1, "cancelled": 1}
    assert total(client, queue="reports") == {"submitted": 1, "completed": 0, "failed": 0, "retried": 0, "cancelled": 0}
    assert total(client, type="demo", metric="submitted,failed") == {"submitted": 7, "failed": 1}


@pytest.mark.usefixtures("happened")
def test_a_timeseries_can_be_parted(client: FlaskClient) -> None:
    query = {"metric": "submitted,failed,run_p95", "step": 3600}
    whole = client.get("/stats/timeseries", query_string=query).get_json()
    assert whole["groups"] is None
    for by in ("queue", "type"):
        parted = client.get("/stats/timeseries", query_string={**query, "by": by}).get_json()
        assert parted["series"] == whole["series"]
        assert len(parted["groups"]) > 1
        for name, series in parted["groups"].items():
            alone = client.get("/stats/timeseries", query_string={**query, by: name}).get_json()
            assert series == alone["series"]
    only = client.get("/stats/timeseries", query_string={**query, "by": "queue", "queue": "reports"}).get_json()
    assert list(only["groups"]) == ["reports"]


def test_a_timeseries_has_what_lies_in_its_time(client: FlaskClient, happened: datetime) -> None:
    before = happened - timedelta(hours=2)
    assert total(client, **{"from": before.isoformat(), "to": (before + timedelta(hours=1)).isoformat()})["submitted"] == 0
    assert total(client, **{"from": before.isoformat(), "step": 3600})["submitted"] == 8


def test_quantiles_are_null_where_nothing_happened(client: FlaskClient, happened: datetime) -> None:
    series = client.get("/stats/timeseries", query_string={"metric": "wait_p95,run_p50"}).get_json()["series"]
    assert list(series) == ["wait_p95", "run_p50"]
    assert series["wait_p95"][0] is None
    assert any(value is not None for value in series["wait_p95"])
    assert happened


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        pytest.param({"metric": "speed"}, "/query/metric/0", "'speed' is no metric", id="metric"),
        pytest.param({"by": "tag"}, "/query/by", "'tag' is nothing to part by", id="by"),
        pytest.param({"step": 90}, "/query/step", "90 is no whole number of minutes", id="odd step"),
        pytest.param({"step": 0}, "/query/step", "0 is out of range", id="no step"),
        pytest.param({"from": "yesterday"}, "/query/from", "yesterday", id="no time"),
        pytest.param({"queue": "a b"}, "/query/queue/0", "'a b' is no name", id="name"),
        pytest.param(
            {"from": "2026-03-02T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, "/query/from", "is not before", id="backwards"
        ),
        pytest.param(
            {"from": "2026-01-01T00:00:00Z", "to": "2026-03-01T00:00:00Z", "step": 60},
            "/query/step",
            "84,960 points",
            id="too many points",
        ),
        pytest.param({"from": "1970-01-01T00:00:00Z"}, "/query/from", "366 days", id="too long"),
        pytest.param({"to": "0001-01-01T00:30:00Z"}, "/query/to", "too near the first", id="before the first time"),
        pytest.param(
            {"from": "9999-12-31T23:00:00Z", "to": "9999-12-31T23:59:59Z"},
            "/query/to",
            "the last time",
            id="after the last",
        ),
        pytest.param({"bucket": 1}, "/query/bucket", "is no parameter", id="unknown"),
    ],
)
def test_a_wrong_question_is_told_what_is_wrong(
    client: FlaskClient, query: dict[str, object], field: str, said: str
) -> None:
    answer = client.get("/stats/timeseries", query_string=query)
    assert answer.status_code == 422
    (error,) = answer.get_json()["errors"]
    assert error["pointer"] == field
    assert said in error["detail"]
