"""Every operation of openapi.json asks for a key, and for one that may do it."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest
import requests
from requests.adapters import HTTPAdapter

from goqueue_api.access.scope import GRANTABLE, Scope, allows
from goqueue_api.access.token import new_token
from goqueue_common.api_key_store import ApiKeyStore
from goqueue_common.audit_store import Actor
from tests.contract.conftest import Service, make_key
from tests.contract.description import OPERATIONS, Operation
from tests.contract.streams import begun

GUARDED = [pytest.param(operation, id=operation.id) for operation in OPERATIONS if operation.scope is not None]


class Keys(NamedTuple):
    of: Mapping[Scope, str]
    expired: str
    revoked: str


@pytest.fixture(scope="module")
def keys(service: Service) -> Keys:
    expired = make_key(service.database, "admin", lifetime_seconds=1000)
    service.database.run("UPDATE api_keys SET expires_at = now() WHERE expires_at IS NOT NULL")
    revoked = make_key(service.database, "admin")
    ApiKeyStore(service.database).revoke(revoked.split("_")[1], Actor("tests"))
    return Keys({scope: make_key(service.database, scope) for scope in GRANTABLE}, expired, revoked)


class FromAddress(HTTPAdapter):
    """Asks from another address of this machine: the service counts wrong keys by address, and then wants a pause."""

    def __init__(self, address: str) -> None:
        self._address = address
        super().__init__()

    def init_poolmanager(self, *words: Any, **options: Any) -> None:
        super().init_poolmanager(*words, source_address=(self._address, 0), **options)


def session_from(last_number: int) -> requests.Session:
    """From 127.0.0.<number>, where the system lets one (Linux does)."""
    session = requests.Session()
    address = f"127.0.0.{last_number}"
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return session
    session.mount("http://", FromAddress(address))
    return session


SESSIONS = {kind: session_from(number) for number, kind in enumerate(("wrong", "expired", "revoked"), start=2)}


def ask(
    service: Service, operation: Operation, authorization: str | None, session: requests.Session | None = None
) -> requests.Response:
    """With a request that is right but for its key."""
    headers = operation.required_headers() | ({} if authorization is None else {"Authorization": authorization})
    body: dict[str, Any] = {} if operation.body is None else {"json": operation.example_body()}
    answer = begun(
        operation.method,
        service.url + operation.filled_path(),
        session,
        headers=headers,
        params=operation.query(),
        **body,
    )
    if answer.status_code == 429:
        time.sleep(float(answer.headers["Retry-After"]))
        return ask(service, operation, authorization, session)
    return answer


@pytest.mark.parametrize("operation", GUARDED)
def test_without_a_key_nothing_is_done(service: Service, operation: Operation) -> None:
    refused(ask(service, operation, None), 'Bearer realm="goqueue"')


@pytest.mark.parametrize("operation", GUARDED)
@pytest.mark.parametrize("kind", ["wrong", "expired", "revoked", "malformed", "another scheme"])
def test_with_a_key_that_is_not_valid_nothing_is_done(
    service: Service, keys: Keys, operation: Operation, kind: str
) -> None:
    if kind == "malformed":
        return refused(ask(service, operation, "Bearer"), 'Bearer realm="goqueue"')
    if kind == "another scheme":
        return refused(ask(service, operation, f"Basic {service.admin}"), 'Bearer realm="goqueue"')
    token = {"wrong": new_token().token, "expired": keys.expired, "revoked": keys.revoked}[kind]
    return refused(
        ask(service, operation, f"Bearer {token}", SESSIONS[kind]), 'Bearer realm="goqueue", error="invalid_token"'
    )


def refused(answer: requests.Response, challenge: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["WWW-Authenticate"] == challenge


@pytest.mark.parametrize("operation", GUARDED)
def test_a_lesser_key_is_told_which_scope_it_lacks(service: Service, keys: Keys, operation: Operation) -> None:
    wanted = Scope(operation.scope or "")
    for scope in GRANTABLE:
        if allows({scope}, wanted):
            continue
        answer = ask(service, operation, f"Bearer {keys.of[scope]}")
        assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_scope"), scope
        assert answer.headers["WWW-Authenticate"].endswith(f'error="insufficient_scope", scope="{wanted}"')


@pytest.mark.parametrize("operation", GUARDED)
def test_every_key_that_may_do_it_comes_in(service: Service, keys: Keys, operation: Operation) -> None:
    wanted = Scope(operation.scope or "")
    for scope in GRANTABLE:
        if allows({scope}, wanted):
            answer = ask(service, operation, f"Bearer {keys.of[scope]}")
            assert answer.status_code not in (401, 403), scope
            assert answer.status_code < 500


def test_every_operation_is_tried() -> None:
    assert len(OPERATIONS) > 20
    assert {operation.id for operation in OPERATIONS if operation.scope is None} == {"getHealth", "getReadiness"}
