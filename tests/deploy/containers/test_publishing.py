"""Who reaches what docker-compose.yml publishes: this machine alone, or, when it is told so, others with a key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import pytest

from goqueue import Client, Unauthorized
from tests.deploy.containers.engine import CommandFailed, Engine
from tests.deploy.containers.system import API, DASHBOARD, WIDER_API, WIDER_DASHBOARD, System
from tests.processes import eventually

pytestmark = pytest.mark.timeout(900)  # the first test builds all images

KEY: Final = "k" * 40
_THIS_MACHINE: Final = "172.17.0.1"  # as containers of the engine's usual network see it


@pytest.fixture(scope="module")
def wider(engine: Engine, compose: Sequence[str]) -> Iterator[System]:
    """Beside the other: with keys, with passwords, and for all addresses of the machine."""
    found = System(
        engine,
        compose,
        "wider",
        GOQUEUE_PUBLISH="0.0.0.0",
        GOQUEUE_AUTH="keys",
        GOQUEUE_BOOTSTRAP_KEY=KEY,
        GOQUEUE_API_PORT=str(WIDER_API),
        GOQUEUE_DASHBOARD_PORT=str(WIDER_DASHBOARD),
        POSTGRES_PASSWORD="sesame",
        REDIS_PASSWORD="mellon",
    )
    found.up()
    yield found
    found.compose("down", "--volumes", "--timeout", "0")


def ask_from_another_machine(engine: Engine, port: int) -> str:
    """What /healthz or the dashboard answers to a container that knows the machine by its address. Raises CommandFailed."""
    url = f"http://{_THIS_MACHINE}:{port}/healthz"
    return engine.docker("run", "--rm", "servers", "wget", "-q", "-O", "-", url)


@pytest.mark.parametrize("port", [API, DASHBOARD])
def test_other_machines_reach_nothing(system: System, port: int) -> None:
    with pytest.raises(CommandFailed, match="can't connect to remote host"):
        ask_from_another_machine(system.engine, port)


@pytest.mark.full
@pytest.mark.parametrize("port", [WIDER_API, WIDER_DASHBOARD])
def test_published_wider_it_is_reached_by_others(wider: System, port: int) -> None:
    assert ask_from_another_machine(wider.engine, port)


@pytest.mark.full
@pytest.mark.parametrize(("port", "path"), [(WIDER_API, ""), (WIDER_DASHBOARD, "/api")], ids=["api", "dashboard"])
def test_published_wider_it_asks_for_the_key(wider: System, port: int, path: str) -> None:
    url = wider.engine.urls[port] + path
    with Client(url) as stranger, pytest.raises(Unauthorized):
        stranger.submit("demo.noop")
    with Client(url, api_key=KEY) as client:
        job = client.submit("demo.noop")
        assert client.wait(job.id, timeout=30).status == "completed"


@pytest.mark.full
def test_scheduler_has_the_key(wider: System) -> None:
    with Client(wider.engine.urls[WIDER_API], api_key=KEY) as client:
        eventually(lambda: any(schedule.name == "each-second" for schedule in client.schedules()), "the file was read")
        eventually(lambda: len(list(client.schedule_runs("each-second"))) > 1, "it fires")
