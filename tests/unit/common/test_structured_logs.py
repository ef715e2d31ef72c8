from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from typing import Any

import orjson
import pytest

PROGRAM = """
import logging, sys, threading
import structlog
from goqueue_common.structured_logs import configure

about = {"job_id": "j9"}
configure(
    "info", sys.argv[1], context=lambda: about, own_code=lambda record: record.name == "shop", service="worker", pid=7
)
log = structlog.get_logger("demo")
log.debug("too_quiet")
log.info("job_claimed", job_id="j1", attempt=2, where=object)
with structlog.contextvars.bound_contextvars(request_id="r1"):
    log.warning("job_slow", seconds=1.5)
thread = threading.Thread(target=lambda: log.info("from_thread"))
thread.start()
thread.join()
log.info("overridden", pid=8)
try:
    1 / 0
except ZeroDivisionError:
    log.exception("job_failed")
log.info("odd_text", error="lone \\ud800 surrogate", huge=2**70)

class Wordless:
    def __repr__(self):
        raise RuntimeError

endless = {}
endless["again"] = endless
if sys.argv[1] != "console":
    log.info("odd_values", by={(1, 2): 3}, nothing=Wordless(), endless=endless, error="kept")
logging.getLogger("library").info("too quiet")
logging.getLogger("library").warning("pool is %s", "full")
logging.getLogger("shop").info("sold", extra={"order": 7})
logging.getLogger("shop").debug("too quiet")
"""


def run(log_format: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, log_format], capture_output=True, text=True, timeout=30, check=True
    )


@pytest.fixture(scope="module")
def lines() -> dict[str, dict[str, Any]]:
    """What the program logs on a pipe: event -> the whole line."""
    found = [orjson.loads(line) for line in run("auto").stderr.splitlines()]
    return {line["event"]: line for line in found}


def test_a_pipe_gets_one_json_object_a_line_from_the_level_on(lines: dict[str, dict[str, Any]]) -> None:
    assert list(lines) == [
        "job_claimed",
        "job_slow",
        "from_thread",
        "overridden",
        "job_failed",
        "odd_text",
        "odd_values",
        "pool is full",
        "sold",
    ]


def test_fields_keep_their_types_and_odd_ones_become_text(lines: dict[str, dict[str, Any]]) -> None:
    line = lines["job_claimed"]
    assert (line["job_id"], line["attempt"], line["where"]) == ("j1", 2, "<class 'object'>")


def test_every_line_has_level_and_utc_time(lines: dict[str, dict[str, Any]]) -> None:
    levels = {event: line["level"] for event, line in lines.items()}
    assert (levels["job_claimed"], levels["job_slow"], levels["job_failed"]) == ("info", "warning", "error")
    assert {str(datetime.fromisoformat(line["timestamp"]).tzinfo) for line in lines.values()} == {"UTC"}


def test_bound_fields_are_on_every_line_of_every_thread_and_library(lines: dict[str, dict[str, Any]]) -> None:
    assert {line["service"] for line in lines.values()} == {"worker"}


def test_context_is_on_every_line_that_does_not_say_otherwise(lines: dict[str, dict[str, Any]]) -> None:
    said = {event: line["job_id"] for event, line in lines.items()}
    assert said.pop("job_claimed") == "j1"
    assert set(said.values()) == {"j9"}


def test_own_code_is_heard_from_the_level_on_with_its_extra_fields(lines: dict[str, dict[str, Any]]) -> None:
    assert (lines["sold"]["logger"], lines["sold"]["level"], lines["sold"]["order"]) == ("shop", "info", 7)


def test_a_field_of_the_line_wins_over_a_bound_one(lines: dict[str, dict[str, Any]]) -> None:
    assert (lines["from_thread"]["pid"], lines["overridden"]["pid"]) == (7, 8)


def test_a_context_variable_is_on_the_lines_within_its_context(lines: dict[str, dict[str, Any]]) -> None:
    assert lines["job_slow"]["request_id"] == "r1"
    assert "request_id" not in lines["overridden"]


def test_an_exception_comes_with_its_traceback(lines: dict[str, dict[str, Any]]) -> None:
    assert "ZeroDivisionError: division by zero" in lines["job_failed"]["exception"]


def test_text_that_json_cannot_hold_is_logged_all_the_same(lines: dict[str, dict[str, Any]]) -> None:
    assert lines["odd_text"]["error"] == "lone ? surrogate"


def test_values_that_json_cannot_hold_take_no_line_down_and_no_other_value(lines: dict[str, dict[str, Any]]) -> None:
    line = lines["odd_values"]
    assert (line["by"], line["nothing"], line["error"]) == ("{(1, 2): 3}", "<Wordless>", "kept")
    assert line["endless"] == "{'again': {...}}"


def test_console_is_readable_text_without_colours_on_a_pipe() -> None:
    output = run("console").stderr
    assert "job_claimed" in output
    assert "\x1b[" not in output
    assert not output.startswith("{")
