"""Stories of a queue: everything that can happen to it, in random order, on real stores.

After every step each row must be exactly what an account kept beside the product says, and at the end of a story, with all
workers lost, every job must still come to an end. More stories, and new ones each time, by `--model-examples 2000`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from goqueue_common import dispatch_store, maintenance_store, recovery_store, relay_store, worker_store
from goqueue_common.broker.broker import RedisBroker
from goqueue_worker.recovery import Recovery
from goqueue_worker.slot_table import SlotTable
from tests.integration.model.even_choice import BACKEND
from tests.integration.model.machine import QueueMachine
from tests.integration.model.system import System

EXAMPLES = 100
"""Stories of `make test`: the same ones each time."""
_STEPS = 40

MISTAKES = [
    pytest.param(dispatch_store, "_ACKNOWLEDGE", "AND j.attempts = o.attempt", "", id="an old attempt writes"),
    pytest.param(dispatch_store, "_ACKNOWLEDGE", "j.worker_id = %(worker_id)s AND", "", id="another worker writes"),
    pytest.param(dispatch_store, "_ACKNOWLEDGE", "status = next", "queued_at = now(), status = next", id="a lost place"),
    pytest.param(dispatch_store, "_CLAIM", "AND status || '' = ANY(%(sources)s)", "", id="a running job is claimed"),
    pytest.param(dispatch_store, "_CLAIM", "AND state = 'alive'", "", id="a lost worker claims"),
    pytest.param(dispatch_store, "_CLAIM_WAITING", "AND state = 'alive'", "", id="a lost worker claims without Redis"),
    pytest.param(maintenance_store, "_PROMOTE", "= now()", "= coalesce(queued_at, now())", id="an old place"),
    pytest.param(recovery_store, "_RESCUE", "j.cancel_requested_at IS NOT NULL", "false", id="a cancelled job runs again"),
    pytest.param(recovery_store, "_HELD", "rescues = 0 OR ", "", id="a death that is not counted"),
    pytest.param(recovery_store, "_ORPHANING", "w.state = 'alive' OR", "true OR", id="rows of long lost workers stay"),
    pytest.param(relay_store, "_MISSING", "(queued_at, id) <", "(queued_at, id) >", id="the relay looks the wrong way"),
    pytest.param(worker_store, "_BEAT", "AND state = 'alive'", "", id="a beat of the dead"),
]


def told(examples: int, **options: Any) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=_STEPS,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        backend=BACKEND,
        **options,
    )


def test_whatever_happens_no_job_is_lost_or_leased_twice(
    make_system: Callable[[], System], model_examples: int | None
) -> None:
    new_ones = model_examples is not None
    told_once = told(model_examples or EXAMPLES, derandomize=not new_ones, print_blob=new_ones)
    run_state_machine_as_test(lambda: QueueMachine(make_system()), settings=told_once)


@pytest.mark.parametrize(("module", "name", "right", "wrong"), MISTAKES)
def test_a_mistake_in_a_statement_is_found(
    make_system: Callable[[], System], monkeypatch: pytest.MonkeyPatch, module: Any, name: str, right: str, wrong: str
) -> None:
    statement = getattr(module, name)
    assert right in statement
    monkeypatch.setattr(module, name, statement.replace(right, wrong))
    with pytest.raises(AssertionError):
        find_one(make_system)


@pytest.mark.parametrize(
    ("where", "name", "wrong"),
    [
        pytest.param(Recovery, "_recorded", lambda *_: {}, id="outcomes in the acks are forgotten"),
        pytest.param(SlotTable, "held", lambda _: [], id="a worker gives back what it holds"),
        pytest.param(RedisBroker, "fence", lambda *_: None, id="a lost worker records"),
    ],
)
def test_a_mistake_in_the_code_is_found(
    make_system: Callable[[], System], monkeypatch: pytest.MonkeyPatch, where: type, name: str, wrong: Any
) -> None:
    monkeypatch.setattr(where, name, wrong)
    with pytest.raises(AssertionError):
        find_one(make_system)


def find_one(make_system: Callable[[], System]) -> None:
    """Tell stories until one goes wrong, and leave it as it is."""
    quickly = told(EXAMPLES, derandomize=True, phases=[Phase.generate], report_multiple_bugs=False)
    run_state_machine_as_test(lambda: QueueMachine(make_system()), settings=quickly)
