"""An answer that is a stream: the server's worker lets go of its connection, and no thread waits for its end."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from flask import Response

from goqueue_api.live.frames import CONTENT_TYPE
from goqueue_api.live.stream import Stream
from goqueue_api.live.stream_thread import StreamThread
from goqueue_api.timed_socket import TimedSocket

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_CONNECTION: Final = "gunicorn.socket"
HEADERS: Final = {
    "Content-Type": CONTENT_TYPE,
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would wait for more
}


class StreamResponse(Response):
    """Under our own server (DrainingWorker) the connection goes to the stream thread, which writes head and all.

    Under any other, such as Flask's test client, the thread of the request sends the stream until it is closed.
    """

    def __init__(self, stream: Stream, writer: StreamThread) -> None:
        super().__init__(headers=HEADERS)
        self._stream = stream
        self._writer = writer

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """See WSGI."""
        connection: Any = environ.get(_CONNECTION)
        if not isinstance(connection, TimedSocket):
            self.response = self._stream.pieces()
            return super().__call__(environ, start_response)
        head = self._head()
        # What the server still writes goes nowhere, see TimedSocket: it must not see an answer that it would frame.
        start_response(self.status, [("Content-Length", "0")])
        self._writer.adopt(connection.hand_over(), self._stream, head)
        return ()

    def _head(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers.items() if name.lower() != "content-length"]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")
