"""The tables of docs/scheduling.md are what the code does."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import takewhile

import pytest

from goqueue_common.cron.expression import parse
from goqueue_common.cron.instants import instants
from goqueue_common.cron.zones import zone
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "scheduling.md").read_text(encoding="utf-8")


def rows(part: str) -> list[list[str]]:
    """The cells of the rows that begin with a cron expression."""
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in part.splitlines() if row.startswith("| `")]


WORDS = rows(PAGE.split("| cron | when |")[1].split("\n\n")[0])
CHANGES = rows(re.findall(r"<!-- clock changes -->(.*?)<!-- end -->", PAGE, re.DOTALL)[0])


def test_the_tables_are_found() -> None:
    assert len(WORDS) >= 8
    assert len(CHANGES) >= 11


@pytest.mark.parametrize(("text", "words"), WORDS)
def test_an_expression_is_put_into_these_words(text: str, words: str) -> None:
    assert parse(text.strip("`")).words() == words


@pytest.mark.parametrize(("text", "name", "day", "runs", "_why"), CHANGES)
def test_an_expression_runs_so_on_a_day_of_change(text: str, name: str, day: str, runs: str, _why: str) -> None:
    four = datetime.fromisoformat(f"{day}T04:00").replace(tzinfo=zone(name))
    found = instants(parse(text.strip("`")), zone(name), four.astimezone(UTC) - timedelta(hours=8), ends_at=four)
    local = [at.astimezone(zone(name)) for at in takewhile(lambda at: at < four, found)]
    shown = [f"{at:%H:%M}{at.isoformat()[-6:]}" for at in local if f"{at:%Y-%m-%d}" == day]
    assert ", ".join(shown) == runs
