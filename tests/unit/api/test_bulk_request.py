"""POST /bulk: what is taken, and what is said about the rest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from goqueue_api.bulk_request import READERS, read_bulk
from goqueue_api.errors import InvalidRequest
from goqueue_api.schemas.bulk import BulkRequestSchema, JobFilterSchema
from goqueue_common import filter_document
from goqueue_common.bulk import BulkAction
from goqueue_common.job import Priority
from goqueue_common.job_search import JobFilter

ID = "01a20eb4-1366-768e-8433-a398418d79cc"
RETRY = {"action": "retry", "filter": {"queue": ["mail"]}}


def problems(document: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        read_bulk(document)
    return {field.pointer: field.detail for field in caught.value.fields}


def test_a_filter_is_read_as_lists_of_jobs_read_it() -> None:
    asked = {
        "status": ["failed", "retrying"],
        "queue": ["mail"],
        "type": ["email.send"],
        "tag": ["a b"],
        "created_after": "2030-01-01T01:00:00+01:00",
        "created_before": None,
    }
    read = read_bulk({"action": "retry", "filter": asked, "rate_per_second": 5, "dry_run": True})
    assert read.is_dry_run
    assert read.new.rate_per_second == 5.0
    assert read.new.wanted == JobFilter(
        statuses=["failed", "retrying"],
        queues=["mail"],
        types=["email.send"],
        tags=["a b"],
        created_after=datetime(2030, 1, 1, tzinfo=UTC),
    )


def test_ids_are_each_taken_once_and_in_order() -> None:
    later = "01b20eb4-1366-768e-8433-a398418d79cc"
    read = read_bulk({"action": "set-priority", "ids": [later.upper(), ID, later], "priority": "high"})
    assert read.new.wanted == JobFilter(ids=[ID, later])
    assert (read.new.action, read.new.priority, read.is_dry_run) == (BulkAction.SET_PRIORITY, Priority.HIGH, False)


@pytest.mark.parametrize("empty", [{}, {"created_after": None}], ids=["empty", "null"])
def test_a_filter_that_names_nothing_must_be_confirmed_unless_it_only_asks(empty: dict[str, Any]) -> None:
    document = {"action": "cancel", "filter": empty}
    assert '"confirm_all": true' in problems(document)["/filter"]
    assert "/filter" in problems(document | {"confirm_all": False})
    assert read_bulk(document | {"confirm_all": True}).new.wanted == JobFilter()
    assert read_bulk(document | {"dry_run": True}).is_dry_run


@pytest.mark.parametrize(
    ("document", "pointer", "says"),
    [
        ({}, "/action", "is missing"),
        ({"action": "retry"}, "/filter", "is missing"),
        (RETRY | {"action": "explode"}, "/action", "'explode' is no action: choose retry,"),
        (RETRY | {"ids": [ID]}, "/ids", "cannot stand beside filter"),
        (RETRY | {"filters": {}}, "/filters", "is no member of a bulk request"),
        (RETRY | {"filter": None}, "/filter", "must be an object, not null"),
        (RETRY | {"filter": {"queues": ["mail"]}}, "/filter/queues", "is no filter; those are status, queue,"),
        (RETRY | {"filter": {"cursor": "x"}}, "/filter/cursor", "is no filter"),
        (RETRY | {"filter": {"queue": []}}, "/filter/queue", "is empty"),
        (RETRY | {"filter": {"queue": "mail"}}, "/filter/queue", "must be an array, not a string"),
        (RETRY | {"filter": {"queue": ["a b"]}}, "/filter/queue/0", "is no name"),
        (RETRY | {"filter": {"status": ["done"]}}, "/filter/status/0", "'done' is no status"),
        (RETRY | {"filter": {"created_before": "2030-01-01"}}, "/filter/created_before", "has no time zone"),
        ({"action": "retry", "ids": []}, "/ids", "has 0 items"),
        ({"action": "retry", "ids": [ID] * 10_001}, "/ids", "has 10,001 items"),
        ({"action": "retry", "ids": ["17"]}, "/ids", "'17' in it, which is no job id"),
        ({"action": "retry", "ids": [17]}, "/ids", "17 in it"),
        ({"action": "retry", "ids": ID}, "/ids", "must be an array"),
        (RETRY | {"rate_per_second": 0}, "/rate_per_second", "0 is out of range"),
        (RETRY | {"rate_per_second": True}, "/rate_per_second", "must be a number"),
        (RETRY | {"rate_per_second": 1e7}, "/rate_per_second", "out of range"),
        (RETRY | {"dry_run": "yes"}, "/dry_run", "must be true or false"),
        (RETRY | {"priority": "high"}, "/priority", "has no meaning for retry"),
        (RETRY | {"action": "set-priority"}, "/priority", "is missing: choose high, normal, low"),
        (RETRY | {"action": "set-priority", "priority": "urgent"}, "/priority", "'urgent' is no priority"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(document: dict[str, Any], pointer: str, says: str) -> None:
    found = problems(document)
    assert says in found[pointer]
    assert len(found) == 1 or document == {}


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert set(problems({"action": "x", "ids": 1, "dry_run": 0})) == {"/action", "/ids", "/dry_run"}


def test_the_documentation_has_the_same_members() -> None:
    assert set(BulkRequestSchema().fields) == set(READERS)
    assert set(JobFilterSchema().fields) == set(filter_document.MEMBERS)
