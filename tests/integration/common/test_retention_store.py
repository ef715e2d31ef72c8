from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from goqueue_common import retention_store as retention_module
from goqueue_common.database import Database, run_on
from goqueue_common.idempotency import KEPT_FOR
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import FINAL, JobStatus
from goqueue_common.retention_store import (
    RUNS_KEPT,
    RUNS_KEPT_FOR,
    SCHEDULERS_KEPT_FOR,
    WORKERS_KEPT_FOR,
    PrunedPage,
    Retention,
    RetentionStore,
)
from goqueue_common.scheduler_store import Presence, SchedulerStore
from goqueue_common.worker_store import WorkerStore
from tests.factories import idempotency_key, job_in, register_worker, submission
from tests.schedules import make
from tests.stored_jobs import store_job

FIRST = "00000000-0000-0000-0000-000000000000"
DAY = timedelta(days=1)
RETENTION = Retention(completed=7 * DAY, failed=30 * DAY, cancelled=20 * DAY)
KEPT = {JobStatus.COMPLETED: 7, JobStatus.FAILED: 30, JobStatus.CANCELLED: 20}


@pytest.fixture
def retention_store(database: Database) -> RetentionStore:
    return RetentionStore(database)


def days_ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def ended(database: Database, status: JobStatus, days: float) -> str:
    """A final job, made and ended so long ago."""
    return store_job(database, days_ago(days), status)


def prune(store: RetentionStore, *, after: str = FIRST, limit: int = 100) -> PrunedPage:
    return store.prune(RETENTION, after=after, limit=limit)


def left(database: Database) -> list[str]:
    return [row[0] for row in database.run("SELECT id::text FROM jobs j ORDER BY j.id")]


@pytest.mark.parametrize("status", sorted(FINAL))
def test_a_final_job_is_kept_as_long_as_its_status_wants_and_no_longer(
    retention_store: RetentionStore, database: Database, status: JobStatus
) -> None:
    old, young = ended(database, status, KEPT[status] + 0.01), ended(database, status, KEPT[status] - 0.01)
    assert prune(retention_store).pruned == 1
    assert (old in left(database), young in left(database)) == (False, True)


@pytest.mark.parametrize("status", sorted(set(JobStatus) - FINAL))
def test_a_job_that_is_not_final_is_kept_however_old_it_is(
    retention_store: RetentionStore, database: Database, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, JobStore(database), worker_id)
    database.run(
        "UPDATE jobs SET id = %(id)s, created_at = now() - interval '9 years'", {"id": f"{0x01000000:08x}{job_id[8:]}"}
    )
    assert prune(retention_store)[:3] == (1, 0, left(database)[0])


def test_what_was_made_long_ago_and_ended_just_now_is_kept(retention_store: RetentionStore, database: Database) -> None:
    job_id = store_job(database, days_ago(90), wait=1.0, run=89.9 * DAY.total_seconds())
    assert (prune(retention_store).pruned, left(database)) == (0, [job_id])


def test_no_job_younger_than_the_youngest_cutoff_is_looked_at(retention_store: RetentionStore, database: Database) -> None:
    for days in (0.0, 1.0, 6.99):
        ended(database, JobStatus.COMPLETED, days)
    assert prune(retention_store)[:3] == (0, 0, None)


def test_a_page_begins_after_an_id_and_sees_no_more_than_its_limit(
    retention_store: RetentionStore, database: Database
) -> None:
    kept = [ended(database, JobStatus.FAILED, 29 - number) for number in range(4)]
    old = [ended(database, JobStatus.COMPLETED, 20 - number) for number in range(4)]
    pages = [prune(retention_store, limit=3)]
    while pages[-1].last_id and pages[-1].seen == 3:
        pages.append(prune(retention_store, after=pages[-1].last_id, limit=3))
    assert [page[:3] for page in pages] == [(3, 0, kept[2]), (3, 2, old[1]), (2, 2, old[3])]
    assert left(database) == kept


def test_a_job_that_somebody_holds_is_left_for_the_next_round(
    retention_store: RetentionStore, database: Database, impatient: Database
) -> None:
    held, free = ended(database, JobStatus.COMPLETED, 9), ended(database, JobStatus.COMPLETED, 8)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR KEY SHARE", {"id": held})
        assert prune(RetentionStore(impatient))[:3] == (2, 1, free)
    assert left(database) == [held]
    assert prune(retention_store).pruned == 1


def test_the_progress_of_a_pruned_job_goes_with_it(retention_store: RetentionStore, database: Database) -> None:
    job_id = ended(database, JobStatus.COMPLETED, 9)
    database.run("INSERT INTO job_progress (job_id, attempt) VALUES (%(id)s, 1)", {"id": job_id})
    prune(retention_store)
    assert database.run("SELECT count(*) FROM job_progress") == [(0,)]


@pytest.mark.parametrize(("days", "seen"), [(0.0, 2), (36_500.0, 0)], ids=["nothing", "everything"])
def test_what_is_kept_may_be_nothing_or_everything(
    retention_store: RetentionStore, database: Database, days: float, seen: int
) -> None:
    for age in (0.001, 400.0):
        ended(database, JobStatus.COMPLETED, age)
    kept = timedelta(days=days)
    page = retention_store.prune(Retention(completed=kept, failed=kept, cancelled=kept), after=FIRST, limit=100)
    assert (page.seen, page.pruned) == (seen, seen)


def test_idempotency_keys_go_once_they_mean_nothing_the_oldest_first(
    retention_store: RetentionStore, database: Database, store: JobStore
) -> None:
    for name in "abcd":
        store.create_jobs([submission(key=idempotency_key(name))])
    for name, age in {"a": 0.9, "b": 1.1, "c": 1.3, "d": 1.2}.items():
        database.run(
            "UPDATE idempotency_keys SET created_at = now() - %(age)s WHERE key = %(key)s",
            {"age": age * KEPT_FOR, "key": name},
        )
    assert [retention_store.prune_keys(2) for _ in range(3)] == [2, 1, 0]
    assert database.run("SELECT key FROM idempotency_keys") == [("a",)]


def test_workers_that_ended_long_ago_go_unless_a_job_names_them(
    retention_store: RetentionStore, database: Database, store: JobStore
) -> None:
    ids = {name: register_worker(database) for name in ("old", "lost", "young", "alive", "holding")}
    job_in(JobStatus.PROCESSING, store, ids["holding"])
    job_in(JobStatus.COMPLETED, store, ids["old"])
    for name in ("lost", "old", "young", "holding"):
        end = WorkerStore(database).declare_lost if name == "lost" else WorkerStore(database).stop
        end(ids[name])
        ended_ago = WORKERS_KEPT_FOR * (0.9 if name == "young" else 1.1)
        database.run("UPDATE workers SET ended_at = now() - %(ago)s WHERE id = %(id)s", {"ago": ended_ago, "id": ids[name]})
    assert [retention_store.prune_workers(1) for _ in range(3)] == [1, 1, 0]
    remaining = {row[0] for row in database.run("SELECT id::text FROM workers")}
    assert remaining == {ids["young"], ids["alive"], ids["holding"]}


def ran(database: Database, name: str, days: Sequence[float]) -> None:
    """Runs of a schedule, fired so many days ago."""
    database.run(
        "INSERT INTO schedule_runs (schedule, scheduled_for, fired_at) "
        "SELECT %(name)s, at, at FROM unnest(%(at)s) AS t(at)",
        {"name": name, "at": [days_ago(age) for age in days]},
    )


def runs_left(database: Database) -> dict[str, int]:
    return dict(database.run("SELECT schedule, count(*) FROM schedule_runs GROUP BY schedule"))


def prune_runs(store: RetentionStore, *, schedules: int = 10, limit: int = 10_000) -> list[int]:
    """All the steps of a round; how much each pruned."""
    steps, after = [], ""
    while True:
        step = store.prune_runs(after=after, schedules=schedules, limit=limit)
        steps.append(step.pruned)
        if step.last is None:
            return steps
        after = step.last


def test_a_schedule_keeps_its_newest_runs_and_those_that_are_young(
    retention_store: RetentionStore, database: Database
) -> None:
    days = RUNS_KEPT_FOR / DAY
    for name in ("rare", "often", "young"):
        make(database, name)
    ran(database, "rare", [days + 1 + age for age in range(RUNS_KEPT)])
    ran(database, "often", [days + 1 + age for age in range(RUNS_KEPT + 7)])
    ran(database, "young", [days - 1 + age / 1000 for age in range(RUNS_KEPT + 7)])
    ran(database, "deleted", [days + 0.01, days + 300, days - 0.01])
    assert prune_runs(retention_store) == [9]
    assert runs_left(database) == {"rare": RUNS_KEPT, "often": RUNS_KEPT, "young": RUNS_KEPT + 7, "deleted": 1}
    ((oldest,),) = database.run("SELECT min(scheduled_for) FROM schedule_runs WHERE schedule = 'often'")
    assert oldest > days_ago(days + RUNS_KEPT + 0.5)


def test_a_run_that_was_caught_up_lately_is_kept_as_long_as_others(
    retention_store: RetentionStore, database: Database
) -> None:
    ran(database, "deleted", [30, 40])
    database.run("UPDATE schedule_runs SET fired_at = now() WHERE scheduled_for > now() - interval '35 days'")
    assert prune_runs(retention_store) == [1]
    assert runs_left(database) == {"deleted": 1}


@pytest.mark.parametrize(
    ("schedules", "limit", "steps"),
    [(10, 100, [15]), (2, 100, [6, 6, 3]), (10, 4, [4, 4, 4, 3]), (5, 15, [15, 0]), (1, 100, [3, 3, 3, 3, 3, 0])],
)
def test_runs_are_pruned_in_steps_of_some_schedules_and_some_runs(
    retention_store: RetentionStore, database: Database, schedules: int, limit: int, steps: list[int]
) -> None:
    for number in range(5):
        ran(database, f"s{number}", [9, 10, 11])
    assert prune_runs(retention_store, schedules=schedules, limit=limit) == steps
    assert runs_left(database) == {}


def test_pruning_runs_looks_at_a_few_of_each_schedule_when_nothing_is_old(database: Database) -> None:
    for number in range(50):
        ran(database, f"s{number:02}", [age / 1000 for age in range(200)])
    database.run("ANALYZE schedule_runs")
    parameters = {"after": "", "schedules": 500, "limit": 2_000, "kept": RUNS_KEPT_FOR, "newest": RUNS_KEPT}
    ((plan,),) = database.run(f"EXPLAIN (ANALYZE, FORMAT JSON) {retention_module._PRUNE_RUNS}", parameters)
    looked_at = sum(_rows_of(plan[0]["Plan"], "schedule_runs"))
    assert looked_at < 50 * 5


def _rows_of(node: dict[str, Any], table: str) -> Iterator[int]:
    """How many rows of the table each step of a plan looks at."""
    if node.get("Relation Name") == table:
        yield int((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"])
    for child in node.get("Plans", []):
        yield from _rows_of(child, table)


def test_schedulers_go_a_day_after_they_ended_or_were_last_seen(
    retention_store: RetentionStore, database: Database
) -> None:
    store = SchedulerStore(database)
    for host, column, ago in (
        ("ended", "ended_at", 1.1),
        ("lost", "seen_at", 1.1),
        ("ending", "ended_at", 0.9),
        ("losing", "seen_at", 0.9),
    ):
        said = Presence(id=str(uuid4()), host=host, pid=1, version="1", leads=False, term=None, lag_seconds=0.0, fired=0)
        store.report(said)
        database.run(
            f"UPDATE schedulers SET {column} = now() - %(ago)s WHERE id = %(id)s",
            {"ago": ago * SCHEDULERS_KEPT_FOR, "id": said.id},
        )
    assert [retention_store.prune_schedulers(1) for _ in range(3)] == [1, 1, 0]
    assert {row[0] for row in database.run("SELECT host FROM schedulers")} == {"ending", "losing"}
