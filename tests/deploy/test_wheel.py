"""What `pip install` puts in place of a checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PACKAGES = {
    "goqueue",
    "goqueue_api",
    "goqueue_builtin",
    "goqueue_cli",
    "goqueue_common",
    "goqueue_scheduler",
    "goqueue_worker",
}


@pytest.fixture(scope="module")
def installed(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the contents of the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    answer = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(folder / "site-packages")
    return folder / "site-packages"


def test_wheel_holds_our_packages_and_nothing_else(installed: Path) -> None:
    assert {path.name for path in installed.iterdir() if path.suffix != ".dist-info"} == PACKAGES


def test_schedules_file_comes_with_the_package(installed: Path, tmp_path: Path) -> None:
    asks = "from goqueue_scheduler.schedule_file import default_file, load; f = default_file(); print(f, len(load(f)))"
    answer = subprocess.run(
        [sys.executable, "-P", "-c", asks],
        cwd=tmp_path,
        env={"PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )
    assert answer.stdout.split() == [str(installed / "goqueue_scheduler/schedules.yaml"), "2"]
