"""The table can be read at 100 columns, and by machines."""

from __future__ import annotations

import json

from tests.faults.table import WIDTH, document, render
from tests.faults.verdict import Row

GOOD = Row("worker killed -9 in mid-flight, 20 times", 12_410, 12_410, 0, 61, 31.24, 35.0)
SLOW = Row("Redis behind a black hole", 1_900, 1_900, 0, 0, 0.4, 5.0, 0.0123, 1.043, ["refilled 9,000 a second"])
BAD = Row("API killed", 10, 8, 2, 0, None, 5.0, problems=["2 accepted jobs are not completed: " + "queued " * 20])


def test_columns_align_and_no_line_is_longer_than_the_terminal() -> None:
    lines = render([GOOD, SLOW, BAD], "full")
    assert max(map(len, lines)) <= WIDTH
    head, first, second = lines[:3]
    for title in ("accepted", "completed", "lost", "twice", "recovery"):
        end = head.index(title) + len(title)
        assert {line[end : end + 1] for line in (head, first, second)} <= {" ", ""}
        assert all(line[end - 1] != " " for line in (first, second))


def test_a_row_says_what_it_measured() -> None:
    assert render([GOOD], "full")[1].split()[-5:] == ["0", "61", "31.2", "of", "35"]
    assert render([SLOW], "full")[1].split()[-2:] == ["12", "1,043"]
    assert "refilled 9,000 a second" in render([SLOW], "full")[2]


def test_broken_rules_stand_below_their_row_and_are_counted() -> None:
    lines = render([GOOD, BAD], "short")
    assert lines[3].startswith("    ! 2 accepted jobs")
    assert "never of 5" in lines[2]
    assert lines[-1] == "2 faults, short form: 1 broke a rule"
    assert render([GOOD], "short")[-1] == "1 faults, short form: every rule held"


def test_the_document_holds_every_row() -> None:
    read = json.loads(document([GOOD, BAD], "full"))
    assert read["form"] == "full"
    assert [(row["fault"], row["lost"], row["recovery"]) for row in read["rows"]] == [
        (GOOD.fault, 0, 31.24),
        ("API killed", 2, None),
    ]
