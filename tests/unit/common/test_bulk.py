"""Which jobs an action may be done to, and a filter as JSON."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import pytest

from goqueue_common import filter_document
from goqueue_common.bulk import (
    BulkAction,
    BulkOperation,
    BulkState,
    eligible,
    excluded,
    selected_jobs,
    selection_document,
    shown_selection,
)
from goqueue_common.job_search import JobFilter
from goqueue_common.lifecycle import JobStatus

IDS = [f"00000000-0000-7000-8000-{number:012}" for number in range(150)]
ALLOWED = {
    BulkAction.RETRY: {"failed", "cancelled", "retrying"},
    BulkAction.CANCEL: {"queued", "scheduled", "retrying", "processing"},
    BulkAction.DELETE: {"completed", "failed", "cancelled"},
    BulkAction.RUN_NOW: {"scheduled", "retrying"},
    BulkAction.SET_PRIORITY: {"queued", "scheduled", "retrying"},
}


@pytest.mark.parametrize("action", list(BulkAction))
def test_an_action_is_for_some_statuses_and_all_others_are_excluded(action: BulkAction) -> None:
    wanted = JobFilter(queues=["mail"])
    able, left = eligible(action, wanted), excluded(action, wanted)
    assert able is not None
    assert left is not None
    assert set(able.statuses) == ALLOWED[action]
    assert set(left.statuses) == set(JobStatus) - ALLOWED[action]
    assert able.queues == left.queues == ["mail"]


@pytest.mark.parametrize("action", list(BulkAction))
@pytest.mark.parametrize("status", list(JobStatus))
def test_a_status_that_an_action_is_not_for_selects_nothing_instead_of_everything(
    action: BulkAction, status: JobStatus
) -> None:
    able, left = eligible(action, JobFilter(statuses=[status])), excluded(action, JobFilter(statuses=[status]))
    is_allowed = status in ALLOWED[action] or (action, status) == (BulkAction.RETRY, JobStatus.COMPLETED)
    assert (able is not None, left is None) == (is_allowed, is_allowed)
    assert [found.statuses for found in (able, left) if found is not None] == [[status]]


def test_completed_jobs_are_retried_when_ids_name_them() -> None:
    able = eligible(BulkAction.RETRY, JobFilter(ids=IDS))
    assert able is not None
    assert set(able.statuses) == ALLOWED[BulkAction.RETRY] | {"completed"}
    assert able.ids == IDS


def test_a_filter_survives_being_stored() -> None:
    at = datetime(2030, 1, 2, 3, 4, 5, 678901, UTC)
    wanted = JobFilter(statuses=["failed"], queues=["a"], types=["b"], tags=["c"], created_after=at, created_before=at)
    assert selected_jobs(selection_document(wanted)) == wanted
    assert selection_document(wanted)["filter"]["created_before"] == "2030-01-02T03:04:05.678901+00:00"
    assert selection_document(JobFilter()) == {"filter": {}}


def test_every_field_of_a_filter_but_ids_has_a_name_in_json() -> None:
    assert set(filter_document.MEMBERS.values()) == {item.name for item in fields(JobFilter)} - {"ids"}


def test_of_many_ids_a_hundred_are_shown_and_all_are_kept() -> None:
    stored = selection_document(JobFilter(ids=IDS[::-1]))
    assert selected_jobs(stored).ids == IDS
    assert shown_selection(stored) == {"ids": IDS[:100], "ids_total": 150}


@pytest.mark.parametrize(
    ("state", "matched", "is_capped", "processed", "progress"),
    [
        (BulkState.RUNNING, 200, False, 50, 0.25),
        (BulkState.RUNNING, 200, True, 50, None),
        (BulkState.RUNNING, 0, False, 0, 0.0),
        (BulkState.RUNNING, 10, False, 12, 1.0),
        (BulkState.COMPLETED, 200, True, 900, 1.0),
        (BulkState.ABORTED, 200, False, 50, 0.25),
    ],
    ids=["quarter", "uncounted", "nothing", "more than matched", "completed", "aborted"],
)
def test_progress_is_a_fraction_where_it_can_be_known(
    state: BulkState, matched: int, is_capped: bool, processed: int, progress: float | None
) -> None:
    now = datetime.now(UTC)
    operation = BulkOperation(
        id=IDS[0],
        action=BulkAction.RETRY,
        selection={"filter": {}},
        parameters={},
        rate_per_second=None,
        state=state,
        matched=matched,
        matched_is_capped=is_capped,
        processed=processed,
        changed=processed,
        skipped=0,
        after_id=None,
        error=None,
        actor="tests",
        created_at=now,
        updated_at=now,
        finished_at=None,
    )
    assert operation.progress == progress
    assert operation.to_dict()["progress"] == progress
