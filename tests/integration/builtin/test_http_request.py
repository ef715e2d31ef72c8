"""http.request against a real server on loopback, and against addresses that it may not call."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

import pytest

from goqueue_builtin import http_request
from goqueue_builtin.http_request import MAX_BODY_BYTES
from goqueue_builtin.settings import builtin_settings
from goqueue_worker.testing import InvalidJob, Run, run
from tests.integration.builtin.web_server import Web, plain, web_server


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setenv("GOQUEUE_HTTP_ALLOWED_NETWORKS", "127.0.0.1")
    builtin_settings.cache_clear()
    with web_server() as serving:
        yield serving
    builtin_settings.cache_clear()


def call(url: str, **payload: object) -> Run:
    return run(http_request.request, {"url": url, **payload})


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


def raw(answer: bytes) -> Callable[[BaseHTTPRequestHandler], None]:
    def send(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(answer)

    return send


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


def test_redirects_are_followed(web: Web) -> None:
    web.routes["/a"] = plain(302, Location="/b")
    web.routes["/b"] = plain(307, Location=f"{web.url}/c")
    web.routes["/c"] = plain(200, b"here")
    done = call(f"{web.url}/a", method="POST", json=1, headers={"X-Key": "k"})
    assert (done.result["body"], done.result["redirects"], done.result["url"]) == ("here", 2, f"{web.url}/c")
    assert [(method, body) for method, _, _, body in web.calls] == [("POST", b"1"), ("GET", b""), ("GET", b"")]
    assert web.calls[2][2]["X-Key"] == "k"


def test_redirect_to_another_host_gets_no_headers_of_the_first(web: Web) -> None:
    with web_server() as other:
        other.routes["/b"] = plain(200)
        web.routes["/a"] = plain(308, Location=f"{other.url}/b")
        call(f"{web.url}/a", method="POST", json={"n": 1}, headers={"Authorization": "Bearer s", "X-Key": "k"})
        method, _, headers, body = other.calls[0]
    assert (method, body) == ("POST", b'{"n":1}')
    assert not {"Authorization", "X-Key", "Idempotency-Key"} & set(headers)


def test_redirect_may_be_the_answer(web: Web) -> None:
    web.routes["/a"] = plain(302, Location="http://169.254.169.254/")
    assert call(f"{web.url}/a", follow_redirects=False).result["status"] == 302


def test_redirects_in_a_circle_end(web: Web) -> None:
    web.routes["/a"] = plain(302, Location="/a")
    done = call(f"{web.url}/a")
    assert (done.failure_reason, len(web.calls)) == ("discarded", 6)
    assert "more than 5 redirects" in str(done.error)


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://2130706434/",
        "http://0.0.0.0/",
    ],
)
def test_private_address_is_refused_directly_and_by_redirect(web: Web, target: str) -> None:
    web.routes["/a"] = plain(302, Location=target)
    for done in (call(target), call(f"{web.url}/a")):
        assert (done.status, done.failure_reason) == ("failed", "discarded")
        assert "is no public address" in str(done.error)


@pytest.mark.parametrize("target", ["file:///etc/passwd", "gopher://127.0.0.1/", "//[", "http://"])
def test_redirect_to_what_is_no_http_is_refused(web: Web, target: str) -> None:
    web.routes["/a"] = plain(302, Location=target)
    assert call(f"{web.url}/a").failure_reason == "discarded"


@pytest.mark.parametrize("address", ["127.0.0.2", "169.254.169.254", "::1", "10.0.0.1"])
def test_name_that_stands_for_a_private_address_is_refused(web: Web, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(monkeypatch, [address])
    done = call("http://innocent.example/")
    assert (done.failure_reason, names.lookups) == ("discarded", 1)
    assert f"innocent.example is {address}, which is no public address" in str(done.error)


def test_name_that_changes_its_address_after_the_check_gains_nothing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    web.routes["/"] = plain(200, b"checked")
    names = Names(monkeypatch, ["127.0.0.1"], ["127.0.0.2"])
    port = web.url.rpartition(":")[2]
    assert call(f"http://rebinding.example:{port}/").result["body"] == "checked"
    assert names.lookups == 1
    assert web.calls[0][2]["Host"] == f"rebinding.example:{port}"


class Names:
    """What names stand for at each lookup; addresses stand for themselves."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self.lookups = 0
        real = socket.getaddrinfo

        def look_up(host: str, port: int, *arguments: object, **options: object) -> object:
            if not host.endswith(".example"):
                return real(host, port, *arguments, **options)  # type: ignore[arg-type]
            found = answers[min(self.lookups, len(answers) - 1)]
            self.lookups += 1
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

        monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_answer_that_says_it_has_a_gigabyte_is_not_read(web: Web) -> None:
    written: list[int] = []
    web.routes["/"] = flood(written, Content_Length=str(1024**3))
    done = call(web.url + "/")
    assert done.failure_reason == "discarded"
    assert "1,073,741,824 bytes, more than the 131,072 that are taken" in str(done.error)
    assert sum(written) < 32 * 1024**2


@pytest.mark.parametrize("chunked", [False, True], ids=["until it closes", "chunked"])
def test_answer_that_goes_on_for_ever_is_cut(web: Web, chunked: bool) -> None:
    written: list[int] = []
    web.routes["/"] = flood(written, **({"Transfer_Encoding": "chunked"} if chunked else {}))
    done = call(web.url + "/")
    assert done.failure_reason == "discarded"
    assert f"more than the {MAX_BODY_BYTES:,} bytes that are taken" in str(done.error)
    assert sum(written) < 32 * 1024**2


def flood(written: list[int], status: int = 200, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        block = b"x" * 65536
        chunk = b"10000\r\n" + block + b"\r\n" if "Transfer_Encoding" in headers else block
        while sum(written) < 1024**3:
            request.wfile.write(chunk)
            written.append(len(chunk))

    return answer


def test_large_answer_is_fine_when_it_is_not_kept(web: Web) -> None:
    web.routes["/"] = flood([], Content_Length=str(1024**3))
    assert call(web.url + "/", keep_body=False).result["bytes"] == 0


def test_compressed_answer_is_not_unpacked(web: Web) -> None:
    packed = gzip.compress(b"\0" * 50_000_000)
    web.routes["/"] = plain(200, packed, Content_Encoding="gzip")
    done = call(web.url + "/")
    assert done.result["bytes"] == len(packed)
    assert web.calls[0][2]["Accept-Encoding"] == "identity"


def test_compression_may_be_asked_for_and_is_left_to_who_asked(web: Web) -> None:
    web.routes["/"] = plain(200, gzip.compress(b"x"), Content_Encoding="gzip")
    assert "body_base64" in call(web.url + "/", headers={"accept-encoding": "gzip"}).result
    assert [value for name, value in web.calls[0][2].items() if name.lower() == "accept-encoding"] == ["gzip"]


@pytest.mark.parametrize("part", ["headers", "body", "body until it closes"])
def test_server_that_drips_is_left_at_the_deadline(web: Web, part: str) -> None:
    stop = threading.Event()

    def drip(request: BaseHTTPRequestHandler) -> None:
        ends = {"headers": b"", "body": b"Content-Length: 1000\r\n\r\n", "body until it closes": b"\r\n"}
        request.wfile.write(b"HTTP/1.1 200 OK\r\n" + ends[part])
        while not stop.wait(0.02):
            request.wfile.write(b"x")
            request.wfile.flush()

    web.routes["/"] = drip
    began = time.monotonic()
    done = call(web.url + "/", timeout=0.5)
    stop.set()
    assert time.monotonic() - began < 5
    assert done.status == "retrying"
    assert "127.0.0.1 gave no complete answer in time" in str(done.error)


def test_refused_connection_is_tried_again(web: Web) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        done = call(f"http://127.0.0.1:{free.getsockname()[1]}/")
    assert (done.status, "ConnectionRefusedError" in str(done.error)) == ("retrying", True)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 8\r\n\r\nhalf",
        b"HTTP/1.1 200 OK\r\n" + b"X: 1\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 500 Oops\r\n\r\n",
        b"220 mail.example.org ESMTP\r\n",
        b"",
    ],
    ids=["length", "chunks", "two lengths", "headers", "no end", "no HTTP", "nothing"],
)
def test_answer_cut_short_or_broken_is_tried_again(web: Web, answer: bytes) -> None:
    web.routes["/"] = raw(answer)
    assert call(web.url + "/").status == "retrying"


def test_url_of_a_redirect_has_an_end(web: Web) -> None:
    web.routes["/"] = plain(302, Location="/" + "x" * 9_000)
    assert "more than 8,000 characters" in str(call(web.url + "/").error)


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


def test_password_in_the_url_is_refused_and_not_repeated(web: Web) -> None:
    done = call(web.url.replace("//", "//me:s3cret@") + "/")
    assert done.failure_reason == "discarded"
    assert "s3cret" not in str(done.error)


def test_certificate_is_checked_against_the_name(web: Web) -> None:
    done = call(web.url.replace("http:", "https:") + "/")
    assert (done.status, "SSL" in str(done.error)) == ("retrying", True)
