"""Schedules that fire every second, while the schedulers' leader, Redis and the API fail in turn."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.conftest import ReportFires
from tests.faults.fires import judge
from tests.faults.forms import Form
from tests.faults.schedule_faults import ScheduleFaults
from tests.faults.schedulers import SchedulerRig


@pytest.fixture
def scheduler_rig(form: Form, beside_others: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SchedulerRig]:
    with SchedulerRig(tmp_path_factory.mktemp("schedulers"), form.schedulers) as running:
        yield running


def test_every_instant_gets_one_job_whatever_fails(scheduler_rig: SchedulerRig, report_fires: ReportFires) -> None:
    faults = ScheduleFaults(scheduler_rig)
    form = scheduler_rig.form
    for turn in range(form.turns):
        faults.kill_leader()
        faults.pause_leader()
        faults.refuse_leader()
        faults.silence_leader()
        if turn == 0:
            faults.end_leader()
    faults.restart_redis()
    faults.restart_api()
    faults.restart_postgres()
    faults.lose_answers()
    faults.take_redis_away()
    if form.api_away is not None:
        faults.restart_api(form.api_away)
    report_fires(judge(faults.end()))
