"""One request to the API, made again while that is safe, and its answer or error."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import requests
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from goqueue.errors import ApiError, ConnectionFailed, GoQueueError, InvalidArgument, UnexpectedAnswer, api_error
from goqueue.retrying import Patience, Repeatable, read_retry_after
from goqueue.sessions import SessionPool
from goqueue.tracing import current_traceparent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_BUSY = frozenset({429, 503})  # the API says that it has not done it
_BROKEN = frozenset({502, 504})  # a proxy says so, who cannot know
_SUCCESS = range(200, 300)
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
        self._pool = SessionPool(_checked_key(api_key))
        self.sleep = sleep
        self.monotonic = monotonic

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

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
        try:
            with (
                self._pool.session() as session,
                session.get(
                    self._base_url + request.path,
                    params=list(request.parameters),
                    headers=headers,
                    timeout=(self._timeout, request.held_seconds),
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                if response.status_code not in _SUCCESS:
                    _read(response)
                if not response.headers.get("Content-Type", "").startswith("text/event-stream"):
                    raise UnexpectedAnswer(f"{response.url} answered {response.status_code} without a stream of events")
                yield from _split(response)
        except (requests.RequestException, HTTPError, OSError) as error:
            raise _connection_failed(self._base_url, error) from error

    def _once(self, request: Request) -> Answer:
        headers = {}
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        if request.idempotency_key is not None:
            headers["Idempotency-Key"] = request.idempotency_key
        if request.if_match is not None:
            headers["If-Match"] = request.if_match
        traceparent = request.traceparent or current_traceparent()
        if traceparent is not None:
            headers["traceparent"] = traceparent
        try:
            with self._pool.session() as session:
                response = session.request(
                    request.method,
                    self._base_url + request.path,
                    params=list(request.parameters),
                    data=request.body,
                    headers=headers,
                    timeout=(self._timeout, self._timeout + request.held_seconds),
                    allow_redirects=False,  # would turn a POST into a GET
                )
        except requests.RequestException as error:
            raise _connection_failed(self._base_url, error) from error
        return _read(response)

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


def _split(response: requests.Response) -> Iterator[str]:
    """Lines, each as soon as it is there: iter_lines of requests waits until so many bytes have come."""
    rest = b""
    while piece := response.raw.read1(_PIECE_BYTES):
        *lines, rest = (rest + piece).split(b"\n")
        yield from (line.decode("utf-8", "replace") for line in lines)


def _read(response: requests.Response) -> Answer:
    retry_after = read_retry_after(response.headers.get("Retry-After"))
    document = {} if response.status_code == _NO_CONTENT else _json_object(response)
    if response.status_code in _SUCCESS:
        if document is None:
            raise UnexpectedAnswer(f"{response.url} answered {response.status_code} without a JSON object")
        return Answer(document, retry_after, response.headers.get("ETag"))
    if document is None or response.is_redirect:
        where = response.headers.get("Location")
        detail = f"redirected to {where}: is the API's address right?" if where else "answered by no GoQueue API"
        document = {"title": response.reason, "detail": detail}
    raise api_error(response.status_code, document, retry_after=retry_after)


def _json_object(response: requests.Response) -> Mapping[str, object] | None:
    try:
        document = json.loads(response.content)
    except ValueError:
        return None
    return document if isinstance(document, dict) else None


def _connection_failed(base_url: str, error: Exception) -> ConnectionFailed:
    reason = error.args[0] if error.args else error
    if isinstance(reason, MaxRetryError) and reason.reason is not None:
        reason = reason.reason
    never = isinstance(error, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)
    kind = _NeverConnected if never else ConnectionFailed
    # urllib3 begins with the repr of its connection.
    return kind(f"no answer from {base_url}: {str(reason).partition('): ')[2] or reason}")


def _checked_url(base_url: str) -> str:
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidArgument(f"{base_url!r} is no address of an API: expected something like http://localhost:8080")
    return base_url.rstrip("/")


def _checked_key(api_key: str | None) -> str | None:
    if api_key is not None and not (api_key.isascii() and api_key.isprintable() and " " not in api_key):
        raise InvalidArgument("the API key has spaces, line ends or letters that no key has: was it read whole?")
    return api_key
