from __future__ import annotations

import pytest

from goqueue import FailureGroup, FailureSeries
from goqueue_cli.failure_page import course, print_group, print_groups

HOSTILE = "\x1b]0;owned\x07\x1b[31mred"


@pytest.mark.parametrize(
    ("counts", "bars"),
    [((), ""), ((0, 0), "  "), ((0, 1, 0), " █ "), ((1, 1_000_000), "▁█"), ((1, 2, 4, 8), "▁▂▄█"), ((3, 0, 2), "█ ▆")],
    ids=str,
)
def test_a_course_shows_whatever_was_seen(counts: tuple[int, ...], bars: str) -> None:
    assert course(counts) == bars


def test_hostile_text_is_shown_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    group = FailureGroup(
        fingerprint=HOSTILE,
        type=HOSTILE,
        message=HOSTILE,
        frame=HOSTILE,
        queues={HOSTILE: 1, "b": 1, "c": 1},
        series=FailureSeries(step_seconds=60, t0=0, counts=(1,)),
        traceback=HOSTILE,
    )
    print_group(group)
    print_groups([group])
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "and 1 more" in shown
