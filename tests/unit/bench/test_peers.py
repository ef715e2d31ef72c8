"""What the run side by side makes of its rounds."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from bench.peers import report, targets
from bench.peers.manifest import peers
from bench.peers.measure import Row


def row(peer: str, *, once: bool = True, disturbed: bool = False, error: str = "", **figures: float) -> Row:
    return Row(peer, 1_000, round=1, once=once, disturbed=disturbed, figures=figures, error=error)


def shown(rows: list[Row]) -> str:
    written = io.StringIO()
    report.show(Console(file=written, width=200), rows, targets.targets(rows))
    return written.getvalue()


def line_of(peer: str, text: str) -> str:
    return next(line.rstrip() for line in text.splitlines() if line.startswith(peer))


def test_the_median_is_of_undisturbed_rounds_where_there_are_any() -> None:
    rows = [row("a", drained_per_s=value) for value in (10.0, 20.0, 60.0)]
    rows += [row("a", drained_per_s=1.0, disturbed=True), row("b", drained_per_s=5.0, disturbed=True)]
    assert report.medians(rows, "drained_per_s") == {"a": 20.0, "b": 5.0}


def test_how_many_runs_a_median_has_is_said() -> None:
    rows = [row("arq", drained_per_s=10.0), row("arq", drained_per_s=1.0, disturbed=True), row("arq", error="it broke")]
    assert "1 of 3" in line_of("arq", shown(rows))


@pytest.mark.parametrize("lost", [row("arq", once=False, drained_per_s=10.0), row("arq", once=False, error="timed out")])
def test_a_peer_that_lost_a_job_in_one_round_has_not_run_each_once(lost: Row) -> None:
    assert line_of("arq", shown([row("arq", drained_per_s=10.0), lost])).endswith("NO")


def test_an_error_is_shown_as_it_is_whatever_is_in_it() -> None:
    assert "arq, round 1: no such file [/tmp/x] [cause]" in shown(
        [row("arq", once=False, error="no such file [/tmp/x] [cause]")]
    )


def test_a_target_is_missed_by_a_little() -> None:
    rows = [row("goqueue", drained_per_s=199.0), row("bullmq", drained_per_s=100.0)]
    [drained, once] = targets.targets(rows)
    assert (drained.value, drained.bound, drained.met, once.met) == (1.99, 2.0, False, True)


def test_cpu_is_held_against_the_cheapest_peer_in_python_and_no_other() -> None:
    used = {"worker_cpu_s_per_1000": 0.1, "server_cpu_s_per_1000": 0.1}
    less = {"worker_cpu_s_per_1000": 0.0, "server_cpu_s_per_1000": 0.1}
    rows = [
        row("goqueue", **used),
        row("dramatiq", worker_cpu_s_per_1000=0.1, server_cpu_s_per_1000=0.2),
        row("bullmq", **less),
    ]
    cpu = targets.targets(rows)[0]
    assert (cpu.what, round(cpu.value, 3), round(cpu.bound, 3), cpu.met) == (
        "CPU s of 1,000 jobs; dramatiq has",
        0.2,
        0.3,
        True,
    )


def test_ours_is_measured_whatever_is_asked_for_and_first() -> None:
    assert [peer.name for peer in peers(["bullmq", "saq"])] == ["goqueue", "bullmq", "saq"]
    assert peers()[0].is_ours


def test_every_target_names_a_peer_that_is_there() -> None:
    names = {peer.name for peer in peers()}
    assert set(targets.DRAINED_TIMES) <= names
