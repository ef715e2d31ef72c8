"""What handlers log, and how each attempt of a job went, from the process that ran it to whoever asks the API."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest

from goqueue import Client, Job
from tests.acceptance.conftest import System
from tests.processes import eventually

Finished = Callable[[Job], Job]
SAID = [
    ("debug", "began", {"attempt": 1, "at": "shop"}),
    ("info", "said", {"words": ["a", {"b": None}]}),
]


@pytest.fixture(scope="module", autouse=True)
def _worker(service: System) -> None:
    """Serves the default queue, by two processes: the next attempt may begin in the other at once."""
    words = ("--queues", "default", "--processes", "2", "--concurrency", "2")
    service.start_worker(*words, GOQUEUE_JOB_LOG_BYTES="2000")


def told(client: Client, job: Job) -> list[tuple[int, str, str]]:
    """All lines until the job's end."""
    return [(line.attempt, line.level, line.message) for line in client.follow_logs(job.id)]


def outcomes(job: Job) -> list[tuple[int, str | None]]:
    return [(attempt.attempt, attempt.outcome) for attempt in job.attempt_history]


@pytest.mark.parametrize("kind", ["talk", "async_talk", "isolated_talk"])
def test_lines_are_kept_wherever_the_handler_runs(system: System, client: Client, finished: Finished, kind: str) -> None:
    job = finished(client.submit(f"shop.{kind}"))
    assert [(line.level, line.message, line.fields) for line in client.follow_logs(job.id)] == SAID
    assert outcomes(job) == [(1, "completed")]


@pytest.mark.parametrize("kind", ["talk", "isolated_talk"])
def test_lines_of_an_attempt_that_is_followed_by_the_next_at_once_are_kept(
    system: System, client: Client, finished: Finished, kind: str
) -> None:
    job = finished(client.submit(f"shop.{kind}", {"retry": True}))
    lines = told(client, job)
    assert [line for line in lines if line[0] == 1] == [(1, "debug", "began"), (1, "info", "said")]
    assert [line for line in lines if line[0] == 2] == [(2, "debug", "began"), (2, "info", "said")]
    assert outcomes(job) == [(1, "error"), (2, "completed")]


def test_lines_of_a_process_that_died_are_kept_as_far_as_they_were_written(
    system: System, client: Client, finished: Finished
) -> None:
    go = system.folder / "die"
    job = client.submit("shop.talk", {"die": str(go)})
    eventually(lambda: len(list(client.logs(job.id))) == 2, "its lines are there while it runs")
    go.touch()
    done = finished(job)
    assert outcomes(done) == [(1, "died"), (2, "completed")]
    assert "signal 9" in (done.attempt_history[0].error or "")
    assert [line[0] for line in told(client, done)] == [1, 1, 2, 2]
    first, second = done.attempt_history
    assert first.worker_id != second.worker_id
    assert first.finished_at is not None
    assert second.queued_at is not None
    assert second.queued_at >= first.finished_at


def test_lines_of_an_isolated_process_that_died_are_kept(system: System, client: Client, finished: Finished) -> None:
    go = system.folder / "die"
    go.touch()
    job = finished(client.submit("shop.isolated_talk", {"die": str(go)}, max_retries=1))
    assert outcomes(job) == [(1, "error"), (2, "completed")]
    assert [line[0] for line in told(client, job)] == [1, 1, 2, 2]


def test_a_stop_writes_what_was_said(system: System, client: Client, finished: Finished) -> None:
    worker = system.start_worker(GOQUEUE_SHUTDOWN_TIMEOUT="0.3")
    go = system.folder / "go"
    job = client.submit("shop.talk", {"die": str(go)}, queue="stopped")
    eventually(lambda: client.get(job.id).status == "processing", "it runs")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert [line.attempt for line in client.logs(job.id)] == [1, 1]
    assert outcomes(client.get(job.id)) == [(1, "released")]
    go.touch()
    system.start_worker()
    assert outcomes(finished(job)) == [(1, "released"), (2, "completed")]


def test_a_handler_that_babbles_is_cut_short_and_says_so(system: System, client: Client, finished: Finished) -> None:
    job = finished(client.submit("shop.babble", {"lines": 20_000}))
    *lines, full, last = client.follow_logs(job.id)
    assert [line.message for line in lines] == [f"line {number}" for number in range(len(lines))]
    assert (full.message, full.fields["limit_bytes"]) == ("log_is_full", 2_000)
    assert (last.message, last.fields) == ("log_lines_dropped", {"dropped": 20_000 - len(lines)})
