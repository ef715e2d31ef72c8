from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from goqueue_common.database import Database
from goqueue_common.job import Priority
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.relay_store import Place, RelayStore
from tests.factories import job_in, submit

PAST = datetime.now(UTC) - timedelta(hours=1)


@pytest.fixture
def relayed(database: Database) -> RelayStore:
    return RelayStore(database)


def waited(database: Database, job_id: str, seconds: float) -> None:
    """As if the job had been queued so long ago."""
    database.run(
        "UPDATE jobs SET queued_at = now() - %(ago)s * interval '1 s' WHERE id = %(id)s", {"ago": seconds, "id": job_id}
    )


def place(store: JobStore, job_id: str) -> Place:
    queued_at = store.get_job_by_id(job_id).queued_at
    assert queued_at is not None
    return Place(queued_at, job_id)


def test_waiting_lists_are_those_that_should_hold_a_job(
    store: JobStore, relayed: RelayStore, database: Database, worker_id: str
) -> None:
    for queue, priority in (("a", Priority.HIGH), ("a", Priority.LOW), ("b", Priority.NORMAL)):
        for _ in range(2):
            waited(database, submit(store, queue=queue, priority=priority), 10)
    submit(store, queue="just-submitted")
    for status in JobStatus:
        if status != JobStatus.QUEUED:
            job_in(status, store, worker_id, queue="elsewhere")
    assert sorted(relayed.waiting_lists(2.0)) == [("a", Priority.HIGH), ("a", Priority.LOW), ("b", Priority.NORMAL)]


def test_missing_jobs_are_the_queued_ones_of_a_list_oldest_first(
    store: JobStore, relayed: RelayStore, database: Database, worker_id: str
) -> None:
    ids = [submit(store) for _ in range(4)]
    for seconds, job_id in zip((10, 40, 30, 20), ids, strict=True):
        waited(database, job_id, seconds)
    expired = submit(store, expires_at=PAST)
    for other in (expired, submit(store, queue="other"), submit(store, priority=Priority.HIGH)):
        waited(database, other, 50)
    submit(store)
    job_in(JobStatus.PROCESSING, store, worker_id)
    missing = relayed.missing("default", Priority.NORMAL, grace_seconds=2.0, limit=10)
    assert missing == [place(store, ids[number]) for number in (1, 2, 3, 0)]
    limited = relayed.missing("default", Priority.NORMAL, grace_seconds=2.0, limit=3)
    assert limited == missing[:3]


def test_missing_jobs_are_those_between_two_places(store: JobStore, relayed: RelayStore, database: Database) -> None:
    ids = [submit(store) for _ in range(5)]
    database.run("UPDATE jobs SET queued_at = now() - interval '10 s'")
    second, fourth = place(store, ids[1]), place(store, ids[3])

    def missing(**bounds: Place) -> list[str]:
        found = relayed.missing("default", Priority.NORMAL, grace_seconds=2.0, limit=10, **bounds)
        return [job.id for job in found]

    assert missing(before=second) == ids[:1]
    assert missing(after=fourth) == ids[4:]
    assert missing(after=second, before=fourth) == [ids[2]]


@pytest.mark.parametrize("status", list(JobStatus))
def test_only_a_queued_row_has_a_place_in_its_list(
    store: JobStore, relayed: RelayStore, worker_id: str, status: JobStatus
) -> None:
    job_id = job_in(status, store, worker_id, queue="mail", priority=Priority.HIGH)
    expected = {job_id: place(store, job_id)} if status == JobStatus.QUEUED else {}
    assert relayed.places("mail", Priority.HIGH, [job_id, str(uuid4())]) == expected
    assert relayed.places("mail", Priority.LOW, [job_id]) == relayed.places("post", Priority.HIGH, [job_id]) == {}
