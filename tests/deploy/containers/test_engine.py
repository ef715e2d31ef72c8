"""The Docker engine of the tests ends with whoever started it, however that ends, and leaves nothing on the machine."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.deploy.containers.engine import ROOT
from tests.processes import eventually

pytestmark = [pytest.mark.full, pytest.mark.timeout(120), pytest.mark.usefixtures("engine_tools")]

SCRIPT: Final = ROOT / "scripts/with-docker-engine"
_CONTROL_GROUPS: Final = Path("/sys/fs/cgroup")


@pytest.fixture
def started(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The script with an engine, which runs until its standard input is closed."""
    words = ["bash", "-c", "echo ready; cat"]
    process = subprocess.Popen(
        [SCRIPT, *words],
        env={**os.environ, "ENGINE_FOLDER": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    process.stdin.close()
    process.stdout.close()
    process.kill()
    process.wait()


def processes(folder: Path) -> list[str]:
    """Command lines of those that name this folder."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes().replace(b"\0", b" ").decode())
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended
    return [line for line in lines if str(folder) in line]


def control_groups(process: subprocess.Popen[str]) -> list[Path]:
    return [path for deep in ("", "*/") for path in _CONTROL_GROUPS.glob(f"{deep}goqueue-engine-{process.pid}")]


def test_engine_ends_with_the_input_of_its_command(started: subprocess.Popen[str], tmp_path: Path) -> None:
    assert processes(tmp_path)
    assert started.stdin is not None
    started.stdin.close()
    assert started.wait(30) == 0
    assert not processes(tmp_path)
    assert not control_groups(started)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["TERM", "KILL"])
def test_engine_ends_with_its_script(started: subprocess.Popen[str], tmp_path: Path, number: int) -> None:
    assert processes(tmp_path)
    started.send_signal(number)
    started.wait(30)
    eventually(lambda: not processes(tmp_path), "no process left")
    subprocess.run([SCRIPT, "true"], check=True, timeout=60)  # clears away what the killed one could not
    assert not control_groups(started)
    assert str(tmp_path) not in Path("/proc/mounts").read_text()
