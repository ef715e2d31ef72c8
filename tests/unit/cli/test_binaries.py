from __future__ import annotations

import shutil

import pytest

from goqueue_cli.errors import ServerNotFound
from goqueue_cli.local import binaries


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine with nothing but what a test installs."""
    monkeypatch.setattr(binaries, "_folder_of_wheel", lambda package: None)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(binaries, "_postgres_folders", lambda: iter(sorted(tmp_path.glob("pg-*"))))
    return tmp_path


def install_postgres(machine, version: str) -> None:
    folder = machine / f"pg-{version}"
    folder.mkdir()
    (folder / "initdb").touch()
    program(folder / "postgres", f"postgres (PostgreSQL) {version}")


def program(path, says: str) -> None:
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)


def test_a_server_that_is_too_old_is_passed_over(machine):
    install_postgres(machine, "14.9")
    install_postgres(machine, "16.2")
    assert binaries.find_postgres(machine / "data").major == 16


def test_the_data_decide_which_major_version_runs_them(machine):
    install_postgres(machine, "16.2")
    install_postgres(machine, "18.0")
    (machine / "data").mkdir()
    (machine / "data" / "PG_VERSION").write_text("18\n")
    assert binaries.find_postgres(machine / "data").major == 18


def test_data_of_a_version_that_is_not_there_are_not_touched(machine):
    install_postgres(machine, "18.0")
    (machine / "data").mkdir()
    (machine / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(ServerNotFound, match="made by PostgreSQL 17"):
        binaries.find_postgres(machine / "data")


def test_nothing_found_says_what_to_do(machine):
    with pytest.raises(ServerNotFound, match="set DATABASE_URL"):
        binaries.find_postgres(machine / "data")
    with pytest.raises(ServerNotFound, match="set REDIS_URL"):
        binaries.find_valkey()


@pytest.mark.parametrize(
    ("says", "good"),
    [("Redis server v=6.2.14 sha=0", False), ("Redis server v=7.0.15 sha=0", True), ("Server v=9.1.2", True)],
    ids=["too-old", "debian", "valkey"],
)
def test_redis_is_taken_from_version_seven(machine, monkeypatch, says, good):
    program(machine / "redis-server", says)
    monkeypatch.setattr(shutil, "which", lambda name: str(machine / "redis-server"))
    if good:
        assert binaries.find_valkey() == machine / "redis-server"
    else:
        with pytest.raises(ServerNotFound):
            binaries.find_valkey()
