from __future__ import annotations

import pytest

from goqueue_common.lifecycle import FINAL, WAITING, JobEvent, JobStatus, sources, target
from tests.unit.common.expected_lifecycle import EVENTS, NEW, STATUSES, expected_target, pairs


def test_the_table_typed_by_hand_knows_every_event_and_status() -> None:
    assert (set(EVENTS), set(STATUSES)) == (set(JobEvent), set(JobStatus))


@pytest.mark.parametrize("cancel_requested", [False, True], ids=["not cancelled", "cancel requested"])
@pytest.mark.parametrize(("event", "status"), pairs())
def test_an_event_leads_where_the_design_says(event: JobEvent, status: JobStatus, cancel_requested: bool) -> None:
    expected = expected_target(event, status, cancel_requested=cancel_requested)
    assert target(event, status, cancel_requested=cancel_requested) == expected


@pytest.mark.parametrize("event", EVENTS)
def test_only_a_submit_makes_a_job(event: str) -> None:
    assert target(JobEvent(event), None) == expected_target(event, NEW, cancel_requested=False)


@pytest.mark.parametrize("event", EVENTS)
def test_sources_of_an_event_are_sorted_and_complete(event: str) -> None:
    allowed = [status for status in STATUSES if expected_target(event, status, cancel_requested=False)]
    assert sources(JobEvent(event)) == sorted(allowed)


def test_only_retry_leads_out_of_a_final_status() -> None:
    leaving = {event for event in JobEvent for status in FINAL if target(event, status)}
    assert leaving == {JobEvent.RETRY}


def test_every_status_is_waiting_processing_or_final() -> None:
    assert {JobStatus.PROCESSING} | WAITING | FINAL == set(JobStatus)
    assert [status for status in JobStatus if status.is_final] == [s for s in JobStatus if s in FINAL]
