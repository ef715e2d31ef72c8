"""Kept results as tables in the documentation."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench import page

MACHINE = {"cores": 2, "cpu": "a processor", "memory_gb": 25, "kernel": "6.1", "python": "3.11.7"}


def row(peer: str, number: int, **figures: float) -> dict[str, Any]:
    return {"peer": peer, "jobs": 1_000, "round": number, "once": True, "disturbed": False, "figures": figures, "error": ""}


def peers(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"at": "2026-11-29T20:00:00+00:00", "machine": MACHINE, "rows": list(rows)}


def section(name: str, results: dict[str, Any], scale: dict[str, Any] | None = None) -> list[str]:
    text = f"before\n<!-- bench {name} -->\nold\n<!-- end -->\nafter\n"
    first, marker, *lines, end, last = page.written_into(text, results, scale or {}).splitlines()
    assert (first, marker, end, last) == ("before", f"<!-- bench {name} -->", "<!-- end -->", "after")
    return lines


def test_peers_are_ranked_by_their_medians_and_ours_stands_out() -> None:
    rows = [row("bullmq", number, drained_per_s=speed) for number, speed in enumerate((9_000.0, 100.0, 9_400.0), 1)]
    title, aligned, first, second = section(
        "drain", peers(*rows, row("goqueue", 1, drained_per_s=28_000.0, wait_p50_ms=4.5))
    )
    assert title.startswith("| | drained/s | submits/s |")
    assert set(aligned) == set("| -:")
    assert first.startswith("| **goqueue** | 28,000 | | | 4.50 |")
    assert second.startswith("| bullmq | 9,000 |")
    assert first.endswith("| yes |")


def test_a_peer_that_did_not_run_each_job_once_is_marked() -> None:
    lost = {**row("saq", 1, drained_per_s=1.0), "once": False}
    assert section("drain", peers(lost))[-1].endswith("| **no** |")


def test_a_target_that_is_missed_says_so() -> None:
    results = peers(row("goqueue", 1, drained_per_s=199.0), row("bullmq", 1, drained_per_s=100.0))
    assert "| drained, times bullmq | 1.99 | at least 2.00 | **missed** |" in section("targets", results)


def test_the_machine_and_the_day_are_named() -> None:
    assert section("machine", peers()) == ["Measured 2026-11-29 on 2 cores (a processor), 25 GB, Linux 6.1, Python 3.11.7."]


def test_a_section_that_nothing_fills_is_an_error() -> None:
    with pytest.raises(KeyError, match="nonsense"):
        section("nonsense", peers())


def test_the_kept_results_fill_every_page() -> None:
    results, scale = (json.loads((page._RESULTS / f"{name}.json").read_text()) for name in ("peers", "scale"))
    for path in page._PAGES:
        written = page.written_into(path.read_text(), results, scale)
        assert "<!-- bench " in written
        assert "-->\n<!-- end" not in written
