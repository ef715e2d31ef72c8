"""Rules 19 to 21, 23 and 24: statements that stay quick, take no more than they may, and wait for each other in order.

Rule 22 (group commit): there is none yet. Plans under statistics that know of no waiting row (19), statement by statement:
tests/integration/common/test_query_plans.py. Rows skipped while somebody holds them (21): test_claim.py and
test_maintenance_store.py there; deadlocks tried again: test_database_errors.py. Concurrent use of one idempotency key (23):
test_idempotency.py.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple

import psycopg2
import pytest
from sqlalchemy.exc import IntegrityError

import goqueue_common
from goqueue_api.app import create_app
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.database import Database, run_on
from goqueue_common.job import Outcome
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.maintenance_store import MaintenanceStore
from goqueue_common.recovery_store import RecoveryStore
from goqueue_common.settings import StoreSettings
from goqueue_common.worker_store import WorkerStore
from goqueue_worker.child import _database as database_of_child
from goqueue_worker.recovery import Recovery
from goqueue_worker.settings import WorkerSettings
from tests.factories import idempotency_key, job_in, register_worker, submission, submit
from tests.integration.protocol.judge import Judge, ended_long_ago

ALL = [("default", 1)]


# Rule 19


def test_rule_19_no_statement_about_a_list_of_ids_shows_the_status_to_the_planner() -> None:
    batches = {name: sql for name, sql in _statements() if re.search(r"(ANY|unnest)\(%\(ids\)s|%\(outcomes\)s", sql)}
    assert len(batches) >= 5
    shown = re.compile(r"(?:AND|WHERE)\s+(?:\w+\.)?status\s*(?:=|IN\b)")
    assert [name for name, sql in batches.items() if shown.search(sql)] == []


def _statements() -> Iterator[tuple[str, str]]:
    for found in pkgutil.iter_modules(goqueue_common.__path__):
        if found.name.endswith("_store"):
            module = importlib.import_module(f"goqueue_common.{found.name}")
            yield from ((f"{found.name}.{name}", value) for name, value in vars(module).items() if isinstance(value, str))


# Rule 20


class Taker(NamedTuple):
    """A statement that takes up to n jobs. makes: what turns a queued row into one that it takes."""

    makes: str
    take: Callable[[Database, int], list[str]]


def _claim(database: Database, limit: int) -> list[str]:
    return [job.id for job in JobStore(database).claim_waiting(register_worker(database), ALL, limit)]


def _promote(database: Database, limit: int) -> list[str]:
    return [job.id for job in MaintenanceStore(database).promote(limit)]


def _expire(database: Database, limit: int) -> list[str]:
    return MaintenanceStore(database).expire(limit)


TAKERS = [
    pytest.param(Taker("queued_at = queued_at", _claim), id="claim without Redis"),
    pytest.param(Taker("status = 'scheduled', run_at = now()", _promote), id="promote"),
    pytest.param(Taker("expires_at = now()", _expire), id="expire"),
]


@pytest.mark.parametrize("taker", TAKERS)
def test_rule_20_nobody_takes_more_than_the_limit_and_no_row_is_taken_twice(
    database: Database, jobs: JobStore, taker: Taker
) -> None:
    jobs.create_jobs([submission() for _ in range(100)])
    database.run(f"UPDATE jobs SET {taker.makes}")
    database.run("ANALYZE jobs")
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda _: taker.take(database, 7), range(12)))
    ids = [job_id for each in taken for job_id in each]
    assert max(map(len, taken)) == 7
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("taker", TAKERS)
def test_rule_20_a_line_that_is_just_being_written_about_a_job_hides_it_from_nobody(
    database: Database, impatient: Database, jobs: JobStore, taker: Taker
) -> None:
    job_id = submit(jobs)
    database.run(f"UPDATE jobs SET {taker.makes}")
    with database.transaction() as connection:
        run_on(connection, "INSERT INTO job_progress (job_id, attempt) VALUES (%(id)s, 1)", {"id": job_id})
        assert taker.take(impatient, 10) == [job_id]


# Rule 21


def held_jobs(jobs: JobStore, worker_id: str, number: int = 300) -> list[str]:
    ids = [answer.id for answer in jobs.create_jobs([submission() for _ in range(number)])]
    jobs.claim(worker_id, ids, None)
    return ids


def completed(ids: list[str]) -> list[Outcome]:
    return [Outcome(id=job_id, attempt=1, event=JobEvent.COMPLETE) for job_id in ids]


def test_rule_21_acknowledgements_of_the_same_jobs_in_opposite_orders_do_not_deadlock(
    jobs: JobStore, worker_id: str
) -> None:
    ids = held_jobs(jobs, worker_id)
    orders = [completed(ids), completed(ids[::-1])] * 2
    with ThreadPoolExecutor(4) as pool:
        settled = list(pool.map(lambda outcomes: jobs.acknowledge(worker_id, outcomes), orders))
    assert sorted(item.id for each in settled for item in each) == sorted(ids)


def test_rule_21_a_rescue_and_an_acknowledgement_at_once_settle_each_job_once(
    jobs: JobStore, recoveries: RecoveryStore, worker_id: str
) -> None:
    ids = held_jobs(jobs, worker_id)
    attempts = [(job_id, 1) for job_id in reversed(ids)]
    halves = [completed(ids[::2]), completed(ids[1::2][::-1])]
    with ThreadPoolExecutor(4) as pool:
        written = [pool.submit(jobs.acknowledge, worker_id, half) for half in halves]
        rescued = pool.submit(recoveries.rescue, worker_id, attempts, error="died")
        released = pool.submit(recoveries.release_all, worker_id)
        settled = [item.id for each in (*written, rescued, released) for item in each.result(10)]
    assert sorted(settled) == sorted(ids)


@pytest.mark.xfail(reason="a round of the rescuer ends at the first row that it cannot have, and begins there again")
def test_rule_21_one_row_that_somebody_locks_keeps_no_other_worker_s_jobs_from_being_rescued(
    database: Database, impatient: Database, broker: RedisBroker, jobs: JobStore
) -> None:
    lost = sorted(register_worker(database) for _ in range(3))
    ids = [job_in(JobStatus.PROCESSING, jobs, worker_id) for worker_id in lost]
    judge = Judge(impatient, Recovery(JobStore(impatient), RecoveryStore(impatient), broker))
    for worker_id in lost:
        WorkerStore(database).declare_lost(worker_id)
        ended_long_ago(database, worker_id)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = %(id)s FOR UPDATE", {"id": ids[0]})
        for _ in range(2):
            judge.try_step()
        assert [jobs.get_job_by_id(job_id).status for job_id in ids[1:]] == [JobStatus.QUEUED] * 2


# Rule 23


def test_rule_23_a_job_that_cannot_be_stored_leaves_no_key_behind(database: Database, jobs: JobStore) -> None:
    key = idempotency_key()
    bad = replace(submission(key=key), job=replace(submission().job, priority=9))  # type: ignore[arg-type]  # a CHECK refuses it
    for attempt in (
        lambda: jobs.create_jobs([bad]),
        lambda: jobs.create_jobs([submission(key=key), replace(bad, key=None)]),
        lambda: jobs.create_jobs_once([replace(bad, key=None)], key),
    ):
        with pytest.raises(IntegrityError):
            attempt()
    assert database.run("SELECT FROM idempotency_keys") == []
    assert not jobs.create_jobs([submission(key=key)])[0].replayed


# Rule 24


def test_rule_24_every_index_on_jobs_serves_one_search_and_leaves_finished_rows_alone(database: Database) -> None:
    found = database.run("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'jobs'")
    shapes = {name: re.sub(r".* USING btree ", "", text).replace("::text", "") for name, text in found}
    assert shapes == {
        "jobs_pkey": "(id)",
        "jobs_queued": "(queue, priority, queued_at, id) WHERE (status = 'queued')",
        "jobs_due": "(run_at) WHERE (status = ANY (ARRAY['scheduled', 'retrying']))",
        "jobs_processing": "(worker_id) WHERE (status = 'processing')",
        "jobs_expiring": "(expires_at) WHERE ((expires_at IS NOT NULL) AND (status = ANY (ARRAY['queued', 'retrying', "
        "'scheduled'])))",
    }


def test_rule_24_autovacuum_of_jobs_goes_by_count_and_takes_no_naps(database: Database) -> None:
    ((options,),) = database.run("SELECT reloptions FROM pg_class WHERE oid = 'jobs'::regclass")
    settings = dict(option.split("=") for option in options)
    assert {name: value for name, value in settings.items() if name.endswith(("scale_factor", "delay"))} == {
        "autovacuum_vacuum_scale_factor": "0",
        "autovacuum_vacuum_insert_scale_factor": "0",
        "autovacuum_analyze_scale_factor": "0",
        "autovacuum_vacuum_cost_delay": "0",
    }
    assert int(settings["autovacuum_vacuum_threshold"]) > 0


@pytest.fixture
def stores_settings(database_url: str, redis_url: str, prefix: str) -> StoreSettings:
    return StoreSettings(
        database_url=database_url, redis_url=redis_url, prefix=prefix, log_level="error", log_format="json"
    )


LIMITS = """
SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),
    current_setting('idle_in_transaction_session_timeout')
"""


def test_rule_24_a_request_gives_up_on_postgresql_after_two_seconds(stores_settings: StoreSettings) -> None:
    settings = ApiSettings(
        stores=stores_settings, host="127.0.0.1", port=8080, processes=1, threads=4, db_pool=6, auth="loopback"
    )
    services = create_app(settings).extensions[EXTENSION]
    assert services.jobs._database.run(LIMITS) == [("2s", "1500ms", "10s")]
    services.close()


def test_rule_24_a_worker_gives_up_on_a_statement_after_ten_seconds_and_on_a_lock_after_two(
    stores_settings: StoreSettings,
) -> None:
    settings = replace(WorkerSettings.read(), stores=stores_settings)
    opened = database_of_child(settings, 1)
    assert opened.run(LIMITS) == [("10s", "2s", "10s")]
    opened.close()


def test_rule_24_a_dead_peer_is_noticed_by_the_connection_itself(database: Database) -> None:
    with database.transaction() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg2.extensions.connection)
        said = driver.get_dsn_parameters()
    wanted = ("connect_timeout", "tcp_user_timeout", "keepalives_idle", "keepalives_interval", "keepalives_count")
    assert [said[name] for name in wanted] == ["3", "10000", "5", "2", "3"]
