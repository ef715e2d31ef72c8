"""Server-sent events as bytes (WHATWG HTML, "Server-sent events")."""

from __future__ import annotations

from typing import Final

from goqueue_api.json_provider import dumps

CONTENT_TYPE: Final = "text/event-stream"
_RETRY_MILLISECONDS: Final = 1_000


def frame(event: str, document: object, event_id: object | None = None) -> bytes:
    """An event whose data is this document as JSON, which has no line ends."""
    return raw_frame(event, dumps(document), event_id)


def raw_frame(event: str, data: bytes, event_id: object | None = None) -> bytes:
    """The same of a document that is JSON already."""
    identity = b"" if event_id is None else b"id: %s\n" % str(event_id).encode()
    return b"%sevent: %s\ndata: %s\n\n" % (identity, event.encode(), data)


def ping(event_id: object | None = None) -> bytes:
    """A comment. An id without data is no event, and yet what a client asks to go on from."""
    return b": ping\n\n" if event_id is None else b": ping\nid: %s\n\n" % str(event_id).encode()


def hello(document: object, event_id: object | None = None) -> bytes:
    """The first event; it says after how long a client that was cut off should come again."""
    return b"retry: %d\n" % _RETRY_MILLISECONDS + frame("hello", document, event_id)


def resync(reason: str, event_id: object | None = None) -> bytes:
    """Something was missed: what is on a screen has to be read anew."""
    return frame("resync", {"reason": reason}, event_id)
