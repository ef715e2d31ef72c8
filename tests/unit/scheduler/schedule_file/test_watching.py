from __future__ import annotations

import os

import pytest

from goqueue_scheduler.schedule_file import InvalidScheduleFile, WatchedFile

ENTRY = "- {type: a, cron: '@daily'}\n"


@pytest.fixture
def file(tmp_path) -> WatchedFile:
    (tmp_path / "schedules.yaml").write_text(ENTRY)
    return WatchedFile(tmp_path / "schedules.yaml")


def looks(file: WatchedFile, count: int = 3) -> list[bool]:
    return [file.changed() for _ in range(count)]


def test_file_that_was_never_loaded_has_changed(file):
    assert looks(file) == [False, True, True]


def test_file_that_was_loaded_has_not_changed(file):
    file.load()
    assert looks(file) == [False, False, False]


def test_change_shows_at_the_second_look_so_that_half_a_file_is_not_read(file):
    file.load()
    file.path.write_text("")
    assert file.changed() is False
    file.path.write_text(ENTRY + ENTRY.replace("a", "b", 1))
    assert looks(file, 2) == [False, True]
    assert len(file.load()) == 2
    assert looks(file) == [False, False, False]


def test_change_of_the_same_size_and_time_in_another_file_is_seen(file, tmp_path):
    file.load()
    about = file.path.stat()
    (tmp_path / "new").write_text(ENTRY.replace("a", "b", 1))
    os.utime(tmp_path / "new", ns=(about.st_atime_ns, about.st_mtime_ns))
    (tmp_path / "new").rename(file.path)
    assert looks(file, 2) == [False, True]


def test_config_map_that_kubernetes_swaps_is_seen(tmp_path):
    for version in ("1", "2"):
        (tmp_path / version).mkdir()
        (tmp_path / version / "schedules.yaml").write_text(ENTRY.replace("a", f"a{version}", 1))
    (tmp_path / "..data").symlink_to("1")
    (tmp_path / "schedules.yaml").symlink_to("..data/schedules.yaml")
    file = WatchedFile(tmp_path / "schedules.yaml")
    assert file.load()[0]["name"] == "a1"
    (tmp_path / "..data_tmp").symlink_to("2")
    (tmp_path / "..data_tmp").rename(tmp_path / "..data")
    assert looks(file, 2) == [False, True]
    assert file.load()[0]["name"] == "a2"


def test_file_that_vanishes_has_changed_once_and_again_when_it_is_back(file):
    file.load()
    file.path.unlink()
    assert looks(file, 2) == [False, True]
    with pytest.raises(InvalidScheduleFile, match="there is no such file"):
        file.load()
    assert looks(file) == [False, False, False]
    file.path.write_text(ENTRY)
    assert looks(file, 2) == [False, True]


def test_bad_file_is_not_loaded_again_until_it_changes(file):
    file.path.write_text("text")
    with pytest.raises(InvalidScheduleFile):
        file.load()
    assert looks(file) == [False, False, False]
