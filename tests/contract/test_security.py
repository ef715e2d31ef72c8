"""Whatever comes in at any place of any operation: nothing gets in, nothing is a 5xx, and the service stays up."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.contract import raw_http
from tests.contract.conftest import Service
from tests.contract.description import DOCUMENT, OPERATIONS, Operation, resolved
from tests.contract.server_process import Watched
from tests.contract.streams import begun, is_stream

INJECTIONS = {
    "sql": "'; DROP TABLE jobs; --",
    "sql union": "x' UNION SELECT id, secret_hash FROM api_keys --",
    "sql sleep": "1); SELECT pg_sleep(20); --",
    "like": "%_\\",
    "format": "%(id)s %s {0} {{7*7}} ${7*7} <%= 7*7 %>",
    "shell": "$(touch /tmp/goqueue-was-here) `id` | id; id &",
    "path": "../../../../../../etc/passwd",
    "script": '"><script>alert(1)</script>',
    "redis": "\r\nFLUSHALL\r\n",
    "header": "x\r\nX-Injected: yes\r\n\r\n",
    "nul": "a\0b",
    "unicode": "\u202e\ufeff\U0001f600 e\u0301 \uffff",
    "json": '{"$ne": null}',
    "array": "[]",
    "number": "1e309",
    "empty": "",
    "long": "x" * 3_000,
    "very long": "x" * 300_000,
}
NO_TEXT = b"\xff\xfe\xed\xa0\x80"
"""Not UTF-8."""
LONE_SURROGATE = "\ud83d"
"""JSON can write it; nobody can store it."""
EVERY = [pytest.param(operation, id=operation.id) for operation in OPERATIONS]
WITH_BODY = [pytest.param(operation, id=operation.id) for operation in OPERATIONS if operation.body is not None]
DEPTH = 10_000
LARGE = 100 * 1024 * 1024
ROOM = 32 * 1024 * 1024
"""What a server may read, or grow by, before it has refused 100 MB."""


@pytest.fixture(scope="module")
def server(service: Service) -> Watched:
    return Watched(service)


@pytest.fixture(autouse=True)
def up(server: Watched) -> Iterator[None]:
    """After each test the same processes serve, and the job that was there is there."""
    yield
    server.check()


def right(answer: requests.Response, operation: Operation) -> None:
    """No error of ours, and an answer as it is described, or a refusal of what is too long."""
    assert answer.status_code < 500, answer.text[:500]
    assert "X-Injected" not in answer.headers
    if answer.status_code in (204, 304):
        return
    if is_stream(answer):
        assert answer.status_code == 200
        return
    assert answer.headers["Content-Type"] in ("application/json", "application/problem+json")
    assert json.loads(answer.content) is not None
    assert {str(answer.status_code), "default"} & operation.statuses


def send(service: Service, operation: Operation, **changes: Any) -> requests.Response:
    """Its request, with something else in it."""
    asked: dict[str, Any] = {
        "url": service.url + operation.filled_path(),
        "headers": {},
        "params": operation.query(),
    } | changes
    if operation.body is not None and "data" not in asked:
        asked.setdefault("json", operation.example_body())
    asked["headers"] = service.headers | operation.required_headers() | asked["headers"]
    return begun(operation.method, asked.pop("url"), allow_redirects=False, **asked)


@pytest.mark.parametrize("operation", EVERY)
def test_nothing_gets_in_by_a_path_a_query_or_a_header(service: Service, operation: Operation) -> None:
    for injection in (*INJECTIONS.values(), NO_TEXT):
        for parameter in operation.parameters:
            name = parameter["name"]
            changes: dict[str, Any]
            if parameter["in"] == "path":
                changes = {"url": service.url + operation.filled_path(**{name: injection})}
            elif parameter["in"] == "query":
                changes = {"params": operation.query() | {name: injection}}
            else:
                changes = {"headers": {name: in_a_header(injection)}}
            right(send(service, operation, **changes), operation)
        right(send(service, operation, params={injection: injection}), operation)


def in_a_header(value: str | bytes) -> bytes:
    """What a library lets through; test_no_header_carries_another sends the rest."""
    sent = value if isinstance(value, bytes) else value.encode()
    return re.sub(rb"[\r\n\0]", b" ", sent).strip()


@pytest.mark.parametrize("end", ["\n", "\r", "\0", "\r\n "])
def test_no_header_carries_another(service: Service, end: str) -> None:
    for name in ("Idempotency-Key", "If-Match", "X-Request-ID", "Authorization"):
        answer = raw_http.ask(service.url, "GET", "/me", service.headers | {name: f"x{end}X-Injected: yes"})
        assert 0 < answer.status < 500
        assert "X-Injected" not in answer.head


@pytest.mark.parametrize("operation", WITH_BODY)
def test_nothing_gets_in_by_a_member_of_a_body(service: Service, operation: Operation) -> None:
    for injection in (*INJECTIONS.values(), LONE_SURROGATE):
        for body in bodies_with(operation, injection):
            right(send(service, operation, json=body), operation)


def bodies_with(operation: Operation, value: str) -> Iterator[Any]:
    """Its first example with this value at each place in turn, and at each member that it does not use."""
    example = operation.example_body()
    for path in places(example):
        changed = copy.deepcopy(example)
        inner = changed
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
        yield changed
    assert operation.body is not None
    for name in resolved(DOCUMENT, operation.body["schema"])["properties"]:
        yield example | {name: value}
        yield example | {name: [value]}
        yield example | {name: {value: value}}
    yield example | {value: value}


def places(document: Any, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths to every value within."""
    members = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for key, value in members:
        yield (*before, key)
        yield from places(value, (*before, key))


@pytest.mark.parametrize("operation", WITH_BODY)
@pytest.mark.parametrize("deep", ['{"a":' * DEPTH + "1" + "}" * DEPTH, "[" * DEPTH + "]" * DEPTH, "[" * DEPTH])
def test_json_of_ten_thousand_levels_is_refused(service: Service, operation: Operation, deep: str) -> None:
    members = json.dumps(operation.example_body())[:-1]
    for body in (deep, f'{members}, "payload": {deep}}}', f'{members}, "filter": {deep}}}'):
        answer = send(service, operation, data=body, headers={"Content-Type": "application/json"})
        assert 400 <= answer.status_code < 500
        assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("operation", EVERY)
@pytest.mark.parametrize("form", ["with a length", "chunked"])
def test_100_megabytes_are_refused_without_being_read(
    service: Service, server: Watched, operation: Operation, form: str
) -> None:
    before = server.memory_bytes()
    is_chunked = form == "chunked"
    length = {"Transfer-Encoding": "chunked"} if is_chunked else {"Content-Length": str(LARGE)}
    headers = service.headers | operation.required_headers() | {"Content-Type": "application/json"} | length
    body = raw_http.pieces(LARGE)
    answer = raw_http.ask(
        service.url, operation.method, operation.filled_path(), headers, raw_http.chunked(body) if is_chunked else body
    )
    assert answer.sent < ROOM
    assert server.memory_bytes() - before < ROOM
    assert answer.status < 500
    if operation.body is not None:
        assert answer.status in (0, 413)


TRAVERSALS = (
    "/static/../../../../../../etc/passwd",
    "/static/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%5c..%5c..%5cetc%5cpasswd",
    "/static/....//....//etc/passwd",
    "/static/%2fetc%2fpasswd",
    "/static//etc/passwd",
    "/static/%00/etc/passwd",
    "/static/swagger/index.html%00.png",
    "/static/swagger/../../app.py",
    "/static/swagger/..%2f..%2fapp.py",
    "/static/~root/.ssh/id_rsa",
    "/docs/../../etc/passwd",
    "/..%2f..%2fetc%2fpasswd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/.git/config",
    "/.env",
)


@pytest.mark.parametrize("target", TRAVERSALS)
def test_no_path_leads_out_of_the_files_that_are_served(service: Service, target: str) -> None:
    answer = raw_http.ask(service.url, "GET", target, service.headers)
    if answer.status == 308:  # to the same path with slashes made one
        answer = raw_http.ask(service.url, "GET", "/static/etc/passwd", service.headers)
    assert answer.status in (400, 404), answer.head
    assert json.loads(answer.body)["status"] == answer.status


@pytest.mark.parametrize("operation", EVERY)
def test_no_path_of_an_operation_leads_elsewhere(service: Service, operation: Operation) -> None:
    path = operation.filled_path()
    for suffix in ("/../../../etc/passwd", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e", "/", "//", "%00", "/.."):
        answer = raw_http.ask(service.url, operation.method, path + suffix, service.headers)
        assert 300 <= answer.status < 500, (suffix, answer.head)
        assert b"root:" not in answer.body


def test_two_lengths_that_differ_are_one_request_at_most(service: Service) -> None:
    smuggled = b"0\r\n\r\nGET /audit HTTP/1.1\r\nHost: localhost\r\n\r\n"
    headers = service.headers | {"Transfer-Encoding": "chunked", "Content-Length": "4"}
    answer = raw_http.ask(service.url, "POST", "/jobs", headers, [smuggled])
    assert 400 <= answer.status < 500
    assert answer.body.count(b"HTTP/1.1") == 0
