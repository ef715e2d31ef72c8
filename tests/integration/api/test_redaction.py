"""Fields that GOQUEUE_REDACT names: hidden in lists, previews, operations and the audit log; the job itself shows them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from goqueue_api.app import create_app
from goqueue_api.services import EXTENSION
from goqueue_api.settings import ApiSettings
from tests.integration.api.api_calls import get_job, submit_job

SECRET = "hunter2"


@pytest.fixture
def discreet(settings: ApiSettings) -> Iterator[FlaskClient]:
    app = create_app(replace(settings, stores=replace(settings.stores, redact=("password",))))
    yield app.test_client()
    app.extensions[EXTENSION].close()


def test_the_values_of_named_fields_are_shown_nowhere_but_in_the_job_itself(discreet: FlaskClient) -> None:
    payload = {"to": "ada", "login": {"password": SECRET}}
    job = submit_job(discreet, payload=payload, delay=1000)
    only = {"payload": [{"login": {"password": SECRET}}]}
    shown = [
        discreet.get("/jobs"),
        discreet.post("/bulk", json={"action": "cancel", "filter": only, "dry_run": True}),
        discreet.post("/bulk", json={"action": "run-now", "filter": only, "rate_per_second": 1}),
        discreet.get("/bulk"),
        discreet.patch(f"/jobs/{job['id']}", json={"payload": payload, "tags": ["x"]}, headers={"If-Match": "*"}),
        discreet.get("/audit"),
    ]
    texts = [answer.get_data(as_text=True) for answer in shown if answer.request.method != "PATCH"]
    assert [answer.status_code for answer in shown] == [200, 200, 202, 200, 200, 200]
    assert all(SECRET not in text and "[redacted]" in text for text in texts), texts
    assert '"matched":{"value":1,' in texts[1]  # and yet they can be asked for
    assert get_job(discreet, job["id"])["payload"] == payload
