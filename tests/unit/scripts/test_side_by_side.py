"""make's targets side by side."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[3] / "scripts" / "side_by_side.py"
MAKEFILE = """
one two:
\t@echo $@ begins; sleep 0.2; echo $@ ends
broken:
\t@echo broken says why; exit 7
endless:
\t@trap 'kill $$!; echo stopped > stopped; exit 1' INT; echo begun > begun; sleep 100 & wait
asleep:
\t@echo begun > begun; exec sleep 100
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    return tmp_path


def start(folder: Path, *lanes: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), *lanes], cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    )


def said(process: subprocess.Popen[str]) -> list[str]:
    output, _ = process.communicate(timeout=30)
    return output.splitlines()


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert time.monotonic() < deadline, f"no {path.name}"
        time.sleep(0.01)


def test_lanes_run_side_by_side_and_what_they_print_is_not_mixed(folder):
    process = start(folder, "one", "two")
    lines = said(process)
    assert process.returncode == 0
    for name in ("one", "two"):
        assert lines[lines.index(f"{name} begins") + 1] == f"{name} ends"


def test_targets_of_a_lane_run_in_order(folder):
    lines = said(start(folder, "two one"))
    assert [line for line in lines if line.endswith("ends")] == ["two ends", "one ends"]


def test_the_first_failure_ends_the_others_and_is_the_last_word(folder):
    process = start(folder, "endless one", "broken")
    lines = said(process)
    assert process.returncode == 2
    assert "broken says why" in lines
    assert lines[-2:] == ["-- endless was stopped", "-- broken failed"]
    assert not any("one begins" in line for line in lines)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_an_interrupt_ends_all_in_order(folder, number):
    process = start(folder, "endless", "one")
    wait_for(folder / "begun")
    process.send_signal(number)
    assert "-- endless was stopped" in said(process)
    assert process.returncode == 130
    assert (folder / "stopped").exists()


def test_an_interrupt_while_lanes_are_started_leaves_none_running(folder):
    # Without a trap: a shell may miss a signal that comes just before it waits.
    process = start(folder, *["asleep"] * 40)
    wait_for(folder / "begun")
    process.send_signal(signal.SIGINT)
    assert said(process).count("-- asleep was stopped") == 40
    assert process.returncode == 130
