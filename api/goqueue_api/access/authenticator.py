"""Who calls: from the Authorization header to a Caller, by keys in PostgreSQL that are remembered for half a minute."""

from __future__ import annotations

import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, Protocol

from goqueue_api.access.caller import NOBODY, Caller
from goqueue_api.access.failed_tries import FailedTries
from goqueue_api.access.scope import Scope
from goqueue_api.access.token import token_hash, token_id
from goqueue_api.errors import TooManyFailedTries, Unauthorized
from goqueue_common.api_key_store import ApiKey
from goqueue_common.errors import StoreUnavailable

REMEMBERED_SECONDS: Final = 30.0
"""How long a revoked key may still work while PostgreSQL answers, and an API on loopback be open after its first key."""
_MAX_REMEMBERED: Final = 1_000
_HOW: Final = "send Authorization: Bearer <key>; `goqueue keys create` makes one"


def _is_expired(caller: Caller) -> bool:
    return caller.expires_at is not None and caller.expires_at <= datetime.now(UTC)


class KeySource(Protocol):
    """Where keys are kept: ApiKeyStore."""

    def any_exists(self) -> bool:
        """Whether a key was ever made."""

    def get(self, key_id: str) -> ApiKey | None:
        """The key of this id."""

    def touch(self, key_id: str) -> None:
        """Note that it is used."""


class Authenticator:
    """Knows the caller of a request. Safe to use from all threads.

    is_open: nobody is asked for a key. may_be_open: nor on this address as long as no key was ever made.
    bootstrap_key: a key with all rights that is in no table.
    """

    def __init__(
        self,
        keys: KeySource,
        *,
        is_open: bool,
        may_be_open: bool,
        bootstrap_key: str | None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keys = keys
        self.is_open = is_open
        self._has_keys: bool | None = None if may_be_open and bootstrap_key is None else True
        self._looked_at = float("-inf")
        self._bootstrap_hash = None if bootstrap_key is None else token_hash(bootstrap_key)
        self._monotonic = monotonic
        self._failed_tries = FailedTries(monotonic)
        # By the hash of the token: even our own memory holds no key. The time is when it was last found good.
        self._remembered: OrderedDict[bytes, tuple[Caller, float]] = OrderedDict()

    @property
    def serves_any_name(self) -> bool:
        """False for what is open to this machine only, as far as is known without asking PostgreSQL."""
        return self.is_open or self._has_keys is True

    def look_for_keys(self) -> None:
        """Find out whether there is a key, for what asks nobody for one; without PostgreSQL nothing is known."""
        with suppress(StoreUnavailable):
            self._asks_for_keys()

    def authenticate(self, header: str | None, address: str) -> Caller:
        """The caller behind an Authorization header, from an address.

        Raises Unauthorized, TooManyFailedTries, StoreUnavailable.
        """
        if self.is_open or not self._asks_for_keys():
            return NOBODY
        if header is None:
            raise Unauthorized(f"this API wants a key: {_HOW}")
        scheme, _, token = header.partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise Unauthorized(f"the Authorization header has another form: {_HOW}")
        digest = token_hash(token)
        known = self._remembered.get(digest)
        if known is None or _is_expired(known[0]):
            return self._check(token, digest, address)
        if self._monotonic() - known[1] < REMEMBERED_SECONDS:
            return known[0]
        try:
            return self._check(token, digest, address)
        except StoreUnavailable:
            return known[0]  # as when it was last seen: what needs no PostgreSQL, like /metrics, goes on

    def _asks_for_keys(self) -> bool:
        if self._has_keys:
            return True
        if self._has_keys is None or self._monotonic() - self._looked_at >= REMEMBERED_SECONDS:
            try:
                self._has_keys = self._keys.any_exists()
            except StoreUnavailable:
                if self._has_keys is None:
                    raise
            self._looked_at = self._monotonic()
        return self._has_keys

    def _check(self, token: str, digest: bytes, address: str) -> Caller:
        # Looked up whatever the address has tried: behind a proxy all have one, and nobody may lock others out.
        caller = self._look_up(token, digest)
        if caller is None:
            self._remembered.pop(digest, None)
            wait = self._failed_tries.wait_seconds(address)
            if wait:
                raise TooManyFailedTries(
                    f"too many tries with wrong keys from {address}: wait {wait} s before the next", retry_after=wait
                )
            self._failed_tries.add(address)
            raise Unauthorized(f"the key is not valid: unknown, revoked or expired; {_HOW}", is_token_wrong=True)
        self._remembered[digest] = (caller, self._monotonic())
        if len(self._remembered) > _MAX_REMEMBERED:
            self._remembered.popitem(last=False)
        return caller

    def _look_up(self, token: str, digest: bytes) -> Caller | None:
        if self._bootstrap_hash is not None and hmac.compare_digest(digest, self._bootstrap_hash):
            return Caller(name="bootstrap", key_id="bootstrap", scopes=frozenset({Scope.ADMIN}))
        key_id = token_id(token)
        key = None if key_id is None else self._keys.get(key_id)
        if key is None or not hmac.compare_digest(digest, key.secret_hash) or not key.is_valid:
            return None
        self._keys.touch(key.id)
        scopes = frozenset(Scope(scope) for scope in key.scopes)
        return Caller(name=key.name, key_id=key.id, scopes=scopes, expires_at=key.expires_at)
