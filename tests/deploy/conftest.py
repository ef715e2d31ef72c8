"""What deployment tests need: a Compose that runs, and images built by buildah on a Debian stand-in for python:slim."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.deploy.image_builds import ROOT, Images

TARGETS = ("api", "worker", "scheduler", "migrate")
_WITH_IMAGES = ("tests/deploy/containers/", "tests/deploy/test_images.py")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "full: takes long, and runs with --full only (make deploy-test)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes images, and leave out what is marked `full`, unless it is asked for, as deselected."""
    items.sort(key=lambda item: not item.nodeid.startswith(_WITH_IMAGES))
    if config.getoption("--full"):
        return
    left_out = [item for item in items if item.get_closest_marker("full")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


class _ImagesTogether(LoadFileScheduling):
    """Shares tests out by files, but those with images to one process: it alone builds them, and starts an engine."""

    def _split_scope(self, nodeid: str) -> str:
        scope: str = super()._split_scope(nodeid)
        return "images" if scope.startswith(_WITH_IMAGES) else scope


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    return _ImagesTogether(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def compose() -> Sequence[str]:
    """The words that run Docker Compose 2 or newer; `config` needs no daemon."""
    beside_python = str(Path(sys.executable).parent / "docker-compose")
    for words in (["docker", "compose"], [beside_python], ["docker-compose"]):
        if shutil.which(words[0]) is None:
            continue
        answer = subprocess.run([*words, "version", "--short"], check=False, capture_output=True, text=True)
        if answer.returncode == 0 and not answer.stdout.startswith("1."):
            return words
    pytest.skip("Docker Compose 2 or newer is not here: docker-compose.yml was checked by its contents only")


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Images]:
    """All targets, built."""
    suite = _why_not_or_suite()
    built = Images(tmp_path_factory.mktemp("images"))
    try:
        built.make_base(suite)
        for target in TARGETS:
            built.build(target)
        built.build_dashboard()
        yield built
    finally:  # what is half done, too: it is mounted, and could not be tidied away
        built.remove()


def _why_not_or_suite() -> str:
    """The Debian release to build on; skips with a sentence where images cannot be built."""
    missing = [tool for tool in ("buildah", "mmdebstrap") if shutil.which(tool) is None]
    if missing:
        pytest.skip(f"no image was built: {' and '.join(missing)} not here")
    if os.geteuid() != 0:
        pytest.skip("no image was built: a base image is made as root only")
    release = dict(line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if "=" in line)
    if release.get("ID", "").strip('"') != "debian":
        pytest.skip("no image was built: the stand-in for the base image is made on Debian only")
    return release["VERSION_CODENAME"].strip('"')
