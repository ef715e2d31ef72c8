from __future__ import annotations

from flask.testing import FlaskClient

from goqueue_common.database import Database
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from goqueue_common.rollup_store import RollupStore
from goqueue_common.worker_store import JobType, WorkerStore
from tests.factories import job_in, register_worker

UNTOUCHED = {"paused": False, "paused_at": None, "paused_by": None, "limit": None}


def test_queues_show_their_jobs(client: FlaskClient, database: Database, store: JobStore, worker_id: str) -> None:
    for status in JobStatus:
        job_in(status, store, worker_id, queue="mail")
    RollupStore(database).fold(1_000)
    mail = client.get("/queues/mail").get_json()
    (listed,) = client.get("/queues").get_json()["items"]
    assert mail.keys() == listed.keys()
    assert {name: mail.pop(name) for name in JobStatus} == dict.fromkeys(JobStatus, 1)
    assert 0 < mail.pop("oldest_seconds") < 60
    assert 6 / 5 <= mail.pop("in_per_minute") <= 7 / 4
    assert 3 / 5 <= mail.pop("out_per_minute") <= 3 / 4
    assert mail == {"name": "mail", "seconds_to_drain": None, **UNTOUCHED}


def test_a_queue_shows_its_types(client: FlaskClient, database: Database, store: JobStore, worker_id: str) -> None:
    job_in(JobStatus.FAILED, store, worker_id, queue="mail", type_="send")
    RollupStore(database).fold(1_000)
    job_in(JobStatus.QUEUED, store, worker_id, queue="mail", type_="send")
    job_in(JobStatus.QUEUED, store, worker_id, queue="mail", type_="check")
    job_in(JobStatus.QUEUED, store, worker_id, queue="other", type_="other")
    none = dict.fromkeys(map(str, JobStatus), 0)
    assert client.get("/queues/mail/types").get_json()["items"] == [
        {"type": "check", **none, "queued": 1},
        {"type": "send", **none, "queued": 1, "failed": 1},
    ]
    assert client.get("/queues/nowhere/types").status_code == 404


def test_handlers_show_their_versions_and_who_has_them(client: FlaskClient, database: Database) -> None:
    common = {"type": "mail", "max_retries": 5, "timeout_seconds": 30.0, "isolation": "thread", "description": "Send"}
    workers = WorkerStore(database)
    workers.publish([JobType(fingerprint="old", schema=None, **common)])
    workers.publish([JobType(fingerprint="new", schema={"type": "object"}, **common)])
    register_worker(database, types={"mail": "new"})
    register_worker(database, types={"mail": "new"})
    version = {"max_retries": 5, "timeout": 30.0, "isolation": "thread", "description": "Send"}
    assert client.get("/handlers").get_json() == {
        "items": [
            {
                "type": "mail",
                "live_workers": 2,
                "versions": [
                    {"fingerprint": "new", "schema": {"type": "object"}, "live_workers": 2} | version,
                    {"fingerprint": "old", "schema": None, "live_workers": 0} | version,
                ],
            }
        ]
    }


def test_a_worker_whose_lease_ran_out_does_not_count(client: FlaskClient, database: Database) -> None:
    WorkerStore(database).publish(
        [
            JobType(
                type="demo",
                fingerprint="f1",
                schema=None,
                max_retries=3,
                timeout_seconds=None,
                isolation="thread",
                description="",
            )
        ]
    )
    worker_id = register_worker(database)
    database.run("UPDATE workers SET beat_at = now() - interval '31 seconds' WHERE id = %(id)s", {"id": worker_id})
    assert client.get("/handlers").get_json()["items"][0]["live_workers"] == 0
