"""Requests that most tests make, in one line."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient


def submit_job(client: FlaskClient, type_: str = "demo", *, key: str | None = None, **members: Any) -> dict[str, Any]:
    """The job that POST /jobs has just answered with 201."""
    headers = {"Idempotency-Key": key} if key is not None else {}
    answer = client.post("/jobs", json={"type": type_} | members, headers=headers)
    assert answer.status_code == 201, answer.data
    job: dict[str, Any] = answer.get_json()
    return job


def get_job(client: FlaskClient, job_id: str) -> dict[str, Any]:
    """The job as GET /jobs/{id} shows it."""
    job: dict[str, Any] = client.get(f"/jobs/{job_id}").get_json()
    return job
