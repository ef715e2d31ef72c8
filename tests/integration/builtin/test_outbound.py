"""Calls from a worker: addresses that it may not call, redirects, and servers that mean harm."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import trustme

from goqueue_builtin.http_request import MAX_BODY_BYTES
from goqueue_builtin.outbound import connection
from tests.integration.builtin.call_a_url import call
from tests.integration.builtin.web_server import Web, flood, plain, raw, web_server


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


def test_password_in_the_url_is_refused_and_not_repeated(web: Web) -> None:
    done = call(web.url.replace("//", "//me:s3cret@") + "/")
    assert done.failure_reason == "discarded"
    assert "s3cret" not in str(done.error)


@pytest.fixture
def secure_web(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, web: Web) -> Iterator[Web]:
    """By TLS, with a certificate for shop.example of an authority that this system trusts; notes the name asked for."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    connection._trust.cache_clear()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("shop.example").configure_cert(context)
    with web_server(context) as serving:
        context.sni_callback = lambda _socket, name, _context: serving.names.append(name)
        yield serving
    connection._trust.cache_clear()


def test_certificate_is_checked_against_the_name_that_was_called(secure_web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(monkeypatch, ["127.0.0.1"])
    port = secure_web.url.rpartition(":")[2]
    secure_web.routes["/"] = plain(200, b"trusted")
    assert call(f"https://shop.example:{port}/").result["body"] == "trusted"
    assert (names.lookups, secure_web.names) == (1, ["shop.example"])
    for other in ("other.example", "127.0.0.1"):
        done = call(f"https://{other}:{port}/")
        assert (done.status, "SSL" in str(done.error)) == ("retrying", True)
    assert len(secure_web.calls) == 1


def test_server_without_tls_is_no_secure_server(web: Web) -> None:
    done = call(web.url.replace("http:", "https:") + "/")
    assert (done.status, "SSL" in str(done.error)) == ("retrying", True)
