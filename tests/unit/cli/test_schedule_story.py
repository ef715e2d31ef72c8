from __future__ import annotations

from datetime import UTC, datetime

from goqueue import Schedule, ScheduleRun
from goqueue_cli.demo.schedule_story import ScheduleStory

AT = datetime(2026, 3, 1, 7, tzinfo=UTC)
FIRED = ScheduleRun(schedule="a", scheduled_for=AT, lateness=0.045, job_id="1", outcome="queued")
DONE = ScheduleRun(schedule="a", scheduled_for=AT, lateness=0.045, job_id="1", outcome="completed")


class ScriptedClient:
    """Answers with one list of runs after the other."""

    def __init__(self, *runs: list[ScheduleRun]) -> None:
        self._runs = list(runs)
        self.schedules: set[str] = set()

    def create_schedule(self, job_type: str, cron: str, *, name: str, **_options: object) -> Schedule:
        self.schedules.add(name)
        return Schedule(name=name, type=job_type, queue="default", cron=cron, version=1, words="Every second")

    def schedule_runs(self, _name: str) -> list[ScheduleRun]:
        return self._runs.pop(0)

    def delete_schedule(self, name: str) -> None:
        self.schedules.remove(name)


def test_a_schedule_is_deleted_when_a_few_of_its_jobs_have_completed() -> None:
    story = ScheduleStory("each second", "demo.noop", "* * * * * *", name="a")
    client = ScriptedClient([], [FIRED], [FIRED, DONE, DONE], [DONE, DONE, DONE])
    story.start(client)  # type: ignore[arg-type]
    assert (story.row.status, story.row.finding) == ("scheduled", "Every second")
    for status in ("scheduled", "queued", "queued", "completed"):
        assert story.row.is_right is None
        assert client.schedules == {"a"}
        story.look(client)  # type: ignore[arg-type]
        assert story.row.status == status
    assert story.row.is_right
    assert story.row.finding == "3 jobs; that of 07:00:00 UTC came 45 ms later; deleted again"
    assert client.schedules == set()
