"""A web server in a thread, whose answers a test writes as functions."""

from __future__ import annotations

import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = Callable[[BaseHTTPRequestHandler], None]


class Web:
    """routes: path -> what answers it. calls: (method, path, headers, body) of each request. names: asked for by TLS."""

    def __init__(self, server: ThreadingHTTPServer, scheme: str) -> None:
        self.routes: dict[str, Answer] = {}
        self.names: list[str | None] = []
        self.calls: list[tuple[str, str, Mapping[str, str], bytes]] = []
        self.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"


class Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):  # callers that hang up are what some tests are about
            super().handle_error(request, client_address)


@contextmanager
def web_server(tls: ssl.SSLContext | None = None) -> Iterator[Web]:
    """Serves on a free port for the length of the block; with TLS, by its context."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            self.close_connection = True
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            web.calls.append((self.command, self.path, dict(self.headers.items()), body))
            with suppress(BrokenPipeError, ConnectionResetError):  # the caller had enough: some tests want just that
                web.routes[self.path](self)

        do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815 - http.server's names

        def log_message(self, _format: str, *_arguments: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    web = Web(server, "http" if tls is None else "https")
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def plain(status: int = 200, body: bytes = b"", **headers: str) -> Answer:
    """Answers always the same; header names have _ for -."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in ({"Content_Length": str(len(body))} | headers).items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        if request.command != "HEAD":
            request.wfile.write(body)

    return answer


def raw(answer: bytes) -> Answer:
    """Answers with these very bytes."""

    def send(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(answer)

    return send


def flood(written: list[int], status: int = 200, **headers: str) -> Answer:
    """Answers with a gigabyte; `written`: how much of it was taken."""

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
