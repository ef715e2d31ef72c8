"""What docker-compose.yml starts, in a Docker engine of the tests' own; skipped with a sentence where none can be had."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from goqueue import Client
from tests.deploy.chart.helm_chart import HELMS, Renderer
from tests.deploy.chart.helm_chart import TOOLS as CHART_TOOLS
from tests.deploy.containers.engine import TOOLS, Engine, running_engine
from tests.deploy.containers.pods import CHART_DASHBOARD
from tests.deploy.containers.stand_ins import load_images
from tests.deploy.containers.system import API, DASHBOARD, WIDER_API, WIDER_DASHBOARD, System

if TYPE_CHECKING:
    from tests.deploy.image_builds import Images


@pytest.fixture(scope="session")
def engine(
    engine_tools: None, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """With all images that docker-compose.yml names; those of others are stand-ins."""
    images: Images = request.getfixturevalue("images")  # built only where they can be run
    folder = tmp_path_factory.mktemp("engine")
    with running_engine(folder, (API, DASHBOARD, WIDER_API, WIDER_DASHBOARD, CHART_DASHBOARD)) as running:
        load_images(images, running, folder)
        yield running
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def engine_tools() -> None:
    """What an engine needs is here."""
    if os.geteuid() != 0:
        pytest.skip("docker-compose.yml was not run: only root can start a Docker engine of its own")
    if not all((TOOLS / name).is_dir() for name in ("docker", "servers")):
        pytest.skip("docker-compose.yml was not run: no Docker engine in .tools (make deploy-tools fetches it)")
    missing = [tool for tool in ("runc", "iptables", "ip", "unshare", "setpriv") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"docker-compose.yml was not run: {' and '.join(missing)} not here, which the Docker engine needs")


@pytest.fixture(scope="session")
def system(engine: Engine, compose: Sequence[str]) -> System:
    """All that docker-compose.yml has, up."""
    found = System(engine, compose)
    found.up()
    return found


@pytest.fixture(scope="session")
def client(system: System) -> Iterator[Client]:
    """Through the dashboard, as a browser calls."""
    with Client(f"{system.url}/api") as opened:
        yield opened


@pytest.fixture(scope="session")
def render(tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    """The chart."""
    if not (CHART_TOOLS / HELMS[0]).exists():
        pytest.skip("the chart's pods were not run: helm is not in .tools (make deploy-tools fetches it)")
    return Renderer(tmp_path_factory.mktemp("values"))
