from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider

from goqueue import Client, InvalidArgument

CONTEXT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_submit_carries_the_trace_it_is_given(client: Client, api: Any, reply: Any, job: Any) -> None:
    api.will_answer(reply(201, job), reply(201, {"items": [job]}), reply(201, job))
    client.submit("email.send", traceparent=CONTEXT)
    client.submit_many([{"type": "email.send"}], traceparent=CONTEXT)
    client.rerun("1", traceparent=CONTEXT)
    assert [request.headers["traceparent"] for request in api.requests] == [CONTEXT] * 3


def test_a_program_that_does_not_trace_sends_none(client: Client, api: Any, reply: Any, job: Any) -> None:
    api.will_answer(reply(201, job))
    client.submit("email.send")
    assert "traceparent" not in api.requests[0].headers


def test_a_program_that_traces_sends_the_span_it_is_in(client: Client, api: Any, reply: Any, job: Any) -> None:
    api.will_answer(reply(201, job), reply(201, job))
    provider = TracerProvider(shutdown_on_exit=False)
    with provider.get_tracer("test").start_as_current_span("checkout") as span:
        client.submit("email.send")
        client.submit("email.send", traceparent=CONTEXT)
    own = span.get_span_context()
    assert [request.headers["traceparent"] for request in api.requests] == [
        f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}",
        CONTEXT,
    ]


@pytest.mark.parametrize("given", ["", "00-1-2-3", f"{CONTEXT}\r\nX-Evil: 1", CONTEXT.upper()])
def test_what_is_no_traceparent_is_refused_before_anything_is_sent(client: Client, api: Any, given: str) -> None:
    with pytest.raises(InvalidArgument, match="is no traceparent"):
        client.submit("email.send", traceparent=given)
    assert api.requests == []


def test_a_job_shows_its_trace(client: Client, api: Any, reply: Any, job: Any) -> None:
    api.will_answer(reply(200, {**job, "traceparent": CONTEXT}))
    assert client.get("1").traceparent == CONTEXT


def test_the_sdk_imports_no_tracing_library() -> None:
    program = "import sys, goqueue; print('opentelemetry' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout == "False\n"
