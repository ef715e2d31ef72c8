"""What tests of schedules ask again and again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

import requests

from goqueue import Client, Schedule, ScheduleRun
from tests.acceptance.conftest import System
from tests.acceptance.scheduler_process import Scheduler
from tests.processes import eventually

StartScheduler = Callable[..., Scheduler]
Make = Callable[..., Schedule]
PROMPT_SECONDS: Final = 5.0
"""An instant that is less late was fired without ado, whatever else the machine does."""
_SECOND: Final = timedelta(seconds=1)


def runs(client: Client, name: str, at_least: int = 1) -> list[ScheduleRun]:
    """Of a schedule, the oldest first, as soon as there are so many."""
    eventually(lambda: len(list(client.schedule_runs(name))) >= at_least, f"{at_least} runs of {name}")
    return list(client.schedule_runs(name))[::-1]


def gaps(found: list[ScheduleRun]) -> list[timedelta]:
    """Between each run that the cron wanted and the next, when it is not a second."""
    instants = [run.scheduled_for for run in found if not run.manual]
    return [after - before for before, after in pairwise(instants) if after - before != _SECOND]


def sight(system: System) -> dict[str, Any]:
    """What the overview says of scheduling."""
    document: dict[str, Any] = requests.get(f"{system.api_url}/stats/overview", timeout=5).json()["scheduler"]
    return document


def leader(system: System) -> dict[str, Any] | None:
    """The one that it knows."""
    found: dict[str, Any] | None = sight(system)["leader"]
    return found
