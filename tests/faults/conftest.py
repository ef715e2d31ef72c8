"""The form of the suite, one rig a module, and the table at the end."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tests.faults import fires_table
from tests.faults.fires import FireRow
from tests.faults.forms import FULL, SHORT, Form
from tests.faults.injection import Injection, injected
from tests.faults.rig import Rig
from tests.faults.table import document, render
from tests.faults.verdict import Expectation, Row

_ROW = "fault_row"
_FIRE_ROW = "fire_row"
_ORDER = (
    "test_schedulers",
    "test_killed_workers",
    "test_processes",
    "test_store_faults",
    "test_link_faults",
    "test_without_redis",
)

Inject = Callable[..., AbstractContextManager[Injection]]
Report = Callable[[Row], None]
ReportFires = Callable[[Sequence[FireRow]], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("faults")
    group.addoption("--faults-json", metavar="FILE", help="write the table of the fault suite there as JSON, too")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "alone: measures what other rigs would slow down; runs while they rest")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long ones first, so that no process of pytest-xdist waits for the last; then those that run alone."""
    items.sort(key=lambda item: _place(item.location))
    for item in items:
        if "beside_others" in getattr(item, "fixturenames", ()):
            # Not the fixtures: a test that runs alone waits for its turn.
            item.add_marker(pytest.mark.timeout(_form(config).test_timeout, func_only=True))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    rows = [Row(**value) for value in _reported(terminalreporter.stats, _ROW)]
    fires = [FireRow(**value) for value in _reported(terminalreporter.stats, _FIRE_ROW)]
    form = _form(config).name
    for lines in ([render(rows, form)] if rows else []) + ([fires_table.render(fires, form)] if fires else []):
        terminalreporter.section(f"faults, {form} form")
        for line in lines:
            terminalreporter.write_line(line)
    if config.getoption("--faults-json") and (rows or fires):
        Path(config.getoption("--faults-json")).write_text(document(rows, form, fires))


@pytest.fixture(scope="session")
def form(pytestconfig: pytest.Config) -> Form:
    return _form(pytestconfig)


@pytest.fixture(scope="session")
def started_rig(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """One a process of pytest-xdist, for all its faults."""
    with Rig(tmp_path_factory.mktemp("rig"), form) as running:
        yield running


@pytest.fixture
def beside_others(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Whoever has a rig runs beside those of other processes; a test marked `alone` runs when no other does."""
    folder = tmp_path_factory.getbasetemp()
    path = (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "machine.lock"
    with path.open("w") as machine:
        fcntl.flock(machine, fcntl.LOCK_EX if request.node.get_closest_marker("alone") else fcntl.LOCK_SH)
        yield


@pytest.fixture
def rig(started_rig: Rig, beside_others: None) -> Rig:
    return started_rig


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Report:
    """Puts a row into the table, and fails the test if it broke a rule."""

    def add(row: Row) -> None:
        request.node.user_properties.append((_ROW, asdict(row)))
        if row.problems:
            pytest.fail("\n  ".join([f"{row.fault}:", *row.problems]), pytrace=False)

    return add


@pytest.fixture
def report_fires(request: pytest.FixtureRequest) -> ReportFires:
    """Puts rows into the table of schedules, and fails the test if they broke a rule."""

    def add(rows: Sequence[FireRow]) -> None:
        request.node.user_properties.extend((_FIRE_ROW, asdict(row)) for row in rows)
        problems = [f"{row.fault}: {problem}" for row in rows for problem in row.problems]
        if problems:
            pytest.fail("\n  ".join(problems), pytrace=False)

    return add


@pytest.fixture
def inject(rig: Rig, report: Report) -> Inject:
    """`with inject("what happens", **expectation) as fault`: the fault under load; its row goes into the table."""

    @contextmanager
    def begin(fault: str, *, jobs_per_second: float | None = None, **expected: Any) -> Iterator[Injection]:
        with injected(rig, fault, Expectation(**expected), jobs_per_second or rig.form.jobs_per_second) as injection:
            yield injection
        assert injection.row is not None
        report(injection.row)

    return begin


def _reported(stats: dict[str, list[Any]], wanted: str) -> list[Any]:
    """Rows in the order of the tests, whatever the order in which processes of pytest-xdist were done."""
    found = [report for reports in stats.values() for report in reports if isinstance(report, pytest.TestReport)]
    called = sorted((report for report in found if report.when == "call"), key=lambda report: _place(report.location))
    return [value for report in called for name, value in report.user_properties if name == wanted]


def _place(location: tuple[str, int | None, str]) -> tuple[int, int]:
    path, line, _ = location
    name = Path(path).stem
    return (_ORDER.index(name) if name in _ORDER else -1), line or 0


def _form(config: pytest.Config) -> Form:
    return FULL if config.getoption("--full", default=False) else SHORT
