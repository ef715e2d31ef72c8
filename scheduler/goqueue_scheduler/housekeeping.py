"""All that is not firing, apart from it, so that a slow call delays no fire: the `schedule` package runs it.

What reads or writes all schedules may take seconds, so presence, which others count on, has a thread of its own again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import schedule
import structlog

from goqueue_common.telemetry.telemetry import Telemetry
from goqueue_scheduler.fire_counts import FireCounts

log = structlog.get_logger(__name__)

PRESENCE_SECONDS: Final = 2
LOOK_SECONDS: Final = 0.1
"""How soon something that has come up is begun."""


class Housekeeping:
    """`step` runs the tasks that are due. at_once: looks that cost nothing unless there is work; made with every step.

    tasks: by name, the seconds between two runs and what to run. One that fails is logged and counted; the others go on.
    """

    def __init__(
        self,
        at_once: Mapping[str, Callable[[], None]],
        tasks: Mapping[str, tuple[int, Callable[[], None]]],
        *,
        counts: FireCounts,
        telemetry: Telemetry,
    ) -> None:
        self._at_once = at_once
        self._tasks = tasks
        self._counts = counts
        self._telemetry = telemetry
        self._timetable = schedule.Scheduler()
        self._shortest = min((seconds for seconds, _ in tasks.values()), default=1)
        self._arrange()
        self._is_new = True

    def step(self) -> float:
        """What is due now."""
        for name, look in self._at_once.items():
            self._run(name, look)
        if self._is_new:
            self._is_new = False
            self._timetable.run_all()
        elif (self._timetable.idle_seconds or 0.0) > self._shortest:
            # Its times are the wall clock's, which was set back, or came to the end of summer time.
            self._arrange()
            self._timetable.run_all()
        else:
            self._timetable.run_pending()
        return LOOK_SECONDS

    def _arrange(self) -> None:
        self._timetable.clear()
        for name, (seconds, task) in self._tasks.items():
            self._timetable.every(seconds).seconds.do(self._run, name, task)

    def _run(self, name: str, task: Callable[[], None]) -> None:
        try:
            task()
        except Exception as error:
            log.exception("task_failed", task=name)
            self._counts.failed(name)
            if self._telemetry.error_reports is not None:
                self._telemetry.error_reports.report(error)
