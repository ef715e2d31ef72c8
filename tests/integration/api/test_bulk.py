"""/bulk and the purge of a queue; the runner's steps are called here, as a process of the API calls them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from flask.testing import FlaskClient

from goqueue_api.bulk_runner import BulkRunner
from goqueue_common.audit_store import AuditStore
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.broker.keys import Keys
from goqueue_common.bulk_work_store import BulkWorkStore
from goqueue_common.database import Database
from goqueue_common.errors import QueryTimeout
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.submitter import Submitter
from tests.factories import job_in
from tests.integration.api.api_calls import get_job, submit_job

STEP_SECONDS = 0.25


class Clock:
    """Moves a quarter of a second with each look."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += STEP_SECONDS
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runner(database: Database, store: JobStore, broker: RedisBroker, clock: Clock) -> BulkRunner:
    """Each of its batches takes a quarter of a second by its clock."""
    return BulkRunner(BulkWorkStore(database), Submitter(store, broker), broker, monotonic=clock)


def start(client: FlaskClient, action: str, **members: Any) -> dict[str, Any]:
    """The operation that POST /bulk has just answered with 202."""
    answer = client.post("/bulk", json={"action": action} | members)
    assert answer.status_code == 202, answer.data
    operation: dict[str, Any] = answer.get_json()
    assert answer.headers["Location"] == f"/bulk/{operation['id']}"
    return operation


def run(client: FlaskClient, runner: BulkRunner, operation: dict[str, Any]) -> dict[str, Any]:
    """The operation once it has ended."""
    for _ in range(100):
        shown: dict[str, Any] = client.get(f"/bulk/{operation['id']}").get_json()
        if shown["state"] != "running":
            return shown
        runner.step()
    raise AssertionError("it does not end")


def test_a_bulk_retry_queues_and_pushes_what_failed(
    client: FlaskClient, runner: BulkRunner, store: JobStore, broker: RedisBroker, worker_id: str
) -> None:
    failed = [job_in(JobStatus.FAILED, store, worker_id, queue="mail") for _ in range(3)]
    job_in(JobStatus.FAILED, store, worker_id, queue="other")
    operation = start(client, "retry", filter={"status": ["failed"], "queue": ["mail"]})
    assert (operation["state"], operation["matched"], operation["progress"]) == ("running", 3, 0.0)
    assert operation["selection"]["filter"]["queue"] == ["mail"]
    done = run(client, runner, operation)
    assert (done["state"], done["processed"], done["changed"], done["progress"]) == ("completed", 3, 3, 1.0)
    assert done["finished_at"] is not None
    assert {job.id for job in broker.dequeue_many([("mail", 1)], 10, 0)} == set(failed)
    assert broker.dequeue([("other", 1)], 0) is None


def test_a_bulk_operation_leaves_out_what_its_filter_leaves_out(
    client: FlaskClient, runner: BulkRunner, store: JobStore, worker_id: str
) -> None:
    meant = job_in(JobStatus.FAILED, store, worker_id, queue="mail", type_="email.send")
    kept = [
        job_in(JobStatus.FAILED, store, worker_id, queue="bulk", type_="email.send"),
        job_in(JobStatus.FAILED, store, worker_id, queue="mail", type_="email.send", tags=["beta"]),
        job_in(JobStatus.FAILED, store, worker_id, queue="mail", type_="report"),
        job_in(JobStatus.CANCELLED, store, worker_id, queue="mail", type_="email.send"),
    ]
    denied = {"not_queue": ["bu*"], "not_tag": ["beta"], "not_status": ["cancelled"]}
    operation = start(client, "retry", filter={"type": ["email.*"], **denied})
    assert operation["matched"] == 1
    assert operation["selection"]["filter"].items() >= denied.items()
    done = run(client, runner, operation)
    assert (done["state"], done["changed"]) == ("completed", 1)
    assert get_job(client, meant)["status"] == "queued"
    assert {get_job(client, job_id)["status"] for job_id in kept} == {"failed", "cancelled"}


def test_a_dry_run_shows_what_would_be_changed_and_starts_nothing(
    client: FlaskClient, store: JobStore, worker_id: str
) -> None:
    failed = job_in(JobStatus.FAILED, store, worker_id, payload={"to": "a@b.c"})
    job_in(JobStatus.QUEUED, store, worker_id)
    answer = client.post("/bulk", json={"action": "retry", "filter": {}, "dry_run": True})
    preview = answer.get_json()
    assert answer.status_code == 200
    assert (preview["matched"], preview["excluded"]) == ({"value": 1, "relation": "eq"}, {"value": 1, "relation": "eq"})
    assert (preview["by_queue"], preview["by_type"]) == ({"default": 1}, {"demo": 1})
    assert [(job["id"], job["payload_preview"]) for job in preview["sample"]] == [(failed, '{"to": "a@b.c"}')]
    assert client.get("/bulk").get_json()["items"] == []


def test_who_waits_for_a_job_that_is_cancelled_in_bulk_is_told(
    client: FlaskClient, runner: BulkRunner, broker: RedisBroker
) -> None:
    job = submit_job(client)
    start(client, "cancel", ids=[job["id"]])
    with broker._client.pubsub() as listener:
        listener.subscribe(broker.keys.settled)
        listener.get_message(timeout=5)
        runner.step()
        message = listener.get_message(timeout=5)
    assert message is not None
    assert message["data"] == job["id"]
    assert get_job(client, job["id"])["status"] == "cancelled"


def test_a_purge_cancels_what_waits_in_a_queue_and_spares_what_runs(
    client: FlaskClient, runner: BulkRunner, store: JobStore, database: Database, worker_id: str
) -> None:
    jobs = {status: job_in(status, store, worker_id, queue="mail") for status in JobStatus}
    other = submit_job(client, queue="other")
    answer = client.post("/queues/mail/purge")
    assert (answer.status_code, answer.get_json()["matched"]) == (202, 3)
    run(client, runner, answer.get_json())
    now = {status: get_job(client, job_id) for status, job_id in jobs.items()}
    assert {status for status in JobStatus if now[status]["status"] == "cancelled"} == {
        JobStatus.QUEUED,
        JobStatus.SCHEDULED,
        JobStatus.RETRYING,
        JobStatus.CANCELLED,
    }
    assert now[JobStatus.PROCESSING]["cancel_requested_at"] is None
    assert get_job(client, other["id"])["status"] == "queued"
    assert [entry.action for entry in AuditStore(database).page(before=None, limit=5)] == ["bulk.finished", "queue.purge"]


@pytest.mark.parametrize("name", ["nowhere", "%00", "a%20b"])
def test_a_queue_that_is_not_there_cannot_be_purged(client: FlaskClient, name: str) -> None:
    answer = client.post(f"/queues/{name}/purge")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "queue_not_found")


def test_an_operation_can_be_aborted_once(client: FlaskClient, runner: BulkRunner) -> None:
    job = submit_job(client)
    operation = start(client, "cancel", filter={"queue": ["default"]})
    aborted = client.delete(f"/bulk/{operation['id']}")
    assert (aborted.status_code, aborted.get_json()["state"]) == (200, "aborted")
    again = client.delete(f"/bulk/{operation['id']}")
    assert (again.status_code, again.get_json()["code"]) == (409, "wrong_status")
    runner.step()
    assert get_job(client, job["id"])["status"] == "queued"


@pytest.mark.parametrize("method", ["get", "delete"])
@pytest.mark.parametrize("operation_id", ["17", "01a20eb4-1366-768e-8433-a398418d79cc"])
def test_an_operation_that_is_not_there_is_404(client: FlaskClient, method: str, operation_id: str) -> None:
    answer = client.open(f"/bulk/{operation_id}", method=method.upper())
    assert (answer.status_code, answer.get_json()["code"]) == (404, "bulk_operation_not_found")


def test_operations_are_listed_newest_first_by_pages(client: FlaskClient) -> None:
    made = [start(client, "delete", filter={"queue": ["default"]})["id"] for _ in range(3)]
    first = client.get("/bulk?limit=2")
    assert [item["id"] for item in first.get_json()["items"]] == made[:0:-1]
    second = client.get(first.headers["Link"].partition(">")[0].removeprefix("<")).get_json()
    assert ([item["id"] for item in second["items"]], second["next_cursor"]) == (made[:1], None)


def test_nothing_starts_without_a_filter_that_says_something(client: FlaskClient) -> None:
    answer = client.post("/bulk", json={"action": "cancel", "filter": {}})
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/filter")
    assert client.get("/bulk").get_json()["items"] == []
    assert start(client, "cancel", filter={}, confirm_all=True)["selection"]["filter"].keys() == {"created_before"}


def begun(
    client: FlaskClient, runner: BulkRunner, clock: Clock, *operations: dict[str, Any]
) -> list[tuple[str, int, float]]:
    """(operation, jobs, time) of every batch until all have ended."""
    batches: list[tuple[str, int, float]] = []
    changed = dict.fromkeys((operation["id"] for operation in operations), 0)
    while any(client.get(f"/bulk/{one}").get_json()["state"] == "running" for one in changed):
        at = clock.now
        clock.now += runner.step()
        for one, before in changed.items():
            changed[one] = client.get(f"/bulk/{one}").get_json()["changed"]
            if changed[one] > before:
                batches.append((one, changed[one] - before, at))
    return batches


@pytest.mark.parametrize(("rate", "sizes"), [(2.0, [2, 2, 1]), (0.5, [1, 1, 1, 1, 1]), (1_000.0, [5])])
def test_a_rate_is_kept_on_average(
    client: FlaskClient,
    runner: BulkRunner,
    clock: Clock,
    store: JobStore,
    worker_id: str,
    rate: float,
    sizes: list[int],
) -> None:
    for _ in range(5):
        job_in(JobStatus.FAILED, store, worker_id)
    operation = start(client, "retry", filter={"status": ["failed"]}, rate_per_second=rate)
    batches = begun(client, runner, clock, operation)
    assert [jobs for _, jobs, _ in batches] == sizes
    for (_, jobs, at), (_, _, following_at) in pairwise(batches):
        assert jobs / rate <= following_at - at <= jobs / rate + 2 * STEP_SECONDS


def test_a_slow_operation_keeps_no_other_waiting(
    client: FlaskClient, runner: BulkRunner, clock: Clock, store: JobStore, worker_id: str
) -> None:
    for _ in range(3):
        job_in(JobStatus.FAILED, store, worker_id)
    slow = start(client, "retry", filter={"status": ["failed"]}, rate_per_second=0.01)
    submit_job(client)
    urgent = start(client, "cancel", filter={"status": ["queued"]})
    batches = begun(client, runner, clock, slow, urgent)
    assert [one for one, _, _ in batches] == [slow["id"], urgent["id"], slow["id"], slow["id"]]
    assert batches[1][2] < 10


def test_without_a_rate_it_rests_nine_times_as_long_as_it_works(client: FlaskClient, runner: BulkRunner) -> None:
    submit_job(client)
    start(client, "cancel", filter={"queue": ["default"]})
    assert runner.step() == 9 * STEP_SECONDS


def test_redis_may_be_away_and_an_idle_runner_looks_once_a_second(
    client: FlaskClient, database: Database, store: JobStore, worker_id: str, prefix: str
) -> None:
    nowhere = RedisBroker("redis://127.0.0.1:9/0", Keys(prefix))
    lonely = BulkRunner(BulkWorkStore(database), Submitter(store, nowhere), nowhere)
    assert lonely.step() == 1.0
    job_id = job_in(JobStatus.FAILED, store, worker_id)
    operation = start(client, "retry", filter={"status": ["failed"]})
    assert run(client, lonely, operation)["changed"] == 1
    assert get_job(client, job_id)["status"] == "queued"
    nowhere.close()


def test_an_operation_that_cannot_be_carried_out_fails_and_the_next_has_its_turn(
    client: FlaskClient, runner: BulkRunner, database: Database
) -> None:
    job = submit_job(client)
    broken = start(client, "cancel", filter={"queue": ["default"]})
    database.run(
        """UPDATE bulk_operations SET selection = '{"filter": {"colour": "red"}}' WHERE id = %(id)s""", {"id": broken["id"]}
    )
    following = start(client, "cancel", filter={"queue": ["default"]})
    assert run(client, runner, following)["changed"] == 1
    shown = client.get(f"/bulk/{broken['id']}").get_json()
    assert (shown["state"], shown["changed"]) == ("failed", 0)
    assert "colour" in shown["error"]
    assert get_job(client, job["id"])["status"] == "cancelled"


def test_an_operation_whose_jobs_cannot_be_found_in_time_gives_up_after_some_tries(
    client: FlaskClient, runner: BulkRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = start(client, "cancel", filter={"queue": ["default"]})

    def too_long(*_: object, **__: object) -> list[str]:
        raise QueryTimeout("PostgreSQL gave up: statement timeout")

    monkeypatch.setattr("goqueue_common.job_search.matching_ids", too_long)
    for _ in range(4):
        with pytest.raises(QueryTimeout):
            runner.step()
    assert client.get(f"/bulk/{operation['id']}").get_json()["state"] == "running"
    runner.step()
    shown = client.get(f"/bulk/{operation['id']}").get_json()
    assert (shown["state"], shown["error"]) == ("failed", "PostgreSQL gave up: statement timeout")
