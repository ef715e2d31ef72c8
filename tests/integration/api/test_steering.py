"""Pausing queues, limiting queues and types, draining workers, by HTTP; each deed is in the audit log."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from goqueue_common.audit_store import AuditStore
from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.progress_store import ProgressStore, ProgressTick
from goqueue_common.worker_store import WorkerStore
from tests.factories import job_in, register_worker, start, submit

NOBODY = "00000000-0000-4000-8000-000000000000"


def deeds(database: Database) -> list[tuple[str, dict[str, Any], int]]:
    """(action, target, affected), the oldest first."""
    entries = AuditStore(database).page(before=None, limit=100)
    assert {entry.actor for entry in entries} <= {"anonymous"}
    return [(entry.action, entry.target, entry.affected) for entry in reversed(entries)]


def test_a_queue_is_paused_and_resumed_and_asking_twice_changes_nothing(client: FlaskClient, database: Database) -> None:
    paused = client.post("/queues/mail/pause").get_json()
    assert (paused["paused"], paused["paused_by"]) == (True, "anonymous")
    assert client.post("/queues/mail/pause").get_json() == paused
    assert client.get("/queues").get_json()["items"][0]["paused_at"] == paused["paused_at"]
    resumed = client.post("/queues/mail/resume").get_json()
    assert (resumed["paused"], resumed["paused_at"], resumed["paused_by"]) == (False, None, None)
    assert client.post("/queues/mail/resume").get_json() == resumed
    target = {"queue": "mail"}
    assert deeds(database) == [
        ("queue.pause", target, 1), ("queue.pause", target, 0), ("queue.resume", target, 1), ("queue.resume", target, 0)
    ]  # fmt: skip


def test_a_paused_queue_takes_jobs_in(client: FlaskClient) -> None:
    client.post("/queues/mail/pause")
    assert client.post("/jobs", json={"type": "demo", "queue": "mail"}).status_code == 201
    assert client.get("/queues/mail").get_json()["queued"] == 1


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", "/queues/none", "queue_not_found"),
        ("POST", "/queues/none/resume", "queue_not_found"),
        ("GET", "/limits/queue/none", "limit_not_found"),
        ("DELETE", "/limits/type/none", "limit_not_found"),
        ("GET", f"/workers/{NOBODY}", "worker_not_found"),
        ("GET", "/workers/4711", "worker_not_found"),
        ("POST", f"/workers/{NOBODY}/drain", "worker_not_found"),
    ],
)
def test_what_there_is_not_is_404_and_leaves_no_trace(
    client: FlaskClient, database: Database, method: str, path: str, code: str
) -> None:
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.get_json()["code"]) == (404, code)
    assert deeds(database) == []


@pytest.mark.parametrize("kind", ["queue", "type"])
def test_a_limit_is_set_changed_and_removed(
    client: FlaskClient, database: Database, store: JobStore, worker_id: str, kind: str
) -> None:
    job_in(JobStatus.PROCESSING, store, worker_id, queue="demo")
    job_in(JobStatus.QUEUED, store, worker_id, queue="demo")
    path = f"/limits/{kind}/demo"
    first = client.put(path, json={"max_running": 3}).get_json()
    assert {"kind": kind, "name": "demo", "max_running": 3, "running_count": 1}.items() <= first.items()
    changed = client.put(path, json={"max_running": 5}).get_json()
    assert changed["max_running"] == 5
    assert client.get("/limits").get_json() == {"items": [changed]}
    assert client.get(path).get_json() == changed
    assert client.get("/queues/demo").get_json()["limit"] == (5 if kind == "queue" else None)
    assert client.delete(path).get_json() == changed
    assert client.get("/limits").get_json() == {"items": []}
    target = {"kind": kind, "name": "demo"}
    assert deeds(database) == [
        ("limit.set", target | {"max_running": 3}, 1),
        ("limit.set", target | {"max_running": 5}, 1),
        ("limit.remove", target, 1),
    ]


@pytest.mark.parametrize(
    ("path", "body", "pointer", "detail"),
    [
        ("/limits/queue/mail", {}, "/max_running", "is missing"),
        ("/limits/queue/mail", {"max_running": "3"}, "/max_running", "must be a whole number, not a string"),
        ("/limits/queue/mail", {"max_running": True}, "/max_running", "must be a whole number, not a boolean"),
        ("/limits/queue/mail", {"max_running": 1.5}, "/max_running", "must be a whole number, not 1.5"),
        ("/limits/queue/mail", {"max_running": 0}, "/max_running", "to run nothing, pause the queue"),
        ("/limits/queue/mail", {"max_running": 1_000_001}, "/max_running", "out of range: 1 to 1,000,000"),
        ("/limits/queue/mail", {"max_running": 3, "per": 1}, "/per", "is no member of a limit"),
        ("/limits/queue/my mail", {"max_running": 3}, "/path/name", "'my mail' is no name"),
        ("/limits/worker/mail", {"max_running": 3}, "/path/kind", "choose queue or type"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(
    client: FlaskClient, path: str, body: dict[str, Any], pointer: str, detail: str
) -> None:
    answer = client.put(path, json=body)
    assert answer.status_code == 422
    [error] = answer.get_json()["errors"]
    assert error["pointer"] == pointer
    assert detail in error["detail"]
    assert client.get("/limits").get_json() == {"items": []}


def test_workers_show_what_they_run(client: FlaskClient, database: Database, store: JobStore) -> None:
    worker_id = register_worker(database, host="box", pid=7, queues=["mail"], types={"mail": "f2", "demo": "f1"}, slots=4)
    job_id = submit(store, queue="mail")
    started_at = start(store, worker_id, job_id).started_at
    silent = submit(store, queue="mail")
    start(store, worker_id, silent)
    ProgressStore(database).save(worker_id, [ProgressTick(job_id, 1, 0.5, "half")])
    [worker] = client.get("/workers").get_json()["items"]
    assert worker["heartbeat_age"] < 5
    expected = {
        "id": worker_id, "host": "box", "pid": 7, "version": "0", "state": "alive", "queues": ["mail"], "slots": 4,
        "types": ["demo", "mail"], "lease": 30.0, "drain_requested_at": None, "ended_at": None, "running_count": 2,
    }  # fmt: skip
    assert {name: worker[name] for name in expected} == expected
    assert worker["running"][0]["progress"].pop("updated_at").endswith("Z")
    assert worker["running"][0] == {
        "job_id": job_id, "type": "demo", "queue": "mail", "attempt": 1,
        "started_at": started_at.isoformat().replace("+00:00", "Z"), "progress": {"fraction": 0.5, "message": "half"},
    }  # fmt: skip
    assert (worker["running"][1]["job_id"], worker["running"][1]["progress"]) == (silent, None)
    assert client.get(f"/workers/{worker_id}").get_json()["running"][1] == worker["running"][1]


def test_of_many_running_jobs_a_hundred_are_shown(client: FlaskClient, store: JobStore, worker_id: str) -> None:
    for _ in range(101):
        job_in(JobStatus.PROCESSING, store, worker_id)
    [worker] = client.get("/workers").get_json()["items"]
    assert (worker["running_count"], len(worker["running"])) == (101, 100)


def test_states_are_told_apart_and_live_workers_come_first(
    client: FlaskClient, database: Database, store: JobStore
) -> None:
    ids = {
        name: register_worker(database, host=name)
        for name in ("stopped", "lost", "stale", "old", "drained", "draining", "b")
    }
    job_in(JobStatus.PROCESSING, store, ids["draining"])
    workers = WorkerStore(database)
    workers.stop(ids["stopped"])
    workers.declare_lost(ids["lost"])
    workers.declare_lost(ids["old"])
    database.run("UPDATE workers SET beat_at = now() - interval '31 s' WHERE host = 'stale'")
    database.run("UPDATE workers SET ended_at = now() - interval '2 h' WHERE host = 'old'")
    for name in ("drained", "draining"):
        assert client.post(f"/workers/{ids[name]}/drain").status_code == 200
    # Before it can have heard of it, a worker that has nothing in hand may yet claim.
    assert client.get(f"/workers/{ids['drained']}").get_json()["state"] == "draining"
    database.run("UPDATE workers SET drain_requested_at = now() - interval '1.1 s' WHERE drain_requested_at IS NOT NULL")

    def shown(query: str = "") -> list[tuple[str, str]]:
        return [(item["host"], item["state"]) for item in client.get(f"/workers{query}").get_json()["items"]]

    assert shown() == [
        ("b", "alive"), ("drained", "drained"), ("draining", "draining"), ("stale", "lost"), ("lost", "lost")
    ]  # fmt: skip
    assert shown("?state=stopped") == [("stopped", "stopped")]
    assert [host for host, _ in shown("?state=lost&state=drained")] == ["drained", "stale", "lost", "old"]
    assert client.get("/workers?state=ill").status_code == 422


def test_a_drain_is_noted_once_and_refused_by_whoever_has_ended(client: FlaskClient, database: Database) -> None:
    worker_id = register_worker(database, host="box")
    first = client.post(f"/workers/{worker_id}/drain").get_json()
    assert client.post(f"/workers/{worker_id}/drain").get_json()["drain_requested_at"] == first["drain_requested_at"]
    WorkerStore(database).stop(worker_id)
    answer = client.post(f"/workers/{worker_id}/drain")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "worker_ended")
    target = {"worker_id": worker_id, "host": "box"}
    assert deeds(database) == [("worker.drain", target, 1), ("worker.drain", target, 0)]
