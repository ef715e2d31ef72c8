"""What an entry says: counts of all, ids of few."""

from __future__ import annotations

import json

from goqueue_common.errors import BrokerUnavailable
from goqueue_common.job import JobRef, Settled
from goqueue_common.lifecycle import JobStatus
from goqueue_common.live_events import LISTED_AT_MOST, JobChange, Topic, jobs_news, queued_news, tell


def test_a_few_settled_jobs_are_counted_and_named() -> None:
    settled = [
        Settled("a", 1, "completed", "mail", 1),
        Settled("b", 2, "failed", "mail", 1),
        Settled("c", 1, "completed", "sms", 0),
    ]
    assert json.loads(jobs_news(settled)) == {
        "n": 3,
        "statuses": {"completed": {"mail": 1, "sms": 1}, "failed": {"mail": 1}},
        "jobs": [["a", "completed", 1], ["b", "failed", 2], ["c", "completed", 1]],
    }


def test_of_many_there_are_only_counts() -> None:
    settled = [Settled(str(number), 1, "completed", "mail", 1) for number in range(LISTED_AT_MOST + 1)]
    assert json.loads(jobs_news(settled)) == {
        "n": LISTED_AT_MOST + 1,
        "statuses": {"completed": {"mail": LISTED_AT_MOST + 1}},
        "jobs": None,
    }


def test_a_status_may_be_one_of_ours() -> None:
    news = json.loads(jobs_news([JobChange("a", None, JobStatus.CANCELLED, "mail")]))
    assert (news["statuses"], news["jobs"]) == ({"cancelled": {"mail": 1}}, [["a", "cancelled", None]])


def test_queued_jobs_are_told_of_by_their_lists() -> None:
    news = json.loads(queued_news([JobRef("a", "mail", 1), JobRef("b", "mail", 0)]))
    assert news["statuses"] == {"queued": {"mail": 2}}
    assert news["jobs"] == [["a", "queued", None], ["b", "queued", None]]
    assert json.loads(queued_news([JobRef("a", "mail", 1)] * (LISTED_AT_MOST + 1)))["jobs"] is None


def test_without_redis_nobody_hears_and_nothing_fails() -> None:
    class Away:
        def tell(self, topic: Topic, news: str) -> None:
            raise BrokerUnavailable(f"{topic} {news}")

    tell(Away(), Topic.QUEUE, action="pause")
