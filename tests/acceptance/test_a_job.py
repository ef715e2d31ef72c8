"""From a POST to `completed`, through every process, and what a handler may say on the way."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from goqueue import Client, Job
from tests.acceptance.conftest import System
from tests.processes import eventually

Finished = Callable[[Job], Job]


@pytest.fixture(scope="module", autouse=True)
def _worker(service: System) -> None:
    """One for all: no test here ends it, or needs another."""
    service.start_worker("--processes", "2", "--concurrency", "8")


def test_a_job_goes_from_post_to_completed(system: System, client: Client, finished: Finished) -> None:
    job = finished(client.submit("shop.greet", {"name": "Ada"}, queue="greetings", tags=["first"]))
    assert (job.status, job.attempts, job.failures) == ("completed", 1, 0)
    # The shop's own `common` and `api` packages were imported, not GoQueue's.
    assert job.result == {"greeting": "hello from the shop's common, Ada", "price": 42, "attempt": 1}


def test_a_plain_registration_is_a_handler_too(system: System, client: Client, finished: Finished) -> None:
    assert finished(client.submit("shop.plain")).result == {"plain": True}


def test_a_batch_runs_each_job_once(system: System, client: Client) -> None:
    submitted = client.submit_many({"type": "shop.plain", "payload": {"n": n}} for n in range(2_000))
    eventually(lambda: len(system.effects("plain")) >= 2_000, "all ran")
    eventually(lambda: not any(q.queued or q.processing for q in client.queues()), "all settled")
    ran = [line.split()[1] for line in system.effects("plain")]
    assert sorted(ran) == sorted(item.id for item in submitted)


def test_a_new_queue_is_served_within_a_second(system: System, client: Client, finished: Finished) -> None:
    finished(client.submit("shop.plain", queue="old"))
    job = finished(client.submit("shop.plain", queue="brand-new"))
    assert job.started_at is not None
    assert (job.started_at - job.created_at).total_seconds() < 1.5


def test_a_delayed_job_waits_and_then_runs(system: System, client: Client, finished: Finished) -> None:
    job = client.submit("shop.plain", delay=0.7)
    assert job.status == "scheduled"
    done = finished(job)
    assert done.started_at is not None
    assert done.run_at is not None
    assert 0 <= (done.started_at - done.run_at).total_seconds() < 1.0


@pytest.mark.parametrize(
    ("say", "status", "attempts", "failures", "error"),
    [
        pytest.param("retry", "completed", 2, 1, None, id="retry after a delay counts as a failure"),
        pytest.param("snooze", "completed", 2, 0, None, id="snooze counts nothing"),
        pytest.param("discard", "failed", 1, 1, "useless", id="discard fails at once"),
        pytest.param("cancel", "cancelled", 1, 0, "nobody wants it", id="cancel"),
        pytest.param("exit", "failed", 2, 2, "SystemExit: 3", id="SystemExit is an error of the job"),
    ],
)
def test_verdicts(
    system: System,
    client: Client,
    finished: Finished,
    say: str,
    status: str,
    attempts: int,
    failures: int,
    error: str | None,
) -> None:
    job = finished(client.submit("shop.verdict", {"say": say}))
    assert (job.status, job.attempts, job.failures, job.error) == (status, attempts, failures, error)


def test_a_job_that_fails_for_good_keeps_its_tracebacks_and_can_be_retried(
    system: System, client: Client, finished: Finished
) -> None:
    job = finished(client.submit("demo.fail", {"times": 2, "message": "not yet"}, max_retries=1))
    assert (job.status, job.failure_reason, job.error) == ("failed", "exhausted", "RuntimeError: not yet")
    assert [attempt.attempt for attempt in job.attempt_history] == [1, 2]
    assert "demo_fail.py" in (job.attempt_history[-1].traceback or "")
    assert "goqueue_worker" not in (job.attempt_history[-1].traceback or "")
    again = finished(client.retry(job.id))
    assert (again.status, again.attempts, again.error) == ("completed", 3, None)


def test_progress_is_seen_while_a_job_runs(system: System, client: Client) -> None:
    job = client.submit("demo.sleep", {"seconds": 20})
    eventually(lambda: (progress := client.get(job.id).progress) is not None and bool(progress.fraction), "progress")
    client.cancel(job.id)
    eventually(lambda: client.get(job.id).status == "cancelled", "cancelled")


def test_a_child_job_is_the_same_for_the_same_name(system: System, client: Client, finished: Finished) -> None:
    parent = finished(client.submit("shop.parent"))
    first, second = parent.result["children"]  # type: ignore[index]  # what the shop's handler returns
    assert first == second
    child = finished(client.get(first))
    assert child.parent_id == parent.id


def test_a_result_that_is_no_json_fails_the_job(system: System, client: Client, finished: Finished) -> None:
    job = finished(client.submit("shop.bad_result"))
    assert job.status == "failed"
    assert "result cannot be stored" in (job.error or "")


def test_a_payload_is_checked_against_the_schema_its_worker_published(system: System, client: Client) -> None:
    from goqueue.errors import InvalidRequest

    refusals: list[str] = []

    def is_refused() -> bool:
        try:
            client.submit("shop.greet", {"nom": "Ada"}, delay=3600)
        except InvalidRequest as error:
            refusals.append(str(error))
        return bool(refusals)

    eventually(is_refused, "refused, once the API has seen the type")
    assert "name" in refusals[0]
