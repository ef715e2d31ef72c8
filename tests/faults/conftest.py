"""The form of the suite, one rig a module, and the table at the end."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.faults.forms import FULL, SHORT, Form
from tests.faults.injection import Injection, injected
from tests.faults.rig import Rig
from tests.faults.table import document, render
from tests.faults.verdict import Expectation, Row

_ROW = "fault_row"
_ORDER = (
    "test_killed_workers",
    "test_processes",
    "test_store_faults",
    "test_link_faults",
    "test_without_redis",
)

Inject = Callable[..., AbstractContextManager[Injection]]
Report = Callable[[Row], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--full", action="store_true", help="the fault suite with GoQueue's default lease (30 minutes at most)")
    group.addoption("--faults-json", metavar="FILE", help="write the table of the fault suite there as JSON, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if "rig" in getattr(item, "fixturenames", ()):
            # Not the fixtures: a rig may wait for the machine to be free.
            item.add_marker(pytest.mark.timeout(_form(config).test_timeout, func_only=True))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    rows = _rows(terminalreporter.stats)
    if not rows:
        return
    form = _form(config).name
    terminalreporter.section(f"faults, {form} form")
    for line in render(rows, form):
        terminalreporter.write_line(line)
    if config.getoption("--faults-json"):
        Path(config.getoption("--faults-json")).write_text(document(rows, form))


@pytest.fixture(scope="session")
def form(pytestconfig: pytest.Config) -> Form:
    return _form(pytestconfig)


@pytest.fixture(scope="module")
def rig(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """Shared by the faults of a module, one after the other."""
    with machine(tmp_path_factory, fcntl.LOCK_SH), Rig(tmp_path_factory.mktemp("rig"), form) as running:
        yield running


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Puts a row into the table, and fails the test if it broke a rule."""

    def add(row: Row) -> None:
        request.node.user_properties.append((_ROW, asdict(row)))
        if row.problems:
            pytest.fail("\n  ".join([f"{row.fault}:", *row.problems]), pytrace=False)

    return add


@pytest.fixture
def inject(rig: Rig, report: Report) -> Inject:
    """`with inject("what happens", **expectation) as fault`: the fault under load; its row goes into the table."""

    @contextmanager
    def begin(fault: str, **expected: Any) -> Iterator[Injection]:
        with injected(rig, fault, Expectation(**expected)) as injection:
            yield injection
        assert injection.row is not None
        report(injection.row)

    return begin


@contextmanager
def machine(tmp_path_factory: pytest.TempPathFactory, hold: int) -> Iterator[None]:
    """The machine, shared with other rigs (LOCK_SH) or to oneself (LOCK_EX): other processes of pytest-xdist wait."""
    folder = tmp_path_factory.getbasetemp()
    with ((folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "machine.lock").open("w") as lock:
        fcntl.flock(lock, hold)
        yield


def _rows(stats: dict[str, list[Any]]) -> list[Row]:
    """In the order of the files, whatever the order in which processes of pytest-xdist were done."""
    found = [report for reports in stats.values() for report in reports if isinstance(report, pytest.TestReport)]
    called = sorted((report for report in found if report.when == "call"), key=_place)
    return [Row(**value) for report in called for name, value in report.user_properties if name == _ROW]  # type: ignore[arg-type]


def _place(report: pytest.TestReport) -> tuple[int, int]:
    path, line, _ = report.location
    name = Path(path).stem
    return (_ORDER.index(name) if name in _ORDER else len(_ORDER)), line or 0


def _form(config: pytest.Config) -> Form:
    return FULL if config.getoption("--full", default=False) else SHORT
