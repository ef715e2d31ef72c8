"""The API as a scheduler meets it, in memory: the rules of POST /schedules/fire and its neighbours, and how they fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from goqueue import Fire, FireAnswer, FireReport, Schedule, SchedulerAnswer, ScheduleSnapshot, SyncReport
from tests.factories import FrozenClock

BEGAN = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
AHEAD = timedelta(seconds=60)


class ApiModel:
    """One API with its database.

    shift: how far its clock was moved. round_trip: seconds that an answer takes. fails: what the next calls raise, by name
    of the call; None is an answer. lose_answers: so many fires are done, and nobody learns of it.
    """

    def __init__(self, clock: FrozenClock) -> None:
        self._clock = clock
        self._origin = clock.boottime()
        self.shift = timedelta(0)
        self.round_trip = 0.0
        self.rows: dict[str, Schedule] = {}
        self.runs: dict[tuple[str, datetime], int] = {}
        self.made_at: dict[tuple[str, datetime], datetime] = {}
        self.revision = 1
        self.fails: Callable[[str, Sequence[Fire]], Exception | None] = lambda _call, _fires: None
        self.lose_answers: Exception | None = None
        self.calls: list[str] = []
        self.batches: list[Sequence[Fire]] = []
        self.reports: list[dict[str, Any]] = []

    @property
    def at(self) -> datetime:
        return BEGAN + timedelta(seconds=self._clock.boottime() - self._origin) + self.shift

    @property
    def fired(self) -> list[tuple[str, datetime]]:
        return list(self.runs)

    def times(self, name: str) -> list[str]:
        """Which instants of it were fired, as hours, minutes and seconds."""
        return [f"{at:%H:%M:%S}" for schedule, at in self.runs if schedule == name]

    def has(self, name: str, cron: str, **options: Any) -> None:
        """There is a schedule, since now."""
        fields = {"type": name, "queue": "default", "version": 1, "due_after": self.at, **options}
        self.rows[name] = Schedule(name=name, cron=cron, **fields)
        self.revision += 1

    def change(self, name: str, **changes: Any) -> None:
        row = self.rows[name]
        self.rows[name] = replace(row, version=row.version + 1, **changes)
        self.revision += 1

    def remove(self, name: str) -> None:
        del self.rows[name]
        self.revision += 1

    def schedule_snapshot(self) -> ScheduleSnapshot:
        self._answer("load")
        return ScheduleSnapshot(at=self.at, revision=self.revision, schedules=tuple(self.rows.values()))

    def fire_schedules(self, fires: Sequence[Fire]) -> FireReport:
        self._answer("fire", fires)
        self.batches.append(fires)
        items = tuple(
            FireAnswer(schedule=fire.schedule, scheduled_for=fire.scheduled_for, outcome=self._outcome(fire))
            for fire in fires
        )
        if self.lose_answers is not None:
            lost, self.lose_answers = self.lose_answers, None
            raise lost
        return FireReport(at=self.at, items=items)

    def report_scheduler(self, scheduler_id: str, **told: Any) -> SchedulerAnswer:
        self._answer("presence")
        self.reports.append(told)
        return SchedulerAnswer(at=self.at, revision=self.revision)

    def sync_schedules(self, definitions: Sequence[Mapping[str, object]]) -> SyncReport:
        self._answer("sync")
        created = tuple(str(one["name"]) for one in definitions if one["name"] not in self.rows)
        for one in definitions:
            if one["name"] in created:
                self.has(str(one["name"]), str(one["cron"]))
        return SyncReport(at=self.at, created=created, unchanged=len(definitions) - len(created))

    def _outcome(self, fire: Fire) -> str:
        row = self.rows.get(fire.schedule)
        if (fire.schedule, fire.scheduled_for) in self.runs:
            return "replayed"
        if row is None or row.due_after is None:
            return "gone"
        if row.version != fire.version:
            return "changed"
        if row.paused:
            return "paused"
        if fire.scheduled_for > self.at + AHEAD:
            return "ahead"
        if fire.scheduled_for <= row.due_after:
            return "passed"
        self.runs[fire.schedule, fire.scheduled_for] = fire.missed
        self.made_at[fire.schedule, fire.scheduled_for] = self.at
        self.rows[fire.schedule] = replace(row, due_after=fire.scheduled_for)
        return "fired"

    def _answer(self, call: str, fires: Sequence[Fire] = ()) -> None:
        self.calls.append(call)
        self._clock.advance(self.round_trip)
        if (error := self.fails(call, fires)) is not None:
            raise error
