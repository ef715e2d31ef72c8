"""Keys without a database: their form, how they are remembered, and when an address has tried enough."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from goqueue_api.access.authenticator import REMEMBERED_SECONDS, Authenticator
from goqueue_api.access.caller import NOBODY
from goqueue_api.access.failed_tries import BURST, REFILL_SECONDS, FailedTries
from goqueue_api.access.scope import GRANTABLE, Scope, allows
from goqueue_api.access.token import NewToken, new_token, token_hash, token_id
from goqueue_api.errors import TooManyFailedTries, Unauthorized
from goqueue_common.api_key_store import ApiKey
from goqueue_common.errors import StoreUnavailable


@dataclass
class Table:
    """Keys as a dictionary; counts how often it is asked."""

    keys: dict[str, ApiKey] = field(default_factory=dict)
    looks: int = 0
    is_away: bool = False

    def any_exists(self) -> bool:
        self.looks += 1
        if self.is_away:
            raise StoreUnavailable("away")
        return bool(self.keys)

    def get(self, key_id: str) -> ApiKey | None:
        self.looks += 1
        if self.is_away:
            raise StoreUnavailable("away")
        return self.keys.get(key_id)

    def touch(self, key_id: str) -> None:
        assert key_id in self.keys

    def add(self, *scopes: Scope, is_valid: bool = True) -> NewToken:
        made = new_token()
        self.keys[made.id] = ApiKey(
            id=made.id,
            name="ada",
            secret_hash=made.secret_hash,
            scopes=[str(scope) for scope in scopes],
            created_at=datetime.now(UTC),
            expires_at=None,
            last_used_at=None,
            revoked_at=None,
            is_valid=is_valid,
        )
        return made


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def table() -> Table:
    return Table()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def authenticator(table: Table, clock: Clock) -> Authenticator:
    return Authenticator(table, is_open=False, may_be_open=False, bootstrap_key=None, monotonic=clock)


def test_a_key_can_be_found_by_its_id_and_only_its_hash_is_kept() -> None:
    made = new_token()
    assert token_id(made.token) == made.id
    assert made.secret_hash == token_hash(made.token)
    assert len({new_token().token for _ in range(100)}) == 100


@pytest.mark.parametrize("text", ["", "gq_", "gq_0123456789ab_short", "x" * 60, "gq_0123456789AB_" + "a" * 43])
def test_what_has_not_the_form_of_a_key_has_no_id(text: str) -> None:
    assert token_id(text) is None


def test_scopes_include_what_they_say() -> None:
    includes = {scope: {wanted for wanted in GRANTABLE if allows([scope], wanted)} for scope in GRANTABLE}
    assert includes == {
        Scope.SUBMIT: {Scope.SUBMIT},
        Scope.READ: {Scope.READ},
        Scope.OPERATE: {Scope.OPERATE, Scope.READ},
        Scope.ADMIN: set(GRANTABLE),
    }
    assert allows([Scope.SUBMIT], Scope.ANY)


def test_a_good_key_is_looked_up_twice_a_minute(authenticator: Authenticator, table: Table, clock: Clock) -> None:
    header = f"Bearer {table.add(Scope.READ).token}"
    for _ in range(5):
        caller = authenticator.authenticate(header, "1.2.3.4")
    assert (caller.name, caller.scopes, table.looks) == ("ada", {Scope.READ}, 1)
    clock.now += REMEMBERED_SECONDS
    authenticator.authenticate(header, "1.2.3.4")
    assert table.looks == 2


def test_a_revoked_key_works_for_half_a_minute_and_no_longer(
    authenticator: Authenticator, table: Table, clock: Clock
) -> None:
    made = table.add(Scope.READ)
    authenticator.authenticate(f"Bearer {made.token}", "1.2.3.4")
    del table.keys[made.id]
    clock.now += REMEMBERED_SECONDS
    with pytest.raises(Unauthorized):
        authenticator.authenticate(f"Bearer {made.token}", "1.2.3.4")


def test_while_postgresql_is_away_a_key_is_as_good_as_when_it_was_last_seen(
    authenticator: Authenticator, table: Table, clock: Clock
) -> None:
    """Or Prometheus would see nothing of an API exactly while PostgreSQL is away."""
    known, unknown = table.add(Scope.READ), table.add(Scope.READ)
    authenticator.authenticate(f"Bearer {known.token}", "1.2.3.4")
    table.is_away = True
    clock.now += 10 * REMEMBERED_SECONDS
    assert authenticator.authenticate(f"Bearer {known.token}", "1.2.3.4").name == "ada"
    with pytest.raises(StoreUnavailable):
        authenticator.authenticate(f"Bearer {unknown.token}", "1.2.3.4")
    table.is_away = False
    del table.keys[known.id]
    with pytest.raises(Unauthorized):
        authenticator.authenticate(f"Bearer {known.token}", "1.2.3.4")


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer gq_x", "gq_x"])
def test_without_a_key_nobody_comes_in(authenticator: Authenticator, header: str | None) -> None:
    with pytest.raises(Unauthorized):
        authenticator.authenticate(header, "1.2.3.4")


def test_the_right_id_with_another_secret_does_not_come_in(authenticator: Authenticator, table: Table) -> None:
    made = table.add(Scope.ADMIN)
    forged = made.token[:-43] + "A" * 43
    with pytest.raises(Unauthorized):
        authenticator.authenticate(f"Bearer {forged}", "1.2.3.4")


def test_an_expired_key_does_not_come_in(authenticator: Authenticator, table: Table) -> None:
    with pytest.raises(Unauthorized):
        authenticator.authenticate(f"Bearer {table.add(Scope.ADMIN, is_valid=False).token}", "1.2.3.4")


def test_an_address_that_tries_too_often_must_wait_and_others_need_not(
    authenticator: Authenticator, table: Table, clock: Clock
) -> None:
    good, late = table.add(Scope.READ), table.add(Scope.READ)
    authenticator.authenticate(f"Bearer {good.token}", "6.6.6.6")
    for _ in range(BURST):
        with pytest.raises(Unauthorized):
            authenticator.authenticate(f"Bearer {new_token().token}", "6.6.6.6")
    with pytest.raises(TooManyFailedTries) as refused:
        authenticator.authenticate(f"Bearer {new_token().token}", "6.6.6.6")
    assert refused.value.retry_after == 1
    with pytest.raises(Unauthorized):
        authenticator.authenticate(f"Bearer {new_token().token}", "7.7.7.7")
    for key in (good, late):  # good keys come in, whatever their address has tried: it may be a proxy's
        assert authenticator.authenticate(f"Bearer {key.token}", "6.6.6.6").name == "ada"
    clock.now += REMEMBERED_SECONDS
    assert authenticator.authenticate(f"Bearer {good.token}", "6.6.6.6").name == "ada"


def test_failed_tries_are_forgiven_one_by_one(clock: Clock) -> None:
    tries = FailedTries(clock)
    for _ in range(BURST + 5):
        tries.add("a")
    assert tries.wait_seconds("a") == 6
    clock.now += 6 * REFILL_SECONDS
    assert tries.wait_seconds("a") == 0


def test_the_bootstrap_key_opens_everything(table: Table) -> None:
    secret = "s" * 40
    authenticator = Authenticator(table, is_open=False, may_be_open=True, bootstrap_key=secret)
    assert authenticator.authenticate(f"Bearer {secret}", "1.2.3.4").scopes == {Scope.ADMIN}
    with pytest.raises(Unauthorized):
        authenticator.authenticate(None, "1.2.3.4")


def test_on_loopback_everybody_comes_in_until_there_is_a_key(table: Table, clock: Clock) -> None:
    authenticator = Authenticator(table, is_open=False, may_be_open=True, bootstrap_key=None, monotonic=clock)
    assert authenticator.authenticate(None, "127.0.0.1") is NOBODY
    assert not authenticator.serves_any_name
    made = table.add(Scope.READ)
    clock.now += REMEMBERED_SECONDS
    with pytest.raises(Unauthorized):
        authenticator.authenticate(None, "127.0.0.1")
    assert authenticator.authenticate(f"Bearer {made.token}", "127.0.0.1").name == "ada"
    assert authenticator.serves_any_name


def test_nobody_comes_in_while_it_is_not_known_whether_there_are_keys(table: Table, clock: Clock) -> None:
    authenticator = Authenticator(table, is_open=False, may_be_open=True, bootstrap_key=None, monotonic=clock)
    table.is_away = True
    with pytest.raises(StoreUnavailable):
        authenticator.authenticate(None, "127.0.0.1")
    table.is_away = False
    authenticator.authenticate(None, "127.0.0.1")
    table.is_away = True
    clock.now += REMEMBERED_SECONDS
    assert authenticator.authenticate(None, "127.0.0.1") is NOBODY  # as it was when last seen
