"""The examples that people copy: their own tests pass, and they really run."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.conftest import System

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The shop as somebody who copied it has it."""
    leave = shutil.ignore_patterns("shop-data", "__pycache__", ".*")
    return Path(shutil.copytree(EXAMPLES / "shop", tmp_path / "shop", ignore=leave))


@pytest.fixture
def running_shop(system: System, shop: Path) -> Path:
    system.folder = shop
    system.start("goqueue_worker", "--handlers", "shop_jobs,goqueue_builtin", "--app-dir", ".", "--concurrency", "4")
    return shop


def python(folder: Path, *words: str, **environment: str) -> list[str]:
    """The lines that a Python program prints."""
    ended = subprocess.run(
        [sys.executable, *words], cwd=folder, env=environment, check=False, capture_output=True, text=True, timeout=60
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.splitlines()


def test_the_tests_of_the_shop_pass(shop: Path) -> None:
    # Where many tests run at once, pytest tidies up after them all, and may be interrupted in that.
    assert "9 passed" in python(shop, "-W", "error", "-m", "pytest", "-q", "--basetemp", str(shop / "made"))[-1]


def test_the_shop_confirms_bills_and_counts_and_does_it_once(system: System, running_shop: Path) -> None:
    environment = {**system.environment, "API_URL": system.api_url}
    said = [python(running_shop, "submit.py", **environment) for _ in range(2)]
    assert [line.split()[:2] for line in said[0]] == [
        ["order.confirm", "completed"],
        ["invoice.render", "completed"],
        ["payment.take", "completed"],
        ["stock.sync", "completed"],
    ]
    assert said[0] == said[1]
    data = running_shop / "shop-data"
    (mail,) = (data / "outbox").iterdir()
    assert mail.read_text().startswith("To: ada@example.org\nSubject: Your order 1042\n")
    assert "68.00 EUR" in (data / "invoices" / "1042.html").read_text()
    with closing(sqlite3.connect(data / "shop.db")) as database:
        assert database.execute("SELECT order_number, cents FROM payments").fetchall() == [(1042, 6800)]
        assert dict(database.execute("SELECT article, count FROM stock")) == {"tea": 120, "cup": 36, "kettle": 8}
