"""What `python -m bench scale` makes of its measurements."""

from __future__ import annotations

from typing import Any

import pytest

from bench.scale import drains, report, snapshot
from bench.scale.site import Reading, between


def backlog(waiting: int, cost: float, rate: float = 100.0, once: float = 1.0, others: float = 0.0) -> dict[str, float]:
    return {"backlog": waiting, "cpu_s_per_1000": cost, "jobs_per_s": rate, "once": once, "other_cores": others}


def missed(document: dict[str, Any]) -> list[str]:
    return [target.what for target in report.targets(document) if not target.met]


def test_figures_are_of_what_happened_between_two_readings() -> None:
    figures = between(Reading(10.0, 500, 1.0, 2.0, 50.0), Reading(12.0, 2_500, 1.2, 2.6, 51.0))
    assert (figures["jobs_per_s"], figures["other_cores"]) == (1_000, 0.5)
    assert figures["cpu_s_per_1000"] == pytest.approx(0.4)


def test_time_in_which_workers_were_stopped_does_not_count() -> None:
    assert between(Reading(10.0, 0, 0, 0, 0), Reading(12.0, 2_000, 0, 0, 0), seconds=0.5)["jobs_per_s"] == 4_000


def test_rates_are_of_windows_of_equal_length() -> None:
    samples = [(100.0 + tenth / 10, 10 * min(tenth, 20) + max(tenth - 20, 0)) for tenth in range(41)]
    assert snapshot.rates(samples, 2) == pytest.approx([100.0, 10.0])


def test_a_slow_round_counts_with_the_time_it_took() -> None:
    assert drains.overall([{"jobs_per_s": 100.0}, {"jobs_per_s": 25.0}]) == pytest.approx(40.0)


def test_a_backlog_has_the_median_of_its_rounds() -> None:
    rounds = [backlog(1_000, cost) for cost in (1.0, 9.0, 2.0)] + [backlog(10_000, 3.0)]
    assert report.medians(rounds, "cpu_s_per_1000") == {1_000: 2.0, 10_000: 3.0}


def test_the_median_is_of_undisturbed_rounds_where_there_are_any() -> None:
    rounds = [backlog(1_000, 1.0), backlog(1_000, 9.0, others=0.5), backlog(10_000, 5.0, others=0.5)]
    assert report.medians(rounds, "cpu_s_per_1000") == {1_000: 1.0, 10_000: 5.0}


@pytest.mark.parametrize(
    ("others", "what"),
    [
        pytest.param(backlog(10_000, 1.09), [], id="within a tenth"),
        pytest.param(backlog(10_000, 1.11), ["CPU of a job, greatest by least backlog's"], id="dearer"),
        pytest.param(backlog(10_000, 1.0, rate=89.0), ["jobs/s, slowest by quickest backlog's"], id="slower"),
        pytest.param(backlog(10_000, 1.0, once=0.0), ["share of measurements in which each job ran once"], id="lost"),
    ],
)
def test_backlogs_are_to_cost_the_same(others: dict[str, float], what: list[str]) -> None:
    assert missed({"backlogs": [backlog(1_000, 1.0), others]}) == what


def test_pruning_is_to_cost_little_and_to_leave_little() -> None:
    pruning = {"kept": 0.89, "dead_share_a_minute_later": 0.06, "once": 1.0}
    assert missed({"pruning": pruning}) == ["jobs/s kept while old jobs are pruned", "dead share of jobs a minute later"]
    assert missed({"pruning": {"kept": 0.9, "dead_share_a_minute_later": 0.01, "once": 1.0}}) == []


def test_a_run_of_everything_is_drawn_with_a_bar_for_each_backlog_and_each_rate() -> None:
    drawing = report.drawing(
        {
            "rows": 10_000_000,
            "backlogs": [backlog(1_000, 0.06), backlog(10_000, 0.07)],
            "history": {"empty": [{"jobs_per_s": 30_000.0}], "full": [{"jobs_per_s": 29_000.0}]},
            "pruning": {"pruned": 1_000_000, "beside_per_s": 28_000.0},
            "snapshot": {"beginning_per_s": 28_000.0, "end_per_s": 25_000.0, "held_seconds": 120.0},
        }
    )
    assert drawing.count("<rect ") == 2 + 5


def test_a_snapshot_is_told_by_thirds_so_that_one_window_says_little() -> None:
    told = snapshot.thirds([30.0, 20.0, 30.0, 20.0, 1.0, 1.0, 1.0, 1.0, 20.0, 20.0, 20.0, 0.0])
    assert told == pytest.approx({"beginning_per_s": 25.0, "end_per_s": 15.0, "kept": 0.6})


def test_only_what_was_measured_has_targets() -> None:
    what = [target.what for target in report.targets({"snapshot": {"kept": 0.5, "once": 1.0}})]
    assert what == ["share of measurements in which each job ran once"]
