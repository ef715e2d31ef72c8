from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from goqueue_api import errors as api_errors
from goqueue_api.app import create_app
from goqueue_api.errors import status_of
from goqueue_api.settings import ApiSettings
from goqueue_common import errors
from goqueue_common.errors import FieldError, GoQueueError

MEMBERS = {"type", "title", "status", "detail", "instance", "code", "errors", "request_id"}


def raising(app: Flask, error: Exception) -> FlaskClient:
    @app.get("/raise")
    def view() -> None:
        raise error

    return app.test_client()


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        pytest.param(errors.InvalidJob([FieldError("/queue", "no")]), 422, "invalid_job", id="invalid job"),
        pytest.param(errors.PayloadTooLarge("big"), 413, "payload_too_large", id="payload"),
        pytest.param(errors.JobNotFound("who"), 404, "job_not_found", id="not found"),
        pytest.param(errors.WrongStatus("no", "completed"), 409, "wrong_status", id="wrong status"),
        pytest.param(errors.IdempotencyKeyReused("k"), 422, "idempotency_key_reused", id="reused"),
        pytest.param(errors.IdempotencyKeyInUse("k"), 409, "idempotency_key_in_use", id="in use"),
        pytest.param(errors.InvalidCursor("c"), 400, "invalid_cursor", id="cursor"),
        pytest.param(errors.StoreUnavailable("gone"), 503, "database_unavailable", id="no database"),
        pytest.param(errors.QueryTimeout("slow"), 503, "query_timeout", id="slow database"),
        pytest.param(errors.BrokerUnavailable("gone"), 503, "broker_unavailable", id="no Redis"),
    ],
)
def test_an_error_of_ours_is_a_problem_with_its_status_and_code(
    app: Flask, error: GoQueueError, status: int, code: str
) -> None:
    answer = raising(app, error).get("/raise")
    problem: dict[str, Any] = answer.get_json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert answer.content_type == "application/problem+json"
    assert problem.keys() >= MEMBERS
    assert (problem["detail"], problem["instance"]) == (str(error), "/raise")
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    assert ("Retry-After" in answer.headers) is (status == 503)


def test_a_wrong_status_names_the_present_one_beside_the_status_of_http(app: Flask) -> None:
    problem = raising(app, errors.WrongStatus("no", "completed")).get("/raise").get_json()
    assert (problem["status"], problem["job_status"]) == (409, "completed")


def test_a_reused_key_of_a_batch_names_its_item(app: Flask) -> None:
    problem = raising(app, errors.IdempotencyKeyReused("k", 7)).get("/raise").get_json()
    assert [found["pointer"] for found in problem["errors"]] == ["/jobs/7/idempotency_key"]


def test_an_unexpected_error_shows_no_internals_and_is_logged(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[dict[str, Any]] = []
    monkeypatch.setattr(
        api_errors, "log", type("Log", (), {"error": lambda _, event, **more: logged.append({"event": event} | more)})()
    )
    error = ZeroDivisionError("secret")
    answer = raising(app, error).get("/raise")
    assert (answer.status_code, answer.get_json()["code"]) == (500, "internal_error")
    assert answer.content_type == "application/problem+json"
    assert b"secret" not in answer.data
    assert [(entry["event"], entry["exc_info"]) for entry in logged] == [("request_failed", error)]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 408, 410, 429, 501, 502])
def test_whatever_flask_aborts_with_is_a_problem(app: Flask, status: int) -> None:
    app.add_url_rule("/abort", view_func=lambda: abort(status))
    answer = app.test_client().get("/abort")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.get_json().keys() >= MEMBERS


def test_every_error_that_can_reach_http_has_a_status() -> None:
    internal = {"BadCron", "BadZone", "SettingsError", "StaleJob", "WorkerLost"}
    for kind in GoQueueError.__subclasses__():
        if kind.__module__ == errors.__name__ and kind.__name__ not in internal:
            assert status_of(kind.__new__(kind)) != 500, f"{kind.__name__} has no HTTP status"


def test_a_method_that_a_path_does_not_know_is_405_with_those_it_knows(client: FlaskClient) -> None:
    answer = client.put("/jobs")
    assert (answer.status_code, answer.get_json()["code"]) == (405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_path_that_nobody_serves_is_404(client: FlaskClient) -> None:
    answer = client.get("/jobs/1/2/3")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/jobs", "/jobs/batch", "/jobs/1/cancel", "/queues", "/healthz"])
def test_a_parameter_that_a_path_does_not_know_is_422(client: FlaskClient, path: str) -> None:
    method = client.get if path in ("/queues", "/healthz") else client.post
    answer = method(f"{path}?dry_run=1")
    assert answer.status_code == 422
    assert [found["pointer"] for found in answer.get_json()["errors"]] == ["/query/dry_run"]


def test_options_and_head_are_answered(client: FlaskClient) -> None:
    answer = client.options("/jobs")
    assert (answer.status_code, answer.data) == (200, b"")
    assert "POST" in answer.headers["Allow"]
    assert client.head("/healthz").data == b""


@pytest.mark.parametrize(
    ("given", "is_kept"),
    [("abc-1.2_3", True), ("x" * 64, True), ("x" * 65, False), ("a b", False), ("", False), ("ü", False)],
)
def test_a_request_id_is_kept_when_it_is_harmless(client: FlaskClient, given: str, is_kept: bool) -> None:
    returned = client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert (returned == given) is is_kept
    assert len(returned) >= 9


def test_answers_tell_browsers_to_be_careful(client: FlaskClient) -> None:
    for path in ("/healthz", "/docs", "/nothing", "/static/swagger/init.js"):
        headers = client.get(path, buffered=True).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        script_policy = headers["Content-Security-Policy"].partition("script-src")[2].partition(";")[0]
        assert "unsafe-inline" not in script_policy


@pytest.fixture
def guarded(settings: ApiSettings) -> FlaskClient:
    """On loopback, without a key: for this machine alone."""
    return create_app(replace(settings, auth="keys")).test_client()


@pytest.mark.parametrize("host", ["localhost", "localhost:3000", "api.localhost", "127.0.0.1:8080", "[::1]:8080"])
def test_on_loopback_every_name_of_this_machine_is_served(guarded: FlaskClient, host: str) -> None:
    assert guarded.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["localhost.evil.example", "evil.example:8080", "[x]", "a]b", "127.0.0.1.nip.example"])
def test_on_loopback_a_foreign_name_that_resolves_here_is_refused(guarded: FlaskClient, host: str) -> None:
    answer = guarded.get("/healthz", headers={"Host": host})
    assert (answer.status_code, answer.get_json()["code"]) == (400, "untrusted_host")
    assert "GOQUEUE_AUTH=none" in answer.get_json()["detail"]
