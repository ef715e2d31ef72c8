"""A web server in a thread, whose answers a test writes as functions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler], None]


class Web:
    """routes: path -> what answers it. calls: (method, path, headers, body) of each request."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.routes: dict[str, Answer] = {}
        self.calls: list[tuple[str, str, Mapping[str, str], bytes]] = []
        self.url = f"http://127.0.0.1:{server.server_address[1]}"


@contextmanager
def web_server() -> Iterator[Web]:
    """Serves on a free port for the length of the block."""

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

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    web = Web(server)
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
