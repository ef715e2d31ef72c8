"""What tests of schedules ask for, in one line."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from goqueue_common.audit_store import AuditStore
from goqueue_common.database import Database
from goqueue_common.worker_store import JobType, WorkerStore
from tests.factories import register_worker


def create_schedule(client: FlaskClient, name: str = "nightly", **members: Any) -> dict[str, Any]:
    """The schedule that POST /schedules has just answered with 201."""
    answer = client.post("/schedules", json={"name": name, "type": "demo", "cron": "0 2 * * *"} | members)
    assert answer.status_code == 201, answer.data
    schedule: dict[str, Any] = answer.get_json()
    return schedule


def get_schedule(client: FlaskClient, name: str = "nightly") -> dict[str, Any]:
    schedule: dict[str, Any] = client.get(f"/schedules/{name}").get_json()
    return schedule


def deeds(database: Database) -> list[tuple[str, dict[str, Any]]]:
    """(action, target), the oldest first."""
    return [(entry.action, entry.target) for entry in reversed(AuditStore(database).page(before=None, limit=100))]


def publish_handler(database: Database, type_: str, schema: dict[str, Any] | None) -> None:
    """What a worker says of a handler that tries nine times again."""
    handler = JobType(
        type=type_,
        fingerprint="f1",
        schema=schema,
        max_retries=9,
        timeout_seconds=None,
        isolation="thread",
        description="",
    )
    WorkerStore(database).publish([handler])
    register_worker(database, types={type_: "f1"})
