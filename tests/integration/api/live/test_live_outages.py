"""Live events while Redis is away, under keys, and where their threads are."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import requests
from flask import Flask

from goqueue_api.access.token import new_token
from goqueue_api.app import create_app
from goqueue_api.live import live
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from goqueue_common.api_key_store import ApiKeyStore
from goqueue_common.audit_store import Actor
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from tests.black_hole import BlackHole
from tests.event_client import EventClient
from tests.factories import eventually, submit
from tests.processes import Processes


@pytest.fixture
def hole(redis_url: str) -> Iterator[BlackHole]:
    """A way to Redis that can become a black hole."""
    with BlackHole(redis_url) as opened:
        yield opened


@pytest.fixture
def processes(database_url: str, hole: BlackHole, prefix: str, tmp_path: Path) -> Iterator[Processes]:
    started = Processes(database_url, hole.url, prefix, tmp_path)
    started.environment |= {"GOQUEUE_API_PROCESSES": "1", "GOQUEUE_API_THREADS": "2", "GOQUEUE_LOG_LEVEL": "error"}
    yield started
    started.close()


def position_told_to_a_new_stream(processes: Processes) -> str | None:
    with EventClient(processes.api_url, "/events?topics=jobs") as stream:
        position: str | None = stream.wait("hello").data["position"]
        return position


def test_without_redis_streams_stay_and_go_on_from_postgresql(processes: Processes, hole: BlackHole) -> None:
    client = processes.start_api()
    job = client.submit("demo")
    with (
        EventClient(processes.api_url, "/events?topics=jobs") as jobs,
        EventClient(processes.api_url, "/events?topics=stats") as stats,
        EventClient(processes.api_url, f"/events?topics=job:{job.id}") as one,
    ):
        client.submit("demo")
        jobs.wait("jobs")
        hole.swallow()
        before = len(stats.of("stats"))
        client.cancel(job.id)
        assert one.wait("job", 2).data["status"] == "cancelled"
        stats.wait("stats", before + 2)
        eventually(lambda: position_told_to_a_new_stream(processes) is None)
        with EventClient(processes.api_url, f"/events?topics=jobs&last_event_id={jobs.last_id}") as late:
            hole.heal()
            assert jobs.wait("resync").data == {"reason": "redis_was_away"}
            assert late.wait("resync").id == jobs.last_id
            client.submit("demo")
            jobs.wait("jobs", 2)
            late.wait("jobs")


def test_a_revoked_key_ends_its_streams(database: Database, monkeypatch: pytest.MonkeyPatch, settings: ApiSettings) -> None:
    """In this process, where the times are shorter; the thread of the request sends the stream here."""
    monkeypatch.setattr(live, "_LOOK_AT_KEYS_SECONDS", 0.1)
    monkeypatch.setattr("goqueue_api.access.authenticator.REMEMBERED_SECONDS", 0.1)
    made = new_token()
    store = ApiKeyStore(database)
    store.create(made.id, made.secret_hash, name="r", scopes=["read"], lifetime_seconds=None, actor=Actor("tests"))
    app = create_app(settings)
    answer = app.test_client().get("/events?topics=stats", headers={"Authorization": f"Bearer {made.token}"})
    pieces = iter(answer.response)
    assert b"event: hello" in next(pieces)
    store.revoke(made.id, Actor("tests"))
    began = time.monotonic()
    for _ in pieces:
        assert time.monotonic() - began < 10
    app.extensions[EXTENSION].close()


def test_nobody_without_a_key_or_with_another_opens_a_stream(database: Database, processes: Processes) -> None:
    made = new_token()
    ApiKeyStore(database).create(
        made.id, made.secret_hash, name="s", scopes=["submit"], lifetime_seconds=None, actor=Actor("tests")
    )
    processes.start_api()
    job_id = submit(JobStore(database))
    for path in ("/events?topics=jobs", f"/jobs/{job_id}/events"):
        assert requests.get(processes.api_url + path, timeout=5).status_code == 401
        headers = {"Authorization": f"Bearer {made.token}"}
        assert requests.get(processes.api_url + path, headers=headers, timeout=5).status_code == 403


def test_under_another_server_the_stream_is_an_iterator(app: Flask, database: Database) -> None:
    job_id = submit(JobStore(database))
    answer = app.test_client().get(f"/events?topics=job:{job_id},jobs")
    assert answer.content_type == "text/event-stream"
    pieces = b"".join(islice(answer.response, 1))
    assert b"event: hello" in pieces
    assert b'"status":"queued"' in pieces
    answer.close()
    assert app.extensions[EXTENSION].live._open == 0


def test_threads_live_only_while_somebody_looks(app: Flask, database: Database) -> None:
    def names() -> set[str]:
        return {thread.name for thread in threading.enumerate() if thread.name.startswith("live-")}

    assert names() == set()
    job_id = submit(JobStore(database))
    answer = app.test_client().get(f"/events?topics=jobs,stats,job:{job_id}")
    next(iter(answer.response))
    assert names() == {"live-feed", "live-stats", "live-jobs", "live-keys"}
    answer.close()
    eventually(lambda: names() <= {"live-keys"})


def test_settings_bound_the_streams(settings: ApiSettings, database: Database) -> None:
    app = create_app(replace(settings, streams=0))
    answer = app.test_client().get("/events?topics=jobs")
    assert (answer.status_code, answer.get_json()["code"]) == (503, "too_many_streams")
    app.extensions[EXTENSION].close()
