"""/failures, from what workers wrote to what is done about a group."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from goqueue_api.bulk_runner import BulkRunner
from goqueue_api.pagination import encode_cursor
from goqueue_common import failure_store
from goqueue_common.broker.broker import RedisBroker
from goqueue_common.bulk_work_store import BulkWorkStore
from goqueue_common.database import Database
from goqueue_common.failure_store import FailureMove
from goqueue_common.job_store import JobStore
from goqueue_common.search_index_store import SearchIndexStore
from goqueue_common.submitter import Submitter
from tests.factories import row
from tests.failures import fail, fail_otherwise, fold

NOW = datetime.now(UTC).replace(second=0, microsecond=0)


def listed(client: FlaskClient, **query: object) -> list[dict[str, Any]]:
    answer = client.get("/failures", query_string=query)
    assert answer.status_code == 200, answer.data
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def seen(database: Database, name: str, ago: timedelta, *, jobs: int = 1, queue: str = "mail", type_: str = "demo") -> str:
    """A group that was seen so long ago, as folded then."""
    fingerprint = f"{name:0>16}"
    move = FailureMove(NOW - ago, queue, type_, fingerprint, jobs, str(uuid4()))
    database.together(lambda run: failure_store.fold(run, [move]))
    database.run(
        "UPDATE failure_groups SET message = %(message)s WHERE fingerprint = %(fingerprint)s",
        {"message": f"{name}: 100% broken", "fingerprint": fingerprint},
    )
    return fingerprint


def names(items: list[dict[str, Any]]) -> list[str]:
    return [item["message"].partition(":")[0] for item in items]


HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def groups(database: Database) -> None:
    seen(database, "a", 3 * DAY, jobs=100)
    seen(database, "a", 2 * HOUR)
    seen(database, "b", HOUR, jobs=5, queue="shop")
    seen(database, "c", timedelta(minutes=3), jobs=3, type_="order.pay")
    seen(database, "c", timedelta(minutes=2), jobs=1, queue="shop", type_="order.pay")
    seen(database, "d", 20 * DAY, jobs=9)


def test_what_failed_is_a_list_of_groups(client: FlaskClient, database: Database, store: JobStore, worker_id: str) -> None:
    ids = [fail(store, worker_id, order=order, queue="mail") for order in range(3)]
    fail_otherwise(store, worker_id, KeyError("x"), queue="shop")
    fold(database)
    by_message = {item["message"]: item for item in listed(client)}
    assert by_message.keys() == {"ValueError: order <number> has no lines", "KeyError: <text>"}
    group = by_message["ValueError: order <number> has no lines"]
    assert (group["type"], group["frame"], group["queues"]) == ("demo", "tests/failures.py:ship", {"mail": 3})
    assert (group["count"], group["total"], sum(group["series"]["counts"])) == (3, 3, 3)
    assert group["sample_job_id"] in ids
    assert client.get(f"/jobs/{ids[0]}").get_json()["fingerprint"] == group["fingerprint"]


@pytest.mark.usefixtures("groups")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["c", "b", "a"]),
        ({"sort": "-count"}, ["b", "c", "a"]),
        ({"sort": "-first_seen"}, ["c", "b", "a"]),
        ({"since": "30m"}, ["c"]),
        ({"since": "30d"}, ["c", "b", "a", "d"]),
        ({"since": "30d", "sort": "-count"}, ["a", "d", "b", "c"]),
        ({"since": "30d", "sort": "-first_seen"}, ["c", "b", "a", "d"]),
        ({"since": "5d", "until": (NOW - DAY).isoformat()}, ["a"]),
        ({"since": "0001-01-01T00:00:00Z", "until": "9999-12-31T23:59:59Z"}, ["c", "b", "a", "d"]),
        ({"since": "0001-01-01T00:00:00Z", "until": "0001-01-02T00:00:00Z"}, []),
        ({"queue": "shop"}, ["c", "b"]),
        ({"queue": "shop", "sort": "-count"}, ["b", "c"]),
        ({"queue": "shop,nowhere", "type": "order.pay"}, ["c"]),
        ({"type": "order.pay"}, ["c"]),
        ({"type": ["order.pay", "demo"], "sort": "-count"}, ["b", "c", "a"]),
        ({"q": "B: 100% BROKEN"}, ["b"]),
        ({"q": "100_ broken"}, []),
        ({"q": "c:", "sort": "-count"}, ["c"]),
    ],
    ids=str,
)
def test_groups_are_found_by_window_queue_type_and_text(
    client: FlaskClient, query: dict[str, str], expected: list[str]
) -> None:
    assert names(listed(client, **query)) == expected


@pytest.mark.usefixtures("groups")
@pytest.mark.parametrize("sort", ["-last_seen", "-count", "-first_seen"])
def test_pages_go_on_where_the_one_before_ended(client: FlaskClient, sort: str) -> None:
    whole = names(listed(client, sort=sort, since="30d"))
    found: list[str] = []
    query: dict[str, object] = {"sort": sort, "since": "30d", "limit": 1}
    while True:
        answer = client.get("/failures", query_string=query)
        document = answer.get_json()
        found += names(document["items"])
        if document["next_cursor"] is None:
            assert "Link" not in answer.headers
            break
        assert 'rel="next"' in answer.headers["Link"]
        query["cursor"] = document["next_cursor"]
    assert found == whole
    other = "-count" if sort != "-count" else "-last_seen"
    refused = client.get("/failures", query_string={**query, "sort": other})
    assert (refused.status_code, refused.get_json()["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("sort", ["-last_seen", "-count", "-first_seen"])
def test_a_cursor_that_somebody_made_up_is_refused(client: FlaskClient, sort: str) -> None:
    for key in (1 << 63, (1 << 63) - 1):
        cursor = encode_cursor(str(UUID(int=key << 64)), f"failures {sort}")
        refused = client.get("/failures", query_string={"sort": sort, "cursor": cursor})
        assert (refused.status_code, refused.get_json()["code"]) == (400, "invalid_cursor")


@pytest.mark.usefixtures("groups")
def test_counts_are_those_of_the_window_and_the_queues(client: FlaskClient) -> None:
    (group,) = listed(client, q="c:")
    assert (group["count"], group["total"], list(group["queues"].items())) == (4, 4, [("mail", 3), ("shop", 1)])
    (group,) = listed(client, q="c:", queue="shop")
    assert (group["count"], group["queues"], sum(group["series"]["counts"])) == (1, {"shop": 1}, 1)
    (group,) = listed(client, q="a:")
    assert (group["count"], group["total"]) == (1, 101)
    (group,) = listed(client, q="a:", since="7d")
    assert (group["count"], sum(group["series"]["counts"])) == (101, 101)


@pytest.mark.usefixtures("groups")
def test_a_series_says_when_it_was_seen(client: FlaskClient) -> None:
    series = listed(client, q="c:", since="1h")[0]["series"]
    assert series["step_seconds"] == 60
    at = [series["t0"] + series["step_seconds"] * number for number, count in enumerate(series["counts"]) if count]
    assert at == [int((NOW - timedelta(minutes=minutes)).timestamp()) for minutes in (3, 2)]
    assert 60 <= len(series["counts"]) <= 62


def test_a_group_is_shown_with_a_traceback_and_what_can_be_done(
    client: FlaskClient, database: Database, store: JobStore, worker_id: str
) -> None:
    job_id = fail(store, worker_id, max_retries=0)
    fail(store, worker_id)
    fold(database)
    fingerprint = row(database, job_id)["fingerprint"]
    shown = client.get(f"/failures/{fingerprint}").get_json()
    assert "order 1 has no lines" in shown["traceback"]
    assert (shown["sample_attempt"], shown["count"], shown["failed_now"]) == (1, 2, {"value": 1, "relation": "eq"})
    assert len(client.get(shown["jobs"]).get_json()["items"]) == 2
    preview = client.post("/bulk", json={**shown["bulk"]["delete"], "dry_run": True}).get_json()
    assert (preview["matched"]["value"], preview["sample"][0]["id"]) == (1, job_id)


@pytest.mark.parametrize("name", ["0123456789abcdef", "nothing", "%00", "ABCDEF0123456789"])
def test_a_group_that_is_not_there_is_not_found(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/failures/{name}")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "failure_not_found")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"since": "yesterday"}, "/query/since"),
        ({"since": "24"}, "/query/since"),
        ({"since": "999999d"}, "/query/since"),
        ({"since": "2030-01-01T00:00:00"}, "/query/since"),
        ({"since": "2999-01-01T00:00:00Z"}, "/query/since"),
        ({"since": "1h", "until": "2020-01-01T00:00:00Z"}, "/query/since"),
        ({"until": "0001-01-01T00:00:00Z"}, "/query/since"),
        ({"until": "24h"}, "/query/until"),
        ({"sort": "count"}, "/query/sort"),
        ({"queue": "a b"}, "/query/queue/0"),
        ({"type": "a,,b"}, "/query/type"),
        ({"q": ""}, "/query/q"),
        ({"limit": "201"}, "/query/limit"),
        ({"colour": "red"}, "/query/colour"),
    ],
    ids=str,
)
def test_a_query_that_cannot_be_meant_says_why(client: FlaskClient, query: dict[str, str], pointer: str) -> None:
    answer = client.get("/failures", query_string=query)
    assert answer.status_code == 422, answer.data
    assert [error["pointer"] for error in answer.get_json()["errors"]] == [pointer]


@pytest.mark.parametrize("value", ["x", "0123456789ABCDEF", "0123456789abcdef0", "0123456789abcdef,"])
def test_a_fingerprint_that_is_none_is_refused_as_a_filter(client: FlaskClient, value: str) -> None:
    assert client.get("/jobs", query_string={"fingerprint": value}).status_code == 422
    answer = client.post("/bulk", json={"action": "retry", "filter": {"fingerprint": [value]}})
    assert answer.status_code == 422


@pytest.mark.parametrize("indexed", [False, True], ids=["just failed", "indexed"])
def test_a_bulk_retry_of_a_group_touches_nothing_else(
    client: FlaskClient, database: Database, store: JobStore, broker: RedisBroker, worker_id: str, indexed: bool
) -> None:
    ids = [fail(store, worker_id, order=order, max_retries=0) for order in range(3)]
    waiting = fail(store, worker_id)
    other = fail_otherwise(store, worker_id, ValueError("order 1 has no customer"), max_retries=0)
    fold(database)
    while indexed and SearchIndexStore(database).index(100).batches:
        pass
    before = {job_id: row(database, job_id) for job_id in (waiting, other)}
    body = client.get(f"/failures/{row(database, ids[0])['fingerprint']}").get_json()["bulk"]["retry"]
    operation = client.post("/bulk", json=body).get_json()
    assert operation["matched"] == 3
    runner = BulkRunner(BulkWorkStore(database), Submitter(store, broker), broker)
    while client.get(f"/bulk/{operation['id']}").get_json()["state"] == "running":
        runner.step()
    assert {row(database, job_id)["status"] for job_id in ids} == {"queued"}
    assert {job_id: row(database, job_id) for job_id in before} == before


def test_old_counts_are_shown_by_the_steps_in_which_they_are_kept(client: FlaskClient, database: Database) -> None:
    seen(database, "a", 5 * HOUR, jobs=7)
    until = (NOW - 4 * HOUR).isoformat()
    (group,) = listed(client, since=(NOW - 6 * HOUR).isoformat(), until=until)
    assert (group["series"]["step_seconds"], sum(group["series"]["counts"])) == (900, 7)
