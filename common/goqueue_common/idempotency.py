"""Idempotency keys: what identifies a repeated submit (draft-ietf-httpapi-idempotency-key-header-07)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson

KEPT_FOR: Final = timedelta(hours=24)
MAX_KEY_LENGTH: Final = 255


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A key within its scope (who sent it), and the fingerprint of what it was sent with."""

    scope: str
    key: str
    fingerprint: bytes


def fingerprint(request: Any) -> bytes:
    """sha256 of a request, the same whatever the order of its members."""
    return hashlib.sha256(orjson.dumps(request, option=orjson.OPT_SORT_KEYS)).digest()
