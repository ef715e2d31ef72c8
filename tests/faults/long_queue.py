"""A queue too long for one look: filled by the stores, watched while it drains."""

from __future__ import annotations

import time
from typing import Final

from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.database import connect
from goqueue_common.job_store import JobStore
from goqueue_common.new_job import NewJob, Submission
from goqueue_common.store_settings import normalise_database_url
from goqueue_common.submitter import Submitter
from tests.faults.effect_log import Tally
from tests.faults.forms import STORE_RECOVERY_SECONDS
from tests.faults.rig import Rig
from tests.faults.verdict import Row

_BATCH: Final = 1_000
_LOOK_SECONDS: Final = 0.25


def fill(rig: Rig, jobs: int) -> None:
    """Queue that many, in batches."""
    url = normalise_database_url(rig.stores.database_url)
    database = connect(url, pool_size=1, statement_timeout_seconds=60.0, application_name="fill")
    broker = RedisBroker(rig.stores.redis_url, Keys())
    submitter = Submitter(JobStore(database), broker)
    for start in range(0, jobs, _BATCH):
        payload = {"n": start, "seconds": 0}
        count = min(_BATCH, jobs - start)
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
        time.sleep(_LOOK_SECONDS)
    return refilled_at or time.monotonic()


def flushed_row(rig: Rig, tally: Tally, *, before: int, flushed_at: float, refilled_at: float) -> Row:
    """What the table says of a long queue that was flushed. before: runs until then."""
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
