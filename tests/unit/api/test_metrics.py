"""/metrics of an API whose stores are away: it answers all the same, with what it knows itself."""

from __future__ import annotations

import time

from flask.testing import FlaskClient

from goqueue_api.examples.metrics import PAGE
from goqueue_common.metrics.catalogue import BY_NAME
from tests.metrics_page import MetricsPage


def metrics(client: FlaskClient) -> MetricsPage:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type == "text/plain; version=0.0.4; charset=utf-8"
    return MetricsPage(answer.text)


def test_without_stores_the_gauges_are_missing_and_the_stores_are_down(client: FlaskClient) -> None:
    began = time.monotonic()
    page = metrics(client)
    assert time.monotonic() - began < 3.0
    assert page.series("goqueue_store_up") == [{"store": "postgres"}, {"store": "redis"}]
    assert page.sum("goqueue_store_up") == 0.0
    assert page.series("goqueue_queue_depth") == []
    assert page.series("goqueue_build_info")


def test_requests_are_counted_by_rule_and_class_of_status(client: FlaskClient) -> None:
    client.get("/healthz")
    client.get("/healthz?x=1")
    client.get("/jobs/no-id")
    client.get("/no/such/path/4711")
    client.open("/healthz", method="BREW")
    page = metrics(client)
    name = "goqueue_http_requests_total"
    assert page.value(name, method="GET", rule="/healthz", status="2xx") == 1.0
    assert page.value(name, method="GET", rule="/healthz", status="4xx") == 1.0
    assert page.value(name, method="GET", rule="/jobs/{job_id}", status="4xx") == 1.0
    assert page.value(name, method="GET", rule="none", status="4xx") == 1.0
    assert page.sum(name, method="other") == 1.0
    assert page.value("goqueue_http_request_duration_seconds_count", method="GET", rule="/healthz") == 2.0


def test_the_documented_example_is_made_of_metrics_that_there_are() -> None:
    assert {name: kind for name, kind in MetricsPage(PAGE).kinds.items() if BY_NAME[name].kind != kind} == {}
    helps = [line for line in PAGE.splitlines() if line.startswith("# HELP")]
    assert helps == [f"# HELP {name} {BY_NAME[name].help}" for name in MetricsPage(PAGE).kinds]
