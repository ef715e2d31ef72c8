"""What is no proper HTTP is refused with a problem document like everything else, whoever finds it: gunicorn or Flask."""

from __future__ import annotations

import json

import pytest
import requests

from tests.contract import raw_http
from tests.contract.conftest import Service
from tests.contract.description import OPERATIONS, Operation

CHUNKED = {"Content-Type": "application/json", "Transfer-Encoding": "chunked"}
BODIES = {
    "size that is no number": b"zz\r\n{}\r\n0\r\n\r\n",
    "negative size": b"-2\r\n{}\r\n0\r\n\r\n",
    "no end of a size": b"1" * 20_000,
    "wrong end of a chunk": b"2\r\n{}xx0\r\n\r\n",
    "wrong extension": b'2;a="\r\n{}\r\n0\r\n\r\n',
    "trailer that is no header": b"2\r\n{}\r\n0\r\nno header\r\n\r\n",
    "trailer with a bare line end": b"2\r\n{}\r\n0\r\na: b\nc: d\r\n\r\n",
    "trailers without end": b"2\r\n{}\r\n0\r\n" + b"a: b\r\n" * 200_000,
}
HEADS = {
    "long path": (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
    "long header": (b"GET /jobs HTTP/1.1\r\nHost: localhost\r\nA: " + b"x" * 20_000 + b"\r\n\r\n", 431),
    "many headers": (b"GET /jobs HTTP/1.1\r\nHost: localhost\r\n" + b"A: x\r\n" * 1_000 + b"\r\n", 431),
    "header without a name": (b"GET /jobs HTTP/1.1\r\n: x\r\n\r\n", 400),
    "no method": (b"G(T /jobs HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "unknown version": (b"GET /jobs HTTP/9.9\r\nHost: localhost\r\n\r\n", 400),
    "two lengths": (b"POST /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", 400),
    "length that is no number": (b"POST /jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n{}", 400),
    "expectation": (b"GET /jobs HTTP/1.1\r\nHost: localhost\r\nExpect: money\r\n\r\n", 417),
    "transfer coding": (b"POST /jobs HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: magic\r\n\r\n", 501),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.body is not None], ids=str)
def test_a_broken_body_is_the_senders_fault(service: Service, operation: Operation, body: bytes) -> None:
    # Most operations look at the job first, or at the path: only then do they read.
    made = requests.post(f"{service.url}/jobs", json={"type": "demo"}, headers=service.headers, timeout=10).json()
    if operation.id == "rerunJob":
        requests.post(f"{service.url}/jobs/{made['id']}/cancel", headers=service.headers, timeout=10).raise_for_status()
    target = operation.filled_path(**({"job_id": made["id"]} if "{job_id}" in operation.path else {}))
    headers = service.headers | operation.required_headers() | CHUNKED
    is_told(raw_http.ask(service.url, operation.method, target, headers, [body]), 400)


@pytest.mark.parametrize(("head", "status"), HEADS.values(), ids=HEADS)
def test_a_broken_head_is_answered_with_a_problem_document(service: Service, head: bytes, status: int) -> None:
    with raw_http.connect(service.url) as connection:
        connection.sendall(head)
        is_told(raw_http.read(connection), status)


def is_told(answer: raw_http.RawAnswer, status: int) -> None:
    assert answer.status == status, answer.head
    assert "content-type: application/problem+json" in answer.head.lower()
    assert json.loads(answer.body)["status"] == status
