"""What a key looks like: `gq_<id>_<secret>`, 256 random bits behind an id by which it is looked up."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Final, NamedTuple

_ID_BYTES: Final = 6
_SECRET_BYTES: Final = 32
_TOKEN: Final = re.compile(r"gq_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")


class NewToken(NamedTuple):
    """A key just made. token: shown once; secret_hash: all that is kept of it."""

    id: str
    token: str
    secret_hash: bytes


def new_token() -> NewToken:
    """A fresh key."""
    key_id = secrets.token_hex(_ID_BYTES)
    token = f"gq_{key_id}_{secrets.token_urlsafe(_SECRET_BYTES)}"
    return NewToken(key_id, token, token_hash(token))


def token_id(token: str) -> str | None:
    """The id in a key, None when it has not the form of one."""
    match = _TOKEN.fullmatch(token)
    return None if match is None else match[1]


def token_hash(token: str) -> bytes:
    """Its sha256: against 256 random bits nobody guesses, and a slow hash would cost each request tens of milliseconds."""
    return hashlib.sha256(token.encode()).digest()
