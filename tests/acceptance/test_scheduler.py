"""Schedules from a request to the result of their jobs, with whole processes of everything."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests

from goqueue import Client, Conflict, InvalidRequest
from tests.acceptance.conftest import System
from tests.acceptance.schedule_runs import PROMPT_SECONDS, Make, StartScheduler, gaps, leader, runs, sight
from tests.metrics_page import MetricsPage
from tests.processes import eventually

GREETED = {"greeting": "hello from the shop's common, Ada", "price": 42, "attempt": 1}


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


def test_an_edit_while_it_fires_loses_no_instant(client: Client, start_scheduler: StartScheduler, make: Make) -> None:
    start_scheduler()
    make("edited", payload={"n": 0})
    for n in (1, 2, 3):
        runs(client, "edited", len(list(client.schedule_runs("edited"))) + 1)
        client.edit_schedule("edited", payload={"n": n})
    found = runs(client, "edited", len(list(client.schedule_runs("edited"))) + 2)
    assert gaps(found) == []
    assert client.get(found[-1].job_id or "").payload == {"n": 3}


def test_a_scheduler_says_who_leads_and_how_it_goes(
    system: System, client: Client, start_scheduler: StartScheduler, make: Make
) -> None:
    scheduler = start_scheduler()
    scheduler.wait_until_leading()
    make("seen", queue="mail")
    runs(client, "seen", 2)
    eventually(lambda: scheduler.ready()["fired"] >= 2, "it has the answers, too")
    ready = scheduler.ready()
    assert (ready["status"], ready["role"], ready["redis"], ready["api"]) == ("ready", "leader", "ok", "ok")
    assert (ready["schedules"], ready["lag"] < PROMPT_SECONDS) == (1, True)
    assert requests.get(f"{scheduler.url}/healthz", timeout=5).json() == {"status": "ok"}
    page = MetricsPage.of(f"{scheduler.url}/metrics")
    assert page.value("goqueue_leader") == 1.0
    assert page.value("goqueue_scheduler_term") == ready["term"]
    assert page.value("goqueue_scheduler_fires_total", outcome="fired") >= 2

    eventually(lambda: (leader(system) or {}).get("id") == ready["id"], "the API knows the leader")
    told = sight(system)
    assert (told["leader"]["pid"], told["leader"]["term"]) == (scheduler.pid, ready["term"])
    assert (told["schedules"], told["paused"], told["next"][0]["queue"]) == (1, 0, "mail")
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
