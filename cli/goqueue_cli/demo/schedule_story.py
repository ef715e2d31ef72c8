"""The demo's schedule: made through the API, fired by the scheduler, and deleted when a few of its jobs have completed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from goqueue_cli.demo.story import Row

if TYPE_CHECKING:
    from goqueue import Client, ScheduleRun

_LIFETIME = timedelta(minutes=5)  # of a schedule that an interrupted demo leaves behind
_WANTED = 3  # the first ones are late: until then the scheduler did not know of it


class ScheduleStory:
    """A schedule of small jobs. cron: should name an instant soon."""

    def __init__(self, title: str, job_type: str, cron: str, *, name: str) -> None:
        self.row = Row(title, job_type)
        self._cron = cron
        self._name = name

    def start(self, client: Client) -> None:
        """See Story."""
        ends_at = datetime.now(UTC) + _LIFETIME
        schedule = client.create_schedule(self.row.type, self._cron, name=self._name, ends_at=ends_at)
        self.row = replace(self.row, status="scheduled", finding=schedule.words)

    def look(self, client: Client) -> None:
        """See Story."""
        runs = list(client.schedule_runs(self._name))
        completed = [run for run in runs if run.outcome == "completed"]
        if len(completed) >= _WANTED:
            client.delete_schedule(self._name)
            self.row = replace(self.row, status="completed", tries=1, fraction=1.0, is_right=True, finding=_seen(completed))
        elif runs:
            self.row = replace(self.row, status=runs[0].outcome, fraction=len(completed) / _WANTED)


def _seen(completed: list[ScheduleRun]) -> str:
    newest = completed[0]
    late = f"{newest.lateness * 1000:.0f} ms"
    return f"{len(completed)} jobs; that of {newest.scheduled_for:%H:%M:%S} UTC came {late} later; deleted again"
