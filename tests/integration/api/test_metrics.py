"""/metrics of the API: what is in the stores, and what all its processes have counted, whoever of them has died."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import requests
from flask.testing import FlaskClient

from goqueue_api.app import create_app
from goqueue_api.metrics import store_gauges
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_common.audit_store import Actor
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.queue_store import QueueStore
from tests.black_hole import BlackHole
from tests.factories import eventually, job_in, register_worker, submit
from tests.integration.api.test_server import environment, free_port, is_ready
from tests.metrics_page import MetricsPage, count_folder, gone_back

REQUESTS = "goqueue_http_requests_total"


def metrics(client: FlaskClient) -> MetricsPage:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    return MetricsPage(answer.text)


def test_queues_are_as_the_database_has_them(client: FlaskClient, database: Database, store: JobStore) -> None:
    worker_id = register_worker(database)
    for status in (JobStatus.QUEUED, JobStatus.QUEUED, JobStatus.PROCESSING, JobStatus.RETRYING, JobStatus.COMPLETED):
        job_in(status, store, worker_id, queue="a")
    QueueStore(database).pause("b", Actor("tests"))
    database.run("UPDATE jobs SET queued_at = now() - interval '90 s' WHERE status = 'queued'")
    page = metrics(client)
    depth = {state: page.value("goqueue_queue_depth", queue="a", state=state) for state in JobStatus}
    assert depth == dict.fromkeys(JobStatus, 0.0) | {"queued": 2.0, "processing": 1.0, "retrying": 1.0}
    assert page.value("goqueue_jobs_due", queue="a") == 3.0
    assert 90.0 <= page.value("goqueue_queue_oldest_seconds", queue="a") < 120.0
    assert (page.value("goqueue_queue_paused", queue="a"), page.value("goqueue_queue_paused", queue="b")) == (0.0, 1.0)
    assert (page.value("goqueue_queue_depth", queue="b", state="queued"), page.sum("goqueue_store_up")) == (0.0, 2.0)
    assert [series["state"] for series in page.series("goqueue_workers")] == ["alive", "draining", "lost"]


def test_the_hundred_and_first_queue_is_other(client: FlaskClient, database: Database, store: JobStore) -> None:
    database.run("INSERT INTO queues (name) SELECT 'q' || to_char(n, 'FM000') FROM generate_series(1, 120) AS n")
    submit(store, queue="q118")
    submit(store, queue="q119")
    submit(store, queue="q100")
    page = metrics(client)
    assert len(page.series("goqueue_queue_oldest_seconds")) == 101
    assert page.value("goqueue_queue_depth", queue="other", state="queued") == 2.0
    assert page.value("goqueue_queue_depth", queue="q100", state="queued") == 1.0


def test_stored_jobs_are_counted_and_replayed_ones_are_not(client: FlaskClient) -> None:
    for _ in range(2):
        client.post("/jobs", json={"type": "one", "queue": "a"}, headers={"Idempotency-Key": "k"})
    jobs = [{"type": f"t{number % 2}", "queue": "b"} for number in range(5)]
    for _ in range(2):
        client.post("/jobs/batch", json={"jobs": jobs}, headers={"Idempotency-Key": "batch"})
    client.post("/jobs/batch", json={"jobs": [jobs[0], {"type": ""}]})
    page = metrics(client)
    name = "goqueue_jobs_enqueued_total"
    assert page.value(name, queue="a", name="one") == 1.0
    assert page.value(name, queue="b", name="t0") == 3.0
    assert page.sum(name) == 6.0


def test_a_key_that_may_read_is_asked_for(settings: ApiSettings) -> None:
    app = create_app(replace(settings, bootstrap_key="k" * 32, host="192.0.2.1"))
    try:
        with app.test_client() as guarded:
            assert guarded.get("/metrics").status_code == 401
            assert guarded.get("/metrics", headers={"Authorization": f"Bearer {'k' * 32}"}).status_code == 200
    finally:
        app.extensions[EXTENSION].close()


def test_a_postgresql_that_is_silent_costs_a_scrape_two_seconds_and_its_gauges(
    settings: ApiSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_gauges, "_KEPT_SECONDS", 0.0)
    with BlackHole(settings.stores.database_url) as hole:
        app = create_app(replace(settings, stores=replace(settings.stores, database_url=hole.url)))
        try:
            with app.test_client() as client:
                assert metrics(client).sum("goqueue_store_up") == 2.0
                hole.swallow()
                began = time.monotonic()
                page = metrics(client)
                assert time.monotonic() - began < 2.5
                assert page.value("goqueue_store_up", store="postgres") == 0.0
                assert page.value("goqueue_store_up", store="redis") == 1.0
                assert page.series("goqueue_workers") == []
                assert page.sum(REQUESTS) > 0
        finally:
            app.extensions[EXTENSION].close()


@pytest.fixture
def service(settings: ApiSettings) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Two processes behind one address."""
    port = free_port()
    words = [sys.executable, "-m", "goqueue_api", "--processes", "2"]
    process = subprocess.Popen(words, env=environment(settings, port), stderr=subprocess.PIPE, text=True)
    url = f"http://127.0.0.1:{port}"
    try:
        eventually(lambda: is_ready(url), within_seconds=30)
        yield process, url
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_the_counts_of_all_processes_are_added_up_and_survive_them(service: tuple[subprocess.Popen[str], str]) -> None:
    parent, url = service
    shared = count_folder(parent.pid)
    eventually(lambda: len(list(shared.glob("*.counts"))) == 2, within_seconds=30)
    ask(url, 200)
    before = MetricsPage.of(f"{url}/metrics")
    assert before.value(REQUESTS, method="GET", rule="/jobs/count", status="2xx") == 200.0
    killed = children_of(parent.pid)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: set(children_of(parent.pid)).isdisjoint(killed) and is_ready(url), within_seconds=30)
    after = MetricsPage.of(f"{url}/metrics")
    assert gone_back(before, after) == []
    assert after.value(REQUESTS, method="GET", rule="/jobs/count", status="2xx") == 200.0
    ask(url, 100)
    last = MetricsPage.of(f"{url}/metrics")
    assert last.value(REQUESTS, method="GET", rule="/jobs/count", status="2xx") == 300.0
    assert last.value("goqueue_http_request_duration_seconds_count", method="GET", rule="/jobs/count") == 300.0
    assert len(list(shared.glob("*.counts"))) == 2, "successors took the seats of the dead"
    parent.terminate()
    parent.communicate(timeout=30)
    assert not shared.exists()


def ask(url: str, times: int) -> None:
    """By several connections, so that both processes are asked."""
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: requests.get(f"{url}/jobs/count", timeout=10).status_code, range(times)))
    assert set(answers) == {200}


def children_of(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    return [int(child) for child, parent in map(str.split, listing.stdout.splitlines()) if int(parent) == pid]
