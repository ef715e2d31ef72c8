from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from goqueue_common.database import Database
from goqueue_common.job import Priority
from goqueue_common.job_filter import JobFilter
from goqueue_common.job_search import PREVIEW_CHARACTERS, Place
from goqueue_common.job_store import JobStore
from goqueue_common.lifecycle import JobStatus
from tests.factories import job_in, submission, submit
from tests.stored_jobs import store_job

EVERYTHING = JobFilter()


def listed(store: JobStore, job_filter: JobFilter = EVERYTHING) -> list[str]:
    return [job.id for job in store.list_jobs(job_filter, limit=100).jobs]


def test_no_jobs_are_one_empty_page(store: JobStore) -> None:
    page = store.list_jobs(EVERYTHING, limit=10)
    assert (page.jobs, page.next) == ([], None)


@pytest.mark.parametrize(("limit", "sizes"), [(1, [1] * 7), (3, [3, 3, 1]), (7, [7]), (8, [7])])
def test_pages_follow_each_other_newest_first_without_gap_or_repeat(store: JobStore, limit: int, sizes: list[int]) -> None:
    ids = [answer.id for answer in store.create_jobs([submission() for _ in range(7)])]
    pages: list[list[str]] = []
    place: Place | None = None
    while True:
        page = store.list_jobs(EVERYTHING, place=place, limit=limit)
        pages.append([job.id for job in page.jobs])
        if page.next is None:
            break
        place = page.next
    assert [len(page) for page in pages] == sizes
    assert [job_id for page in pages for job_id in page] == ids[::-1]


def test_jobs_submitted_meanwhile_do_not_move_the_next_page(store: JobStore) -> None:
    first, second, third = (submit(store) for _ in range(3))
    page = store.list_jobs(EVERYTHING, limit=2)
    submit(store)
    rest = store.list_jobs(EVERYTHING, place=page.next, limit=2)
    assert ([job.id for job in page.jobs], [job.id for job in rest.jobs]) == ([third, second], [first])


@pytest.fixture
def jobs(store: JobStore) -> Mapping[str, str]:
    """Names of four jobs by id, oldest first."""
    options: dict[str, dict[str, Any]] = {
        "mail": {"queue": "mail", "type_": "email.send", "tags": ["a", "b"]},
        "bulk": {"queue": "mail", "type_": "email.bulk", "tags": ["b"], "delay_seconds": 3600},
        "shop": {"queue": "shop", "type_": "order.pay", "tags": ["c"]},
        "bare": {},
    }
    return {submit(store, **values): name for name, values in options.items()}


@pytest.mark.parametrize(
    ("job_filter", "names"),
    [
        (JobFilter(), ["bare", "shop", "bulk", "mail"]),
        (JobFilter(queues=["mail"]), ["bulk", "mail"]),
        (JobFilter(queues=["mail", "shop"]), ["shop", "bulk", "mail"]),
        (JobFilter(statuses=["scheduled"]), ["bulk"]),
        (JobFilter(statuses=["queued", "scheduled"], queues=["mail"]), ["bulk", "mail"]),
        (JobFilter(types=["email.send", "order.pay"]), ["shop", "mail"]),
        (JobFilter(tags=["b"]), ["bulk", "mail"]),
        (JobFilter(tags=["a", "c"]), ["shop", "mail"]),
        (JobFilter(tags=["b"], types=["email.send"]), ["mail"]),
        (JobFilter(queues=["nowhere"]), []),
        (JobFilter(statuses=["no such status"]), []),
        (JobFilter(tags=["'; DROP TABLE jobs; --"]), []),
    ],
)
def test_a_filter_means_any_value_of_each_field_and_all_fields(
    store: JobStore, jobs: Mapping[str, str], job_filter: JobFilter, names: list[str]
) -> None:
    assert [jobs[job_id] for job_id in listed(store, job_filter)] == names


def test_a_created_range_takes_its_start_and_leaves_out_its_end(store: JobStore, database: Database) -> None:
    start = datetime(2030, 1, 1, tzinfo=UTC)
    ids = [store_job(database, start + timedelta(hours=hours)) for hours in range(4)]
    created = JobFilter(created_after=start + timedelta(hours=1), created_before=start + timedelta(hours=3))
    assert listed(store, created) == [ids[2], ids[1]]


@pytest.mark.parametrize("status", list(JobStatus))
def test_a_list_says_the_same_of_a_job_as_the_job_itself(store: JobStore, worker_id: str, status: JobStatus) -> None:
    job_id = job_in(status, store, worker_id, tags=["x"], priority=Priority.LOW, timeout_seconds=5)
    summary = store.list_jobs(JobFilter(statuses=[status]), limit=10).jobs[0].to_dict()
    job = store.get_job_by_id(job_id).to_dict()
    assert set(job) - set(summary) == {"payload", "result", "attempt_history", "progress", "traceparent"}
    assert set(summary) - set(job) == {"payload_preview"}
    assert {name: job[name] for name in summary if name != "payload_preview"} == {
        name: value for name, value in summary.items() if name != "payload_preview"
    }


def test_a_payload_is_cut_to_a_preview(store: JobStore) -> None:
    submit(store, payload={"text": "ü" * 1000})
    preview = store.list_jobs(EVERYTHING, limit=1).jobs[0].payload_preview
    assert (len(preview), preview[:12]) == (PREVIEW_CHARACTERS, '{"text": "üü')
