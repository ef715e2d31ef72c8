"""When a call is made again, when it is not, and as which error it ends."""

from __future__ import annotations

import pytest

from goqueue import (
    ApiError,
    Client,
    Conflict,
    ConnectionFailed,
    InvalidArgument,
    InvalidRequest,
    NotFound,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
    WrongStatus,
)
from goqueue.transport import Transport


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_submit_is_made_again_under_the_same_key(api, client, reply, job, clock, status):
    api.will_answer(reply(status), reply(status), reply(201, job))
    assert client.submit("a").id == job["id"]
    assert len({request.headers["Idempotency-Key"] for request in api.requests}) == 1
    assert len(clock.slept) == 2


def test_a_submit_is_made_again_when_the_connection_breaks(api, client, reply, job):
    api.will_answer(reply(hang_up=True), reply(201, job))
    assert client.submit("a").id == job["id"]
    first, second = api.requests
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert first.body == second.body


def test_a_submit_waits_for_its_own_earlier_request_that_still_runs(api, client, reply, job):
    api.will_answer(reply(409, {"code": "idempotency_key_in_use"}), reply(201, job))
    assert client.submit("a").id == job["id"]


@pytest.mark.parametrize("status", [400, 404, 409, 422, 500])
def test_what_will_not_change_is_asked_once(api, client, reply, status):
    api.will_answer(reply(status, {"title": "no"}))
    with pytest.raises(ApiError):
        client.submit("a")
    assert len(api.requests) == 1


@pytest.mark.parametrize("action", ["retry", "cancel"])
@pytest.mark.parametrize("status", [429, 503])
def test_retry_and_cancel_are_made_again_when_surely_not_done(api, client, reply, job, action, status):
    api.will_answer(reply(status), reply(200, job))
    assert getattr(client, action)("1").id == job["id"]


@pytest.mark.parametrize("action", ["retry", "cancel"])
def test_retry_and_cancel_are_not_made_again_when_they_may_have_been_done(api, client, reply, action):
    api.will_answer(reply(hang_up=True), reply(502))
    with pytest.raises(ConnectionFailed):
        getattr(client, action)("1")
    with pytest.raises(ServiceUnavailable):
        getattr(client, action)("1")
    assert len(api.requests) == 2


def test_a_connection_that_cannot_be_made_is_tried_again_even_for_cancel(clock):
    transport = Transport("http://127.0.0.1:1", None, timeout=5.0, retries=3, sleep=clock.sleep, monotonic=clock.monotonic)
    with pytest.raises(ConnectionFailed, match=r"127\.0\.0\.1:1"):
        Client(transport=transport).cancel("1")
    assert len(clock.slept) == 3


def test_retry_after_is_honoured_and_capped(api, client, reply, job, clock):
    api.will_answer(reply(503, headers={"Retry-After": "7"}), reply(201, job))
    client.submit("a")
    assert 7.0 <= clock.slept[0] <= 7.2


def test_a_wait_beyond_the_deadline_is_not_begun(api, client, reply, clock):
    api.will_answer(*[reply(503, headers={"Retry-After": "3600"})] * 4)
    with pytest.raises(ServiceUnavailable) as caught:
        client.submit("a")
    assert caught.value.retry_after == 3600.0
    assert len(clock.slept) == 0, "4 x 5 s are less than the 30 s that would be waited at most"
    assert len(api.requests) == 1


def test_the_last_error_is_raised_after_the_retries(api, client, reply):
    api.will_answer(*[reply(503, {"code": "database_unavailable", "title": "away"})] * 4)
    with pytest.raises(ServiceUnavailable) as caught:
        client.submit("a")
    assert caught.value.code == "database_unavailable"
    assert len(api.requests) == 4


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        pytest.param(400, "bad_json", InvalidRequest, id="malformed"),
        pytest.param(401, "unauthorized", Unauthorized, id="no-key"),
        pytest.param(403, "forbidden", Unauthorized, id="scope"),
        pytest.param(404, "job_not_found", NotFound, id="missing"),
        pytest.param(409, "wrong_status", WrongStatus, id="wrong-status"),
        pytest.param(409, "other", Conflict, id="conflict"),
        pytest.param(413, "payload_too_large", InvalidRequest, id="too-large"),
        pytest.param(415, "unsupported", InvalidRequest, id="no-json"),
        pytest.param(422, "invalid_job", InvalidRequest, id="invalid"),
        pytest.param(429, "too_many_requests", TooManyRequests, id="rate"),
        pytest.param(418, "teapot", ApiError, id="anything-else"),
    ],
)
def test_a_refusal_is_an_error_of_its_kind(api, client, reply, status, code, expected):
    api.will_answer(*[reply(status, {"code": code, "title": "No", "detail": "because"})] * 4)
    with pytest.raises(ApiError, match="No: because") as caught:
        client.get("1")
    assert type(caught.value) is expected
    assert (caught.value.status, caught.value.code) == (status, code)


def test_an_error_carries_the_problem_document(api, client, reply):
    problem = {
        "title": "Invalid job",
        "code": "invalid_job",
        "errors": [{"pointer": "/queue", "detail": "has a space"}],
        "request_id": "r1",
        "more": 1,
    }
    api.will_answer(reply(422, problem))
    with pytest.raises(InvalidRequest, match="/queue: has a space") as caught:
        client.submit("a", queue="a b")
    assert caught.value.errors[0].pointer == "/queue"
    assert caught.value.request_id == "r1"
    assert caught.value.problem == problem


def test_a_wrong_status_names_the_present_one(api, client, reply):
    api.will_answer(reply(409, {"code": "wrong_status", "status": "processing"}))
    with pytest.raises(WrongStatus) as caught:
        client.retry("1")
    assert caught.value.job_status == "processing"


def test_an_answer_of_a_proxy_and_a_redirect_are_errors_too(api, client, reply):
    api.will_answer(reply(500, b"<html>"), reply(301, b"", {"Location": "https://example.test/jobs"}))
    with pytest.raises(ApiError, match="no GoQueue API"):
        client.get("1")
    with pytest.raises(ApiError, match=r"https://example\.test/jobs"):
        client.submit("a")


@pytest.mark.parametrize("url", ["localhost:8080", "redis://localhost", "http://", ""])
def test_an_address_that_is_none_is_refused_at_once(url):
    with pytest.raises(InvalidArgument, match="http://localhost:8080"):
        Transport(url, None, timeout=1.0, retries=0)


def test_a_key_with_a_line_end_is_refused_at_once():
    with pytest.raises(InvalidArgument, match="read whole"):
        Client("http://localhost", "gq_key\n")
