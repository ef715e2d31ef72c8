"""Timeouts, cancels and crashes: the row is written once the attempt has really ended."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from goqueue import Client, Job
from tests.acceptance.conftest import System
from tests.processes import eventually

Finished = Callable[[Job], Job]
OTHER = "other"  # a queue that the module's worker does not serve
AMPLE = 30.0  # seconds, for an isolated process to start on a busy machine too


@pytest.fixture(scope="module")
def _worker(service: System) -> None:
    """Serves the default queue, for the tests that ask for it; the others end theirs or set it up in another way."""
    words = ("--queues", "default", "--processes", "1", "--concurrency", "8")
    service.start_worker(*words, GOQUEUE_CANCEL_GRACE="1")


@pytest.mark.usefixtures("_worker")
def test_a_thread_is_interrupted_at_its_timeout(system: System, client: Client, finished: Finished) -> None:
    job = finished(client.submit("shop.nap"))
    assert (job.status, job.failure_reason) == ("failed", "timeout")
    assert "shop_jobs.py" in (job.attempt_history[0].traceback or "")
    assert finished(client.submit("shop.plain")).status == "completed"


@pytest.mark.usefixtures("_worker")
def test_an_async_handler_is_cancelled_at_its_timeout(system: System, client: Client, finished: Finished) -> None:
    assert finished(client.submit("shop.async_nap", {"seconds": 0.05})).result == {"slept": True}
    job = finished(client.submit("shop.async_nap"))
    assert (job.status, job.failure_reason) == ("failed", "timeout")


@pytest.mark.usefixtures("_worker")
def test_async_handlers_run_side_by_side(system: System, client: Client, finished: Finished) -> None:
    jobs = [client.submit("shop.async_nap", {"seconds": 0.3}) for _ in range(8)]
    done = [finished(job) for job in jobs]
    assert {job.status for job in done} == {"completed"}
    starts = [job.started_at for job in done if job.started_at]
    assert (max(starts) - min(starts)).total_seconds() < 2


def test_a_thread_that_ignores_its_interruption_recycles_its_process(
    system: System, client: Client, finished: Finished
) -> None:
    system.start_worker(GOQUEUE_INTERRUPT_GRACE="0.5", GOQUEUE_SHUTDOWN_TIMEOUT="1")
    job = finished(client.submit("shop.deaf", queue=OTHER))
    assert (job.status, job.failure_reason, job.rescues) == ("failed", "timeout", 0)
    eventually(lambda: len(system.effects("started")) == 2, "a new child")
    assert finished(client.submit("shop.plain", queue=OTHER)).status == "completed"


@pytest.mark.usefixtures("_worker")
def test_an_isolated_handler_runs_elsewhere_and_is_reused(system: System, client: Client, finished: Finished) -> None:
    first = finished(client.submit("shop.isolated", {"submit": True}, timeout=AMPLE))
    second = finished(client.submit("shop.isolated", timeout=AMPLE))
    assert first.status == "completed"
    assert first.result["pid"] == second.result["pid"]  # type: ignore[index]  # what the shop's handler returns
    child = finished(client.get(first.result["child"]))  # type: ignore[index]
    assert (child.status, child.parent_id) == ("completed", first.id)


@pytest.mark.usefixtures("_worker")
def test_an_isolated_handler_that_hangs_is_killed(system: System, client: Client, finished: Finished) -> None:
    job = finished(client.submit("shop.isolated", {"hang": True}, timeout=1.0))
    assert (job.status, job.failure_reason) == ("failed", "timeout")
    assert finished(client.submit("shop.isolated", timeout=AMPLE)).status == "completed"


@pytest.mark.usefixtures("_worker")
def test_an_isolated_handler_that_dies_fails_only_its_own_job(system: System, client: Client, finished: Finished) -> None:
    assert finished(client.submit("shop.isolated", timeout=AMPLE)).status == "completed"
    started = system.effects("started")
    job = finished(client.submit("shop.isolated", {"die": True}, timeout=AMPLE))
    assert (job.status, job.rescues) == ("failed", 0)
    assert "signal 9" in (job.error or "")
    assert system.effects("started") == started  # neither the child nor the isolated process was replaced


@pytest.mark.usefixtures("_worker")
def test_a_running_job_sees_the_cancel_flag(system: System, client: Client, finished: Finished) -> None:
    job = client.submit("shop.wait", {"file": str(system.folder / "never")})
    eventually(lambda: system.effects("wait"), "it runs")
    asked = client.cancel(job.id)
    assert (asked.status, asked.cancel_requested_at is not None) == ("processing", True)
    done = finished(job)
    assert (done.status, done.error) == ("cancelled", "seen the flag")


@pytest.mark.usefixtures("_worker")
def test_a_running_job_that_ignores_the_flag_is_interrupted(system: System, client: Client, finished: Finished) -> None:
    job = client.submit("shop.nap", timeout=600)
    eventually(lambda: system.effects("nap"), "it runs")
    client.cancel(job.id)
    assert finished(job).status == "cancelled"


def test_a_job_that_kills_its_process_fails_as_poison_and_spares_its_neighbours(
    system: System, client: Client, finished: Finished
) -> None:
    system.start_worker("--processes", "1", "--concurrency", "2")
    poison = client.submit("shop.kill", queue=OTHER)
    others = client.submit_many({"type": "shop.plain", "payload": {"n": n}, "queue": OTHER} for n in range(200))
    done = finished(poison)
    assert (done.status, done.failure_reason, done.rescues) == ("failed", "poison", 4)
    assert "signal 9" in (done.error or "")
    neighbours = [finished(client.get(item.id)) for item in others]
    assert {job.status for job in neighbours} == {"completed"}
    assert max(job.rescues for job in neighbours) <= 1  # at most the one that ran beside it, and that only once


@pytest.mark.usefixtures("_worker")
def test_a_job_whose_process_died_once_is_rescued(system: System, client: Client, finished: Finished) -> None:
    job = finished(client.submit("shop.kill", {"times": 1}))
    assert (job.status, job.rescues, job.failures, job.attempts) == ("completed", 1, 0, 2)


def test_a_stop_lets_running_jobs_finish(system: System, client: Client, finished: Finished) -> None:
    worker = system.start_worker()
    go = system.folder / "go"
    job = client.submit("shop.wait", {"file": str(go)}, queue=OTHER)
    eventually(lambda: system.effects("wait"), "it runs")
    worker.send_signal(signal.SIGTERM)
    go.touch()
    assert worker.wait(20) == 0
    assert finished(job).result == {"attempt": 1}
    assert system.effects("stopped")


def test_a_stop_gives_back_what_does_not_finish_and_counts_nothing(
    system: System, client: Client, finished: Finished
) -> None:
    worker = system.start_worker(GOQUEUE_SHUTDOWN_TIMEOUT="0.3")
    go = system.folder / "go"
    job = client.submit("shop.wait", {"file": str(go)}, queue=OTHER)
    eventually(lambda: system.effects("wait"), "it runs")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    back = client.get(job.id)
    assert (back.status, back.attempts, back.failures, back.rescues) == ("queued", 1, 0, 0)
    go.touch()
    system.start_worker()
    assert finished(job).result == {"attempt": 2}


def test_a_second_signal_stops_at_once(system: System, client: Client) -> None:
    worker = system.start_worker()
    job = client.submit("shop.wait", {"file": str(system.folder / "never")}, queue=OTHER)
    eventually(lambda: system.effects("wait"), "it runs")
    worker.send_signal(signal.SIGINT)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(15) == 0
    back = client.get(job.id)
    assert (back.status, back.failures, back.rescues) == ("queued", 0, 0)
    client.cancel(job.id)  # the next worker of this queue would never finish it


def test_children_end_with_a_parent_that_is_killed(system: System, client: Client) -> None:
    worker = system.start_worker()
    children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    assert children
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    eventually(lambda: not any(_runs(int(pid)) for pid in children), "children ended")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
