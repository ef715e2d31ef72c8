from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from goqueue_common import job_search
from goqueue_common.database import Database
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


def test_values_may_stand_between_commas(client: FlaskClient) -> None:
    first = submit_job(client, queue="mail", tags=["a,b"])["id"]
    second = submit_job(client, queue="shop", tags=["c"])["id"]
    submit_job(client, queue="other")
    assert ids(client.get("/jobs?queue=mail,shop")) == [second, first]
    assert ids(client.get("/jobs?tag=a%5C,b,c")) == [second, first]
    assert ids(client.get("/jobs?queue=mail,other&tag=a%5C,b")) == [first]


def test_each_filter_reaches_the_search(client: FlaskClient, store: JobStore, worker_id: str) -> None:
    """Which finds what is asked for; here only that each parameter means its field."""
    failed = job_in(JobStatus.FAILED, store, worker_id, payload={"user": {"id": 42}, "kind": "x"})
    queued = job_in(JobStatus.SCHEDULED, store, worker_id, payload={"user": {"id": 43}})
    for query, expected in {
        f"worker={worker_id}": [failed],
        "schedule=nightly": [],
        "error=BROK": [failed],
        "error=nothing&error=oke": [failed],
        "payload.user.id=42": [failed],
        "payload.user.id=42&payload.user.id=43": [queued, failed],
        "payload.user.id=42&payload.kind=x": [failed],
        "payload.user.id=43&payload.kind=x": [],
        'payload={"kind":"x"}&payload={"user":{"id":43}}': [queued, failed],
        "run_at_after=2020-01-01T00:00:00Z": [queued],
        "run_at_before=2020-01-01T00:00:00Z": [],
        "finished_after=2020-01-01T00:00:00Z": [failed],
        "finished_before=2020-01-01T00:00:00Z": [],
        "attempts_min=1": [failed],
        "attempts_max=0": [queued],
        "duration_min=3600": [],
        "duration_max=3600": [failed],
        "type=de*&queue=def*": [queued, failed],
        "type=ad*": [],
        "not_status=failed": [queued],
        "not_queue=def*": [],
        "not_queue=other&not_type=de*": [],
        "not_tag=x,y&not_schedule=nightly": [queued, failed],
        f"not_worker={worker_id}": [queued],
        f"id={failed}": [failed],
        f"id={queued},{failed}": [queued, failed],
        f"id={queued}&id={failed}&status=failed": [failed],
        f"id={queued},{failed}&worker={worker_id}": [failed],
        f"id={uuid4()}": [],
        "sort=created": [failed, queued],
    }.items():
        assert ids(client.get(f"/jobs?{query}")) == expected, query
        if not query.startswith("sort"):
            count = client.get(f"/jobs/count?{query}").get_json()
            assert count == {"value": len(expected), "relation": "eq"}, query


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("id=7", "'7' is no job's id"),
        ("id=", "is no job's id"),
        (f"id={','.join([str(uuid4())] * 201)}", "more than 200"),
        ("type=*", "is no name"),
        ("type=a*b", "is no name"),
        ("not_status=done", "is no status"),
        ("not_worker=me", "is no worker's id"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused(client: FlaskClient, query: str, says: str) -> None:
    for path in ("/jobs", "/jobs/count"):
        answer = client.get(f"{path}?{query}")
        assert answer.status_code == 422
        assert says in answer.get_json()["detail"]


@pytest.mark.parametrize("sort", ["-created", "created"])
def test_links_lead_forth_and_back(client: FlaskClient, sort: str) -> None:
    made = [submit_job(client)["id"] for _ in range(5)]
    expected = made if sort == "created" else made[::-1]
    pages = [client.get(f"/jobs?sort={sort}&limit=2")]
    while (path := links(pages[-1]).get("next")) is not None:
        pages.append(client.get(path))
    assert [ids(page) for page in pages] == [expected[:2], expected[2:4], expected[4:]]
    assert [sorted(links(page)) for page in pages] == [["next"], ["next", "prev"], ["prev"]]
    back = client.get(links(pages[2])["prev"])
    assert ids(back) == expected[2:4]
    first = client.get(f"/jobs?sort={sort}&limit=2&cursor={back.get_json()['prev_cursor']}")
    assert (ids(first), sorted(links(first))) == (expected[:2], ["next"])


def links(answer: Any) -> dict[str, str]:
    """Relation -> path."""
    found = {}
    for part in filter(None, answer.headers.get("Link", "").split(", ")):
        path, _, relation = part.partition(">; rel=")
        found[relation.strip('"')] = path.removeprefix("<")
    return found


def test_values_are_suggested(client: FlaskClient) -> None:
    for queue in ("mail", "mail", "main", "shop"):
        submit_job(client, queue=queue)
    answer = client.get("/jobs/suggest?field=queue&prefix=mai&limit=5")
    assert answer.get_json() == {
        "items": [
            {"value": "mail", "count": 2, "relation": "eq"},
            {"value": "main", "count": 1, "relation": "eq"},
        ]
    }


def test_a_search_that_takes_too_long_is_told_what_to_add(
    client: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_search, "BUDGET_SECONDS", 0.1)
    with database.transaction() as holder:
        holder.exec_driver_sql("LOCK TABLE jobs")
        answer = client.get("/jobs?error=x")
    problem = answer.get_json()
    assert (answer.status_code, problem["code"], answer.headers["Retry-After"]) == (503, "query_timeout", "1")
    assert "by error" in problem["detail"]
    assert "add status, queue, type or a time range" in problem["detail"]


def test_lists_show_a_preview_and_no_document(client: FlaskClient) -> None:
    submit_job(client, payload={"text": "x" * 1_000})
    shown = client.get("/jobs").get_json()["items"][0]
    assert shown["payload_preview"].startswith('{"text": "xxx')
    assert len(shown["payload_preview"]) == 200
    assert not {"payload", "result", "attempt_history"} & set(shown)


def test_the_last_page_says_so(client: FlaskClient) -> None:
    answer = client.get("/jobs")
    assert answer.get_json() == {"items": [], "next_cursor": None, "prev_cursor": None}
    assert "Link" not in answer.headers
