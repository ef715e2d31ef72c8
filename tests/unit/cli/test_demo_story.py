"""Stories of the demo: they believe what they see, not that a job says it is completed."""

from __future__ import annotations

from dataclasses import replace

from goqueue import Job, JobRequest
from goqueue_cli.demo.story import JobStory, NotAsPromised, RetriedByHand

QUEUED = Job(id="1", queue="default", type="demo.fail", status="queued")
COMPLETED = replace(QUEUED, status="completed", attempts=1)
EXHAUSTED = replace(QUEUED, status="failed", failure_reason="exhausted", attempts=2, error="asked to fail")


class ScriptedClient:
    """Answers with one state of the job after the other."""

    def __init__(self, *states: Job) -> None:
        self._states = list(states)
        self.retried: list[str] = []

    def submit(self, *_arguments: object, **_options: object) -> Job:
        return QUEUED

    def get(self, _job_id: str) -> Job:
        return self._states.pop(0)

    def retry(self, job_id: str) -> Job:
        self.retried.append(job_id)
        return QUEUED


def told(story: JobStory, *states: Job) -> ScriptedClient:
    """The story, looked at once for each state."""
    client = ScriptedClient(*states)
    story.start(client)  # type: ignore[arg-type]
    for _ in states:
        story.look(client)  # type: ignore[arg-type]
    return client


def refuse(_job: Job) -> str:
    raise NotAsPromised("no file")


def test_completed_job_whose_work_is_not_there_is_wrong() -> None:
    story = JobStory("write", JobRequest("demo.fail"), refuse)
    told(story, COMPLETED)
    assert (story.row.is_right, story.row.finding) == (False, "no file")


def test_completed_job_shows_what_was_seen() -> None:
    story = JobStory("write", JobRequest("demo.fail"), lambda _job: "12 bytes")
    told(story, COMPLETED)
    assert (story.row.is_right, story.row.finding, story.row.fraction) == (True, "12 bytes", 1.0)


def test_failed_job_is_wrong_and_says_why() -> None:
    story = JobStory("write", JobRequest("demo.fail"), lambda _job: "")
    told(story, EXHAUSTED)
    assert (story.row.is_right, story.row.finding) == (False, "asked to fail")


def test_exhausted_job_is_retried_by_hand_once() -> None:
    story = RetriedByHand("again", JobRequest("demo.fail"), lambda _job: "ran")
    client = told(story, EXHAUSTED, COMPLETED)
    assert client.retried == ["1"]
    assert story.row.is_right


def test_job_that_fails_after_the_retry_by_hand_is_wrong() -> None:
    story = RetriedByHand("again", JobRequest("demo.fail"), lambda _job: "ran")
    client = told(story, EXHAUSTED, EXHAUSTED)
    assert client.retried == ["1"]
    assert story.row.is_right is False
