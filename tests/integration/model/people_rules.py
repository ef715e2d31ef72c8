"""What people and the clock do: submit, cancel, retry by hand, and time that passes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from goqueue_common.errors import WrongStatus
from goqueue_common.job import Priority
from goqueue_common.lifecycle import JobEvent
from goqueue_common.new_job import Submission
from tests.factories import LONG_SECONDS, ref, submission
from tests.integration.model.expected_jobs import ExpectedJob
from tests.integration.model.ledger import Ledger
from tests.integration.model.system import QUEUES
from tests.unit.common.expected_lifecycle import BY_HAND

PICK: Final = st.integers(0, 11)
"""Which of those there are, counted round."""
_MOST_JOBS: Final = 12
_PUSHED: Final = st.sampled_from([True, True, False])
"""False: the process died between its COMMIT and its push."""
_NEW_JOBS: Final = st.lists(
    st.fixed_dictionaries(
        {
            "queue": st.sampled_from(QUEUES),
            "priority": st.sampled_from(Priority),
            "max_retries": st.sampled_from([0, 1, 3]),
            "later": st.sampled_from([False, False, True]),
            "expires": st.sampled_from([False, False, True]),
        }
    ),
    min_size=2,
    max_size=5,
)


def any_job(wanted: Callable[[ExpectedJob], bool]) -> Callable[[Ledger], bool]:
    """For preconditions."""
    return lambda ledger: any(wanted(job) for job in ledger.jobs.values())


def waits_for_its_time(job: ExpectedJob) -> bool:
    return job.status in ("scheduled", "retrying") and not job.is_due


def may_expire(job: ExpectedJob) -> bool:
    return job.expires and not job.is_expired


class PeopleRules(Ledger):
    """Rules by hand."""

    @initialize(new_jobs=_NEW_JOBS)
    def begin(self, new_jobs: list[dict[str, Any]]) -> None:
        self.submit(new_jobs, pushed=True)

    @precondition(lambda self: len(self.jobs) < _MOST_JOBS)
    @rule(new_jobs=_NEW_JOBS, pushed=_PUSHED)
    def submit(self, new_jobs: list[dict[str, Any]], pushed: bool) -> None:
        submissions = [_submission(**new) for new in new_jobs]
        answers = (self.system.submitter.submit if pushed else self.system.jobs.create_jobs)(submissions)
        for new, answer in zip(new_jobs, answers, strict=True):
            self.jobs[answer.id] = ExpectedJob(
                id=answer.id,
                queue=new["queue"],
                priority=new["priority"],
                status="scheduled" if new["later"] else "queued",
                max_retries=new["max_retries"],
                expires=new["expires"],
                goes_to_the_end=not new["later"],
            )

    @rule(pick=PICK, event=st.sampled_from(BY_HAND), pushed=_PUSHED)
    def by_hand(self, pick: int, event: str, pushed: bool) -> None:
        job = self.picked(self.jobs.values(), pick)
        if job.happens(event, reason="expired") is None:
            with pytest.raises(WrongStatus):
                self.system.jobs.update_status(job.id, JobEvent(event))
            return
        self.system.jobs.update_status(job.id, JobEvent(event))
        if pushed and job.status == "queued":
            self.system.submitter.push([ref(job.id, queue=job.queue, priority=Priority(job.priority))])

    @precondition(any_job(lambda job: job.holder is not None))
    @rule(pick=PICK)
    def cancel(self, pick: int) -> None:
        """Whatever it is doing; most wanted while something runs."""
        job = self.picked(self.jobs.values(), pick)
        if job.happens("cancel") is None and job.happens("request_cancel") is None:
            with pytest.raises(WrongStatus):
                self.system.jobs.cancel(job.id)
        else:
            assert self.system.jobs.cancel(job.id).status == job.status

    @precondition(any_job(lambda job: waits_for_its_time(job) or may_expire(job)))
    @rule(pick=PICK)
    def time_passes(self, pick: int) -> None:
        """Until something is due or has expired."""
        job = self.picked([job for job in self.jobs.values() if waits_for_its_time(job) or may_expire(job)], pick)
        if waits_for_its_time(job):
            job.is_due = True
            self.system.let_run_at_come(job.id)
        else:
            job.is_expired = True
            self.system.let_expire(job.id)

    @precondition(any_job(lambda job: job.is_due and job.status in ("scheduled", "retrying")))
    @rule(pushed=_PUSHED)
    def promote(self, pushed: bool) -> None:
        if pushed:
            self.system.promoter.step()
        else:
            self.system.maintenance.promote(1_000)
        for job in self.jobs.values():
            if job.is_due:
                job.happens("promote")


def _submission(*, queue: str, priority: Priority, max_retries: int, later: bool, expires: bool) -> Submission:
    return submission(
        queue=queue,
        priority=priority,
        max_retries=max_retries,
        delay_seconds=LONG_SECONDS if later else None,
        expires_at=datetime.now(UTC) + timedelta(seconds=LONG_SECONDS) if expires else None,
    )
