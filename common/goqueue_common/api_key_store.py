"""API keys in PostgreSQL: who may call, with which scopes, until when. The secrets themselves are not here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from goqueue_common import audit_store
from goqueue_common.audit_store import Actor
from goqueue_common.database import Database, Run, run_on
from goqueue_common.errors import KeyNotFound

_COLUMNS: Final = "id, name, secret_hash, scopes, created_at, expires_at, last_used_at, revoked_at"
_GET: Final = f"""
SELECT {_COLUMNS}, revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) FROM api_keys WHERE id = %(id)s
"""  # noqa: S608 - a constant above
# A key in steady use writes once a minute, not with every look.
_TOUCH: Final = """
UPDATE api_keys SET last_used_at = now()
WHERE id = %(id)s AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')
"""
_CREATE: Final = f"""
INSERT INTO api_keys (id, name, secret_hash, scopes, expires_at)
VALUES (%(id)s, %(name)s, %(secret_hash)s, %(scopes)s, now() + %(lifetime)s * interval '1 second')
RETURNING {_COLUMNS}, true
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key without its secret. is_valid: neither revoked nor expired when it was read. secret_hash: sha256."""

    id: str
    name: str
    secret_hash: bytes = field(repr=False)
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    is_valid: bool


class ApiKeyStore:
    """Every method raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def any_exists(self) -> bool:
        """Whether a key was ever made; a revoked one counts, or revoking the last would open the API."""
        return bool(self._database.run_again("SELECT EXISTS (SELECT FROM api_keys)")[0][0])

    def get(self, key_id: str) -> ApiKey | None:
        """The key of this id, None if there is none."""
        rows = self._database.run_again(_GET, {"id": key_id})
        return _api_key(rows[0]) if rows else None

    def touch(self, key_id: str) -> None:
        """Note that the key is used now; true to a minute."""
        self._database.run_again(_TOUCH, {"id": key_id})

    def list_all(self) -> list[ApiKey]:
        """Every key ever made, the latest first."""
        rows = self._database.run_again(
            f"SELECT {_COLUMNS}, revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now()) "  # noqa: S608
            "FROM api_keys ORDER BY created_at DESC, id"
        )
        return [_api_key(row) for row in rows]

    def create(
        self,
        key_id: str,
        secret_hash: bytes,
        *,
        name: str,
        scopes: Sequence[str],
        lifetime_seconds: float | None,
        actor: Actor,
    ) -> ApiKey:
        """A new key. lifetime_seconds: None, it does not expire."""
        parameters = {
            "id": key_id,
            "name": name,
            "secret_hash": secret_hash,
            "scopes": list(scopes),
            "lifetime": lifetime_seconds,
        }
        with self._database.transaction() as connection:
            run = partial(run_on, connection)
            row = run(_CREATE, parameters)[0]
            audit_store.record(run, actor, "key.create", {"key": key_id, "name": name, "scopes": list(scopes)})
        return _api_key(row)

    def revoke(self, key_id: str, actor: Actor) -> None:
        """End a key; ending it twice changes nothing. Raises KeyNotFound."""

        def work(run: Run) -> None:
            rows = run("SELECT revoked_at FROM api_keys WHERE id = %(id)s FOR UPDATE", {"id": key_id})
            if not rows:
                raise KeyNotFound(f"no key has the id {key_id!r:.80}: `goqueue keys list` shows them")
            if rows[0][0] is None:
                run("UPDATE api_keys SET revoked_at = now() WHERE id = %(id)s", {"id": key_id})
                audit_store.record(run, actor, "key.revoke", {"key": key_id})

        self._database.together(work)


def _api_key(row: Sequence[Any]) -> ApiKey:
    return ApiKey(
        id=row[0],
        name=row[1],
        secret_hash=bytes(row[2]),
        scopes=row[3],
        created_at=row[4],
        expires_at=row[5],
        last_used_at=row[6],
        revoked_at=row[7],
        is_valid=row[8],
    )
