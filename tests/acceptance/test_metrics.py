"""/metrics of a worker: what its child processes have counted together, whichever of them was killed."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from goqueue import Client, Job
from tests.acceptance.conftest import System
from tests.metrics_page import MetricsPage, count_folder, gone_back
from tests.processes import eventually

Finished = Callable[[Job], Job]
FINISHED = "goqueue_jobs_finished_total"
JOBS = 120


@pytest.fixture
def metrics(system: System) -> Callable[[], MetricsPage]:
    """Looks at the page of the worker started last; what counts there never goes back."""
    seen: list[MetricsPage] = []

    def look() -> MetricsPage:
        seen.append(MetricsPage.of(f"{system.health_url}/metrics"))
        assert [line for before in seen[-2:-1] for line in gone_back(before, seen[-1])] == []
        return seen[-1]

    return look


def children(system: System) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = system.health("readyz")[1]["children"]
    return found


def run_plain(client: Client, queue: str, total: int) -> None:
    client.submit_many({"type": "shop.plain", "queue": queue, "payload": {"n": number}} for number in range(JOBS))
    eventually(lambda: client.count_jobs(queue=queue, status="completed").value == total, "all have run")


def test_the_counts_equal_what_ran_and_never_go_back_though_a_child_is_killed(
    system: System, client: Client, finished: Finished, metrics: Callable[[], MetricsPage]
) -> None:
    system.start_worker("--processes", "2", "--concurrency", "4")
    eventually(lambda: metrics().value("goqueue_worker_claiming") == 2.0, "both claim")
    run_plain(client, "a", JOBS)
    eventually(lambda: metrics().sum(FINISHED, queue="a") >= JOBS, "all are counted")
    assert metrics().value(FINISHED, queue="a", status="completed") == JOBS
    go = system.folder / "go"
    job = client.submit("shop.wait", {"file": str(go)}, queue="b")
    eventually(lambda: metrics().value("goqueue_jobs_running") == 1.0, "it runs")
    [victim] = [child for child in children(system) if child["running"]]
    os.kill(victim["pid"], signal.SIGKILL)
    go.touch()
    assert finished(job).attempts == 2
    eventually(lambda: metrics().sum(FINISHED, queue="b") >= 2, "both attempts are counted")
    run_plain(client, "a", 2 * JOBS)
    eventually(lambda: metrics().sum(FINISHED, queue="a") >= 2 * JOBS, "those of the successor are added")
    page = metrics()
    assert page.sum(FINISHED, queue="a") == page.value("goqueue_job_duration_seconds_count", queue="a") == 2 * JOBS
    assert page.value("goqueue_job_wait_seconds_count", queue="a") == 2 * JOBS
    assert page.value(FINISHED, queue="b", status="rescued") == page.value(FINISHED, queue="b", status="completed") == 1.0
    assert page.value("goqueue_children_restarts_total", reason="signal") == 1.0
    assert page.value("goqueue_worker_slots") == 4.0
    eventually(lambda: metrics().value("goqueue_worker_claiming") == 2.0, "both claim again")


def test_a_worker_says_what_it_sees_of_itself_and_leaves_nothing_behind(
    system: System, client: Client, finished: Finished, metrics: Callable[[], MetricsPage]
) -> None:
    worker = system.start_worker("--processes", "1", "--concurrency", "2")
    assert finished(client.submit("shop.parent", {}, queue="c")).status == "completed"
    eventually(lambda: metrics().sum("goqueue_store_up") == 2.0, "both stores answer")
    eventually(lambda: metrics().sum("goqueue_maintenance_leader") > 5, "it leads")
    page = metrics()
    assert 0.0 <= page.value("goqueue_heartbeat_age_seconds") < 10.0
    eventually(lambda: metrics().value("goqueue_outcomes_backlog") == 0.0, "all outcomes are written")
    assert page.sum("goqueue_jobs_enqueued_total") > 0, "jobs that a handler submits are counted"
    folder = count_folder(worker.pid)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert not folder.exists()
