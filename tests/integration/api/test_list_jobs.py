from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from tests.factories import job_in
from tests.integration.api.api_calls import submit_job


def ids(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.data
    return [job["id"] for job in answer.get_json()["items"]]


def test_pages_follow_the_link_from_the_newest_to_the_oldest(client: FlaskClient) -> None:
    made = [submit_job(client, queue="mail", tags=["a&b"])["id"] for _ in range(5)]
    submit_job(client, queue="other")
    path, seen, pages = "/jobs?queue=mail&tag=a%26b&limit=2", [], 0
    while path:
        answer = client.get(path)
        seen += ids(answer)
        pages += 1
        link = next((part for part in answer.headers.get("Link", "").split(", ") if 'rel="next"' in part), "")
        assert bool(link) is (answer.get_json()["next_cursor"] is not None)
        path = link.partition(">")[0].removeprefix("<")
    assert seen == made[::-1]
    assert pages == 3


def test_several_values_of_a_filter_mean_any_of_them(client: FlaskClient, store: JobStore, worker_id: str) -> None:
    queued = job_in(JobStatus.QUEUED, store, worker_id, tags=["x"])
    failed = job_in(JobStatus.FAILED, store, worker_id, tags=["y"])
    completed = job_in(JobStatus.COMPLETED, store, worker_id, tags=["x", "y"])
    assert ids(client.get("/jobs?status=queued&status=failed")) == [failed, queued]
    assert ids(client.get("/jobs?tag=y&tag=z")) == [completed, failed]
    assert ids(client.get("/jobs?type=demo&type=other")) == [completed, failed, queued]
    assert ids(client.get("/jobs?status=queued&tag=y")) == []


def test_a_range_of_creation_takes_its_start_and_leaves_its_end(client: FlaskClient) -> None:
    first, second = submit_job(client), submit_job(client)
    after = first["created_at"].replace("Z", "%2B00:00")
    assert ids(client.get(f"/jobs?created_after={after}")) == [second["id"], first["id"]]
    assert ids(client.get(f"/jobs?created_before={second['created_at']}")) == [first["id"]]
    assert ids(client.get(f"/jobs?created_after={after}&created_before={second['created_at']}")) == [first["id"]]


def test_lists_show_a_preview_and_no_document(client: FlaskClient) -> None:
    submit_job(client, payload={"text": "x" * 1_000})
    shown = client.get("/jobs").get_json()["items"][0]
    assert shown["payload_preview"].startswith('{"text": "xxx')
    assert len(shown["payload_preview"]) == 200
    assert not {"payload", "result", "attempt_log"} & set(shown)


def test_the_last_page_says_so(client: FlaskClient) -> None:
    answer = client.get("/jobs")
    assert answer.get_json() == {"items": [], "next_cursor": None, "prev_cursor": None}
    assert "Link" not in answer.headers
