"""Pages of a list: opaque cursors and the Link header."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from flask import request

from goqueue_api.public_path import public_path
from goqueue_common.errors import InvalidCursor
from goqueue_common.new_job import is_name

_CHECK_BYTES: Final = 4


def encode_cursor(job_id: str, kind: str = "") -> str:
    """A cursor that starts after this job. kind: which list it is for; those of others are refused there."""
    return _encode(UUID(job_id).bytes, kind)


def decode_cursor(cursor: str, kind: str = "") -> UUID:
    """The job a page starts after. Raises InvalidCursor."""
    value = _decode(cursor, kind)
    if len(value) != 16:
        raise _not_issued(cursor)
    return UUID(bytes=value)


def encode_name(name: str, kind: str) -> str:
    """A cursor that starts after this name."""
    return _encode(name.encode(), kind)


def decode_name(cursor: str, kind: str) -> str:
    """The name a page starts after. Raises InvalidCursor."""
    name = _decode(cursor, kind).decode(errors="replace")
    if not is_name(name):
        raise _not_issued(cursor)
    return name


def _encode(value: bytes, kind: str) -> str:
    return base64.urlsafe_b64encode(value + _checksum(value, kind)).rstrip(b"=").decode()


def _decode(cursor: str, kind: str) -> bytes:
    try:
        decoded = base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    value, check = decoded[:-_CHECK_BYTES], decoded[-_CHECK_BYTES:]
    if check != _checksum(value, kind) or _encode(value, kind) != cursor:
        raise _not_issued(cursor)
    return value


def _not_issued(cursor: str) -> InvalidCursor:
    return InvalidCursor(
        f"the cursor {cursor!r:.80} was not issued here, or for another order: use next_cursor of a page as it is, or "
        "start again without"
    )


def next_link(cursor: str, *, name: str = "cursor", relation: str = "next") -> str:
    """The Link header to the next page of this request, or another: the same filters, another cursor (parameter `name`)."""
    kept = [(other, value) for other, value in request.args.items(multi=True) if other != name]
    return f'<{public_path()}?{urlencode([*kept, (name, cursor)])}>; rel="{relation}"'


def _checksum(value: bytes, kind: str) -> bytes:
    """Tells a cursor from a typing error, and from one of another list; it keeps no secret."""
    return hashlib.sha256(b"goqueue cursor " + kind.encode() + value).digest()[:_CHECK_BYTES]
