"""One call and its answer, redirects included."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import urljoin

from urllib3 import HTTPResponse
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, LocationParseError
from urllib3.util import Url, parse_url

from goqueue_builtin.outbound.connection import Deadline, connection
from goqueue_builtin.outbound.errors import NoAnswer, Refused
from goqueue_builtin.outbound.public_addresses import checked_addresses
from goqueue_builtin.settings import Network

MAX_REDIRECTS: Final = 5
_CHUNK_BYTES: Final = 64 * 1024
_ERROR_BYTES: Final = 4096
_MAX_URL_CHARACTERS: Final = 8_000
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_KEEP_METHOD: Final = (307, 308)
_PORTS: Final = {"http": 80, "https": 443}
_UNPRINTABLE: Final = re.compile(r"[\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A call. timeout_seconds covers all of it, redirects too; max_bytes is what its answer's body may have.

    keep_body False: the body is not read, unless it says what went wrong. on_answer is called when an answer begins.
    """

    url: str
    max_bytes: int
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    timeout_seconds: float = 30.0
    follow_redirects: bool = True
    keep_body: bool = True
    on_answer: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer and the URL that gave it. The body is as it was sent: nothing is decompressed.

    headers: by names in small letters. Of an answer that says 400 or more, only the beginning of the body is here.
    """

    status: int
    url: str
    headers: Mapping[str, str]
    body: bytes
    redirects: int = 0


class Caller:
    """allowed: networks that may be called though they are not public."""

    def __init__(self, allowed: tuple[Network, ...]) -> None:
        self._allowed = allowed

    def call(self, request: Request) -> Response:
        """The answer, whatever its status. Raises Refused, NoAnswer."""
        ends_at = time.monotonic() + request.timeout_seconds
        for redirects in range(MAX_REDIRECTS + 1):
            with Deadline(ends_at) as deadline:
                response = self._call_once(request, deadline)
            location = response.headers.get("location")
            if response.status not in _REDIRECTS or location is None or not request.follow_redirects:
                return replace(response, redirects=redirects)
            request = _redirected(request, response.status, _joined(response.url, location))
        raise Refused(f"more than {MAX_REDIRECTS} redirects, the last to {request.url}")

    def _call_once(self, request: Request, deadline: Deadline) -> Response:
        url = _checked_url(request.url)
        host, port = str(url.host).strip("[]"), _port(url)
        addresses = checked_addresses(host, port, self._allowed)
        opened = connection(str(url.scheme), host, port, addresses, deadline)
        try:
            response = _exchange(opened, url, request)
        except (HTTPError, http.client.HTTPException, OSError) as error:
            if deadline.has_passed or isinstance(error, TimeoutError):
                raise NoAnswer(f"{host} gave no complete answer in time") from error
            raise NoAnswer(f"{host}: {_reason(error)}") from error
        finally:
            opened.close()
        if deadline.has_passed:  # cut in the middle of its headers, an answer looks complete
            raise NoAnswer(f"{host} gave no complete answer in time")
        return response


def _exchange(opened: HTTPConnection, url: Url, request: Request) -> Response:
    headers = dict(request.headers)
    if not any(name.lower() == "accept-encoding" for name in headers):
        headers["Accept-Encoding"] = "identity"
    opened.connect()  # here: a certificate that is not trusted is a ValueError too
    try:
        opened.request(
            request.method,
            url.request_uri,
            body=request.body,
            headers=headers,
            preload_content=False,
            decode_content=False,
        )
    except (ValueError, http.client.InvalidURL) as error:
        raise Refused(f"this cannot be sent by HTTP: {error}") from error
    with closing(opened.getresponse()) as answer:
        if answer.status < 200:
            raise NoAnswer(f"{url.host} answered {answer.status} only, which is no end")
        request.on_answer()
        received = {name.lower(): value for name, value in answer.headers.itermerged()}
        return Response(status=answer.status, url=request.url, headers=received, body=_body(answer, request))


def _body(answer: HTTPResponse, request: Request) -> bytes:
    if answer.status >= 400:
        return _beginning(answer)
    is_passed_on = answer.status in _REDIRECTS and request.follow_redirects and "location" in answer.headers
    return b"" if is_passed_on or not request.keep_body else _whole(answer, request.max_bytes)


def _beginning(answer: HTTPResponse) -> bytes:
    """Enough to say what went wrong: an error page may be of any size, and is an error all the same."""
    body = bytearray()
    while len(body) < _ERROR_BYTES and (chunk := answer.read1(_ERROR_BYTES, decode_content=False)):
        body += chunk
    return bytes(body[:_ERROR_BYTES])


def _whole(answer: HTTPResponse, max_bytes: int) -> bytes:
    """Never more of it in memory than a chunk too much."""
    declared = answer.headers.get("content-length", "")
    if answer.length_remaining and declared.isdigit() and int(declared) > max_bytes:
        raise Refused(f"the answer has {int(declared):,} bytes, more than the {max_bytes:,} that are taken")
    body = bytearray()
    while chunk := answer.read1(_CHUNK_BYTES, decode_content=False):
        body += chunk
        if len(body) > max_bytes:
            raise Refused(f"the answer has more than the {max_bytes:,} bytes that are taken")
    return bytes(body)


def _redirected(request: Request, status: int, url: str) -> Request:
    headers, method, body = dict(request.headers), request.method, request.body
    if status not in _KEEP_METHOD and method != "HEAD":
        method, body = "GET", None
        headers = {name: value for name, value in headers.items() if not name.lower().startswith("content-")}
    if _origin(url) != _origin(request.url):  # what was meant for the first address alone, keys among it
        headers = {name: value for name, value in headers.items() if name.lower() in ("content-type", "user-agent")}
    return replace(request, url=url, method=method, headers=headers, body=body)


def _joined(base: str, location: str) -> str:
    try:
        return urljoin(base, location)
    except ValueError as error:
        raise Refused(f"redirected to {location[:200]!r}, which cannot be read: {error}") from error


def _checked_url(text: str) -> Url:
    if _UNPRINTABLE.search(text):
        raise Refused(f"url {text[:200]!r} has a space or control character in it: write it percent-encoded")
    if len(text) > _MAX_URL_CHARACTERS:
        raise Refused(f"url {text[:200]!r}... has more than {_MAX_URL_CHARACTERS:,} characters")
    try:
        url = parse_url(text)
    except LocationParseError as error:
        raise Refused(f"url {text[:200]!r} cannot be read: {error}") from error
    if url.scheme not in _PORTS or not url.host:
        raise Refused(f"url {text[:200]!r} must begin with http:// or https:// and a host")
    if url.auth is not None:
        raise Refused("url must hold no user and password: send a header Authorization instead")
    return url


def _origin(text: str) -> tuple[str | None, str | None, int]:
    url = _checked_url(text)
    return url.scheme, url.host, _port(url)


def _port(url: Url) -> int:
    return url.port or _PORTS[str(url.scheme)]


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0][:200]}" if str(error) else type(error).__name__
