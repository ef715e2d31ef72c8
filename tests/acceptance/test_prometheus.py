"""A real Prometheus scrapes the API, a worker and a scheduler, and our rules and dashboard work on what it found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from goqueue import Client
from goqueue_common.metrics.catalogue import FAMILIES
from goqueue_common.metrics.family import Process
from tests.acceptance.conftest import System
from tests.acceptance.scheduler_process import Scheduler
from tests.metrics_page import MetricsPage
from tests.processes import PATIENCE_SECONDS, eventually, free_port, is_ready
from tests.prometheus import FOLDER, Prometheus, dashboard_queries, promtool, running

JOBS = 40
KEY = "k" * 32


@pytest.fixture(scope="module")
def scheduler(service: System) -> Iterator[Scheduler]:
    """One that leads, fires every second, and keeps a file."""
    file = service.folder / "schedules.yaml"
    file.write_text("[]\n")
    environment = service.environment | {"API_URL": service.api_url}
    started = Scheduler(environment, service.folder / "scheduler.log", GOQUEUE_SCHEDULES=str(file))
    started.wait_until_leading()
    with Client(service.api_url) as client:
        client.create_schedule("shop.plain", "* * * * * *", queue="scheduled")
    yield started
    assert started.stop() == 0


@pytest.fixture(scope="module")
def worked(service: System, scheduler: Scheduler) -> System:
    """With a worker that has done something of everything."""
    service.start_worker()
    with Client(service.api_url) as client:
        jobs = [client.submit("shop.plain", {"n": number}, queue="a") for number in range(JOBS)]
        jobs += [client.submit("shop.bad_result", queue="b"), client.submit("shop.parent", queue="b")]
        for job in jobs:
            client.wait(job.id, timeout=PATIENCE_SECONDS)
    return service


@pytest.fixture
def guarded_url(worked: System) -> str:
    """Of a second API on the same stores, which asks for KEY."""
    address = f"127.0.0.1:{free_port()}"
    worked.start("goqueue_api", GOQUEUE_API_BIND=address, GOQUEUE_BOOTSTRAP_KEY=KEY)
    eventually(lambda: is_ready(f"http://{address}"), "API ready")
    return f"http://{address}"


@pytest.fixture
def prometheus(worked: System, scheduler: Scheduler, tmp_path: Path) -> Iterator[Prometheus]:
    """On observability/prometheus.yml, but for ports and pace."""
    with running(tmp_path, configuration("prometheus.yml", worked.api_url, worked, scheduler)) as started:
        yield started


def configuration(name: str, api_url: str, system: System, scheduler: Scheduler) -> str:
    text = (FOLDER / name).read_text()
    for usual, here in (
        ("127.0.0.1:8080", api_url),
        ("api.internal:8080", api_url),
        ("127.0.0.1:8081", system.health_url),
        ('"worker-1.internal:8081", "worker-2.internal:8081"', f'"{system.health_url}"'),
        ("127.0.0.1:8082", scheduler.url),
        ('"scheduler-1.internal:8082", "scheduler-2.internal:8082"', f'"{scheduler.url}"'),
        ("_interval: 15s", "_interval: 500ms"),
    ):
        text = text.replace(usual, here.removeprefix("http://").replace('"http://', '"'))
    return text


def test_it_finds_what_has_happened(prometheus: Prometheus) -> None:
    finished = 'sum(goqueue_jobs_finished_total{queue="a", status="completed"})'
    eventually(lambda: prometheus.value('count(up{job=~"goqueue-.+"} == 1)') == 3.0, "all are scraped")
    eventually(lambda: prometheus.value(finished) == JOBS, "the jobs are counted")
    assert prometheus.value('goqueue_jobs_enqueued_total{queue="a", name="shop.plain"}') == JOBS
    assert prometheus.value('goqueue_job_duration_seconds_count{queue="a"}') == JOBS
    assert prometheus.value('goqueue_queue_depth{queue="a", state="queued"}') == 0.0
    assert prometheus.value('goqueue_workers{state="alive"}') == 1.0
    assert prometheus.value("min(goqueue_store_up)") == 1.0
    fires = 'goqueue_scheduler_fires_total{outcome="fired"}'
    eventually(lambda: (prometheus.value(fires) or 0) >= 2, "fires are counted")
    assert prometheus.value("goqueue_leader") == 1.0
    assert prometheus.value("goqueue_scheduler_term") == 1.0
    assert prometheus.value("goqueue_scheduler_schedules") == 1.0
    eventually(lambda: prometheus.value('goqueue:queue_depth:max{queue="a", state="queued"}') == 0.0, "rules are evaluated")
    eventually(lambda: health_of_rules(prometheus) == {"ok"}, "no rule fails")
    assert prometheus.ask("alerts")["alerts"] == []
    for query in dashboard_queries():
        prometheus.ask("query", query=query)


def health_of_rules(prometheus: Prometheus) -> set[str]:
    return {rule["health"] for group in prometheus.ask("rules")["groups"] for rule in group["rules"]}


def test_an_api_that_asks_for_keys_is_scraped_with_one(
    guarded_url: str, worked: System, scheduler: Scheduler, tmp_path: Path
) -> None:
    assert requests.get(f"{guarded_url}/metrics", timeout=5).status_code == 401
    key = tmp_path / "key"
    key.write_text(f"{KEY}\n")
    text = configuration("prometheus-with-key.yml", guarded_url, worked, scheduler)
    text = text.replace("/etc/prometheus/goqueue-key", str(key))
    with running(tmp_path, text) as prometheus:
        eventually(lambda: prometheus.value('up{job="goqueue-api"}') == 1.0, "the API is scraped")
        assert prometheus.value('goqueue_queue_depth{queue="a", state="queued"}') == 0.0


def test_the_pages_are_those_of_the_catalogue_and_promtool_finds_no_fault(worked: System, scheduler: Scheduler) -> None:
    pages = {Process.API: worked.api_url, Process.WORKER: worked.health_url, Process.SCHEDULER: scheduler.url}
    for process, url in pages.items():
        text = requests.get(f"{url}/metrics", timeout=10).text
        shown = MetricsPage(text).kinds
        expected = {one.name: str(one.kind) for one in FAMILIES if process in one.processes}
        missing = expected.keys() - shown.keys()
        assert missing <= {"goqueue_children_restarts_total", "goqueue_scheduler_task_failures_total"}, "nothing failed"
        assert shown == {name: kind for name, kind in expected.items() if name not in missing}
        assert promtool("check", "metrics", given=text) == ""
