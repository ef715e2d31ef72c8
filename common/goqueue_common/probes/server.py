"""The HTTP server behind the probes of a worker or scheduler: a few read-only pages, each one answer, then the connection
is closed.

It must never hold up its process: it runs in threads of its own, a limited number, and drops clients that take long.
"""

from __future__ import annotations

import socket
import socketserver
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final, NamedTuple

import orjson
import structlog

from goqueue_common.errors import SettingsError

log = structlog.get_logger(__name__)

_REQUEST_SECONDS: Final = 5.0
_MOST_CONNECTIONS: Final = 32


class Text(NamedTuple):
    """A page that is no JSON."""

    content: bytes
    content_type: str


Answer = tuple[int, Mapping[str, Any]]
"""HTTP status and JSON document."""
TextAnswer = tuple[int, Text]
Pages = Mapping[str, Callable[[], Answer | TextAnswer]]
"""By path; called by request threads."""


class ProbeServer:
    """Listens once it is made; answers once it is started.

    setting: what names its address. name: its own, in the header Server.
    """

    def __init__(self, host: str, port: int, pages: Pages, *, setting: str, name: str) -> None:
        """Raises SettingsError when it cannot listen there."""
        try:
            self._server = _Server(host, port, pages, name)
        except OSError as error:
            reason = error.strerror or str(error)
            raise SettingsError(f"{setting}: cannot listen on {host}, port {port}: {reason}") from error
        self._thread = threading.Thread(target=self._server.serve_forever, name="probes", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Stop listening; an answer under way may end. Only after `start`."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    request_queue_size = 64

    def __init__(self, host: str, port: int, pages: Pages, name: str) -> None:
        self.pages = pages
        self.name = name
        self._free = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        self.address_family = family
        super().__init__((str(address[0]), int(address[1])), _Request)

    def server_bind(self) -> None:
        # HTTPServer's own would look up the host's name, which takes seconds where DNS does not answer.
        socketserver.TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._free.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        error = sys.exception()
        if not isinstance(error, OSError):  # the client has gone, or was too slow
            log.error("probe_failed", exc_info=error)


class _Request(BaseHTTPRequestHandler):
    """Speaks HTTP/1.0, the base class's default: one request a connection."""

    server: _Server
    timeout = _REQUEST_SECONDS

    def do_GET(self) -> None:
        page = self.server.pages.get(self.path.partition("?")[0])
        if page is None:
            self.send_error(404)
        else:
            self._answer(*page())

    do_HEAD = do_GET  # noqa: N815

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the base class refuses, too; it calls a method without a function of ours `not implemented`."""
        status = 405 if code == 501 else code
        self._answer(status, {"status": "not_found" if status == 404 else "refused", "pages": list(self.server.pages)})

    def version_string(self) -> str:
        """For the header Server."""
        return self.server.name

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Probes come every few seconds: no line for each."""

    def _answer(self, status: int, page: Mapping[str, Any] | Text) -> None:
        body, content_type = page if isinstance(page, Text) else (orjson.dumps(page) + b"\n", "application/json")
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        if status == 405:
            self.send_header("Allow", "GET, HEAD")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
