"""Helm, kubectl and what they render; tests that miss one of them are skipped with a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.deploy.chart.cluster import Cluster, MakeCluster
from tests.deploy.chart.fake_kubernetes.server import FakeKubernetes
from tests.deploy.chart.helm_chart import HELMS, ROOT, TOOLS, VALUES_FILES, Object, Renderer
from tests.deploy.chart.kubernetes_schemas import NEWEST, OLDEST


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder with helm3, helm4 and kubectl."""
    if not all((TOOLS / name).exists() for name in (*HELMS, "kubectl")):
        pytest.skip("the chart was not tested: helm and kubectl are not in .tools (make deploy-tools fetches them)")
    return TOOLS


@pytest.fixture(scope="session")
def render(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> Renderer:
    return Renderer(tmp_path_factory.mktemp("values"))


@pytest.fixture(params=VALUES_FILES, ids=lambda path: path.stem.removesuffix("-values"))
def values_file(request: pytest.FixtureRequest) -> Path:
    """Each set of values in the chart's folder ci."""
    path: Path = request.param
    return path


@pytest.fixture(scope="session")
def everything(render: Renderer) -> list[Object]:
    """All objects of all sets of values, as they are installed and as they are upgraded."""
    return [found for file in VALUES_FILES for is_upgrade in (False, True) for found in render(file, is_upgrade=is_upgrade)]


@pytest.fixture(scope="session")
def with_node() -> Callable[[str, str], str]:
    """Runs a script, given as a path in the repository, with node, a text on its standard input; what it prints."""

    def run(script: str, given: str) -> str:
        command = [str(ROOT / "scripts" / "with-node"), "node", str(ROOT / script)]
        environment = {**os.environ, "VENV": sys.prefix}
        answer = subprocess.run(
            command, input=given, env=environment, check=False, capture_output=True, text=True, timeout=60
        )
        assert answer.returncode == 0, answer.stderr
        return answer.stdout

    return run


@pytest.fixture
def make_cluster(tools: Path, tmp_path: Path) -> Iterator[MakeCluster]:
    """By the name of a helm: the older one meets the oldest Kubernetes."""
    with ExitStack() as stack:

        def make(helm: str = HELMS[0]) -> Cluster:
            version = OLDEST if helm == "helm3" else NEWEST
            return Cluster(stack.enter_context(FakeKubernetes(version)), tmp_path, helm)

        yield make
