"""Real servers: made, started again, crashed, found again; as root and as an ordinary user."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg2
import pytest
import redis

from goqueue_cli.errors import DataDirInUse
from goqueue_cli.local import LocalStores
from goqueue_cli.local.processes import wait_until

NOBODY = 65534
PRINT_OWNER = """
import os, sys
from goqueue_cli.local import LocalStores
with LocalStores(sys.argv[1]) as stores:
    print(os.geteuid(), stores.postgres.is_ready(), stores.valkey.is_ready())
"""
DIE = """
import os, sys
from goqueue_cli.local import LocalStores
stores = LocalStores(sys.argv[1]).__enter__()
print(stores.postgres.pid, stores.valkey.pid, flush=True)
os.kill(os.getpid(), 9)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for the tests that do not mind what was in it before: making new data takes a second."""
    return tmp_path_factory.mktemp("local") / "stores"


def ask_postgres(stores: LocalStores, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(stores.database_url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


def count_in_valkey(stores: LocalStores) -> int:
    with redis.Redis.from_url(stores.redis_url) as connection:
        return int(connection.incr("count"))


def test_data_are_there_again_at_the_next_start_which_takes_well_under_a_second(folder):
    with LocalStores(folder) as stores:
        ask_postgres(stores, "CREATE TABLE kept AS SELECT 1 AS one")
        counted = count_in_valkey(stores)
    started = time.monotonic()
    with LocalStores(folder) as stores:
        took = time.monotonic() - started
        assert ask_postgres(stores, "SELECT one FROM kept") == [(1,)]
        assert count_in_valkey(stores) == counted + 1
    assert took < 1.0


def test_stores_are_as_durable_and_as_closed_as_promised(folder):
    with LocalStores(folder, postgres_options={"work_mem": "8MB"}) as stores:
        names = ("fsync", "synchronous_commit", "listen_addresses", "max_connections", "work_mem")
        [values] = ask_postgres(stores, "SELECT " + ", ".join(f"current_setting('{name}')" for name in names))
        assert values == ("on", "on", "127.0.0.1", "200", "8MB")
        with redis.Redis.from_url(stores.redis_url) as connection:
            assert connection.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"
            assert connection.config_get("append*")["appendfsync"] == "everysec"
        stranger = f"postgresql://goqueue@127.0.0.1:{stores.postgres.port}/goqueue"
        with pytest.raises(psycopg2.OperationalError, match="password"):
            psycopg2.connect(stranger)
        with (
            redis.Redis(port=stores.valkey.port) as connection,
            pytest.raises(redis.AuthenticationError),
        ):
            connection.ping()


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_a_server_comes_back_on_the_same_port_with_its_data(folder, end):
    with LocalStores(folder) as stores:
        addresses = stores.database_url, stores.redis_url
        counted = count_in_valkey(stores)
        time_of_start = ask_postgres(stores, "SELECT pg_postmaster_start_time()")
        for server in (stores.postgres, stores.valkey):
            getattr(server, end)()
            assert not server.is_running()
            assert not server.is_ready()
            server.start()
        assert (stores.database_url, stores.redis_url) == addresses
        assert ask_postgres(stores, "SELECT pg_postmaster_start_time()") != time_of_start
        if end == "stop":  # a kill may cost Valkey the last second
            assert count_in_valkey(stores) == counted + 1


def test_a_folder_in_use_is_refused(folder):
    with LocalStores(folder), pytest.raises(DataDirInUse), LocalStores(folder):
        pass


def test_servers_that_lost_their_supervisor_are_found_and_stopped(folder):
    killed = subprocess.run([sys.executable, "-c", DIE, folder], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    orphans = [int(pid) for pid in killed.stdout.split()]
    assert all(Path(f"/proc/{pid}").exists() for pid in orphans)
    with LocalStores(folder) as stores:
        assert ask_postgres(stores, "SELECT 1") == [(1,)]
        assert wait_until(lambda: not any(map(lives, orphans)), 5.0)


def lives(pid: int) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except FileNotFoundError:
        return False


def test_a_stranger_on_the_id_of_a_crashed_postgres_does_not_stop_the_start(folder):
    with LocalStores(folder) as stores:
        pid_file = folder / "postgres" / "data" / "postmaster.pid"
        text = pid_file.read_text()
        stores.postgres.kill()
        pid_file.write_text(text.replace(text.split()[0], str(os.getpid()), 1))
        stores.postgres.start()
        assert ask_postgres(stores, "SELECT 1") == [(1,)]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can pass a folder that is closed to PostgreSQL's user")
def test_root_can_have_the_folder_where_nobody_else_may_go(tmp_path, folder):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with LocalStores(closed / "stores") as stores:
        assert ask_postgres(stores, "SELECT 1") == [(1,)]
    assert (closed / "stores" / "postgres" / "data").stat().st_uid == 0, "no owner had to change"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_runs_both_stores():
    python = python_for_everybody()
    if python is None:
        pytest.skip("another user can run no Python of this version here, or not reach our code")
    with tempfile.TemporaryDirectory() as home:  # not pytest's, which is closed to other users
        os.chown(home, NOBODY, NOBODY)
        done = subprocess.run(
            [python, "-B", "-c", PRINT_OWNER, Path(home, "stores")],
            check=False,
            **as_nobody(),
        )
    assert (done.stdout, done.stderr) == (f"{NOBODY} True True\n", "")


def as_nobody() -> dict[str, object]:
    return {
        "user": NOBODY,
        "group": NOBODY,
        "extra_groups": [],
        "cwd": "/",
        "env": {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        "capture_output": True,
        "text": True,
    }


def python_for_everybody() -> str | None:
    for candidate in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        try:
            if (
                subprocess.run([candidate, "-B", "-c", "import goqueue_cli.local"], check=False, **as_nobody()).returncode
                == 0
            ):
                return candidate
        except OSError:
            continue
    return None
