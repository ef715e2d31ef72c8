"""Real workers under load in the hands of an operator: pauses and limits."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from goqueue import Client, JobRequest
from goqueue.steering import LimitKind
from tests.acceptance.conftest import System
from tests.acceptance.spans import OBEYED_SECONDS, begun, most_at_once, processing, submit_spans
from tests.processes import eventually

NO_REDIS = {"REDIS_URL": "redis://127.0.0.1:9/0"}
LIMITS: tuple[tuple[LimitKind, str, int], ...] = (
    ("queue", "limited", 3),
    ("type", "shop.scarce_span", 3),
    ("type", "shop.wait", 1),
)
Setting = tuple[dict[str, str], tuple[tuple[LimitKind, str, int], ...]]


@pytest.fixture(scope="module", autouse=True)
def workers(service: System, request: pytest.FixtureRequest) -> Iterator[None]:
    """Two workers for all tests that want the same ones, which leave them idle; the next ones replace them.

    The parameter is their environment, and the limits that there are before they start: later ones take a moment.
    """
    environment, limits = request.param
    client = Client(service.api_url)
    for kind, name, count in limits:
        client.set_limit(kind, name, count)
    before = service.running
    for _ in range(2):
        service.start_worker("--processes", "1", "--concurrency", "8", **environment)
    yield
    service.close(keep=before)
    for limit in client.limits():
        client.remove_limit("queue" if limit.kind == "queue" else "type", limit.name)


def with_and_without_redis(setting: Setting) -> pytest.MarkDecorator:
    """Parametrize `workers`."""
    settings = [setting, (NO_REDIS, setting[1])]
    return pytest.mark.parametrize("workers", settings, ids=["with Redis", "without Redis"], indirect=True)


WITH_REDIS: Setting = ({}, ())
unlimited = with_and_without_redis(WITH_REDIS)
limited = with_and_without_redis(({}, LIMITS))


@unlimited
def test_a_pause_is_obeyed_within_a_second_under_load_and_other_queues_go_on(system: System, client: Client) -> None:
    queue = "paused"
    submit_spans(client, queue, 800, 0.03)
    eventually(lambda: len(begun(system)) > 50, "work is under way")
    client.pause_queue(queue)
    paused_at = time.monotonic()
    other = client.submit("shop.plain", queue="beside")
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
    eventually(lambda: len(system.effects("end")) == 801, "all have run")
    assert len(begun(system)) == 801


@unlimited
def test_short_jobs_do_not_wait_behind_long_ones_while_a_thread_is_free(
    client: Client, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    go, threads, tag = tmp_path / "go", 16, request.node.callspec.id.replace(" ", "-")

    def count(kind: str, status: str) -> int:
        return client.count_jobs(type=f"shop.{kind}", status=status, tag=tag).value

    short = [JobRequest("shop.brief", tags=[tag])] * 400
    client.submit_many(short)
    eventually(lambda: count("brief", "completed") == 400, "workers know how short they are, and claim ahead")
    # Together, so that each worker has short ones in hand when its last thread takes to a long one.
    client.submit_many([*[JobRequest("shop.wait", {"file": str(go)}, tags=[tag])] * (threads - 1), *short])
    eventually(lambda: count("brief", "completed") == 800, "the short ones are done")
    assert count("wait", "processing") == threads - 1
    go.touch()
    eventually(lambda: count("wait", "completed") == threads - 1, "the long ones end")


@pytest.mark.parametrize("workers", [WITH_REDIS], ids=["with Redis"], indirect=True)
def test_limits_are_set_and_removed_while_jobs_run(system: System, client: Client) -> None:
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
    eventually(lambda: processing(client, "changing") == 0, "nothing of it runs")


@limited
@pytest.mark.parametrize(
    ("queue", "job_type"), [("limited", "shop.span"), ("free", "shop.scarce_span")], ids=["queue", "type"]
)
def test_a_limit_holds_over_all_workers_and_is_used_up(system: System, client: Client, queue: str, job_type: str) -> None:
    began = time.monotonic()
    submit_spans(client, queue, 60, 0.1, job_type)
    eventually(lambda: len(system.effects("end")) == 60, "all have run")
    assert most_at_once(system) == 3
    # 2 s if every slot were taken the moment it is free.
    assert time.monotonic() - began < 12


@limited
def test_a_full_type_stands_in_nobodys_way(system: System, client: Client) -> None:
    queue = "mixed"
    go = system.folder / "go"
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
