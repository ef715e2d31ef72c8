"""One worker that is paused, drained or killed: what it holds goes back, and others may have it."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter

import pytest

from goqueue import Client, JobRequest, WorkerInfo
from tests.acceptance.conftest import System
from tests.acceptance.spans import OBEYED_SECONDS, begun, processing, submit_spans
from tests.processes import eventually

SHORT_LEASE = {"GOQUEUE_LEASE": "3", "GOQUEUE_HEARTBEAT": "0.5"}


@pytest.fixture(scope="module")
def _paused_worker(service: System) -> None:
    """Of the queue that is paused with jobs claimed ahead: it stays."""
    service.start_worker("--queues", "ahead", "--processes", "1", "--concurrency", "2")


def only_worker(client: Client, queue: str) -> WorkerInfo:
    """The one that serves this queue."""
    [worker] = [worker for worker in client.workers("alive") if worker.queues == (queue,)]
    return worker


def test_a_pause_reaches_a_worker_that_waits_for_a_job(system: System, client: Client) -> None:
    """A pop that was under way when the queue was paused gets the job; it must give it back."""
    system.start_worker("--queues", "waited", "--processes", "4", "--concurrency", "4")
    for _ in range(3):
        client.pause_queue("waited")
        paused_at = time.monotonic()
        while time.monotonic() < paused_at + 1.5:
            client.submit("shop.span", {"seconds": 0}, queue="waited")
            time.sleep(0.02)
        assert all(at < paused_at + OBEYED_SECONDS for _, at in begun(system))
        client.resume_queue("waited")
        eventually(lambda: client.queue("waited").queued + processing(client, "waited") == 0, "all have run")
        system.effects_file.write_text("")


@pytest.mark.usefixtures("_paused_worker")
def test_what_was_claimed_ahead_goes_back_at_a_pause(system: System, client: Client) -> None:
    submit_spans(client, "ahead", 200, 0.0)
    eventually(lambda: len(begun(system)) == 200, "it has seen that jobs are short")
    go = system.folder / "go"
    client.submit_many(JobRequest("shop.wait", {"file": str(go)}, queue="ahead") for _ in range(40))
    eventually(lambda: processing(client, "ahead") >= 2, "two run, and others may be claimed ahead")
    client.pause_queue("ahead")
    time.sleep(
        OBEYED_SECONDS
    )  # no sooner is it sure: what waits behind long jobs is given back by itself, and claimed again
    assert (processing(client, "ahead"), client.queue("ahead").queued) == (2, 38)
    go.touch()
    eventually(lambda: processing(client, "ahead") == 0, "those that ran have ended")
    assert len(system.effects("wait")) == 2
    client.resume_queue("ahead")
    eventually(lambda: client.queue("ahead").queued + processing(client, "ahead") == 0, "all have run")
    assert len({line.split()[1] for line in system.effects("wait")}) == len(system.effects("wait")) == 40


def test_a_burst_ends_though_jobs_of_a_paused_queue_wait(system: System, client: Client) -> None:
    client.pause_queue("held")
    held = client.submit("shop.plain", queue="held")
    other = client.submit("shop.plain", queue="free")
    burst = system.start_worker("--queues", "held,free", "--processes", "1", "--concurrency", "2", "--burst")
    assert burst.wait(30) == 0
    assert (client.get(held.id).status, client.get(other.id).status) == ("queued", "completed")
    client.resume_queue("held")


def test_a_killed_workers_slots_are_free_again_after_its_lease(system: System, client: Client) -> None:
    go = system.folder / "go"
    words = ("--queues", "killed", "--processes", "1", "--concurrency", "8")
    client.set_limit("queue", "killed", 3)
    killed = system.start_worker(*words, **SHORT_LEASE)
    client.submit_many(JobRequest("shop.wait", {"file": str(go)}, queue="killed") for _ in range(8))
    eventually(lambda: only_worker(client, "killed").running_count == 3, "it runs three")
    first = only_worker(client, "killed").id
    system.start_worker(*words, **SHORT_LEASE)
    os.kill(killed.pid, signal.SIGKILL)
    at_once: Counter[int] = Counter()

    def second_runs_three() -> bool:
        [limit] = client.limits()
        at_once[limit.running_count] += 1
        return any(worker.running_count == 3 for worker in client.workers("alive") if worker.id != first)

    eventually(second_runs_three, "its slots are used by the other")
    assert max(at_once) == 3
    go.touch()
    eventually(lambda: client.queue("killed").queued + processing(client, "killed") == 0, "all have run")
    assert len({line.split()[1] for line in system.effects("wait")}) == 8
    client.remove_limit("queue", "killed")


def test_a_drained_worker_finishes_gives_back_and_lives_on(system: System, client: Client) -> None:
    process = system.start_worker("--queues", "drained", "--processes", "1", "--concurrency", "2")
    submit_spans(client, "drained", 200, 0.0)
    eventually(lambda: len(begun(system)) == 200, "it has seen that jobs are short")
    go = system.folder / "go"
    client.submit_many(JobRequest("shop.wait", {"file": str(go)}, queue="drained") for _ in range(20))
    eventually(lambda: processing(client, "drained") >= 2, "two run, and others may be claimed ahead")
    worker = only_worker(client, "drained")
    assert client.drain_worker(worker.id).state == "draining"
    time.sleep(OBEYED_SECONDS)  # see above
    assert client.worker(worker.id).running_count == 2, "it gives back what it has not started"
    assert client.worker(worker.id).state == "draining"
    go.touch()
    eventually(lambda: client.worker(worker.id).state == "drained", "it has finished")
    assert (len(system.effects("wait")), client.queue("drained").queued) == (2, 18)
    status, document = system.health("readyz")
    assert (status, document["status"], document["children"][0]["why"]) == (200, "drained", "it was told to drain")
    assert system.health("healthz") == (200, {"status": "ok"})
    assert process.poll() is None
    system.start_worker("--queues", "drained", "--processes", "1", "--concurrency", "2")
    eventually(
        lambda: client.queue("drained").queued + processing(client, "drained") == 0, "a fresh worker runs the others"
    )
    assert client.worker(worker.id).state == "drained"


def test_a_draining_burst_ends(system: System, client: Client) -> None:
    go = system.folder / "go"
    client.submit_many(JobRequest("shop.wait", {"file": str(go)}, queue="burst") for _ in range(3))
    burst = system.start_worker("--queues", "burst", "--processes", "1", "--concurrency", "1", "--burst")
    eventually(lambda: system.effects("wait"), "one runs")
    client.drain_worker(only_worker(client, "burst").id)
    eventually(lambda: system.health("readyz")[1]["status"] == "drained", "it has heard of it")
    go.touch()
    assert burst.wait(30) == 0
    assert client.queue("burst").queued == 2
