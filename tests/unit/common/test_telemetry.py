from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
import time
from typing import Any, cast

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Decision
from opentelemetry.trace import SpanKind, StatusCode

from goqueue_common.errors import SettingsError
from goqueue_common.redaction import Redactor
from goqueue_common.settings import describe, environment
from goqueue_common.telemetry import settings as telemetry_settings
from goqueue_common.telemetry.error_reports import redacted
from goqueue_common.telemetry.settings import SECRETS, TelemetrySettings
from goqueue_common.telemetry.store_spans import StoreTracerProvider
from goqueue_common.telemetry.telemetry import CLOSE_SECONDS, OFF, Telemetry
from goqueue_common.telemetry.tracing import NoLoneCalls, remote_context, within

DSN = "https://0123456789abcdef@sentry.example/7"
CONTEXT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def read(monkeypatch: pytest.MonkeyPatch, **given: str) -> TelemetrySettings:
    for name in ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_PROTOCOL", "SENTRY_DSN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return TelemetrySettings.read(environment())


def test_nothing_is_sent_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch) == TelemetrySettings(None, None)
    assert read(monkeypatch, OTEL_EXPORTER_OTLP_ENDPOINT="", SENTRY_DSN="") == TelemetrySettings(None, None)
    assert Telemetry.start(TelemetrySettings(), "goqueue-api") == OFF


def test_what_is_off_is_not_even_imported() -> None:
    # redis-py imports OpenTelemetry where it is installed; our tests have all extras.
    program = (
        "import sys, goqueue_api.server, goqueue_worker.child_main, goqueue_worker.isolated_main, goqueue\n"
        "sending = ('sentry_sdk', 'opentelemetry.exporter', 'opentelemetry.instrumentation', 'opentelemetry.sdk.trace')\n"
        "print([name for name in sending if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == "[]\n"


def test_endpoint_and_dsn_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, OTEL_EXPORTER_OTLP_ENDPOINT="http://collector:4318", SENTRY_DSN=DSN)
    assert (settings.otlp_endpoint, settings.sentry_dsn) == ("http://collector:4318", DSN)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"}, "http://localhost:4318"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:99999"}, "is no URL"),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4317", "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "http/protobuf"),
        ({"SENTRY_DSN": "https://sentry.example/7"}, "is no DSN"),
    ],
)
def test_what_makes_no_sense_is_refused_at_start(monkeypatch: pytest.MonkeyPatch, given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        read(monkeypatch, **given)


@pytest.mark.parametrize(
    ("name", "value", "extra"),
    [("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:4318", "otel"), ("SENTRY_DSN", DSN, "sentry")],
)
def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, extra: str) -> None:
    monkeypatch.setattr(telemetry_settings.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=rf"{name} is set, but .*pip install 'goqueue\[{extra}\]'"):
        read(monkeypatch, **{name: value})
    assert importlib.util is not None


def test_a_dsn_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, SENTRY_DSN=DSN)
    assert ("sentry_dsn", "***") in describe(settings, secrets=SECRETS)
    assert "0123456789abcdef" not in repr(settings)
    with pytest.raises(SettingsError) as refused:
        read(monkeypatch, SENTRY_DSN="https://0123456789abcdef@")
    assert "0123456789abcdef" not in str(refused.value)


def test_named_fields_are_hidden_in_what_programs_add_to_a_report() -> None:
    event: Any = {
        "event_id": "1",
        "extra": {"order": {"Password": "p"}},
        "breadcrumbs": {"values": [{"data": {"password": "p"}, "message": "m"}]},
        "exception": {"values": [{"type": "E", "value": 'bad {"password": "p", "n": 1}', "stacktrace": {"frames": []}}]},
    }
    hidden = cast("dict[str, Any]", redacted(event, Redactor(["password"])))
    assert hidden["extra"] == {"order": {"Password": "[redacted]"}}
    assert hidden["breadcrumbs"]["values"][0] == {"data": {"password": "[redacted]"}, "message": "m"}
    assert hidden["exception"]["values"][0]["value"] == 'bad {"password": "[redacted]", "n": 1}'
    assert hidden["exception"]["values"][0]["stacktrace"] == {"frames": []}


@pytest.mark.parametrize(
    ("kind", "is_inside", "decision"),
    [
        (SpanKind.CLIENT, False, Decision.DROP),
        (SpanKind.CLIENT, True, Decision.RECORD_AND_SAMPLE),
        (SpanKind.CONSUMER, False, Decision.RECORD_AND_SAMPLE),
    ],
)
def test_only_calls_that_are_part_of_something_are_traced(kind: SpanKind, is_inside: bool, decision: Decision) -> None:
    context = remote_context(CONTEXT)
    assert context is not None
    parent = within(context) if is_inside else None
    assert NoLoneCalls(ALWAYS_ON).should_sample(parent, 1, "SELECT", kind).decision is decision


def test_a_context_that_breaks_a_rule_is_none() -> None:
    assert remote_context(None) is None
    assert remote_context("00-1") is None


def test_a_span_of_a_store_does_not_say_what_an_error_quotes() -> None:
    finished = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(finished))
    refused = 'invalid input syntax for type json\nCONTEXT:  JSON data, line 1: {"password":"hunter2" oops'
    tracer = StoreTracerProvider(provider).get_tracer("goqueue.test")
    with pytest.raises(ValueError, match="hunter2"), tracer.start_as_current_span("INSERT", kind=SpanKind.CLIENT):
        raise ValueError(refused)
    [span] = finished.get_finished_spans()
    assert (span.name, span.kind, span.status.status_code) == ("INSERT", SpanKind.CLIENT, StatusCode.ERROR)
    assert dict(span.attributes or {}) == {"error.type": "ValueError"}
    assert "hunter2" not in span.to_json()


class Hanging:
    """What cannot be sent keeps it waiting."""

    def __init__(self) -> None:
        self.end = threading.Event()

    def close(self) -> None:
        self.end.wait()


def test_an_end_does_not_wait_for_what_cannot_be_sent() -> None:
    hanging = Hanging()
    began = time.monotonic()
    Telemetry(hanging, hanging).close()  # type: ignore[arg-type]  # a stand-in for both
    assert CLOSE_SECONDS <= time.monotonic() - began < CLOSE_SECONDS + 1
    hanging.end.set()
