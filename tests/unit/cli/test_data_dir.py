from __future__ import annotations

import stat

import pytest

from goqueue_cli.errors import CommandError, DataDirInUse
from goqueue_cli.local.data_dir import DataDir, read_or_create_password, write_private


def test_a_folder_has_one_holder_at_a_time(tmp_path):
    first, second = DataDir(tmp_path / "data"), DataDir(tmp_path / "data")
    first.acquire()
    with pytest.raises(DataDirInUse, match="is in use by another goqueue process"):
        second.acquire()
    first.release()
    second.acquire()
    second.release()


def test_a_place_that_is_no_folder_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="cannot use the data directory"):
        DataDir(tmp_path / "file").acquire()


def test_nobody_commits_the_folder_by_accident(tmp_path):
    folder = DataDir(tmp_path / "data")
    folder.acquire()
    folder.release()
    assert (tmp_path / "data" / ".gitignore").read_text() == "*\n"


def test_others_cannot_list_the_folder(tmp_path):
    folder = DataDir(tmp_path / "data")
    folder.acquire()
    folder.release()
    assert not stat.S_IMODE(folder.path.stat().st_mode) & (stat.S_IRGRP | stat.S_IROTH)


def test_a_password_is_made_once_and_kept_private(tmp_path):
    file = tmp_path / "password"
    password = read_or_create_password(file)
    assert len(password) >= 32
    assert read_or_create_password(file) == password
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_private_file_is_replaced_whatever_its_mode_was(tmp_path):
    file = tmp_path / "file"
    file.write_text("old")
    file.chmod(0o666)
    write_private(file, "new")
    assert file.read_text() == "new"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
