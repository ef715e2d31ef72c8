"""Keys on the real app: who comes in, what each may do, what is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from goqueue_api.access.token import new_token
from goqueue_api.app import create_app
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_common.api_key_store import ApiKeyStore
from goqueue_common.audit_store import Actor
from goqueue_common.database import Database

MakeKey = Callable[..., dict[str, str]]


@pytest.fixture
def keys(database: Database) -> ApiKeyStore:
    return ApiKeyStore(database)


@pytest.fixture
def make_key(keys: ApiKeyStore) -> MakeKey:
    """Makes a key with these scopes; the headers to send it with."""

    def make(*scopes: str, lifetime_seconds: float | None = None) -> dict[str, str]:
        made = new_token()
        keys.create(
            made.id,
            made.secret_hash,
            name="-".join(scopes),
            scopes=scopes,
            lifetime_seconds=lifetime_seconds,
            actor=Actor("test"),
        )
        return {"Authorization": f"Bearer {made.token}"}

    return make


@pytest.fixture
def reachable(settings: ApiSettings) -> Iterator[FlaskClient]:
    """An API that other machines can reach."""
    app: Flask = create_app(replace(settings, host="0.0.0.0"))
    yield app.test_client()
    app.extensions[EXTENSION].close()


def test_a_key_opens_what_its_scopes_allow(reachable: FlaskClient, make_key: MakeKey) -> None:
    submit, read, operate = make_key("submit"), make_key("read"), make_key("operate")
    job_id = reachable.post("/jobs", json={"type": "demo"}, headers=submit).get_json()["id"]
    assert reachable.get(f"/jobs/{job_id}", headers=read).status_code == 200
    refused = reachable.get(f"/jobs/{job_id}", headers=submit)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "insufficient_scope")
    assert 'error="insufficient_scope", scope="read"' in refused.headers["WWW-Authenticate"]
    assert reachable.post(f"/jobs/{job_id}/cancel", headers=read).status_code == 403
    assert reachable.post(f"/jobs/{job_id}/cancel", headers=operate).status_code == 200
    assert reachable.get("/audit", headers=operate).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "needed"),
    [
        ("GET", "/schedules", "read"),
        ("POST", "/schedules/preview", "read"),
        ("GET", "/schedulers", "read"),
        ("POST", "/schedules", "operate"),
        ("PUT", "/schedules/nightly", "operate"),
        ("PATCH", "/schedules/nightly", "operate"),
        ("DELETE", "/schedules/nightly", "operate"),
        ("POST", "/schedules/nightly/pause", "operate"),
        ("POST", "/schedules/nightly/run", "operate"),
        ("POST", "/schedules/fire", "operate"),
        ("POST", "/schedules/sync", "operate"),
        ("PUT", "/schedulers/019cad8f-ac00-7c41-9d5e-0b1c2d3e4f51", "operate"),
    ],
)
def test_a_key_that_may_submit_moves_no_schedule(
    reachable: FlaskClient, make_key: MakeKey, method: str, path: str, needed: str
) -> None:
    for scope in ("submit", "read"):
        body = {} if method == "GET" else {"json": {"cron": "@daily"}}
        answer = reachable.open(path, method=method, headers=make_key(scope), **body)
        if scope == needed:
            assert answer.status_code == 200
        else:
            assert (answer.status_code, answer.get_json()["code"]) == (403, "insufficient_scope")
            assert f'scope="{needed}"' in answer.headers["WWW-Authenticate"]


def test_without_a_valid_key_the_answer_says_how(reachable: FlaskClient, make_key: MakeKey) -> None:
    make_key("admin")
    missing = reachable.get("/jobs")
    assert (missing.status_code, missing.get_json()["code"]) == (401, "unauthorized")
    assert missing.headers["WWW-Authenticate"] == 'Bearer realm="goqueue"'
    wrong = reachable.get("/jobs", headers={"Authorization": f"Bearer {new_token().token}"})
    assert (wrong.status_code, wrong.headers["WWW-Authenticate"]) == (401, 'Bearer realm="goqueue", error="invalid_token"')


def test_health_and_documentation_want_no_key(reachable: FlaskClient) -> None:
    for path in ("/healthz", "/openapi.json", "/docs"):
        assert reachable.get(path, buffered=True).status_code == 200


def test_an_expired_and_a_revoked_key_are_refused(
    reachable: FlaskClient, make_key: MakeKey, keys: ApiKeyStore, database: Database
) -> None:
    expired, revoked = make_key("read", lifetime_seconds=1000), make_key("read")
    database.run("UPDATE api_keys SET expires_at = now() WHERE expires_at IS NOT NULL")
    keys.revoke(revoked["Authorization"].split("_")[1], Actor("test"))
    assert reachable.get("/jobs", headers=expired).status_code == 401
    assert reachable.get("/jobs", headers=revoked).status_code == 401


def test_me_says_whose_key_it_is(reachable: FlaskClient, client: FlaskClient, make_key: MakeKey) -> None:
    assert client.get("/me").get_json() == {
        "name": "anonymous",
        "key_id": None,
        "scopes": ["submit", "read", "operate", "admin"],
        "expires_at": None,
    }
    me = reachable.get("/me", headers=make_key("operate", lifetime_seconds=60)).get_json()
    assert (me["name"], me["scopes"]) == ("operate", ["read", "operate"])
    assert me["expires_at"] is not None


def test_the_last_use_of_a_key_is_noted(reachable: FlaskClient, make_key: MakeKey, keys: ApiKeyStore) -> None:
    header = make_key("read")
    assert keys.list_all()[0].last_used_at is None
    reachable.get("/jobs", headers=header)
    assert keys.list_all()[0].last_used_at is not None


def test_two_keys_may_use_the_same_idempotency_key(reachable: FlaskClient, make_key: MakeKey) -> None:
    made = [
        reachable.post("/jobs", json={"type": "demo"}, headers=make_key("submit") | {"Idempotency-Key": "k"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].get_json()["id"] != made[1].get_json()["id"]


def test_what_is_done_by_hand_is_in_the_audit_log(reachable: FlaskClient, make_key: MakeKey) -> None:
    admin = make_key("admin")
    job_id = reachable.post("/jobs", json={"type": "demo"}, headers=admin).get_json()["id"]
    done = reachable.post(f"/jobs/{job_id}/cancel", headers=admin | {"X-Request-ID": "r1"})
    assert done.status_code == 200
    reachable.post(f"/jobs/{job_id}/retry", headers=admin)
    page = reachable.get("/audit?limit=2", headers=admin).get_json()
    assert [entry["action"] for entry in page["items"]] == ["job.retry", "job.cancel"]
    assert page["items"][1] | {"id": 0, "at": ""} == {
        "id": 0,
        "at": "",
        "actor": "admin",
        "key_id": admin["Authorization"].split("_")[1],
        "action": "job.cancel",
        "target": {"job": job_id},
        "affected": 1,
        "request_id": "r1",
    }
    rest = reachable.get(f"/audit?before={page['next_before']}", headers=admin).get_json()
    assert ([entry["action"] for entry in rest["items"]], rest["next_before"]) == (["key.create"], None)


def test_what_was_refused_is_not_in_the_audit_log(client: FlaskClient) -> None:
    job_id = client.post("/jobs", json={"type": "demo"}).get_json()["id"]
    assert client.post(f"/jobs/{job_id}/retry").status_code == 409
    assert client.get("/audit").get_json()["items"] == []


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_nobody_changes_the_audit_log(database: Database, make_key: MakeKey, statement: str) -> None:
    make_key("read")
    with pytest.raises(Exception, match="append-only"):
        database.run(statement)


@pytest.mark.parametrize("host", ["evil.example:8080", "127.0.0.1.nip.example"])
def test_a_foreign_name_is_refused_while_there_is_no_key(client: FlaskClient, host: str) -> None:
    answer = client.post("/jobs", json={"type": "demo"}, headers={"Host": host})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "untrusted_host")


@pytest.mark.parametrize("hops", ["203.0.113.9", "203.0.113.9, 127.0.0.1", "unknown"])
def test_what_a_proxy_passes_on_from_others_is_refused_while_there_is_no_key(client: FlaskClient, hops: str) -> None:
    passed_on = {"Host": "localhost", "X-Forwarded-For": hops}
    answer = client.get("/jobs", headers=passed_on)
    assert (answer.status_code, answer.get_json()["code"]) == (400, "untrusted_host")
    assert client.get("/jobs", headers=passed_on | {"X-Forwarded-For": "127.0.0.1, ::1"}).status_code == 200


def test_with_keys_an_api_on_loopback_may_have_any_name(client: FlaskClient, make_key: MakeKey) -> None:
    named = {"Host": "queue.example", "X-Forwarded-For": "203.0.113.9"}
    assert client.get("/jobs", headers=make_key("read") | named).status_code == 200


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}], ids=str
)
def test_a_page_of_another_site_changes_nothing_while_there_is_no_key(client: FlaskClient, headers: dict[str, str]) -> None:
    refused = client.post("/queues/mail/pause", headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (400, "untrusted_host")
    own = {"Origin": "http://localhost:3000", "Sec-Fetch-Site": "same-site"}
    assert client.post("/queues/mail/pause", headers=own).status_code == 200
    assert client.get("/queues", headers=headers).status_code == 200


@pytest.mark.parametrize("query", ["created_after=0001-01-01T00:00:00Z", "created_before=9999-12-31T23:59:59Z"])
def test_the_first_and_the_last_of_all_days_are_days(client: FlaskClient, query: str) -> None:
    assert client.get(f"/jobs?{query}").status_code == 200


def test_a_payload_filter_that_is_nested_too_deep_is_refused(client: FlaskClient) -> None:
    path = ".".join(["a"] * 300)
    assert client.get(f"/jobs?payload.{path}=1").status_code == 422
    deep = '{"a":' * 300 + "1" + "}" * 300
    body = f'{{"action":"cancel","filter":{{"payload":[{deep}]}}}}'
    assert client.post("/bulk", data=body, content_type="application/json").status_code == 422
