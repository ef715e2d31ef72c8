"""Rule 20 of the protocol: what takes some of many takes no more than it was told, and skips only what others write."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from goqueue_common.database import Database, run_on
from goqueue_common.job_store import JobStore
from goqueue_common.maintenance_store import MaintenanceStore
from tests.factories import register_worker, submit
from tests.integration.protocol.conftest import DEFAULT

Take = Callable[[Database, int], list[str]]


def claims_waiting(database: Database, limit: int) -> list[str]:
    worker_id = register_worker(database)
    return [job.id for job in JobStore(database).claim_waiting(worker_id, [DEFAULT], limit)]


def promotes(database: Database, limit: int) -> list[str]:
    return [job.id for job in MaintenanceStore(database).promote(limit)]


def expires(database: Database, limit: int) -> list[str]:
    return [change.id for change in MaintenanceStore(database).expire(limit)]


TAKING: list[Take] = [claims_waiting, promotes, expires]


def twenty_for(take: Take, database: Database, jobs: JobStore) -> list[str]:
    """Jobs that are there to be taken, in the order in which they would be."""
    ids = [submit(jobs) for _ in range(20)]
    times = "now() - (20 - array_position(%(ids)s::uuid[], id)) * interval '1 s'"
    if take is promotes:
        database.run(f"UPDATE jobs SET status = 'scheduled', run_at = {times}", {"ids": ids})
    if take is expires:
        database.run(f"UPDATE jobs SET expires_at = {times}", {"ids": ids})
    return ids


@pytest.mark.parametrize("take", TAKING)
def test_no_more_is_taken_than_the_limit_while_others_hold_rows(
    database: Database, jobs: JobStore, impatient: Database, take: Take
) -> None:
    ids = twenty_for(take, database, jobs)
    held = ids[:10:2]
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs WHERE id = ANY(%(ids)s::uuid[]) FOR UPDATE", {"ids": held})
        taken = take(impatient, 5)
    free = [job_id for job_id in ids if job_id not in held]
    assert sorted(taken) == sorted(free[:5])
    ((left,),) = database.run("SELECT count(*) FROM jobs WHERE updated_at = created_at")
    assert left == 15, "more rows were changed than were answered"


@pytest.mark.parametrize("take", TAKING)
def test_a_row_beside_which_somebody_writes_hides_no_job(
    database: Database, jobs: JobStore, impatient: Database, take: Take
) -> None:
    ids = twenty_for(take, database, jobs)
    with database.transaction() as connection:
        run_on(connection, "SELECT FROM jobs FOR KEY SHARE")
        assert sorted(take(impatient, 20)) == sorted(ids)
