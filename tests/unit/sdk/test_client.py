"""What each method sends, and what it makes of the answers."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest

from goqueue import (
    Client,
    Count,
    InvalidArgument,
    InvalidRequest,
    JobRequest,
    QueueInfo,
    ServiceUnavailable,
    UnexpectedAnswer,
    WaitTimeout,
    __version__,
)
from tests.unit.sdk.conftest import Reply


def test_submit_sends_the_job_and_returns_it_typed(api, client, reply, job):
    api.will_answer(reply(201, job))
    at = datetime(2026, 5, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    submitted = client.submit("email.send", {"to": "a@b.c"}, queue="mail", run_at=at, tags=["x"])
    [request] = api.requests
    assert (request.method, request.path) == ("POST", "/jobs")
    assert request.body == {
        "type": "email.send",
        "payload": {"to": "a@b.c"},
        "queue": "mail",
        "run_at": "2026-05-01T12:00:00+02:00",
        "tags": ["x"],
    }
    assert request.headers["Authorization"] == "Bearer gq_key"
    assert request.headers["User-Agent"] == f"goqueue-python/{__version__}"
    assert submitted.id == job["id"]
    assert submitted.created_at == datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    assert submitted.tags == ("x",)
    assert not submitted.is_finished


def test_submit_makes_a_new_key_each_time_and_keeps_one_that_is_given(api, client, reply, job):
    api.will_answer(*[reply(201, job)] * 3)
    client.submit("a")
    client.submit("a")
    client.submit("a", idempotency_key="mine")
    first, second, third = [request.headers["Idempotency-Key"] for request in api.requests]
    assert first != second
    assert third == "mine"
    assert "idempotency_key" not in api.requests[2].body


def test_fields_of_a_newer_api_are_ignored_and_times_are_utc(api, client, reply, job):
    log = [{"attempt": 1, "outcome": "failed", "started_at": "2026-01-01T01:00:00+01:00", "new": 1}]
    progress = {"fraction": 0.5, "message": None, "updated_at": "2026-01-01T00:00:00Z"}
    api.will_answer(reply(200, {**job, "attempt_history": log, "progress": progress, "colour": "red"}))
    answered = client.get("1")
    assert answered.attempt_history[0].started_at == datetime(2026, 1, 1, tzinfo=UTC)
    assert answered.attempt_history[0].started_at.tzinfo is UTC
    assert answered.progress.fraction == 0.5


def test_an_answer_of_something_else_is_named_as_such(api, client, reply):
    api.will_answer(reply(200, b"<html>"), reply(200, {"hello": "world"}), reply(200, {"items": None}))
    with pytest.raises(UnexpectedAnswer, match="without a JSON object"):
        client.get("1")
    with pytest.raises(UnexpectedAnswer, match="cannot be understood"):
        client.get("1")
    with pytest.raises(UnexpectedAnswer, match="no list of items"):
        client.queues()


def test_an_id_cannot_leave_its_place_in_the_path(api, client, reply, job):
    api.will_answer(reply(200, job))
    client.get("../queues?x=1")
    assert api.requests[0].path == "/jobs/..%2Fqueues%3Fx%3D1"


def batch_answer(request):
    """As the API answers it; each job's id is the number in its payload."""
    items = [
        {"id": str(job["payload"]["n"]), "queue": "default", "type": "a", "status": "queued", "replayed": False}
        for job in request.body["jobs"]
    ]
    return Reply(201, {"created": len(items), "replayed": 0, "items": items})


def test_submit_many_takes_a_generator_in_chunks_with_a_key_each(api, client, monkeypatch):
    monkeypatch.setattr("goqueue.submission.MAX_BATCH_ITEMS", 2)
    drawn = []

    def jobs():
        for number in range(11):
            drawn.append(len(api.requests))
            request = JobRequest("a", {"n": number}, idempotency_key=f"k{number}")
            yield request if number % 2 else {"type": "b", "payload": {"n": number}}

    api.will_answer(*[batch_answer] * 6)
    submitted = client.submit_many(jobs())
    assert [one.id for one in submitted] == [str(number) for number in range(11)]
    sent = sorted((request.body["jobs"] for request in api.requests), key=lambda jobs: jobs[0]["payload"]["n"])
    assert [len(jobs) for jobs in sent] == [2, 2, 2, 2, 2, 1]
    assert sent[0][1] == {"type": "a", "payload": {"n": 1}, "idempotency_key": "k1"}
    assert len({request.headers["Idempotency-Key"] for request in api.requests}) == 6
    assert drawn[-1] > 0, "the generator was drained before anything was answered"


def test_submit_many_sends_two_requests_at_a_time(api, client, monkeypatch):
    monkeypatch.setattr("goqueue.submission.MAX_BATCH_ITEMS", 1)
    together = threading.Barrier(2, timeout=10)

    def once_both_are_there(request):
        together.wait()
        return batch_answer(request)

    api.will_answer(once_both_are_there, once_both_are_there)
    submitted = client.submit_many({"type": "a", "payload": {"n": number}} for number in range(2))
    assert [one.id for one in submitted] == ["0", "1"]


def test_of_what_ran_beside_a_request_that_failed_the_error_says_how_much_was_submitted(api, client, monkeypatch):
    monkeypatch.setattr("goqueue.submission.MAX_BATCH_ITEMS", 1)

    def all_but_the_second(request):
        return Reply(422, {"title": "no"}) if request.body["jobs"][0]["payload"]["n"] == 1 else batch_answer(request)

    api.will_answer(*[all_but_the_second] * 3)
    with pytest.raises(InvalidRequest) as caught:
        client.submit_many({"type": "a", "payload": {"n": number}} for number in range(3))
    assert caught.value.__notes__ == ["1 jobs before this request were submitted, and 1 of the request after it"]


def test_submit_many_of_nothing_sends_nothing(api, client):
    assert client.submit_many([]) == []
    assert api.requests == []


def test_jobs_fetches_pages_as_they_are_needed(api, client, reply, job):
    summary = {name: value for name, value in job.items() if name != "payload"}
    first = {"items": [{**summary, "id": "1", "payload_preview": "{}"}], "next_cursor": "c1"}
    api.will_answer(reply(200, first), reply(200, {"items": [{**summary, "id": "2"}], "next_cursor": None}))
    after = datetime(2026, 1, 1, tzinfo=UTC)
    listed = client.jobs(status=["failed", "cancelled"], type="a", created_after=after, page_size=1)
    assert next(listed).payload_preview == "{}"
    assert len(api.requests) == 1
    assert [one.id for one in listed] == ["2"]
    expected = [
        ("status", "failed"),
        ("status", "cancelled"),
        ("type", "a"),
        ("created_after", "2026-01-01T00:00:00+00:00"),
        ("limit", "1"),
    ]
    assert api.requests[0].query == expected
    assert api.requests[1].query == [*expected, ("cursor", "c1")]


def test_what_jobs_are_not_and_their_ids_are_asked_for_too(api, client, reply):
    api.will_answer(reply(200, {"value": 1, "relation": "eq"}))
    client.count_jobs(id=["1", "2"], type="email.*", not_tag=["a,b"], not_queue="bulk")
    assert api.requests[0].query == [
        *(("id", "1"), ("id", "2"), ("type", "email.*")),
        *(("not_tag", "a\\,b"), ("not_queue", "bulk")),
    ]


@pytest.mark.parametrize("call", ["jobs", "count_jobs"])
def test_no_value_at_all_is_not_every_job(api, client, call):
    with pytest.raises(InvalidArgument, match="id is empty"):
        list(getattr(client, call)(id=[]))
    assert api.requests == []


def test_jobs_are_counted_by_the_same_filters(api, client, reply):
    api.will_answer(reply(200, {"value": 10_000, "relation": "gte"}))
    filters = {
        "payload": {"user": {"id": 42}},
        "tag": ["a,b", "c"],
        "error": "x, y",
        "duration_min": 1.5,
        "attempts_max": 0,
    }
    assert client.count_jobs(**filters) == Count(value=10_000, relation="gte")
    assert (api.requests[0].path, api.requests[0].query) == (
        "/jobs/count",
        [
            ("payload", '{"user":{"id":42}}'),
            ("tag", "a\\,b"),
            ("tag", "c"),
            ("error", "x, y"),
            ("duration_min", "1.5"),
            ("attempts_max", "0"),
        ],
    )


def test_queues_and_handlers_are_typed(api, client, reply):
    queue = {"name": "mail", "queued": 1, "scheduled": 2, "retrying": 3, "processing": 4}
    version = {"fingerprint": "f", "schema": {"type": "object"}, "live_workers": 1}
    api.will_answer(
        reply(200, {"items": [queue]}),
        reply(200, {"items": [{"type": "a", "live_workers": 1, "versions": [version]}]}),
    )
    assert client.queues() == [QueueInfo(**queue)]
    assert client.handlers()[0].versions[0].schema == {"type": "object"}


def test_operators_calls_go_where_they_should(api, client, reply):
    limit = {"kind": "queue", "name": "mail", "max_running": 3, "running_count": 1, "updated_at": "2026-01-01T00:00:00Z"}
    running = {
        "job_id": "1",
        "type": "a",
        "queue": "mail",
        "attempt": 2,
        "started_at": "2026-01-01T00:00:00Z",
        "progress": None,
    }
    worker = {
        "id": "w",
        "host": "box",
        "pid": 1,
        "version": "0",
        "state": "alive",
        "queues": ["mail"],
        "running": [running],
    }
    queue = {"name": "mail", "paused": True, "paused_at": "2026-01-01T00:00:00Z", "limit": 3}
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    answers = [queue, queue, queue, limit, limit, {"items": [limit]}, {"items": [worker]}, worker, worker]
    api.will_answer(*(reply(200, answer) for answer in answers))
    assert client.queue("mail").paused_at == moment
    assert client.pause_queue("mail").limit == 3
    client.resume_queue("mail")
    assert client.set_limit("queue", "mail", 3).updated_at == moment
    client.remove_limit("queue", "mail")
    assert client.limits()[0].running_count == 1
    assert client.workers(["lost", "alive"])[0].running[0].started_at == moment
    assert client.worker("w").queues == ("mail",)
    client.drain_worker("w")
    assert [(request.method, request.path) for request in api.requests] == [
        ("GET", "/queues/mail"), ("POST", "/queues/mail/pause"), ("POST", "/queues/mail/resume"),
        ("PUT", "/limits/queue/mail"), ("DELETE", "/limits/queue/mail"), ("GET", "/limits"),
        ("GET", "/workers"), ("GET", "/workers/w"), ("POST", "/workers/w/drain"),
    ]  # fmt: skip
    assert api.requests[6].query == [("state", "lost"), ("state", "alive")]


def test_retry_and_cancel_post_to_the_job(api, client, reply, job):
    api.will_answer(reply(200, job), reply(202, {**job, "status": "processing"}))
    client.retry("1")
    assert client.cancel("1").status == "processing"
    assert [request.path for request in api.requests] == ["/jobs/1/retry", "/jobs/1/cancel"]


def test_wait_asks_again_until_the_job_is_finished(api, client, reply, job, clock):
    api.will_answer(
        reply(200, {**job, "status": "processing"}, {"Retry-After": "2"}),
        reply(200, {**job, "status": "processing"}),
        reply(200, {**job, "status": "completed", "result": [1]}),
    )
    assert client.wait("1").result == [1]
    assert clock.slept == [2.0, 1.0], "as the API wished; then not at once, for the answer came early"
    assert api.requests[0].query == [("wait", "30")]


def test_wait_gives_up_after_its_time_with_the_job_as_last_seen(api, client, reply, job, clock):
    api.will_answer(*[reply(200, {**job, "status": "processing"}, {"Retry-After": "2"})] * 3)
    with pytest.raises(WaitTimeout, match="still processing") as caught:
        client.wait("1", timeout=3.5)
    assert caught.value.job.status == "processing"
    assert [dict(request.query).get("wait") for request in api.requests] == ["3.5", "1.5", None]
    assert clock.slept == [2.0, 1.5]


def test_one_connection_serves_many_calls(api, client, reply, job):
    api.will_answer(*[reply(200, job)] * 5)
    for _ in range(5):
        client.get("1")
    assert len({request.peer for request in api.requests}) == 1


def test_threads_share_a_client_and_never_a_connection(api, client, reply, job):
    api.will_answer(*[reply(200, job)] * 40)
    together = threading.Barrier(4)

    def ask(_number):
        together.wait()
        return [client.get("1").id for _ in range(10)]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert answers == [[job["id"]] * 10] * 4
    assert len({request.peer for request in api.requests}) <= 4


def test_a_client_reads_its_settings_from_the_environment(api, reply, job, monkeypatch):
    monkeypatch.setenv("API_URL", f"{api.url}/")
    monkeypatch.setenv("GOQUEUE_API_KEY", "from-environment")
    api.will_answer(reply(200, job))
    with Client() as client:
        client.get("1")
    assert api.requests[0].path == "/jobs/1"
    assert api.requests[0].headers["Authorization"] == "Bearer from-environment"


def test_without_a_key_nothing_else_is_sent_in_its_place(api, reply, job, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("GOQUEUE_API_KEY", raising=False)
    api.will_answer(reply(200, job))
    with Client(api.url) as client:
        client.get("1")
    assert "Authorization" not in api.requests[0].headers


READY = {"status": "ready", "postgres": "ok", "redis": "degraded", "schema": "current"}


@pytest.mark.parametrize(("status", "said"), [(200, "ready"), (503, "starting")], ids=["ready", "starting"])
def test_readiness_of_an_api_that_is_not_ready_is_no_error(api, client, reply, status, said):
    api.will_answer(*[reply(status, {**READY, "status": said})] * 4)
    answered = client.readiness()
    assert (answered.status, answered.redis) == (said, "degraded")
    assert api.requests[0].path == "/readyz"


def test_readiness_is_not_read_from_a_problem_of_a_proxy(api, client, reply):
    api.will_answer(*[reply(503, {"title": "Bad gateway", "status": 503})] * 4)
    with pytest.raises(ServiceUnavailable):
        client.readiness()


def test_version_is_that_of_the_description(api, client, reply):
    api.will_answer(reply(200, {"info": {"version": "1.2.3"}}), reply(200, {"info": []}))
    assert client.api_version() == "1.2.3"
    with pytest.raises(UnexpectedAnswer, match="no version"):
        client.api_version()


def test_an_edit_names_the_state_it_is_for(api, client, reply, job):
    api.will_answer(reply(200, job, {"ETag": '"5f"'}), *[reply(200, job)] * 2)
    client.edit(client.get(job["id"]), priority="high", run_at=None)
    client.edit(job["id"], tags=["a"])
    _, seen, unseen = api.requests
    assert (seen.method, seen.path, seen.body) == ("PATCH", f"/jobs/{job['id']}", {"priority": "high", "run_at": None})
    assert (seen.headers["If-Match"], unseen.headers["If-Match"]) == ('"5f"', "*")


def test_a_rerun_sends_what_is_edited_under_a_key(api, client, reply, job):
    api.will_answer(reply(201, job))
    client.rerun("1", {"x": 1}, queue="other")
    [request] = api.requests
    assert (request.path, request.body) == ("/jobs/1/rerun", {"queue": "other", "payload": {"x": 1}})
    assert request.headers["Idempotency-Key"]


def test_run_now_and_delete_act_on_the_job(api, client, reply, job):
    api.will_answer(reply(200, job), reply(204, b""))
    client.run_now("1")
    assert client.delete("1") is None
    assert [(request.method, request.path) for request in api.requests] == [
        ("POST", "/jobs/1/run-now"),
        ("DELETE", "/jobs/1"),
    ]


def test_me_is_typed(api, client, reply):
    api.will_answer(reply(200, {"name": "ada", "key_id": "1", "scopes": ["read"], "expires_at": "2026-01-01T00:00:00Z"}))
    me = client.me()
    assert (me.name, me.scopes, me.expires_at) == ("ada", ("read",), datetime(2026, 1, 1, tzinfo=UTC))
