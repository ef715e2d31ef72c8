from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from goqueue import Conflict, ConnectionFailed, SyncReport
from goqueue_scheduler.file_sync import FileSync
from goqueue_scheduler.schedule_file import WatchedFile
from tests.unit.scheduler.api_model import ApiModel
from tests.unit.scheduler.rig import Rig

ONE = "- {name: one, type: report, queue: reports, cron: '0 0 * * *'}\n"
TWO = "- {name: two, type: report, queue: reports, cron: '0 1 * * *'}\n"


class Synced(ApiModel):
    """Remembers what it was asked to have."""

    def __init__(self, rig: Rig) -> None:
        super().__init__(rig.clock)
        self.syncs: list[list[str]] = []

    def sync_schedules(self, definitions: Sequence[Mapping[str, object]]) -> SyncReport:
        report = super().sync_schedules(definitions)
        self.syncs.append([str(one["name"]) for one in definitions])
        return report


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "schedules.yaml"
    file.write_text(ONE)
    return file


@pytest.fixture
def synced(rig: Rig) -> Synced:
    return Synced(rig)


@pytest.fixture
def sync(rig: Rig, synced: Synced, file: Path) -> FileSync:
    """It follows, and has looked at the file."""
    sync = FileSync(WatchedFile(file), synced, rig.election, clock=rig.clock, reach=rig.reach, on_change=rig.loader.ask)
    look(sync, rig, 2)
    return sync


def look(sync: FileSync, rig: Rig, times: int = 1) -> None:
    for _ in range(times):
        rig.clock.advance(1.0)
        sync.look()


def write(file: Path, text: str) -> None:
    file.write_text(text)
    os.utime(file, ns=(0, file.stat().st_mtime_ns + 1_000_000))  # a later write may fall into the same tick


def test_a_follower_leaves_the_file_to_the_leader(sync: FileSync, rig: Rig, synced: Synced) -> None:
    sync.ask()
    look(sync, rig, 3)
    assert synced.syncs == []


def test_a_new_leader_syncs_at_once_and_then_only_what_is_new(sync: FileSync, rig: Rig, synced: Synced) -> None:
    rig.election.step()
    look(sync, rig)
    assert synced.syncs == [["one"]]
    look(sync, rig, 20)
    assert synced.syncs == [["one"]]


def test_whoever_leads_anew_syncs_anew(sync: FileSync, rig: Rig, synced: Synced) -> None:
    rig.election.step()
    look(sync, rig)
    rig.redis.flush()
    rig.election.step()
    rig.election.step()
    look(sync, rig, 3)
    assert synced.syncs == [["one"], ["one"]]


def test_who_fires_alone_syncs_nothing(sync: FileSync, rig: Rig, synced: Synced) -> None:
    rig.redis.is_away = True
    while not rig.election.may_fire:
        rig.clock.advance(rig.election.step())
    look(sync, rig, 3)
    assert synced.syncs == []


def test_a_change_is_synced_once_the_file_has_stood_still(sync: FileSync, rig: Rig, synced: Synced, file: Path) -> None:
    rig.election.step()
    look(sync, rig)
    write(file, "")
    look(sync, rig)
    write(file, ONE + TWO)
    look(sync, rig)
    assert synced.syncs == [["one"]], "a beginning of it was never sent"
    look(sync, rig)
    assert synced.syncs == [["one"], ["one", "two"]]


def test_a_config_map_that_is_swapped_by_its_link_is_a_change(rig: Rig, synced: Synced, tmp_path: Path) -> None:
    for folder, text in (("before", ONE), ("after", ONE + TWO)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "schedules.yaml").write_text(text)
    data = tmp_path / "..data"
    data.symlink_to("before")
    (tmp_path / "schedules.yaml").symlink_to("..data/schedules.yaml")
    watched = WatchedFile(tmp_path / "schedules.yaml")
    sync = FileSync(watched, synced, rig.election, clock=rig.clock, reach=rig.reach, on_change=lambda: None)
    rig.election.step()
    look(sync, rig, 2)
    swap = tmp_path / "..new"
    swap.symlink_to("after")
    swap.rename(data)
    look(sync, rig, 2)
    assert synced.syncs == [["one"], ["one", "two"]]


def test_asked_to_it_syncs_what_has_not_changed(sync: FileSync, rig: Rig, synced: Synced) -> None:
    rig.election.step()
    look(sync, rig)
    sync.ask()
    look(sync, rig)
    assert synced.syncs == [["one"], ["one"]]


@pytest.mark.parametrize("text", ["- {type: report, cron: 'every day'}", "- [", "{"])
def test_a_file_that_is_wrong_changes_nothing_and_is_said_once(
    sync: FileSync, rig: Rig, synced: Synced, file: Path, text: str
) -> None:
    rig.election.step()
    look(sync, rig)
    write(file, text)
    with capture_logs() as lines:
        look(sync, rig, 5)
    assert [line["event"] for line in lines] == ["schedules_file_not_understood"]
    assert synced.syncs == [["one"]]
    write(file, TWO)
    look(sync, rig, 2)
    assert synced.syncs == [["one"], ["two"]]


def test_a_file_that_has_vanished_removes_nothing(sync: FileSync, rig: Rig, synced: Synced, file: Path) -> None:
    rig.election.step()
    look(sync, rig)
    file.unlink()
    with capture_logs() as lines:
        look(sync, rig, 5)
    assert [line["event"] for line in lines] == ["schedules_file_not_understood"]
    assert synced.syncs == [["one"]]


def test_while_the_api_is_away_it_tries_again_until_it_is_back(sync: FileSync, rig: Rig, synced: Synced) -> None:
    synced.fails = lambda _call, _fires: ConnectionFailed("no answer")
    rig.election.step()
    look(sync, rig, 5)
    assert synced.calls.count("sync") >= 2
    synced.fails = lambda _call, _fires: None
    look(sync, rig, 6)
    assert synced.syncs == [["one"]]


def test_what_the_api_refuses_is_said_once_and_tried_again_after_a_while(
    sync: FileSync, rig: Rig, synced: Synced, file: Path
) -> None:
    synced.fails = lambda _call, _fires: Conflict(409, {"title": "Exists", "code": "schedule_exists", "detail": "one"})
    rig.election.step()
    with capture_logs() as lines:
        for _ in range(12):
            look(sync, rig, 5)
            rig.election.step()
    assert [line["event"] for line in lines] == ["api_refuses"]
    assert 2 <= synced.calls.count("sync") <= 5
    synced.fails = lambda _call, _fires: None
    write(file, TWO)
    look(sync, rig, 2)
    assert synced.syncs[-1] == ["two"], "at once; its next try of the old one may have come before"


def test_what_was_synced_is_read_anew(sync: FileSync, rig: Rig, api: ApiModel) -> None:
    rig.run(2.5)
    loads = api.calls.count("load")
    look(sync, rig)
    rig.run(1.1)
    assert api.calls.count("load") == loads + 1


def test_a_file_that_is_not_understood_is_a_trouble_until_a_sync_succeeds(
    sync: FileSync, rig: Rig, synced: Synced, file: Path
) -> None:
    rig.election.step()
    look(sync, rig)
    assert sync.trouble is None
    write(file, "- {name: a, type: report, cron: '0 25 * * *'}\n- {name: b, type: report, cron: 'x'}\n- 1\n")
    look(sync, rig, 2)
    assert sync.trouble is not None
    assert sync.trouble.startswith(
        f"the schedules file {file} is not understood: line 1, a, cron: hour: 25 is out of range"
    )
    assert sync.trouble.endswith(" (and 2 more)")
    synced.fails = lambda _call, _fires: ConnectionFailed("no answer")
    write(file, TWO)
    look(sync, rig, 2)
    assert sync.trouble is not None, "the API has still the schedules of before"
    synced.fails = lambda _call, _fires: None
    look(sync, rig, 6)
    assert sync.trouble is None


def test_a_file_that_is_refused_is_a_trouble_of_who_leads(sync: FileSync, rig: Rig, synced: Synced, file: Path) -> None:
    synced.fails = lambda _call, _fires: Conflict(409, {"title": "Exists", "code": "schedule_exists", "detail": "one"})
    rig.election.step()
    look(sync, rig)
    assert sync.trouble is not None
    assert sync.trouble.startswith(f"the schedules file {file} is refused: ")
    rig.redis.flush()
    rig.election.step()
    assert sync.trouble is None
    rig.election.step()
    synced.fails = lambda _call, _fires: None
    look(sync, rig, 2)
    assert sync.trouble is None


def test_a_trouble_is_one_line_of_what_the_api_takes(sync: FileSync, rig: Rig, synced: Synced) -> None:
    said = {"title": "No", "code": "no", "detail": "bad\nworse " * 100}
    synced.fails = lambda _call, _fires: Conflict(409, said)
    rig.election.step()
    look(sync, rig)
    assert sync.trouble is not None
    assert (len(sync.trouble), "\n" in sync.trouble) == (500, False)


def test_an_api_that_is_away_is_no_trouble_of_the_file(sync: FileSync, rig: Rig, synced: Synced) -> None:
    synced.fails = lambda _call, _fires: ConnectionFailed("no answer")
    rig.election.step()
    look(sync, rig, 5)
    assert sync.trouble is None
