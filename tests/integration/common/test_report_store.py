"""Statistics against figures worked out by hand, and the plans that keep them from reading the whole table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from goqueue_common import report_store
from goqueue_common.database import Database, connect
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.report_store import Counts, ErrorCount, QueueFigures, ReportStore, Selection, Times
from tests.factories import job_in, submit
from tests.integration.common.test_query_plans import _scans
from tests.scratch_database import scratch_database
from tests.stored_jobs import store_job

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TWO_HOURS = Selection([NOON, NOON + HOUR, NOON + 2 * HOUR])


@pytest.fixture
def reports(database: Database) -> ReportStore:
    return ReportStore(database)


def test_every_status_is_counted() -> None:
    assert set(report_store._STATUSES) == set(JobStatus)


def test_an_empty_table_has_a_series_of_zeros(reports: ReportStore) -> None:
    found = reports.statistics(TWO_HOURS)
    assert (found.totals, found.types, found.queues, found.errors) == (Counts(), [], [], [])
    assert [(item.since, item.until, item.counts) for item in found.series] == [
        (NOON, NOON + HOUR, Counts()),
        (NOON + HOUR, NOON + 2 * HOUR, Counts()),
    ]


def test_jobs_of_the_stores_are_counted_by_the_status_they_came_into(
    reports: ReportStore, store: JobStore, worker_id: str
) -> None:
    for status in JobStatus:
        job_in(status, store, worker_id)
    now = datetime.now(UTC)
    totals = reports.statistics(Selection([now - HOUR, now + HOUR])).totals
    assert totals == Counts(1, 1, 1, 1, 1, 1, 1, failures=2, rescues=0)
    assert (totals.created, totals.unfinished, totals.finished) == (7, 4, 3)


def test_figures_by_type_queue_and_time(database: Database, reports: ReportStore) -> None:
    for seconds in (1.0, 2.0, 3.0, 10.0):
        store_job(database, NOON + timedelta(minutes=1), type_="mail", queue="slow", wait=seconds / 2, run=seconds)
    store_job(
        database, NOON + timedelta(minutes=59), "failed", type_="mail", wait=1.0, error="broken", failures=4, rescues=2
    )
    store_job(database, NOON + timedelta(minutes=60), "cancelled", type_="image")
    store_job(database, NOON + timedelta(minutes=119), "queued", type_="image")
    found = reports.statistics(TWO_HOURS)

    assert found.totals == Counts(queued=1, completed=4, failed=1, cancelled=1, failures=4, rescues=2)
    mail, image = found.types
    assert (mail.type, mail.counts) == ("mail", Counts(completed=4, failed=1, failures=4, rescues=2))
    # run: 1 2 3 10 -> p50 halfway between 2 and 3, p95 at rank 2.85: 3 + 0.85 * 7; wait: 0.5 1 1 1.5 5, rank 3.8
    assert mail.times == Times(4.0, 2.5, pytest.approx(8.95), 1.8, pytest.approx(4.3))
    assert (image.type, image.counts, image.times) == ("image", Counts(queued=1, cancelled=1), Times())
    assert found.queues == [
        QueueFigures("slow", Counts(completed=4)),
        QueueFigures("default", Counts(queued=1, failed=1, cancelled=1, failures=4, rescues=2)),
    ]
    assert [item.counts for item in found.series] == [
        Counts(completed=4, failed=1, failures=4, rescues=2),
        Counts(queued=1, cancelled=1),
    ]


def test_the_period_takes_its_first_instant_and_not_its_end(database: Database, reports: ReportStore) -> None:
    tick = timedelta(microseconds=1)
    for created_at in (NOON - tick, NOON, NOON + 2 * HOUR - tick, NOON + 2 * HOUR):
        store_job(database, created_at)
    assert [item.counts.created for item in reports.statistics(TWO_HOURS).series] == [1, 1]


@pytest.mark.parametrize("skew", [-0.99 * HOUR, 0.99 * HOUR], ids=["behind", "ahead"])
def test_an_id_by_a_clock_that_goes_wrong_is_found_all_the_same(
    database: Database, reports: ReportStore, skew: timedelta
) -> None:
    for created_at in (NOON, NOON + 2 * HOUR - timedelta(seconds=1)):
        store_job(database, created_at, id_made_at=created_at + skew)
    assert reports.statistics(TWO_HOURS).totals.created == 2


def test_a_job_that_became_due_again_has_no_waiting_time(database: Database, reports: ReportStore) -> None:
    started_at = NOON + timedelta(seconds=5)
    job_id = store_job(database, NOON, "queued")
    database.run(
        "UPDATE jobs SET started_at = %(at)s, queued_at = %(at)s + interval '1 minute' WHERE id = %(id)s",
        {"at": started_at, "id": job_id},
    )
    assert reports.statistics(TWO_HOURS).types[0].times == Times()


@pytest.mark.parametrize(
    ("queues", "types", "created"),
    [([], [], 4), (["a"], [], 2), (["a", "b"], [], 4), ([], ["x"], 2), (["a"], ["x"], 1), (["c"], [], 0)],
    ids=["all", "one queue", "two queues", "one type", "both", "none"],
)
def test_queues_and_types_restrict(
    database: Database, reports: ReportStore, queues: list[str], types: list[str], created: int
) -> None:
    for queue in "ab":
        for type_ in "xy":
            store_job(database, NOON, "failed", queue=queue, type_=type_, error=f"{queue}{type_}")
    found = reports.statistics(Selection(TWO_HOURS.edges, queues, types))
    assert found.totals.created == created
    assert sum(item.jobs for item in found.errors) == created


def test_the_ten_most_frequent_errors_are_counted_by_their_first_characters(
    database: Database, reports: ReportStore
) -> None:
    for number in range(12):
        for _ in range(number + 1):
            store_job(database, NOON, "failed", error=f"error {number:02}")
    for end in ("one end", "another end"):
        for _ in range(10):
            store_job(database, NOON, "retrying", error="x" * 200 + end)
    store_job(database, NOON, "cancelled", error="cancelled while it ran")
    errors = reports.statistics(TWO_HOURS).errors
    assert errors[:3] == [ErrorCount("x" * 200, 20), ErrorCount("error 11", 12), ErrorCount("error 10", 11)]
    assert len(errors) == 10
    assert "cancelled while it ran" not in [item.error for item in errors]


@pytest.mark.parametrize(
    "since", [datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)], ids=["first", "last"]
)
def test_the_ends_of_the_calendar_are_a_period_like_any_other(reports: ReportStore, since: datetime) -> None:
    assert reports.statistics(Selection([since, since + HOUR])).totals == Counts()


def test_a_job_submitted_just_now_is_in_the_last_day(reports: ReportStore, store: JobStore) -> None:
    submit(store)
    now = datetime.now(UTC)
    assert reports.statistics(Selection([now - 24 * HOUR, now + timedelta(seconds=1)])).totals.queued == 1


YEAR = """
INSERT INTO jobs (id, queue, type, status, payload, queued_at, started_at, finished_at, created_at)
SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || substr(md5(at::text), 1, 20))::uuid,
    'default', 'demo', 'completed', '{}', at, at, at, at
FROM (SELECT timestamptz '2026-01-01T00:00Z' + number * interval '10 minutes' AS at FROM generate_series(0, 52559) number)
"""


@pytest.fixture(scope="module")
def year(server_url: str, template: str) -> Iterator[Database]:
    """A job every ten minutes of 2026."""
    with scratch_database(server_url, template=template) as url:
        database = connect(url, pool_size=1, statement_timeout_seconds=60.0, application_name="tests")
        database.run("ALTER TABLE jobs SET (autovacuum_enabled = off)")
        database.run(YEAR)
        database.run("VACUUM ANALYZE jobs")
        yield database
        database.close()


@pytest.mark.parametrize(
    "sql", [report_store._COUNTS, report_store._TIMES, report_store._ERRORS], ids=["counts", "times", "errors"]
)
@pytest.mark.parametrize("days", [1, 7, 30])
@pytest.mark.parametrize("types", [[], ["demo"]], ids=["every type", "one type"])
def test_a_period_goes_by_the_primary_key_alone(year: Database, sql: str, days: int, types: list[str]) -> None:
    edges = [NOON, NOON + timedelta(days=days)]
    parameters = report_store._parameters(Selection(edges, types=types))
    ((plan,),) = year.run(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
    assert set(_scans(plan[0]["Plan"])) == {"jobs_pkey"}


def test_a_day_reads_the_rows_of_a_day_and_of_an_hour_on_either_side(year: Database) -> None:
    parameters = report_store._parameters(Selection([NOON, NOON + timedelta(days=1)]))
    ((plan,),) = year.run(f"EXPLAIN (ANALYZE, FORMAT JSON) {report_store._COUNTS}", parameters)
    reads = [node for node in _nodes(plan[0]["Plan"]) if node.get("Relation Name") == "jobs"]
    assert [(node["Actual Rows"], node["Rows Removed by Filter"]) for node in reads] == [(144, 12)]


def test_a_year_of_intervals_is_counted_completely(year: Database) -> None:
    edges = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(366)]
    series = ReportStore(year).statistics(Selection(edges)).series
    assert {item.counts.created for item in series} == {144}
    assert [(item.since, item.until) for item in series] == list(pairwise(edges))


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)
