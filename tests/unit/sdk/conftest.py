"""An API that answers from a script, on a real socket, and a clock that moves only when somebody sleeps."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from goqueue import Client
from goqueue.transport import Transport


@dataclass(frozen=True)
class Reply:
    """One answer; `hang_up` closes the connection instead, when the request has been read."""

    status: int = 200
    body: object = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    hang_up: bool = False


@dataclass(frozen=True)
class SeenRequest:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: Any
    peer: object


class ScriptedApi:
    """Gives the replies in order and keeps the requests. A reply may be made from its request."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[SeenRequest] = []
        self._replies: list[Reply | Callable[[SeenRequest], Reply]] = []

    def will_answer(self, *replies: Reply | Callable[[SeenRequest], Reply]) -> None:
        self._replies += replies

    def take(self, request: SeenRequest) -> Reply:
        self.requests.append(request)
        reply = self._replies.pop(0) if self._replies else Reply(500, {"title": "the script is over"})
        return reply if isinstance(reply, Reply) else reply(request)


class FrozenClock:
    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def api() -> Iterator[ScriptedApi]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _handle(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            query = parse_qsl(parts.query)
            content = json.loads(body) if body else None
            seen = SeenRequest(self.command, parts.path, query, dict(self.headers), content, self.client_address)
            reply = script.take(seen)
            if reply.hang_up:
                self.close_connection = True
                return
            answer = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Length": str(len(answer)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _handle  # noqa: N815 - names of http.server

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in http.server
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script = ScriptedApi(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield script
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def client(api: ScriptedApi, clock: FrozenClock) -> Iterator[Client]:
    transport = Transport(api.url, "gq_key", timeout=5.0, retries=3, sleep=clock.sleep, monotonic=clock.monotonic)
    with Client(transport=transport) as opened:
        yield opened


JOB = {
    "id": "018f0000-0000-7000-8000-000000000001",
    "queue": "default",
    "type": "email.send",
    "payload": {"to": "a@b.c"},
    "status": "queued",
    "priority": "normal",
    "tags": ["x"],
    "created_at": "2026-01-02T03:04:05.678Z",
}


@pytest.fixture
def job() -> dict[str, object]:
    return dict(JOB)


@pytest.fixture
def reply() -> type[Reply]:
    return Reply
