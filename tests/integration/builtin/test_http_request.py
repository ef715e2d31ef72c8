"""http.request against a real server on loopback: what becomes of its answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from goqueue_builtin import http_request
from goqueue_builtin.http_request import MAX_BODY_BYTES
from goqueue_worker.testing import InvalidJob, run
from tests.integration.builtin.call_a_url import call
from tests.integration.builtin.web_server import Web, flood, plain, raw


def test_answer_becomes_the_result(web: Web) -> None:
    web.routes["/orders?page=2"] = plain(
        200, b'{"open": 3}', Content_Type="application/json; charset=utf-8", X_Shop="north"
    )
    done = call(f"{web.url}/orders?page=2")
    assert (done.status, done.result["status"], done.result["json"]) == ("completed", 200, {"open": 3})
    assert done.result["headers"]["x-shop"] == "north"
    assert (done.result["bytes"], done.result["redirects"]) == (11, 0)
    assert [message for _, message in done.progress] == ["calling", "receiving"]


@pytest.mark.parametrize(
    ("body", "content_type", "shown"),
    [
        (b"caf\xc3\xa9", "text/plain", {"body": "café"}),
        (b"\xff\x00\x01", "image/png", {"body_base64": "/wAB"}),
        (b"not json", "application/json", {"body": "not json"}),
        (b"nul \x00", "text/plain", {"body_base64": "bnVsIAA="}),
        (b"", "text/plain", {}),
    ],
    ids=["text", "binary", "wrong json", "nul", "empty"],
)
def test_body_is_shown_as_what_it_is(web: Web, body: bytes, content_type: str, shown: dict[str, object]) -> None:
    web.routes["/"] = plain(200, body, Content_Type=content_type)
    result = call(web.url + "/").result
    assert {name: result[name] for name in ("json", "body", "body_base64") if name in result} == shown


JSON = "application/json"


@pytest.mark.parametrize(
    ("body", "content_type", "shown_as"),
    [
        (b'"' * MAX_BODY_BYTES, "text/plain", "body_base64"),
        (b"\x01" * MAX_BODY_BYTES, "text/plain", "body_base64"),
        (b"[" + b"1e15," * 26_000 + b"1]", JSON, "body"),
        (b"[" * 300 + b"]" * 300, JSON, "body"),
        (b'"a\\u0000b"', JSON, "body"),
        (b"\xff" * MAX_BODY_BYTES, "image/png", "body_base64"),
    ],
    ids=["quotes", "controls", "numbers that grow", "deep", "NUL in JSON", "binary"],
)
def test_no_body_makes_a_result_that_cannot_be_stored(web: Web, body: bytes, content_type: str, shown_as: str) -> None:
    large = {f"X_{number}": "é" * 2_000 for number in range(20)}
    web.routes["/"] = plain(200, body, Content_Type=content_type, **large)
    done = call(web.url + "/")
    assert (done.status, done.error) == ("completed", None)
    assert {"json", "body", "body_base64"} & set(done.result) == {shown_as}
    assert done.result["bytes"] == len(body)
    assert done.result["headers"]["content-type"] == content_type


def test_header_that_comes_twice_is_joined(web: Web) -> None:
    web.routes["/"] = raw(
        b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX: a\x00b\r\nContent-Length: 0\r\n\r\n"
    )
    headers = call(web.url + "/").result["headers"]
    assert (headers["set-cookie"], headers["x"]) == ("a=1, b=2", "ab")


def test_json_is_sent_with_the_jobs_id_as_idempotency_key(web: Web) -> None:
    web.routes["/hook"] = plain(204)
    done = run(http_request.request, {"url": f"{web.url}/hook", "method": "POST", "json": {"a": [1, None]}}, job_id=JOB)
    method, _, headers, body = web.calls[0]
    assert done.status == "completed"
    assert (method, json.loads(body), headers["Content-Type"]) == ("POST", {"a": [1, None]}, "application/json")
    assert headers["Idempotency-Key"] == JOB
    assert headers["User-Agent"].startswith("GoQueue/")


JOB = "01890a5d-ac96-774b-bcce-b302099a8057"


def test_given_headers_win(web: Web) -> None:
    web.routes["/"] = plain()
    call(web.url + "/", method="PUT", body="<a/>", headers={"content-type": "text/xml", "idempotency-key": "mine"})
    headers = {name.lower(): value for name, value in web.calls[0][2].items()}
    assert (headers["content-type"], headers["idempotency-key"], headers["content-length"]) == ("text/xml", "mine", "4")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_status_that_may_pass_is_tried_again_by_back_off(web: Web, status: int) -> None:
    web.routes["/"] = plain(status, b"busy")
    done = call(web.url + "/")
    assert done.status == "retrying"
    assert done.error is not None
    assert f"answered {status}: busy" in done.error


@pytest.mark.parametrize(("status", "becomes"), [(404, "failed"), (503, "retrying")])
@pytest.mark.parametrize("keep_body", [True, False], ids=["kept", "not kept"])
def test_error_page_of_any_size_is_an_error_of_its_status(web: Web, status: int, becomes: str, keep_body: bool) -> None:
    written: list[int] = []
    web.routes["/"] = flood(written, status, Content_Length=str(1024**3))
    done = call(web.url + "/", keep_body=keep_body)
    assert done.status == becomes
    assert f"answered {status}: xxx" in str(done.error)
    assert len(str(done.error)) < 300
    assert sum(written) < 32 * 1024**2


@pytest.mark.parametrize("status", [400, 401, 404, 410, 422, 501])
def test_status_that_will_not_pass_is_discarded(web: Web, status: int) -> None:
    web.routes["/"] = plain(status, b"no such order")
    done = call(web.url + "/")
    assert (done.status, done.failure_reason) == ("failed", "discarded")
    assert f"answered {status}: no such order" in str(done.error)


def test_payload_says_which_statuses_are_tried_again(web: Web) -> None:
    web.routes["/"] = plain(404)
    assert call(web.url + "/", retry_on=[404]).status == "retrying"
    web.routes["/"] = plain(503)
    assert call(web.url + "/", retry_on=[404]).status == "failed"


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [
        ("120", 120, 120),
        (format_datetime(datetime.now(UTC) + timedelta(seconds=900), usegmt=True), 800, 900),
        ("9999999", 3600, 3600),
        ("0", 0.001, 60),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0.001, 60),
        ("soon", 0.001, 60),
    ],
    ids=["seconds", "date", "too long", "at once is by back-off", "past", "nonsense"],
)
def test_retry_after_is_followed(web: Web, header: str, low: float, high: float) -> None:
    web.routes["/"] = plain(429, Retry_After=header)
    wait = call(web.url + "/").retry_in
    assert wait is not None
    assert low <= wait <= high


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        ({"url": "ftp://example.org/"}, "/payload/url"),
        ({"url": "http://example.org/a b"}, "/payload/url"),
        ({"url": "http://example.org/\r\nX: 1"}, "/payload/url"),
        ({"url": "http://example.org/", "method": "TRACE"}, "/payload/method"),
        ({"url": "http://example.org/", "method": "GET / HTTP/1.1\r\nX: 1"}, "/payload/method"),
        ({"url": "http://example.org/", "headers": {"X": "a\r\nY: b"}}, "/payload/headers/X"),
        ({"url": "http://example.org/", "headers": {"X: a\r\nY": "b"}}, "/payload/headers"),
        ({"url": "http://example.org/", "timeout": 0}, "/payload/timeout"),
        ({"url": "http://example.org/", "json": 1, "body": "1"}, "/payload"),
        ({}, "/payload"),
    ],
    ids=["scheme", "space", "line in url", "method", "line in method", "header", "header name", "timeout", "both", "none"],
)
def test_schema_refuses(payload: dict[str, object], says: str) -> None:
    with pytest.raises(InvalidJob) as refused:
        run(http_request.request, payload)
    assert {error.pointer for error in refused.value.fields} == {says}


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "CONNECTION"])
def test_headers_of_the_connection_are_refused(web: Web, name: str) -> None:
    done = call(web.url + "/", headers={name: "1"})
    assert done.failure_reason == "discarded"
    assert f"header {name!r} is made by the worker itself" in str(done.error)
