"""`goqueue demo`: what a newcomer sees first."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import eventually

BUILTIN = {
    "demo.fail",
    "demo.noop",
    "demo.sleep",
    "email.daily_summary",
    "email.send",
    "http.request",
    "image.process",
    "report.generate",
}


SOMEBODY_ELSES = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/shop",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "GOQUEUE_MEDIA_ROOT": "/nowhere",
    "GOQUEUE_HANDLERS": "shop_jobs",
    "GOQUEUE_SMTP_HOST_FILE": "/nowhere",
    "GOQUEUE_SMTP_USERNAME": "shop",
    "GOQUEUE_SMTP_PASSWORD": "secret",
}
"""A system of the caller's, from which the demo takes nothing and to which it brings nothing."""


def start(data_dir: Path, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "goqueue_cli.main", "demo", "--data-dir", str(data_dir), *words],
        env={**os.environ, **SOMEBODY_ELSES},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def pids(data_dir: Path) -> list[int]:
    """Of the stack's processes, while it runs."""
    return list(json.loads((data_dir / "stack.json").read_text())["pids"].values())


def log(data_dir: Path) -> str:
    return (data_dir / "logs" / "demo.log").read_text()


def is_alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists() if sys.platform == "linux" else os.getpgid(pid) > 0


def test_every_builtin_type_does_its_work_and_nothing_is_left(tmp_path: Path) -> None:
    demo = start(tmp_path, "--json")
    out, errors = demo.communicate(timeout=100)
    stories = json.loads(out)
    assert [story for story in stories if not story["is_right"]] == []
    assert demo.returncode == 0, errors
    assert {story["type"] for story in stories} == BUILTIN
    assert "3000x2000 JPEG to 1200x800 WEBP" in stories[0]["finding"]
    assert not (tmp_path / "stack.json").exists()


@pytest.mark.parametrize("signals", [1, 2], ids=["one", "two"])
def test_interrupts_stop_everything(tmp_path: Path, signals: int) -> None:
    demo = start(tmp_path)
    eventually(lambda: (tmp_path / "stack.json").exists() and len(pids(tmp_path)) == 5, "the stack runs")
    running = pids(tmp_path)
    for _ in range(signals):
        demo.send_signal(signal.SIGINT)
        eventually(lambda: demo.poll() is not None or "stopping" in log(tmp_path), "the stack is told")
    _, errors = demo.communicate(timeout=60)
    assert demo.returncode == 130
    assert "Traceback" not in errors
    assert [pid for pid in running if is_alive(pid)] == []
