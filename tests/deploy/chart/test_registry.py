"""The chart packed, and by way of a registry of OCI into a cluster."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.deploy.chart.cluster import MakeCluster, said
from tests.deploy.chart.helm_chart import CHART, HELMS, MINIMAL, RELEASE, TOOLS, run_helm
from tests.processes import eventually, free_port

REGISTRY = "docker-registry"
CONFIGURATION = """
version: 0.1
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: {address}}}
log: {{level: warn}}
"""


@pytest.fixture(params=HELMS)
def helm(request: pytest.FixtureRequest, tools: Path) -> str:
    found: str = request.param
    return found


@pytest.fixture
def package(helm: str, tmp_path: Path) -> Path:
    """The chart as one file."""
    said(run_helm(helm, ["package", str(CHART), "--destination", str(tmp_path)]))
    (packed,) = tmp_path.glob("goqueue-*.tgz")
    return packed


def test_a_package_has_all_that_the_chart_needs(package: Path) -> None:
    with tarfile.open(package) as archive:
        packed = {name.removeprefix("goqueue/") for name in archive.getnames()}
    needed = {path.relative_to(CHART).as_posix() for path in CHART.rglob("*") if path.is_file()}
    needed = {name for name in needed if not name.startswith("ci/")}
    assert needed - {".helmignore"} <= packed


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """The address of a registry that holds nothing."""
    fetched = TOOLS / "registry" / "usr" / "bin" / REGISTRY
    program = str(fetched) if fetched.exists() else shutil.which(REGISTRY)
    if program is None:
        pytest.skip(
            "no chart was pushed: docker-registry is not here (scripts/fetch-deploy-tools --full fetches it on Debian)"
        )
    address = f"127.0.0.1:{free_port()}"
    configuration = tmp_path / "registry.yml"
    configuration.write_text(CONFIGURATION.format(folder=tmp_path / "blobs", address=address))
    with (tmp_path / "registry.log").open("wb") as log:
        process = subprocess.Popen([program, "serve", str(configuration)], stdout=log, stderr=log)
        try:
            eventually(lambda: answers(f"http://{address}/v2/"), "the registry answers")
            yield address
        finally:
            process.terminate()
            process.wait(20)


@pytest.mark.full
def test_a_chart_comes_out_of_a_registry_as_it_went_in(
    make_cluster: MakeCluster, helm: str, package: Path, registry: str, tmp_path: Path
) -> None:
    said(run_helm(helm, ["push", str(package), f"oci://{registry}/charts", "--plain-http"]))
    address = f"oci://{registry}/charts/goqueue"
    pulled = tmp_path / "pulled"
    pulled.mkdir()
    said(run_helm(helm, ["pull", address, "--plain-http", "--destination", str(pulled)]))
    (file,) = pulled.iterdir()
    assert hashlib.sha256(file.read_bytes()).digest() == hashlib.sha256(package.read_bytes()).digest()

    cluster = make_cluster(helm)
    said(cluster.helm("install", address, "--plain-http", "--values", str(MINIMAL), "--wait", "--timeout", "30s"))
    assert f"Deployment/{RELEASE}-goqueue-api" in cluster.names()


def answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).status_code == 200
    except requests.ConnectionError:
        return False
