"""The effect log counts what really ran."""

from __future__ import annotations

from pathlib import Path

from tests.faults.effect_log import EffectLog, Tally, in_flight, starts

LINES = "start a 1 1.0 7\nstart b 1 1.1 7\nend a 1 1.2 7\nstart b 2 1.3 8\n"


def log(folder: Path) -> EffectLog:
    path = folder / "effects"
    path.write_text("start old 1 0.5 7\n")
    read = EffectLog(path)
    read.mark()
    with path.open("a") as file:
        file.write(LINES + "start c 1 1.")
    return read


def test_what_was_before_the_mark_and_a_half_written_line_are_not_read(tmp_path: Path) -> None:
    assert [effect.job_id for effect in log(tmp_path).read()] == ["a", "b", "a", "b"]


def test_each_start_is_a_run(tmp_path: Path) -> None:
    assert [(run.job_id, run.attempt) for run in starts(log(tmp_path).read())] == [("a", 1), ("b", 1), ("b", 2)]


def test_what_has_no_end_is_in_flight(tmp_path: Path) -> None:
    assert [(run.job_id, run.pid) for run in in_flight(log(tmp_path).read())] == [("b", 7), ("b", 8)]


def test_a_tally_counts_a_growing_log_once(tmp_path: Path) -> None:
    read = EffectLog(tmp_path / "effects")
    tally = Tally(read)
    first, second = "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"
    with read.path.open("a", buffering=1) as file:
        file.write(f"start {first} 1 1.0 7\nend {first} 1 1.5 7\nstart {second} 1 1.")
        file.flush()
        assert (tally.update(), tally.repeated) == (1, 0)
        file.write(f"25 7\nstart {first} 2 4.0 8\n")
    assert (tally.update(), tally.repeated, tally.longest_pause) == (3, 1, 2.75)
    tally.close()
