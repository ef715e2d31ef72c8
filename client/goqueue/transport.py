"""One request to the API, made again while that is safe, and its answer or error."""

from __future__ import annotations

import json
import time
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from requests import RequestException
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ProxyError

from goqueue.connections import Connections
from goqueue.errors import ApiError, ConnectionFailed, GoQueueError, InvalidArgument, UnexpectedAnswer, api_error
from goqueue.retrying import Patience, Repeatable, read_retry_after
from goqueue.tracing import current_traceparent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from urllib3 import BaseHTTPResponse

_BUSY = frozenset({429, 503})  # the API says that it has not done it
_BROKEN = frozenset({502, 504})  # a proxy says so, who cannot know
_SUCCESS = range(200, 300)
_REDIRECTION = range(300, 400)
_NO_CONTENT = 204
_PIECE_BYTES = 65_536


def path_word(value: object) -> str:
    """A name or an id as a part of a path. What is no text becomes a question mark, which no name has."""
    return quote(str(value), safe="", errors="replace")


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask: the path below the API's address, and for how long the answer may be held back on purpose.

    traceparent: None takes that of the span this program is in, if it traces.
    """

    method: str
    path: str
    parameters: Sequence[tuple[str, str]] = ()
    body: bytes | None = None
    idempotency_key: str | None = None
    if_match: str | None = None
    traceparent: str | None = None
    repeatable: Repeatable = Repeatable.ALWAYS
    held_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A JSON object; retry_after: the seconds after which the API wants to be asked again, if it said so."""

    document: Mapping[str, object]
    retry_after: float | None
    etag: str | None = None


class Transport:
    """The way to one API; for any number of threads.

    timeout: seconds until a connection stands, and again between two pieces of an answer.
    retries: how often a request is made again. A call ends after (retries + 1) * timeout seconds, in round figures.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None,
        *,
        timeout: float,
        retries: int,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._base_url = _checked_url(base_url)
        self._timeout = timeout
        self.retries = retries
        self._connections = Connections(self._base_url, _checked_key(api_key))
        self.sleep = sleep
        self.monotonic = monotonic

    def close(self) -> None:
        """Close the connections."""
        self._connections.close()

    def call(self, request: Request) -> Answer:
        """Make the request, again if need be. Raises ApiError, ConnectionFailed or UnexpectedAnswer."""
        patience = Patience(self.retries, self._deadline(request), self.monotonic)
        retry = 0
        while True:
            try:
                return self._once(request)
            except (ApiError, ConnectionFailed) as error:
                retry += 1
                asked = error.retry_after if isinstance(error, ApiError) else None
                delay = patience.delay_before(retry, asked) if _may_repeat(request, error) else None
                if delay is None:
                    raise
            self.sleep(delay)

    def lines(self, request: Request, last_event_id: str | None) -> Iterator[str]:
        """The lines of a stream of events, as they come, until it is closed; tried once. Raises like `call`."""
        # Read as it comes, which decodes nothing; some proxies compress whatever is text.
        headers = {"Accept": "text/event-stream, application/problem+json", "Accept-Encoding": "identity"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = last_event_id
        timeout = (self._timeout, request.held_seconds)
        path = _path_of(request)
        try:
            response = self._connections.request(request.method, path, headers=headers, timeout=timeout, streamed=True)
            with closing(response):
                if response.status not in _SUCCESS:
                    _read(response, self._base_url + path)
                if not response.headers.get("Content-Type", "").startswith("text/event-stream"):
                    raise UnexpectedAnswer(f"{self._base_url}{path} answered {response.status} without a stream of events")
                yield from _split(response)
        except (RequestException, HTTPError, OSError) as error:
            raise _connection_failed(self._base_url, error) from error

    def _once(self, request: Request) -> Answer:
        headers = {}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if request.idempotency_key is not None:
            headers["Idempotency-Key"] = _checked_idempotency_key(request.idempotency_key)
        if request.if_match is not None:
            headers["If-Match"] = request.if_match
        traceparent = request.traceparent or current_traceparent()
        if traceparent is not None:
            headers["traceparent"] = traceparent
        path = _path_of(request)
        timeout = (self._timeout, self._timeout + request.held_seconds)
        try:
            response = self._connections.request(request.method, path, headers=headers, timeout=timeout, body=request.body)
        except (RequestException, HTTPError, OSError) as error:
            raise _connection_failed(self._base_url, error) from error
        return _read(response, self._base_url + path)

    def _deadline(self, request: Request) -> float:
        return self.monotonic() + (self._timeout + request.held_seconds) * (self.retries + 1)


class _NeverConnected(ConnectionFailed):
    """The connection could not be made, so the API has seen nothing."""


def _may_repeat(request: Request, error: GoQueueError) -> bool:
    if isinstance(error, _NeverConnected):
        return True
    if isinstance(error, ApiError):
        if error.status in _BUSY:
            return True
        # Our own request, which we gave up on, still runs there: its answer will come under the same key.
        if request.idempotency_key is not None and error.code == "idempotency_key_in_use":
            return True
        return request.repeatable is Repeatable.ALWAYS and error.status in _BROKEN
    return request.repeatable is Repeatable.ALWAYS


def _path_of(request: Request) -> str:
    return f"{request.path}?{urlencode(request.parameters)}" if request.parameters else request.path


def _split(response: BaseHTTPResponse) -> Iterator[str]:
    """Lines, each as soon as it is there."""
    rest = b""
    while piece := response.read1(_PIECE_BYTES):
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in lines)


def _read(response: BaseHTTPResponse, url: str) -> Answer:
    retry_after = read_retry_after(response.headers.get("Retry-After"))
    document = {} if response.status == _NO_CONTENT else _json_object(response)
    if response.status in _SUCCESS:
        if document is None:
            raise UnexpectedAnswer(f"{url} answered {response.status} without a JSON object")
        return Answer(document, retry_after, response.headers.get("ETag"))
    where = response.headers.get("Location") if response.status in _REDIRECTION else None
    if document is None or where:
        detail = f"redirected to {where}: is the API's address right?" if where else "answered by no GoQueue API"
        document = {"title": response.reason, "detail": detail}
    raise api_error(response.status, document, retry_after=retry_after)


def _json_object(response: BaseHTTPResponse) -> Mapping[str, object] | None:
    try:
        document = json.loads(response.data)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _connection_failed(base_url: str, error: Exception) -> ConnectionFailed:
    reason = error.original_error if isinstance(error, ProxyError) else error
    kind = _NeverConnected if isinstance(reason, NewConnectionError | ConnectTimeoutError) else ConnectionFailed
    way = " by the proxy that the environment names" if isinstance(error, ProxyError) else ""
    # urllib3 begins with the repr of its connection.
    return kind(f"no answer from {base_url}{way}: {str(reason).partition('): ')[2] or reason}")


def _checked_url(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidArgument(f"{base_url!r} is no address of an API: expected something like http://localhost:8080")
    return base_url.rstrip("/")


def _checked_idempotency_key(key: str) -> str:
    if not (key.isascii() and key.isprintable()):
        raise InvalidArgument(f"the idempotency key {key!r} has letters or line ends that no HTTP header may have")
    return key


def _checked_key(api_key: str | None) -> str | None:
    if api_key is not None and not (api_key.isascii() and api_key.isprintable() and " " not in api_key):
        raise InvalidArgument("the API key has spaces, line ends or letters that no key has: was it read whole?")
    return api_key
