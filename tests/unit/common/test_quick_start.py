"""Processes start and end without looking for garbage where there is none."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from goqueue_common.quick_start import uncollected

# How often it collected, and how many objects it never looks at again.
WATCHED = """
import atexit, gc, runpy, sys
collections = []
gc.callbacks.append(lambda phase, _: collections.append(phase))
atexit.register(lambda: print(len(collections) // 2, gc.get_freeze_count()))
sys.argv = [sys.argv[1], "--help"]
runpy.run_module(sys.argv[0], run_name="__main__")
"""


@pytest.fixture
def collector() -> Iterator[None]:
    was_enabled = gc.isenabled()
    yield
    (gc.enable if was_enabled else gc.disable)()


@pytest.mark.parametrize("enabled", [True, False])
def test_collector_is_afterwards_as_it_was(*, collector: None, enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()
    with uncollected():
        during = gc.isenabled()
    assert (during, gc.isenabled()) == (False, enabled)


@pytest.mark.parametrize("module", ["goqueue_api", "goqueue_scheduler", "goqueue_worker"])
def test_services_import_and_end_without_collecting(module: str) -> None:
    answer = subprocess.run([sys.executable, "-c", WATCHED, module], capture_output=True, text=True, check=True, timeout=60)
    collections, kept = map(int, answer.stdout.splitlines()[-1].split())
    assert collections < 20
    assert kept > 10_000


def test_what_only_libraries_would_load_is_left_out_and_found_afterwards() -> None:
    program = """
import sys
from goqueue_common import quick_start
with quick_start.imports():
    import goqueue_api.main, goqueue_scheduler.main, goqueue_worker.child_main, goqueue_worker.isolated_main
print([name for name in ("rich", "opentelemetry.sdk.metrics") if name in sys.modules])
import rich, opentelemetry.sdk.metrics
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout == "[]\n"


def test_a_library_that_is_there_already_stays() -> None:
    program = """
import sys, rich
from goqueue_common import quick_start
with quick_start.imports():
    import rich.console
print(sys.modules["rich"] is rich)
"""
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert answer.stdout == "True\n"
