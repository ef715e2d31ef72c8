"""Redis is flushed while very many jobs wait: the relay brings all of them back, and each runs once."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator

import pytest

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import connect
from goqueue_common.job_store import JobStore
from goqueue_common.new_job import NewJob, Submission
from goqueue_common.settings import normalise_database_url
from goqueue_common.submitter import Submitter
from tests.faults.conftest import Report, machine
from tests.faults.effect_log import Tally
from tests.faults.forms import STORE_RECOVERY_SECONDS, Form
from tests.faults.rig import Rig, direct_environment
from tests.faults.verdict import Row
from tests.processes import eventually

BATCH = 1_000
LOOK_SECONDS = 0.25


@pytest.fixture(scope="module")
def rig(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """A rig that has the machine to itself: this is work, and would make others late."""
    with machine(tmp_path_factory, fcntl.LOCK_EX), Rig(tmp_path_factory.mktemp("rig"), form) as running:
        for worker in running.workers:
            worker.stop()
        yield running


def test_a_long_queue_runs_once_after_redis_was_flushed(rig: Rig, report: Report) -> None:
    jobs = rig.form.flushed_jobs
    fill(rig, jobs)
    rig.effects.mark()
    tally = Tally(rig.effects)
    rig.start_worker(**direct_environment(rig))
    eventually(lambda: tally.update() > jobs // 50, "the first worker works")
    rig.observer.redis.flushall()
    flushed_at, before = time.monotonic(), tally.update()
    tally.forget_pauses()
    rig.start_worker(**direct_environment(rig))
    refilled_at = watch(rig, tally, jobs)
    tally.close()
    report(row(rig, tally, before=before, flushed_at=flushed_at, refilled_at=refilled_at))


def fill(rig: Rig, jobs: int) -> None:
    """Queue that many, in batches."""
    url = normalise_database_url(rig.stores.database_url)
    database = connect(url, pool_size=1, statement_timeout_seconds=60.0, application_name="fill")
    broker = RedisBroker(rig.stores.redis_url, Keys())
    submitter = Submitter(JobStore(database), broker)
    for start in range(0, jobs, BATCH):
        payload = {"n": start, "seconds": 0}
        count = min(BATCH, jobs - start)
        submitter.submit([Submission(NewJob.checked("fault.work", payload=payload)) for _ in range(count)])
    broker.close()
    database.close()


def watch(rig: Rig, tally: Tally, jobs: int) -> float:
    """Until all jobs have an outcome or nothing happens any more; when everything had run or was in its list again."""
    refilled_at, moved_at, runs = 0.0, time.monotonic(), tally.runs
    while time.monotonic() - moved_at < rig.form.patience:
        if tally.update() > runs:
            runs, moved_at = tally.runs, time.monotonic()
        if not refilled_at and runs + rig.observer.listed() >= 0.99 * jobs:
            refilled_at = time.monotonic()
        if runs >= jobs and not rig.observer.unfinished():
            break
        time.sleep(LOOK_SECONDS)
    return refilled_at or time.monotonic()


def row(rig: Rig, tally: Tally, *, before: int, flushed_at: float, refilled_at: float) -> Row:
    """What the table says of it."""
    jobs, completed = rig.form.flushed_jobs, rig.observer.count("completed")
    took = time.monotonic() - flushed_at
    rates = f"refilled {(jobs - before) / (refilled_at - flushed_at):,.0f} ids/s, ran {(jobs - before) / took:,.0f} jobs/s"
    problems = []
    if completed < jobs:
        problems.append(f"{jobs - completed:,} jobs are not completed")
    if tally.repeated:
        problems.append(f"{tally.repeated:,} jobs ran more than once")
    if tally.longest_pause > STORE_RECOVERY_SECONDS:
        problems.append(f"no worker began a job for {tally.longest_pause:.1f} s, allowed {STORE_RECOVERY_SECONDS:g}")
    return Row(
        fault=f"FLUSHALL with {jobs:,} queued",
        accepted=jobs,
        completed=completed,
        lost=jobs - completed,
        repeated=tally.repeated,
        recovery=took if completed == jobs else None,
        remarks=[f"{rates}; longest pause of the workers {tally.longest_pause:.1f} s"],
        problems=problems,
    )
