from __future__ import annotations

import logging
import logging.handlers
import sysconfig
from typing import Any

import pytest

from goqueue_worker.running import RUNNING, is_by_handlers, log_fields
from tests.unit.worker.claimed import claimed_job


@pytest.fixture
def running() -> Any:
    token = RUNNING.set(claimed_job("mail.send", queue="mail", attempt=3, traceparent=f"00-{'a' * 32}-{'b' * 16}-01"))
    yield RUNNING.get()
    RUNNING.reset(token)


def record(name: str, path: str) -> logging.LogRecord:
    return logging.LogRecord(name, logging.INFO, path, 1, "text", (), None)


def test_a_line_says_which_job_runs(running: Any) -> None:
    assert log_fields() == {
        "job_id": running.id,
        "type": "mail.send",
        "attempt": 3,
        "queue": "mail",
        "trace_id": "a" * 32,
    }


def test_where_no_job_runs_a_line_says_nothing_of_one() -> None:
    assert log_fields() == {}


@pytest.mark.parametrize(
    ("name", "path", "is_own"),
    [
        pytest.param("shop.mail", "/usr/lib/python3/site-packages/shop/mail.py", True, id="installed handlers"),
        pytest.param("mailing", "/srv/shop/mailing.py", True, id="a module beside the handlers"),
        pytest.param("root", "/srv/shop/mailing.py", True, id="logging.info"),
        pytest.param("shopping", "/usr/lib/python3/site-packages/shopping/x.py", False, id="a library"),
        pytest.param("apt", "/usr/lib/python3/dist-packages/apt/cache.py", False, id="a library of Debian"),
        pytest.param("asyncio", f"{sysconfig.get_path('stdlib')}/asyncio/base_events.py", False, id="Python itself"),
    ],
)
def test_lines_of_the_users_code_are_told_from_those_of_libraries(name: str, path: str, is_own: bool) -> None:
    assert is_by_handlers(["shop.jobs"])(record(name, path)) is is_own
