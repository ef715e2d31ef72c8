"""Traces and error reports of one system, from a request to the job it submits, as a collector and a Sentry get them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from goqueue import Client, Job
from goqueue_cli.local import LocalStores
from tests.acceptance.conftest import System
from tests.collector import Collector, SeenSpan, collecting
from tests.processes import PATIENCE_SECONDS, eventually
from tests.scratch_database import scratch_database

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
PASSWORD = "hunter2-and-then-some"


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with collecting() as listening:
        yield listening


@pytest.fixture(scope="module")
def traced(
    collector: Collector,
    stores: LocalStores,
    server_url: str,
    template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[System]:
    """An API and a worker that send what they trace, and report what fails."""
    folder = tmp_path_factory.mktemp("traced")
    with scratch_database(server_url, template=template) as database_url:
        started = System(database_url, stores.redis_url, folder.name, folder)
        started.environment |= {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_BSP_SCHEDULE_DELAY": "100",
            "SENTRY_DSN": collector.sentry_dsn,
            "GOQUEUE_REDACT": "password",
        }
        started.start_api()
        words = ("--handlers", "telling_jobs", "--queues", "default,shop,other", "--processes", "1", "--concurrency", "2")
        started.start_worker(*words)
        yield started
        started.close()


@pytest.fixture
def client(traced: System) -> Client:
    return Client(traced.api_url)


def finished(client: Client, job: Job) -> Job:
    return client.wait(job.id, timeout=PATIENCE_SECONDS)


def span_of(collector: Collector, job: Job, name: str) -> SeenSpan:
    eventually(lambda: any(span.name == name for span in collector.of_job(job.id)), f"span {name!r}")
    return next(span for span in collector.of_job(job.id) if span.name == name)


def children(collector: Collector, parent: SeenSpan, name: str) -> list[SeenSpan]:
    eventually(
        lambda: any(span.parent_id == parent.span_id and span.name == name for span in list(collector.spans)),
        f"span {name!r} in {parent.name!r}",
    )
    return [span for span in collector.spans if span.parent_id == parent.span_id and span.name == name]


def test_a_job_is_traced_from_its_caller_to_its_handler(client: Client, collector: Collector) -> None:
    job = finished(client, client.submit("tell.thread", queue="shop", traceparent=CALLER))
    send, process = span_of(collector, job, "send shop"), span_of(collector, job, "process shop")
    eventually(lambda: any(span.span_id == send.parent_id for span in list(collector.spans)), "the span of the request")
    [request] = [span for span in collector.spans if span.span_id == send.parent_id]
    assert (request.name, request.kind, request.parent_id) == ("POST /jobs", "SERVER", CALLER.split("-")[2])
    assert (send.service, send.kind, send.trace_id) == ("goqueue-api", "PRODUCER", CALLER.split("-")[1])
    assert job.traceparent == f"00-{send.trace_id}-{send.span_id}-01"
    assert (process.service, process.kind) == ("goqueue-worker", "CONSUMER")
    # It began at once, so it goes on with the caller's trace.
    assert (process.trace_id, process.parent_id) == (send.trace_id, send.span_id)
    assert process.links == [(send.trace_id, send.span_id)]
    assert (
        process.attributes.items()
        >= {
            "messaging.system": "goqueue",
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.destination.name": "shop",
            "messaging.message.body.size": 2,
            "goqueue.job.type": "tell.thread",
            "goqueue.job.attempt": 1,
            "goqueue.job.outcome": "complete",
        }.items()
    )


@pytest.mark.parametrize("job_type", ["tell.thread", "tell.async", "tell.process"])
def test_spans_of_a_handler_are_part_of_its_job(client: Client, collector: Collector, job_type: str) -> None:
    job = finished(client, client.submit(job_type))
    inner = children(collector, span_of(collector, job, "process default"), "inner")
    assert [span.service for span in inner] == ["goqueue-worker"]


def test_a_job_that_another_submits_goes_on_with_its_trace(client: Client, collector: Collector) -> None:
    parent = finished(client, client.submit("tell.parent"))
    child = finished(client, client.get(parent.result["child"]))  # type: ignore[index]  # what the handler returns
    send = span_of(collector, child, "send default")
    assert send.parent_id == span_of(collector, parent, "process default").span_id
    assert span_of(collector, child, "process default").parent_id == send.span_id


def test_a_batch_has_one_span_that_all_its_jobs_carry(client: Client, collector: Collector) -> None:
    first, second = client.submit_many([{"type": "tell.thread"}, {"type": "tell.thread", "queue": "other"}])
    spans = [span_of(collector, finished(client, client.get(job.id)), f"process {job.queue}") for job in (first, second)]
    eventually(lambda: any(span.span_id == spans[0].parent_id for span in list(collector.spans)), "the span of the batch")
    [send] = [span for span in collector.spans if span.span_id == spans[0].parent_id]
    assert (send.name, send.attributes["messaging.batch.message_count"]) == ("send", 2)
    assert spans[1].links == spans[0].links


def test_a_failure_is_on_the_span(client: Client, collector: Collector) -> None:
    job = finished(client, client.submit("tell.fail", {"password": PASSWORD}))
    span = span_of(collector, job, "process default")
    assert (span.status, span.attributes["error.type"]) == (2, "LookupError")
    [event] = span.events
    assert (event["name"], event["exception.type"]) == ("exception", "LookupError")
    assert "telling_jobs.py" in event["exception.stacktrace"]


def test_a_program_that_traces_needs_to_say_nothing(client: Client) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    with provider.get_tracer("test").start_as_current_span("checkout") as span:
        job = client.submit("tell.thread")
    assert job.traceparent is not None
    assert job.traceparent.split("-")[1] == f"{span.get_span_context().trace_id:032x}"
    assert not trace.get_current_span().get_span_context().is_valid


def test_probes_and_lone_statements_are_not_traced(traced: System, client: Client, collector: Collector) -> None:
    requests.get(f"{traced.api_url}/healthz", timeout=5)
    job = finished(client, client.submit("tell.thread"))
    span_of(collector, job, "process default")
    assert not [span.name for span in collector.spans if "/healthz" in span.name or "/readyz" in span.name]
    assert not [span.name for span in collector.spans if span.kind == "CLIENT" and not span.parent_id]
    assert any(span.kind == "CLIENT" and span.service == "goqueue-api" for span in collector.spans)


@pytest.mark.parametrize("job_type", ["tell.fail", "tell.fail_in_process"])
def test_a_job_that_fails_for_good_is_reported_without_its_payload(
    client: Client, collector: Collector, job_type: str
) -> None:
    job = finished(client, client.submit(job_type, {"password": PASSWORD}, traceparent=CALLER))
    eventually(lambda: any(report["tags"].get("job_id") == job.id for report in collector.reports), "a report")
    [report] = [report for report in collector.reports if report["tags"].get("job_id") == job.id]
    [exception] = report["exception"]["values"]
    assert (exception["type"], exception["value"]) == ("LookupError", "no such order")
    assert report["tags"].items() >= {"job_type": job_type, "queue": "default", "trace_id": CALLER.split("-")[1]}.items()
    assert report["tags"]["attempt"] in (1, "1")
    assert report["contexts"]["order"] == {"password": "[redacted]", "number": 4711}
    assert not [envelope for envelope in collector.envelopes if PASSWORD in envelope]


def test_an_error_of_the_api_that_nobody_expects_is_reported(traced: System, collector: Collector) -> None:
    job_id = "018f0000-0000-7000-8000-000000000001"
    with traced.unreadable_jobs():
        answer = requests.get(f"{traced.api_url}/jobs/{job_id}", headers={"X-Request-ID": "ask-1"}, timeout=5)
    assert answer.status_code == 500
    eventually(lambda: any(report["tags"].get("request_id") == "ask-1" for report in collector.reports), "a report")
    [report] = [report for report in collector.reports if report["tags"].get("request_id") == "ask-1"]
    assert report["tags"].items() >= {"method": "GET", "route": "/jobs/<job_id>", "job_id": job_id}.items()
    assert "division by zero" in report["exception"]["values"][-1]["value"]
    assert not [
        frame for value in report["exception"]["values"] for frame in value["stacktrace"]["frames"] if "vars" in frame
    ]


def test_an_attempt_whose_process_died_is_reported_too(client: Client, collector: Collector) -> None:
    job = finished(client, client.submit("tell.die"))
    eventually(lambda: any(report["tags"].get("job_id") == job.id for report in collector.reports), "a report")
    [report] = [report for report in collector.reports if report["tags"].get("job_id") == job.id]
    assert "exit code 3" in report["message"]


def test_what_is_left_is_sent_before_the_end(traced: System, client: Client, collector: Collector, tmp_path: Path) -> None:
    traced.folder = tmp_path
    job = client.submit("tell.thread", queue="last")
    before = traced.running
    traced.start_worker("--handlers", "telling_jobs", "--burst", OTEL_BSP_SCHEDULE_DELAY="60000")
    finished(client, job)
    traced.close(keep=before)
    assert span_of(collector, job, "process last")
