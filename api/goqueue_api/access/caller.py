"""The caller of the present request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from flask import g

from goqueue_api.access.scope import GRANTABLE, Scope
from goqueue_common.audit_store import Actor

ANONYMOUS: Final = "anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who makes a request. key_id: None where nobody is asked for a key."""

    name: str
    key_id: str | None
    scopes: frozenset[Scope]
    expires_at: datetime | None = None

    @property
    def idempotency_scope(self) -> str:
        """Whose idempotency keys these are: two callers may use the same key for different jobs."""
        return ANONYMOUS if self.key_id is None else f"key:{self.key_id}"


NOBODY: Final = Caller(name=ANONYMOUS, key_id=None, scopes=frozenset(GRANTABLE))
"""Whoever calls an API that asks for no key."""


def caller() -> Caller:
    """Who makes the present request."""
    return cast("Caller", g.get("caller", NOBODY))


def actor() -> Actor:
    """The same for the audit log."""
    present = caller()
    return Actor(present.name, present.key_id, g.get("request_id"))
