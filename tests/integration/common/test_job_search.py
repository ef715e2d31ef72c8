"""Search finds every job that matches, wherever it is: live, just ended (in the outbox), indexed, or back to life."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from goqueue_common import job_search
from goqueue_common.database import Database, connect
from goqueue_common.errors import QueryTimeout
from goqueue_common.job import Outcome
from goqueue_common.job_filter import JobFilter
from goqueue_common.job_search import Place
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobEvent, JobStatus
from goqueue_common.search_index_store import SearchIndexStore
from tests.factories import job_in, register_worker, start, submit

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def everything_indexed(database: Database) -> None:
    while SearchIndexStore(database).index(100).batches:
        pass


class Yard:
    """Jobs by name, one of every kind, made by the store's own statements."""

    def __init__(self, store: JobStore, database: Database) -> None:
        self.store, self.database = store, database
        self.worker_id, self.other_worker = register_worker(database), register_worker(database)
        mail = {"queue": "mail", "type_": "email.send"}
        self.ids = {
            "sent": self._completed(self.worker_id, **mail, tags=["a", "b"], payload={"user": {"id": 1}, "list": [1, 2]}),
            "slow": self._completed(self.other_worker, seconds=100, queue="shop", type_="order.pay", tags=["b"]),
            "large": self._completed(self.worker_id, queue="shop", payload={"user": {"id": 1}, "pad": noise(9_000)}),
            "broken": self._failed("Timeout: 100% of_it\\", "f" * 16, **mail, payload={"user": {"id": "1"}}),
            "lost": self._failed("ValueError: no lines", "e" * 16, attempts=3),
            "called off": self._cancelled(**mail, tags=["c"]),
            "queued": submit(store, **mail, tags=["a"], payload={"user": {"id": 1, "name": "x"}}),
            "running": job_in(JobStatus.PROCESSING, store, self.worker_id, queue="shop"),
            "later": job_in(JobStatus.SCHEDULED, store, self.worker_id, tags=["c"]),
            "again": job_in(JobStatus.RETRYING, store, self.worker_id, type_="order.pay"),
        }
        self._set(self.ids["again"], f"fingerprint = '{'f' * 16}'")
        self.names = {job_id: name for name, job_id in self.ids.items()}

    def found(self, wanted: JobFilter) -> list[str]:
        """Names, oldest first; pages, ids and counts must agree."""
        pages = [job.id for job in self.store.list_jobs(wanted, limit=100).jobs]
        assert [job.id for job in self.store.list_jobs(wanted, limit=100, oldest_first=True).jobs] == pages[::-1]
        ids = job_search.matching_ids(self.database, wanted, after=None, limit=100)
        assert ids == pages[::-1]
        assert self.store.count_jobs(wanted) == (len(ids), False)
        assert sum(jobs for *_, jobs in job_search.count_matching(self.database, wanted, limit=100)) == len(ids)
        return [self.names[job_id] for job_id in ids]

    def _completed(self, worker_id: str, *, seconds: float = 0, **options: Any) -> str:
        job_id = submit(self.store, **options)
        attempt = start(self.store, worker_id, job_id).attempt
        self._set(job_id, f"schedule = 'nightly', started_at = now() - interval '{seconds} s'")
        self.store.save_result(worker_id, Outcome(id=job_id, attempt=attempt, event=JobEvent.COMPLETE))
        return job_id

    def _failed(self, error: str, fingerprint: str, *, attempts: int = 1, **options: Any) -> str:
        job_id = submit(self.store, **options)
        self._set(job_id, f"attempts = {attempts - 1}, run_at = '{LONG_AGO}'")
        attempt = start(self.store, self.worker_id, job_id).attempt
        ended = {"event": JobEvent.FAIL, "failure_reason": "exhausted", "error": error, "fingerprint": fingerprint}
        self.store.save_result(self.worker_id, Outcome(id=job_id, attempt=attempt, **ended))
        return job_id

    def _cancelled(self, **options: Any) -> str:
        job_id = submit(self.store, **options)
        self.store.cancel(job_id)
        return job_id

    def _set(self, job_id: str, assignments: str) -> None:
        self.database.run(f"UPDATE jobs SET {assignments} WHERE id = %(id)s", {"id": job_id})


def noise(characters: int) -> str:
    """Text that does not shrink by compression."""
    return "".join(uuid4().hex for _ in range(characters // 32 + 1))


@pytest.fixture(params=["newest rows", "outbox", "index"])
def yard(request: pytest.FixtureRequest, store: JobStore, database: Database, monkeypatch: pytest.MonkeyPatch) -> Yard:
    """Every way must find the same: with a walk along one row only, the others have their turn."""
    if request.param != "newest rows":
        for name in ("LIST_WALK", "COUNT_WALK"):
            monkeypatch.setattr(job_search, name, job_search.Walk(1, 1))
        monkeypatch.setattr(job_search, "_LISTED", (1, 1))
        for name in ("_COUNT_LISTED",):
            monkeypatch.setattr(job_search, name, 1)
    filled = Yard(store, database)
    if request.param == "index":
        everything_indexed(database)
    return filled


EVERYTHING = ["sent", "slow", "large", "broken", "lost", "called off", "queued", "running", "later", "again"]
FINAL = EVERYTHING[:6]
FILTERS: list[tuple[JobFilter, list[str]]] = [
    (JobFilter(), EVERYTHING),
    (JobFilter(statuses=["completed"]), ["sent", "slow", "large"]),
    (JobFilter(statuses=["failed", "queued"]), ["broken", "lost", "queued"]),
    (JobFilter(statuses=["processing"]), ["running"]),
    (JobFilter(statuses=["scheduled"]), ["later"]),
    (JobFilter(statuses=["none such"]), []),
    (JobFilter(queues=["mail"]), ["sent", "broken", "called off", "queued"]),
    (JobFilter(queues=["mail", "shop"]), ["sent", "slow", "large", "broken", "called off", "queued", "running"]),
    (JobFilter(queues=["nowhere"]), []),
    (JobFilter(types=["order.pay"]), ["slow", "again"]),
    (JobFilter(queues=["mail"], types=["email.send"], statuses=["failed", "completed"]), ["sent", "broken"]),
    (JobFilter(tags=["a"]), ["sent", "queued"]),
    (JobFilter(tags=["b", "c"]), ["sent", "slow", "called off", "later"]),
    (JobFilter(tags=["'; DROP TABLE jobs; --"]), []),
    (JobFilter(schedules=["nightly"]), ["sent", "slow", "large"]),
    (JobFilter(schedules=["nightly"], queues=["shop"]), ["slow", "large"]),
    (JobFilter(errors=["timeout"]), ["broken"]),
    (JobFilter(errors=["0% OF_it\\"]), ["broken"]),
    (JobFilter(errors=["of%it"]), []),
    (JobFilter(errors=["lines", "timeout"]), ["broken", "lost"]),
    (JobFilter(errors=["broken"]), ["again"]),
    (JobFilter(fingerprints=["f" * 16]), ["broken", "again"]),
    (JobFilter(fingerprints=["f" * 16], statuses=["failed"]), ["broken"]),
    (JobFilter(fingerprints=["f" * 16, "e" * 16], queues=["mail", "default"]), ["broken", "lost", "again"]),
    (JobFilter(fingerprints=["d" * 16]), []),
    (JobFilter(payloads=[{"user": {"id": 1}}]), ["sent", "large", "queued"]),
    (JobFilter(payloads=[{"user": {"id": "1"}}, {"list": [2]}]), ["sent", "broken"]),
    (JobFilter(payloads=[{"user": {"id": 2}}]), []),
    (JobFilter(payloads=[{"user": {"id": 1}}], statuses=["completed"], queues=["shop"]), ["large"]),
    (JobFilter(attempts_min=3), ["lost"]),
    (JobFilter(attempts_max=0), ["called off", "queued", "later"]),
    (JobFilter(attempts_min=1, attempts_max=1), ["sent", "slow", "large", "broken", "running", "again"]),
    (JobFilter(duration_min=60), ["slow"]),
    (JobFilter(duration_max=60), ["sent", "large", "broken", "lost"]),
    (JobFilter(duration_min=60, types=["order.pay"]), ["slow"]),
    (JobFilter(run_at_before=LONG_AGO + timedelta(days=1)), ["broken", "lost"]),
    (JobFilter(run_at_after=LONG_AGO + timedelta(days=1)), ["later", "again"]),
    (JobFilter(finished_after=LONG_AGO), FINAL),
    (JobFilter(finished_before=LONG_AGO), []),
    (JobFilter(finished_after=LONG_AGO, statuses=["queued"]), []),
    (JobFilter(created_after=LONG_AGO), EVERYTHING),
    (JobFilter(created_before=LONG_AGO), []),
    (JobFilter(types=["email.*"]), ["sent", "broken", "called off", "queued"]),
    (JobFilter(types=["email.*", "order.pay"], statuses=["completed"]), ["sent", "slow"]),
    (JobFilter(types=["e_ail.*"]), []),
    (JobFilter(queues=["ma*", "sh*"], types=["order.*"]), ["slow"]),
    (JobFilter(queues=["mail"], types=["email.*"]), ["sent", "broken", "called off", "queued"]),
    (JobFilter(queues=["m*"], types=["email.send"], statuses=["queued"]), ["queued"]),
    (JobFilter(not_queues=["mail"]), ["slow", "large", "lost", "running", "later", "again"]),
    (JobFilter(not_queues=["mail", "d*"]), ["slow", "large", "running"]),
    (JobFilter(queues=["mail", "shop"], not_queues=["shop"]), ["sent", "broken", "called off", "queued"]),
    (JobFilter(not_types=["email.*", "order.pay"]), ["large", "lost", "running", "later"]),
    (JobFilter(not_queues=["shop"], types=["*"]), ["sent", "broken", "lost", "called off", "queued", "later", "again"]),
    (JobFilter(not_queues=["shop"], not_types=["email.send"]), ["lost", "later", "again"]),
    (JobFilter(not_statuses=["completed", "failed", "cancelled"]), ["queued", "running", "later", "again"]),
    (JobFilter(not_statuses=["queued", "failed"], queues=["mail"]), ["sent", "called off"]),
    (JobFilter(statuses=["failed", "queued"], not_statuses=["failed"]), ["queued"]),
    (JobFilter(statuses=["failed"], not_statuses=["failed"]), []),
    (JobFilter(not_tags=["a"]), [name for name in EVERYTHING if name not in ("sent", "queued")]),
    (JobFilter(not_tags=["a", "c"], tags=["b", "c"]), ["slow"]),
    (JobFilter(not_tags=["a"], not_queues=["shop", "default"]), ["broken", "called off"]),
    (JobFilter(not_schedules=["nightly"]), EVERYTHING[3:]),
    (JobFilter(not_schedules=["nightly"], statuses=["completed"]), []),
    (JobFilter(errors=["lines", "timeout"], not_queues=["mail"]), ["lost"]),
    (JobFilter(fingerprints=["f" * 16, "e" * 16], not_types=["email.*"]), ["lost", "again"]),
    (JobFilter(payloads=[{"user": {"id": 1}}], not_tags=["b"]), ["large", "queued"]),
]


def test_each_filter_finds_what_matches_and_nothing_else(yard: Yard) -> None:
    """All in one test: to fill a yard takes ten times as long as to look through it."""
    wrong = [(wanted, found, names) for wanted, names in FILTERS if (found := yard.found(wanted)) != names]
    assert wrong == []


def test_a_worker_filter_finds_what_it_runs_and_what_it_ended(yard: Yard) -> None:
    assert yard.found(JobFilter(workers=[yard.worker_id])) == ["sent", "large", "broken", "lost", "running"]
    assert yard.found(JobFilter(workers=[yard.worker_id], statuses=["failed"])) == ["broken", "lost"]
    assert yard.found(JobFilter(workers=[yard.other_worker, str(uuid4())])) == ["slow"]
    by_no_worker = ["called off", "queued", "later", "again"]
    assert yard.found(JobFilter(not_workers=[yard.worker_id])) == ["slow", *by_no_worker]
    assert yard.found(JobFilter(not_workers=[yard.worker_id, yard.other_worker])) == by_no_worker
    assert yard.found(JobFilter(not_workers=[yard.other_worker], queues=["shop"])) == ["large", "running"]
    assert yard.found(JobFilter(workers=[yard.worker_id], not_workers=[yard.worker_id])) == []


def test_ids_can_be_a_filter(yard: Yard) -> None:
    ids = [yard.ids[name] for name in ("lost", "sent", "queued")]
    assert yard.found(JobFilter(ids=[*ids, str(uuid4())])) == ["sent", "lost", "queued"]
    assert yard.found(JobFilter(ids=ids, statuses=["failed"])) == ["lost"]
    assert yard.found(JobFilter(ids=ids, not_queues=["mail"])) == ["lost"]
    everything = list(yard.ids.values())
    assert yard.found(JobFilter(ids=everything, workers=[yard.worker_id])) == [
        *("sent", "large", "broken", "lost", "running")
    ]
    assert yard.found(JobFilter(ids=everything, workers=[yard.other_worker])) == ["slow"]


def test_what_comes_of_a_job_is_found(yard: Yard) -> None:
    origin = yard.ids["sent"]
    for name, column in (("slow", "parent_id"), ("queued", "parent_id"), ("lost", "rerun_of"), ("queued", "rerun_of")):
        yard.database.run(f"UPDATE jobs SET {column} = %(of)s WHERE id = %(id)s", {"of": origin, "id": yard.ids[name]})
    assert yard.found(JobFilter(parents=[origin])) == ["slow", "queued"]
    assert yard.found(JobFilter(parents=[origin, str(uuid4())], statuses=["completed"])) == ["slow"]
    assert yard.found(JobFilter(reruns_of=[origin])) == ["lost", "queued"]
    assert yard.found(JobFilter(reruns_of=[origin], parents=[origin])) == ["queued"]
    assert yard.found(JobFilter(parents=[origin], workers=[yard.other_worker])) == ["slow"]
    assert yard.found(JobFilter(parents=[yard.ids["lost"]])) == []


def test_an_indexed_job_that_is_retried_is_found_as_what_it_is_now(yard: Yard) -> None:
    yard.store.update_status(yard.ids["broken"], JobEvent.RETRY)
    assert yard.found(JobFilter(statuses=["failed"])) == ["lost"]
    assert yard.found(JobFilter(statuses=["queued"])) == ["broken", "queued"]
    assert yard.found(JobFilter(errors=["timeout"])) == []
    attempt = start(yard.store, yard.other_worker, yard.ids["broken"]).attempt
    yard.store.save_result(yard.other_worker, Outcome(id=yard.ids["broken"], attempt=attempt, event=JobEvent.COMPLETE))
    for _ in range(2):
        assert yard.found(JobFilter(statuses=["completed"])) == ["sent", "slow", "large", "broken"]
        assert yard.found(JobFilter(workers=[yard.other_worker])) == ["slow", "broken"]
        assert "broken" not in yard.found(JobFilter(workers=[yard.worker_id]))
        assert "broken" in yard.found(JobFilter(not_workers=[yard.worker_id]))
        assert "broken" not in yard.found(JobFilter(not_workers=[yard.other_worker]))
        everything_indexed(yard.database)


def test_an_entry_that_is_out_of_date_is_dropped(yard: Yard) -> None:
    everything_indexed(yard.database)
    yard.database.run("DELETE FROM jobs WHERE id = %(id)s", {"id": yard.ids["lost"]})
    retried = (
        "UPDATE jobs SET status = 'queued', queued_at = now(), finished_at = NULL, failure_reason = NULL WHERE id = %(id)s"
    )
    yard.database.run(retried, {"id": yard.ids["broken"]})
    assert yard.found(JobFilter(statuses=["failed"])) == []
    assert yard.found(JobFilter(statuses=["failed", "queued"])) == ["broken", "queued"]
    assert yard.found(JobFilter(workers=[yard.worker_id])) == ["sent", "large", "running"]


def pages_of(fetch: Callable[[Place | None], job_search.JobPage]) -> list[list[str]]:
    pages, place = [], None
    while True:
        page = fetch(place)
        pages.append([job.id for job in page.jobs])
        if page.next is None:
            return pages
        place = page.next


@pytest.mark.parametrize("oldest_first", [False, True])
@pytest.mark.parametrize("wanted", [JobFilter(), JobFilter(queues=["mail", "shop"]), JobFilter(tags=["a", "b", "c"])])
def test_pages_can_be_turned_forth_and_back(yard: Yard, wanted: JobFilter, oldest_first: bool) -> None:
    def fetch(place: Place | None) -> job_search.JobPage:
        return yard.store.list_jobs(wanted, place=place, limit=2, oldest_first=oldest_first)

    pages = pages_of(fetch)
    ids = job_search.matching_ids(yard.database, wanted, after=None, limit=100)
    assert [job_id for page in pages for job_id in page] == (ids if oldest_first else ids[::-1])
    page, place = fetch(None), None
    assert page.prev is None
    while page.next is not None:
        place, page = page.next, fetch(page.next)
    back = [[job.id for job in page.jobs]]
    while page.prev is not None:
        page = fetch(page.prev)
        back.append([job.id for job in page.jobs])
        assert page.next is not None
    assert back == pages[::-1]
    assert place is not None


def test_a_page_stays_where_it_is_when_jobs_come_go_and_end(yard: Yard) -> None:
    store = yard.store
    first = store.list_jobs(JobFilter(), limit=3)
    new = submit(store)
    yard.names[new] = "new"
    store.cancel(yard.ids["queued"])
    yard.database.run("DELETE FROM jobs WHERE id = %(id)s", {"id": first.jobs[-1].id})
    second = store.list_jobs(JobFilter(), place=first.next, limit=3)
    assert [yard.names[job.id] for job in second.jobs] == ["queued", "called off", "lost"]
    assert second.prev is not None
    before = store.list_jobs(JobFilter(), place=second.prev, limit=3)
    assert [yard.names[job.id] for job in before.jobs] == ["new", "again", "later"]
    assert before.prev is None


def test_an_empty_page_leads_back_to_the_last_one(yard: Yard) -> None:
    oldest = yard.store.list_jobs(JobFilter(), limit=1, oldest_first=True).jobs[0]
    empty = yard.store.list_jobs(JobFilter(), place=Place(oldest.id), limit=2)
    assert (empty.jobs, empty.next) == ([], None)
    back = yard.store.list_jobs(JobFilter(), place=empty.prev, limit=1)
    assert [job.id for job in back.jobs] == [oldest.id]


def test_ids_for_bulk_operations_go_on_after_the_last_one(yard: Yard) -> None:
    wanted, after, seen = JobFilter(queues=["mail", "shop"]), None, []
    while ids := job_search.matching_ids(yard.database, wanted, after=after, limit=2):
        seen += ids
        after = UUID(ids[-1])
    assert [yard.names[job_id] for job_id in seen] == yard.found(wanted)


def test_a_count_stops_at_its_cap(yard: Yard) -> None:
    assert job_search.count(yard.database, JobFilter(), cap=10) == (9, True)
    assert job_search.count(yard.database, JobFilter(), cap=11) == (10, False)
    assert job_search.count(yard.database, JobFilter(statuses=["failed"]), cap=2) == (1, True)


@pytest.mark.parametrize(
    ("field", "prefix", "expected"),
    [
        ("queue", "", [("default", 3), ("mail", 4), ("shop", 3)]),
        ("queue", "m", [("mail", 4)]),
        ("type", "e", [("email.send", 4)]),
        ("tag", "", [("a", 2), ("b", 2), ("c", 2)]),
        ("schedule", "ni", [("nightly", 3)]),
        ("status", "c", [("cancelled", 1), ("completed", 3)]),
        ("status", "x", []),
    ],
)
def test_values_are_suggested_with_their_counts(
    yard: Yard, field: str, prefix: str, expected: list[tuple[str, int]]
) -> None:
    assert [(value, count.value) for value, count in yard.store.suggest(field, prefix, 10)] == expected


def test_workers_are_suggested_by_the_beginning_of_their_id(yard: Yard) -> None:
    everything_indexed(yard.database)
    yard.database.run("DELETE FROM workers WHERE id = %(id)s", {"id": yard.other_worker})
    assert yard.store.suggest("worker", yard.other_worker[:8], 10) == [(yard.other_worker, (1, False))]


@pytest.mark.parametrize(
    ("wanted", "named", "advice"),
    [
        (JobFilter(errors=["x"], tags=["y"]), "error", "add status, queue, type or a time range"),
        (JobFilter(payloads=[{"a": 1}], statuses=["failed"]), "payload", "add status, queue, type or a time range"),
        (JobFilter(types=["demo"]), "type", "add status, queue or a time range"),
        (JobFilter(), "the search took longer", "add a filter"),
    ],
)
def test_a_search_that_takes_too_long_names_the_dearest_filter(
    database_url: str, monkeypatch: pytest.MonkeyPatch, wanted: JobFilter, named: str, advice: str
) -> None:
    holder = connect(database_url, pool_size=1, statement_timeout_seconds=10.0, application_name="holder")
    database = connect(database_url, pool_size=1, statement_timeout_seconds=10.0, application_name="tests")
    monkeypatch.setattr(job_search, "BUDGET_SECONDS", 0.2)
    with holder.transaction() as held:
        held.exec_driver_sql("LOCK TABLE jobs")
        began = time.monotonic()
        with pytest.raises(QueryTimeout) as raised:
            job_search.search(database, replace(wanted), limit=10)
    assert time.monotonic() - began < 2.0
    assert named in str(raised.value)
    assert advice in str(raised.value)
    holder.close()
    database.close()
