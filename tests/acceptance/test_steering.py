"""Real workers under the hands of an operator: pauses, limits, drains."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter

import pytest

from goqueue import Client, JobRequest, WorkerInfo
from tests.acceptance.conftest import System
from tests.processes import eventually

OBEYED_SECONDS = 1.0
NO_REDIS = {"REDIS_URL": "redis://127.0.0.1:9/0"}
SHORT_LEASE = {"GOQUEUE_LEASE": "3", "GOQUEUE_HEARTBEAT": "0.5"}
EIGHT_THREADS = ("--processes", "1", "--concurrency", "8")


def begun(system: System) -> list[tuple[str, float]]:
    """Ids and times of the spans that began, in order."""
    return [(words[1], float(words[2])) for words in map(str.split, system.effects("begin"))]


def most_at_once(system: System, start: float = 0.0, end: float = float("inf")) -> int:
    """How many spans ran side by side at most between two times, by what their handlers wrote."""
    ends = {words[1]: float(words[2]) for words in map(str.split, system.effects("end"))}
    spans = [(at, ends.get(job, float("inf"))) for job, at in begun(system)]
    within = [(max(start, began), ended) for began, ended in spans if began < end and ended > start]
    running, most = 0, 0
    for _, change in sorted([(began, 1) for began, _ in within] + [(ended, -1) for _, ended in within]):
        running += change
        most = max(most, running)
    return most


def submit_spans(client: Client, queue: str, count: int, seconds: float) -> None:
    client.submit_many(JobRequest("shop.span", {"seconds": seconds}, queue=queue) for _ in range(count))


def processing(client: Client, queue: str) -> int:
    return client.queue(queue).processing


def only_worker(client: Client) -> WorkerInfo:
    [worker] = client.workers("alive")
    return worker


@pytest.fixture(autouse=True)
def no_limits(client: Client) -> None:
    """The module's tests share an API and its database."""
    for limit in client.limits():
        client.remove_limit("queue" if limit.kind == "queue" else "type", limit.name)


@pytest.mark.parametrize("environment", [{}, NO_REDIS], ids=["with Redis", "without Redis"])
def test_a_pause_is_obeyed_within_a_second_under_load_and_other_queues_go_on(
    system: System, client: Client, environment: dict[str, str]
) -> None:
    queue = f"paused-{len(environment)}"
    system.start_worker("--processes", "2", "--concurrency", "8", **environment)
    submit_spans(client, queue, 800, 0.03)
    eventually(lambda: len(begun(system)) > 50, "work is under way")
    client.pause_queue(queue)
    paused_at = time.monotonic()
    other = client.submit("shop.plain", queue=f"beside-{queue}")
    assert client.wait(other.id, timeout=10).status == "completed"
    eventually(lambda: processing(client, queue) == 0, "nothing of it runs")
    assert client.queue(queue).queued > 0
    quiet = len(begun(system))
    submit_spans(client, queue, 1, 0.0)
    time.sleep(OBEYED_SECONDS)  # in which nothing may begin
    assert len(begun(system)) == quiet
    assert begun(system)[-1][1] - paused_at < OBEYED_SECONDS
    client.resume_queue(queue)
    resumed_at = time.monotonic()
    eventually(lambda: len(begun(system)) > quiet, "it goes on")
    assert begun(system)[quiet][1] - resumed_at < OBEYED_SECONDS
    eventually(lambda: len(begun(system)) == 801, "all have run")


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


def test_what_was_claimed_ahead_goes_back_at_a_pause(system: System, client: Client) -> None:
    system.start_worker("--queues", "ahead", "--processes", "1", "--concurrency", "2")
    submit_spans(client, "ahead", 200, 0.0)
    eventually(lambda: len(begun(system)) == 200, "it has seen that jobs are short")
    go = system.folder / "go"
    client.submit_many(JobRequest("shop.wait", {"file": str(go)}, queue="ahead") for _ in range(40))
    eventually(lambda: processing(client, "ahead") > 2, "some are claimed ahead")
    client.pause_queue("ahead")
    eventually(lambda: (processing(client, "ahead"), client.queue("ahead").queued) == (2, 38), "given back", OBEYED_SECONDS)
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


@pytest.mark.parametrize("environment", [{}, NO_REDIS], ids=["with Redis", "without Redis"])
@pytest.mark.parametrize("kind", ["queue", "type"])
def test_a_limit_holds_over_all_workers_and_is_used_up(
    system: System, client: Client, kind: str, environment: dict[str, str]
) -> None:
    queue = f"limited-{kind}-{len(environment)}"
    client.set_limit("queue" if kind == "queue" else "type", queue if kind == "queue" else "shop.span", 3)
    for _ in range(2):
        system.start_worker(*EIGHT_THREADS, **environment)
    began = time.monotonic()
    submit_spans(client, queue, 60, 0.1)
    eventually(lambda: len(system.effects("end")) == 60, "all have run")
    assert most_at_once(system) == 3
    # 2 s if every slot were taken the moment it is free.
    assert time.monotonic() - began < 12


def test_limits_are_set_and_removed_while_jobs_run(system: System, client: Client) -> None:
    for _ in range(2):
        system.start_worker(*EIGHT_THREADS)
    submit_spans(client, "changing", 2_000, 0.05)
    eventually(lambda: most_at_once(system) > 10, "nothing holds them back")
    client.set_limit("queue", "changing", 2)
    obeyed_at = time.monotonic() + OBEYED_SECONDS
    eventually(lambda: begun(system)[-1][1] > obeyed_at + 1.0, "some ran under the limit")
    client.set_limit("queue", "changing", 4)
    changed_at = time.monotonic()
    spans = [at for _, at in begun(system) if obeyed_at < at < changed_at]
    assert spans
    assert most_at_once(system, obeyed_at, changed_at) == 2
    eventually(lambda: begun(system)[-1][1] > changed_at + OBEYED_SECONDS + 1.0, "some ran under the other limit")
    removed_at = time.monotonic()
    assert most_at_once(system, changed_at + OBEYED_SECONDS, removed_at) == 4
    client.remove_limit("queue", "changing")
    eventually(lambda: most_at_once(system, removed_at) > 10, "nothing holds them back again")
    client.pause_queue("changing")


def test_a_killed_workers_slots_are_free_again_after_its_lease(system: System, client: Client) -> None:
    go = system.folder / "go"
    client.set_limit("queue", "killed", 3)
    killed = system.start_worker(*EIGHT_THREADS, **SHORT_LEASE)
    client.submit_many(JobRequest("shop.wait", {"file": str(go)}, queue="killed") for _ in range(8))
    eventually(lambda: only_worker(client).running_count == 3, "it runs three")
    first = only_worker(client).id
    system.start_worker(*EIGHT_THREADS, **SHORT_LEASE)
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


@pytest.mark.parametrize("environment", [{}, NO_REDIS], ids=["with Redis", "without Redis"])
def test_a_full_type_stands_in_nobodys_way(system: System, client: Client, environment: dict[str, str]) -> None:
    queue = f"mixed-{len(environment)}"
    go = system.folder / "go"
    client.set_limit("type", "shop.wait", 1)
    for _ in range(2):
        system.start_worker(*EIGHT_THREADS, **environment)
    client.submit_many(JobRequest("shop.wait", {"file": str(go)}, queue=queue) for _ in range(100))
    eventually(lambda: system.effects("wait"), "one runs")
    jobs = client.submit_many(JobRequest("shop.plain", queue=queue) for _ in range(50))
    began = time.monotonic()
    eventually(lambda: len(system.effects("plain")) == len(jobs), "the others pass it")
    assert time.monotonic() - began < 5
    assert len(system.effects("wait")) == 1
    client.remove_limit("type", "shop.wait")
    go.touch()
    eventually(lambda: client.queue(queue).queued + processing(client, queue) == 0, "all have run")
    assert len(system.effects("wait")) == 100


def test_a_drained_worker_finishes_gives_back_and_lives_on(system: System, client: Client) -> None:
    process = system.start_worker("--queues", "drained", "--processes", "1", "--concurrency", "2")
    submit_spans(client, "drained", 200, 0.0)
    eventually(lambda: len(begun(system)) == 200, "it has seen that jobs are short")
    go = system.folder / "go"
    client.submit_many(JobRequest("shop.wait", {"file": str(go)}, queue="drained") for _ in range(20))
    eventually(lambda: processing(client, "drained") > 2, "some are claimed ahead")
    worker = only_worker(client)
    assert client.drain_worker(worker.id).state == "draining"
    eventually(lambda: client.worker(worker.id).running_count == 2, "it gives back what it has not started", OBEYED_SECONDS)
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
    client.drain_worker(only_worker(client).id)
    eventually(lambda: system.health("readyz")[1]["status"] == "drained", "it has heard of it")
    go.touch()
    assert burst.wait(30) == 0
    assert client.queue("burst").queued == 2
