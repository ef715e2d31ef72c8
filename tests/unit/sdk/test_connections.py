"""By which way an API is reached: what the environment says of proxies and certificates, and whose connections are used."""

import os

import pytest

from goqueue import Client
from goqueue.errors import ConnectionFailed, InvalidArgument

NOWHERE = "http://127.0.0.1:1"
FAR = "http://api.example.test:8080"


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_an_address_with_a_path_is_kept_before_every_path(api, reply, job):
    api.will_answer(reply(200, job))
    with Client(f"{api.url}/queue/") as client:
        client.get("1")
    assert [request.path for request in api.requests] == ["/queue/jobs/1"]


def test_a_proxy_of_the_environment_is_used_with_its_name_and_password(api, reply, job, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", api.url.replace("//", "//user:secret@"))
    api.will_answer(reply(201, job))
    with Client(FAR) as client:
        client.submit("email.send")
    (seen,) = api.requests
    assert (seen.method, seen.path, seen.headers["Host"]) == ("POST", "/jobs", "api.example.test:8080")
    assert seen.headers["Proxy-Authorization"] == "Basic dXNlcjpzZWNyZXQ="


def test_no_proxy_may_name_a_network(api, reply, job, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", NOWHERE)
    monkeypatch.setenv("NO_PROXY", "127.0.0.0/8")
    api.will_answer(reply(200, job))
    with Client(api.url) as client:
        assert client.get("1").id == job["id"]


def test_a_proxy_that_is_not_there_is_said_so(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", NOWHERE)
    with (
        Client(FAR, retries=0) as client,
        pytest.raises(ConnectionFailed, match=r"api\.example\.test:8080 by the proxy .*: Failed"),
    ):
        client.get("1")


def test_certificates_that_are_not_there_are_said_so(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere")
    with Client("https://127.0.0.1:1", retries=0) as client, pytest.raises(ConnectionFailed, match="/nowhere"):
        client.get("1")


def test_a_client_that_was_closed_connects_anew(api, client, reply, job):
    api.will_answer(*[reply(200, job)] * 2)
    client.get("1")
    client.close()
    client.get("1")
    assert len({request.peer for request in api.requests}) == 2


def test_a_forked_process_has_connections_of_its_own_and_leaves_those_of_its_parent(api, client, reply, job):
    api.will_answer(*[reply(200, job)] * 3)
    client.get("1")
    child = os.fork()
    if not child:
        client.get("1")
        os._exit(0)
    os.waitpid(child, 0)
    client.get("1")
    first, of_the_child, last = (request.peer for request in api.requests)
    assert first == last != of_the_child


@pytest.mark.parametrize("key", ["two\nlines", "ключ"])
def test_an_idempotency_key_that_is_no_header_is_refused_before_anything_is_sent(api, client, key):
    with pytest.raises(InvalidArgument, match="idempotency key"):
        client.submit("email.send", idempotency_key=key)
    assert api.requests == []
