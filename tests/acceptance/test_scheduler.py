"""Schedules from a request to the result of their jobs, with whole processes of everything."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import requests

from goqueue import Client, Conflict, InvalidRequest, Schedule, ScheduleRun
from tests.acceptance.conftest import System
from tests.acceptance.scheduler_process import Scheduler
from tests.faults.rig import WRONG_CLOCK
from tests.faults.service import Service
from tests.metrics_page import MetricsPage
from tests.processes import eventually, free_port, is_ready

StartScheduler = Callable[..., Scheduler]
Make = Callable[..., Schedule]
SECOND = timedelta(seconds=1)
GREETED = {"greeting": "hello from the shop's common, Ada", "price": 42, "attempt": 1}
PROMPT_SECONDS = 5.0
"""An instant that is less late was fired without ado, whatever else the machine does."""


def runs(client: Client, name: str, at_least: int = 1) -> list[ScheduleRun]:
    """Of a schedule, the oldest first, as soon as there are so many."""
    eventually(lambda: len(list(client.schedule_runs(name))) >= at_least, f"{at_least} runs of {name}")
    return list(client.schedule_runs(name))[::-1]


def gaps(found: list[ScheduleRun]) -> list[timedelta]:
    """Between each run that the cron wanted and the next, when it is not a second."""
    instants = [run.scheduled_for for run in found if not run.manual]
    return [after - before for before, after in pairwise(instants) if after - before != SECOND]


def test_a_schedule_made_over_http_fires_and_its_job_completes(
    system: System, client: Client, start_scheduler: StartScheduler, make: Make
) -> None:
    system.start_worker()
    start_scheduler()
    make("greeting", type="shop.greet", payload={"name": "Ada"}, tags=["nightly"], queue="letters")
    run = runs(client, "greeting")[0]
    job = client.wait(run.job_id or "", timeout=20)
    assert (job.status, job.result) == ("completed", GREETED)
    assert (job.schedule, job.scheduled_for, job.queue) == ("greeting", run.scheduled_for, "letters")
    assert run.scheduled_for.microsecond == 0
    assert run.lateness < PROMPT_SECONDS
    assert runs(client, "greeting")[0].outcome == "completed"


def test_what_falls_into_a_pause_is_dropped_but_people_may_run_it(
    client: Client, start_scheduler: StartScheduler, make: Make
) -> None:
    start_scheduler()
    make("tick")
    make("paused")
    runs(client, "paused")
    assert client.pause_schedule("paused").next_at is None
    before = len(runs(client, "paused"))
    by_hand = client.run_schedule("paused")
    runs(client, "tick", len(runs(client, "tick")) + 3)
    during = runs(client, "paused")
    assert len(during) == before + 1
    assert (during[-1].manual, during[-1].job_id) == (True, by_hand.id)
    assert (by_hand.schedule, by_hand.scheduled_for) == ("paused", during[-1].scheduled_for)
    resumed = client.resume_schedule("paused")
    after = runs(client, "paused", len(during) + 2)
    assert after[-1].scheduled_for > (resumed.due_after or datetime.now(UTC)) > during[-1].scheduled_for
    assert len(gaps(after)) == 1
    assert gaps(runs(client, "tick")) == []


def test_a_run_is_skipped_and_recorded_while_an_earlier_one_is_unfinished(
    system: System, client: Client, start_scheduler: StartScheduler, make: Make
) -> None:
    system.start_worker()
    start_scheduler()
    go = system.folder / "go"
    make("slow", type="shop.wait", payload={"file": str(go)}, overlap="skip")
    busy = runs(client, "slow", 3)
    assert [run.outcome for run in busy[1:]] == ["skipped"] * (len(busy) - 1)
    assert {run.job_id for run in busy[1:]} == {None}
    go.touch()
    eventually(lambda: [run.outcome for run in runs(client, "slow")].count("completed") >= 2, "it fires again")
    assert gaps(runs(client, "slow")) == []


def test_a_leader_that_is_asked_to_end_hands_over_within_a_second(
    client: Client, start_scheduler: StartScheduler, make: Make
) -> None:
    first = start_scheduler()
    first.wait_until_leading()
    second = start_scheduler()
    make("handed")
    runs(client, "handed", 2)
    assert (second.ready()["role"], second.ready()["term"]) == ("follower", None)
    told_at = time.time()
    assert first.stop() == 0
    second.wait_until_leading()
    assert second.said_at("leader_elected") - told_at < 1.0
    assert second.ready()["term"] > 1
    before = len(runs(client, "handed"))
    assert gaps(runs(client, "handed", before + 2)) == []


@pytest.fixture
def own_api(system: System, tmp_path: Path) -> Iterator[OwnApi]:
    """An API for the scheduler alone, which can be taken away."""
    started = OwnApi(system.environment, tmp_path / "api.log")
    yield started
    started.service.kill()


class OwnApi:
    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self._address}"
        self._environment = {**environment, "GOQUEUE_API_BIND": self._address, "GOQUEUE_API_PROCESSES": "1"}
        self._log = log
        self.start()

    def start(self) -> None:
        self.service = Service(["goqueue_api"], environment=self._environment, log=self._log)
        eventually(lambda: is_ready(self.url), "the scheduler's API is ready")


def test_nothing_is_lost_while_the_api_is_away(
    client: Client, own_api: OwnApi, start_scheduler: StartScheduler, make: Make
) -> None:
    scheduler = start_scheduler(API_URL=own_api.url)
    make("kept")
    runs(client, "kept", 2)
    own_api.service.kill()
    eventually(lambda: scheduler.ready()["lag"] > 2.0, "it is behind, and says so")
    own_api.start()
    eventually(lambda: scheduler.ready()["lag"] == 0.0, "it has caught up")
    found = runs(client, "kept", len(runs(client, "kept")) + 1)
    assert gaps(found) == []
    assert max(run.lateness for run in found) > 2.0
    assert scheduler.said("api_away")
    assert scheduler.said("api_answers_again")


@pytest.mark.parametrize("hours", [1, -1])
def test_a_clock_that_jumps_an_hour_fires_nothing_wrongly(
    hours: int, client: Client, start_scheduler: StartScheduler, make: Make, tmp_path: Path
) -> None:
    offset, when = timedelta(hours=hours), tmp_path / "jump"
    path = os.pathsep.join(filter(None, [str(WRONG_CLOCK), os.environ.get("PYTHONPATH")]))
    clock = {"FAULT_CLOCK_OFFSET": str(offset.total_seconds()), "FAULT_CLOCK_WHEN": str(when)}
    scheduler = start_scheduler(PYTHONPATH=path, **clock)
    there = datetime.now(UTC) + offset
    make(f"there{hours}", cron=f"* * {there.hour} * * *")
    make(f"before{hours}")
    runs(client, f"before{hours}", 2)
    when.touch()
    make(f"after{hours}")
    after, before = runs(client, f"after{hours}", 3), runs(client, f"before{hours}")
    assert gaps(after) == gaps(before) == []
    assert all(0.0 <= run.lateness < PROMPT_SECONDS for run in [*after, *before])
    assert list(client.schedule_runs(f"there{hours}")) == []
    own = datetime.fromisoformat(scheduler.said("schedules_fired")[-1]["timestamp"])
    assert abs(own - there) < timedelta(minutes=1), "its clock did jump"
    assert scheduler.said("task_failed") == []


def test_a_scheduler_says_who_leads_and_how_it_goes(
    system: System, client: Client, start_scheduler: StartScheduler, make: Make
) -> None:
    scheduler = start_scheduler()
    scheduler.wait_until_leading()
    make("seen", queue="mail")
    runs(client, "seen", 2)
    ready = scheduler.ready()
    assert (ready["status"], ready["role"], ready["redis"], ready["api"]) == ("ready", "leader", "ok", "ok")
    assert (ready["schedules"], ready["fired"] >= 2, ready["lag"] < PROMPT_SECONDS) == (1, True, True)
    assert requests.get(f"{scheduler.url}/healthz", timeout=5).json() == {"status": "ok"}
    page = MetricsPage.of(f"{scheduler.url}/metrics")
    assert page.value("goqueue_leader") == 1.0
    assert page.value("goqueue_scheduler_term") == ready["term"]
    assert page.value("goqueue_scheduler_fires_total", outcome="fired") >= 2

    def sight() -> dict[str, object]:
        document: dict[str, object] = requests.get(f"{system.api_url}/stats/overview", timeout=5).json()["scheduler"]
        return document

    eventually(lambda: (sight()["leader"] or {}).get("id") == ready["id"], "the API knows the leader")  # type: ignore[attr-defined]
    told = sight()
    assert told["leader"]["pid"] == scheduler.pid  # type: ignore[index]
    assert told["leader"]["term"] == ready["term"]  # type: ignore[index]
    assert (told["schedules"], told["paused"], told["next"][0]["queue"]) == (1, 0, "mail")  # type: ignore[index]
    own = next(one for one in client.schedulers() if one.id == ready["id"])
    assert (own.state, own.leads, own.term) == ("alive", True, ready["term"])
    assert scheduler.stop() == 0
    assert next(one for one in client.schedulers() if one.id == ready["id"]).state == "ended"


def test_what_cannot_be_a_schedule_is_said_in_plain_words(client: Client, make: Make) -> None:
    for name, options, pointer, word in (
        ("zoneless", {"timezone": "Europe/Berlln"}, "/timezone", "Europe/Berlin"),
        ("never", {"cron": "0 0 31 2 *"}, "/cron", "never"),
        ("backwards", {"cron": "0 0 * *"}, "/cron", "character 8"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            make(name, **options)
        problem = refused.value.errors[0]
        assert problem.pointer == pointer
        assert word in problem.detail
    make("twice")
    with pytest.raises(Conflict) as known:
        make("twice")
    assert known.value.code == "schedule_exists"


def test_ctrl_c_ends_it_in_order(start_scheduler: StartScheduler) -> None:
    scheduler = start_scheduler()
    scheduler.signal(signal.SIGINT)
    assert scheduler.wait() == 0
    assert scheduler.said("scheduler_stopped")
