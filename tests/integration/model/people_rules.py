"""What people and the clock do: submit, cancel, retry by hand, and time that passes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
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
_MOST_JOBS: Final = 20
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

    @rule(pick=PICK, event=st.sampled_from([*BY_HAND, "cancel or ask"]), pushed=_PUSHED)
    def by_hand(self, pick: int, event: str, pushed: bool) -> None:
        """What people want, whether it can be had or not."""
        job = self.picked(self.jobs.values(), pick)
        if event == "cancel or ask":
            happened = job.happens("cancel") or job.happens("request_cancel")
            change = partial(self.system.jobs.cancel, job.id)
        else:
            happened = job.happens(event, reason="expired")
            change = partial(self.system.jobs.update_status, job.id, JobEvent(event))
        if happened is None:
            with pytest.raises(WrongStatus):
                change()
        else:
            assert change().status == job.status
        if happened == "queued" and pushed:
            self.system.submitter.push([ref(job.id, queue=job.queue, priority=Priority(job.priority))])

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

    @precondition(any_job(lambda job: job.is_due or job.is_expired))
    @rule(pushed=_PUSHED)
    def maintain(self, pushed: bool) -> None:
        """A round of the expirer, and one of the promoter, which may die before its push."""
        self.system.expirer.step()
        for job in self.jobs.values():
            if job.is_expired:
                job.happens("expire", reason="expired")
        if pushed:
            self.system.promoter.step()
        else:
            self.system.maintenance.promote(1_000)
        for job in self.jobs.values():
            if job.is_due:
                job.happens("promote")
                job.is_due = False


def _submission(*, queue: str, priority: Priority, max_retries: int, later: bool, expires: bool) -> Submission:
    return submission(
        queue=queue,
        priority=priority,
        max_retries=max_retries,
        delay_seconds=LONG_SECONDS if later else None,
        expires_at=datetime.now(UTC) + timedelta(seconds=LONG_SECONDS) if expires else None,
    )
