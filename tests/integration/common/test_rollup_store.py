from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from goqueue_common import histogram
from goqueue_common.audit_store import Actor
from goqueue_common.database import Database
from goqueue_common.edit_store import EditStore, JobEdit
from goqueue_common.job import Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.rollup_store import RollupStore
from goqueue_common.stats_store import StatsStore, StatusCount
from tests.factories import JOB_TYPE, LONG_SECONDS, job_in, submission, submit

ACTOR = Actor("tests")
SUMS = "SELECT sum(submitted), sum(completed), sum(failed), sum(retried), sum(cancelled) FROM rollups"
TRUTH = "SELECT queue, type, status, count(*) FROM jobs GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"


@pytest.fixture
def rollups(database: Database) -> RollupStore:
    return RollupStore(database)


def fold(rollups: RollupStore) -> None:
    while rollups.fold(1_000):
        pass


def sums(database: Database) -> tuple[int, ...]:
    return tuple(int(value or 0) for value in database.run(SUMS)[0])


def folded(database: Database) -> list[StatusCount]:
    rows = database.run("SELECT queue, type, status, jobs FROM job_counts WHERE jobs <> 0 ORDER BY 1, 2, 3")
    return [StatusCount._make(row) for row in rows]


def truth(database: Database) -> list[StatusCount]:
    return [StatusCount._make(row) for row in database.run(TRUTH)]


@pytest.mark.parametrize("status", JobStatus)
def test_counts_are_the_truth_with_a_job_in_each_status(
    database: Database, store: JobStore, rollups: RollupStore, worker_id: str, status: JobStatus
) -> None:
    job_in(status, store, worker_id)
    assert StatsStore(database).counts() == truth(database)  # before anybody has folded
    fold(rollups)
    assert StatsStore(database).counts() == folded(database) == truth(database)


def test_what_happens_to_jobs_is_summed_up_once(
    database: Database, store: JobStore, rollups: RollupStore, worker_id: str
) -> None:
    for status in (JobStatus.COMPLETED, JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.RETRYING, JobStatus.CANCELLED):
        job_in(status, store, worker_id)
    failed = job_in(JobStatus.FAILED, store, worker_id)
    fold(rollups)
    store.update_status(failed, JobEvent.RETRY)
    store.cancel(failed)
    fold(rollups)
    assert sums(database) == (6, 2, 2, 1, 2)
    assert rollups.fold(1_000) == 0


def test_a_bulk_insert_is_one_row_of_the_outbox_for_each_queue_and_type(database: Database, store: JobStore) -> None:
    store.create_jobs([submission(queue=queue) for queue in ("a", "b") for _ in range(50)])
    rows = database.run("SELECT queue, type, origin, target, jobs FROM job_moves ORDER BY queue")
    assert rows == [("a", JOB_TYPE, None, "queued", 50), ("b", JOB_TYPE, None, "queued", 50)]


def test_attempts_are_counted_in_the_buckets_of_their_wait_and_run(
    database: Database, store: JobStore, rollups: RollupStore, worker_id: str
) -> None:
    job_id = submit(store)
    database.run("UPDATE jobs SET queued_at = now() - interval '7 s'")
    assert store.increment_attempts(job_id, worker_id)
    database.run("UPDATE jobs SET started_at = now() - interval '90 s'")
    store.update_status(job_id, JobEvent.REQUEST_CANCEL)
    fold(rollups)
    database.run("UPDATE jobs SET status = 'cancelled', worker_id = NULL, finished_at = now()")
    fold(rollups)
    wait, run = (
        [sum(counts) for counts in zip(*found, strict=True)]
        for found in zip(*database.run("SELECT wait, run FROM rollups"), strict=True)  # two, when a minute has just passed
    )
    assert (sum(wait), sum(run)) == (1, 1)
    assert (wait[histogram.bucket_of(7)], run[histogram.bucket_of(90)]) == (1, 1)


MIXED = [("a", "x"), ("a", "x"), ("a", "y"), ("b", "x")]


@pytest.mark.parametrize("kinds", [[("a", "x")] * 4, MIXED], ids=["alike", "of several kinds"])
@pytest.mark.parametrize("failing", [0, 1])
def test_a_batch_is_counted_the_same_whether_its_jobs_are_alike_or_not(
    database: Database,
    store: JobStore,
    rollups: RollupStore,
    worker_id: str,
    kinds: list[tuple[str, str]],
    failing: int,
) -> None:
    jobs = store.create_jobs([submission(job_type, queue=queue, max_retries=0) for queue, job_type in kinds])
    ids = [job.id for job in jobs]
    assert len(store.claim(worker_id, ids, None)) == len(ids)
    assert StatsStore(database).counts() == truth(database)
    failed = [Outcome(id=i, attempt=1, event=JobEvent.FAIL, failure_reason="exhausted", error="x") for i in ids[:failing]]
    store.acknowledge(worker_id, [*failed, *(Outcome(id=i, attempt=1, event=JobEvent.COMPLETE) for i in ids[failing:])])
    assert StatsStore(database).counts() == truth(database)
    fold(rollups)
    assert folded(database) == truth(database)
    assert sums(database) == (4, 4 - failing, failing, 0, 0)
    counted = "SELECT (SELECT sum(n) FROM rollups, unnest(wait) n), (SELECT sum(n) FROM rollups, unnest(run) n)"
    assert database.run(counted) == [(4, 4)]


def test_what_only_looks_like_a_claim_is_counted_where_it_went(
    database: Database, store: JobStore, rollups: RollupStore, worker_id: str
) -> None:
    store.create_jobs([submission(queue="a") for _ in range(3)])
    database.run(
        "UPDATE jobs SET queue = 'b', type = 'other', status = 'processing', worker_id = %(worker)s, started_at = now()",
        {"worker": worker_id},
    )
    assert StatsStore(database).counts() == truth(database) == [StatusCount("b", "other", "processing", 3)]
    fold(rollups)
    assert folded(database) == truth(database)


def test_a_job_that_changes_its_queue_is_counted_there_and_not_as_submitted_again(
    database: Database, store: JobStore, rollups: RollupStore
) -> None:
    job_id = submit(store, queue="a")
    EditStore(database).edit(job_id, JobEdit(queue="b"), ACTOR, seen_at=None, told={})
    assert StatsStore(database).counts() == [StatusCount("b", JOB_TYPE, "queued", 1)]
    fold(rollups)
    assert (folded(database), sums(database)) == ([StatusCount("b", JOB_TYPE, "queued", 1)], (1, 0, 0, 0, 0))


@pytest.mark.parametrize("change", ["type = 'new'", "type = 'new', queue = 'b'", "id = gen_random_uuid()"])
def test_jobs_that_somebody_renames_by_hand_are_counted_as_they_are(
    database: Database, store: JobStore, rollups: RollupStore, change: str
) -> None:
    for _ in range(3):
        submit(store)
    database.run(f"UPDATE jobs SET {change}")
    assert StatsStore(database).counts() == truth(database)
    fold(rollups)
    assert folded(database) == truth(database)


@pytest.mark.parametrize("statement", ["DELETE FROM jobs", "TRUNCATE jobs", "TRUNCATE jobs, job_progress"])
def test_jobs_that_are_gone_are_counted_no_more_and_lines_and_progress_go_with_them(
    database: Database, store: JobStore, rollups: RollupStore, worker_id: str, statement: str
) -> None:
    job_id = job_in(JobStatus.COMPLETED, store, worker_id)
    database.run(
        "INSERT INTO job_logs (job_id, attempt, at, level, message) VALUES (%(id)s, 1, now(), 'info', 'hello')",
        {"id": job_id},
    )
    database.run("INSERT INTO job_progress (job_id, attempt) VALUES (%(id)s, 1)", {"id": job_id})
    fold(rollups)
    database.run(statement)
    fold(rollups)
    assert (folded(database), sums(database)) == ([], (1, 1, 0, 0, 0))
    assert database.run("SELECT 1 FROM job_logs UNION ALL SELECT 1 FROM job_progress") == []


def test_many_folders_at_once_count_everything_once(
    database: Database, store: JobStore, rollups: RollupStore, worker_id: str
) -> None:
    for number in range(60):
        status = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED)[number % 3]
        job_in(status, store, worker_id, queue=f"q{number % 7}")

    def run(_: int) -> int:
        return sum(iter(lambda: rollups.fold(5), 0))

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(run, range(4))) > 0
    fold(rollups)
    assert folded(database) == truth(database)
    assert sums(database) == (60, 20, 20, 0, 20)


def test_a_fold_that_fails_takes_nothing_from_the_outbox(database: Database, store: JobStore, rollups: RollupStore) -> None:
    submit(store)
    database.run("UPDATE job_moves SET jobs = -1; ALTER TABLE job_counts ADD CONSTRAINT positive CHECK (jobs > 0)")
    try:
        with pytest.raises(Exception, match="positive"):
            rollups.fold(10)
    finally:
        database.run("ALTER TABLE job_counts DROP CONSTRAINT positive")
    assert database.run("SELECT count(*) FROM job_moves") == [(1,)]


def test_the_buckets_of_the_database_are_those_of_the_code(database: Database) -> None:
    values = [0.0, *histogram.BOUNDS, *(bound * 1.5 for bound in histogram.BOUNDS)]
    definition = database.run("SELECT prosrc FROM pg_proc WHERE proname = 'note_changed_jobs'")[0][0]
    bounds = definition.split("'{")[1].split("}'")[0]
    rows = database.run(
        "SELECT width_bucket(v, %(bounds)s::float8[]) FROM unnest(%(values)s::float8[]) AS v",
        {"bounds": f"{{{bounds}}}", "values": values},
    )
    assert Counter(row[0] for row in rows) == Counter(map(histogram.bucket_of, values))
    assert [row[0] for row in rows] == [histogram.bucket_of(value) for value in values]


def test_a_queue_shows_how_long_its_oldest_job_has_waited(database: Database, store: JobStore) -> None:
    submit(store, queue="a", priority=0)
    old = submit(store, queue="a")
    submit(store, queue="later", delay_seconds=LONG_SECONDS)
    database.run("UPDATE jobs SET queued_at = now() - interval '1 hour' WHERE id = %(id)s", {"id": old})
    ages = StatsStore(database).oldest()
    assert list(ages) == ["a"]
    assert 3_600 <= ages["a"] < 3_660


def test_rates_are_those_of_the_last_minutes(
    database: Database, store: JobStore, rollups: RollupStore, worker_id: str
) -> None:
    store.create_jobs([submission(queue="a") for _ in range(10)])
    job_in(JobStatus.COMPLETED, store, worker_id, queue="b")
    fold(rollups)
    stats = StatsStore(database)
    found = {rate.queue: (rate.in_per_minute, rate.out_per_minute) for rate in stats.rates()}
    assert 10 / 5 <= found["a"][0] <= 10 / 4
    assert (found["a"][1], found["b"][0]) == (0.0, found["b"][1])
    assert [rate.queue for rate in stats.rates("b")] == ["b"]
    for shift in (-6, 16):  # six minutes ago, and in ten minutes by a clock that was put back since
        database.run("UPDATE rollups SET minute = minute + %(shift)s * interval '1 minute'", {"shift": shift})
        assert stats.rates() == []
        assert set(stats.overview().activity.per_minute.values()) == {0.0}
