"""`--reload`: a developer saves a file, and the next job runs the new code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from goqueue import Client, Job
from tests.acceptance.conftest import System
from tests.processes import eventually

HANDLER = """
from goqueue_worker import handler


@handler("draft.answer")
def answer(payload, job):
    return {{"answer": {answer!r}}}
"""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    folder.mkdir()
    module = folder / "draft.py"
    module.write_text(HANDLER.format(answer="first"))
    return module


@pytest.fixture
def worker(system: System, draft: Path, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    # One process: a second might still be loading when the file is saved, and take the new code beside the old.
    words = ("--reload", "--handlers", "draft", "--app-dir", str(draft.parent), "--processes", "1", "--concurrency", "2")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "goqueue_worker", *words], env=system.environment, cwd=draft.parent, stderr=output
        )
        yield process
        process.terminate()
        assert process.wait(30) == 0


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "worker.log"


@pytest.mark.usefixtures("worker")
def test_saved_handler_runs_without_a_restart(client: Client, draft: Path, finished: Callable[[Job], Job]) -> None:
    assert finished(client.submit("draft.answer")).result == {"answer": "first"}
    draft.write_text(HANDLER.format(answer="second"))
    eventually(lambda: finished(client.submit("draft.answer")).result == {"answer": "second"}, "the new code answers")


def test_broken_handler_is_waited_for(
    worker: subprocess.Popen[bytes], client: Client, draft: Path, log: Path, finished: Callable[[Job], Job]
) -> None:
    assert finished(client.submit("draft.answer")).result == {"answer": "first"}
    draft.write_text("def broken(:\n")
    eventually(lambda: "handlers_not_loaded" in log.read_text(), "it says what is wrong")
    job = client.submit("draft.answer")
    draft.write_text(HANDLER.format(answer="mended"))
    assert finished(job).result == {"answer": "mended"}
    assert worker.poll() is None


def test_module_that_never_ends_loading_is_given_up_at_the_next_change(
    worker: subprocess.Popen[bytes], client: Client, draft: Path, tmp_path: Path, finished: Callable[[Job], Job]
) -> None:
    assert finished(client.submit("draft.answer")).result == {"answer": "first"}
    loading = tmp_path / "loading"
    draft.write_text(f"from pathlib import Path; import time; Path({str(loading)!r}).touch(); time.sleep(3600)")
    eventually(loading.exists, "it loads, and goes on loading")
    job = client.submit("draft.answer")
    draft.write_text(HANDLER.format(answer="mended"))
    assert finished(job).result == {"answer": "mended"}
    assert worker.poll() is None
