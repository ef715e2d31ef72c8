"""`goqueue up` as a whole, on real stores with stand-ins for the services."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import psycopg2
import pytest

from goqueue_cli.local import LocalStores
from goqueue_cli.local.processes import birth, wait_until


def gone(*pids: int) -> bool:
    return wait_until(lambda: all(birth(pid) is None for pid in pids), 10.0)


def test_everything_starts_says_where_it_is_and_stops_in_order(up):
    stack = up("--queues", "a,b").ready()
    assert any(line.startswith("migrate   | schema at head") for line in stack.lines)
    stack.wait_for("worker    | worker up --queues a,b")
    stack.wait_for(f"scheduler | scheduler up for http://127.0.0.1:{stack.port}, schedules as usual")
    stack.wait_for(f"dashboard   http://127.0.0.1:{stack.dashboard_port}")
    stack.wait_for(f"Swagger UI  http://127.0.0.1:{stack.port}/docs")
    stack.wait_for("demo.sleep")
    written = stack.stack()
    assert written["api_url"] == f"http://127.0.0.1:{stack.port}"
    psycopg2.connect(written["database_url"]).close()
    pids = list(written["pids"].values())
    assert set(written["pids"]) == {"postgres", "valkey", "api", "worker", "scheduler"}
    stack.interrupt()
    assert stack.end() == (0, "")
    assert [line.partition("| ")[2] for line in stack.lines if "bye" in line] == ["scheduler bye", "worker bye", "api bye"]
    assert gone(*pids)
    assert not stack.file.exists()


def test_no_colours_when_piped_and_no_worker_and_scheduler_when_told(up):
    stack = up("--no-worker", "--no-scheduler").ready()
    assert not {"worker", "scheduler"} & set(stack.stack()["pids"])
    assert not any("\x1b" in line for line in stack.lines)


def test_a_dashboard_that_is_not_built_is_one_line_and_stops_nothing(up):
    stack = up(STAND_IN_DASHBOARD="missing").ready()
    stack.wait_for("dashboard   not built: make dashboard does it")
    stack.wait_for(f"Swagger UI  http://127.0.0.1:{stack.port}/docs")


def test_no_dashboard_when_told_whatever_the_environment_says(up):
    stack = up("--no-dashboard", GOQUEUE_DASHBOARD_BIND="0.0.0.0:3000").ready()
    stack.wait_for("Swagger UI")
    assert not any("dashboard" in line for line in stack.lines)


def test_a_file_of_schedules_is_the_schedulers(up, tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text("[]")
    up("--schedules", str(file), GOQUEUE_SCHEDULES="/nowhere").wait_for(f"schedules {file}")


def test_an_api_that_asks_for_the_bootstrap_key_gets_it_from_the_scheduler(up):
    up(GOQUEUE_BOOTSTRAP_KEY="b" * 32).wait_for(f"key {'b' * 32}")


def test_a_key_of_its_own_is_the_schedulers(up):
    up(GOQUEUE_BOOTSTRAP_KEY="b" * 32, GOQUEUE_API_KEY="mine").wait_for("key mine")


def test_an_api_that_asks_for_a_key_is_asked_with_it_whether_all_is_ready(up):
    up(GOQUEUE_API_KEY="mine", STAND_IN_KEY="mine").ready().wait_for("demo.sleep")


def test_an_api_that_tells_nothing_without_a_key_is_ready_all_the_same(up):
    up(STAND_IN_KEY="somebody's").ready()


@pytest.mark.parametrize("name", ["scheduler", "worker", "api", "postgres", "valkey"])
def test_what_dies_is_started_again(up, name):
    stack = up().ready()
    before, address = stack.pid(name), stack.stack()["database_url"]
    os.kill(before, signal.SIGKILL)
    stack.wait_for(f"goqueue   | {name} ended (killed by SIGKILL); starting it again in 0.5 s")
    assert wait_until(lambda: stack.pid(name) != before, 10.0)
    psycopg2.connect(address).close()


def test_a_service_with_bad_settings_ends_everything_with_exit_code_two(up):
    stack = up(STAND_IN_WORKER="misconfigured")
    assert stack.end() == (2, "goqueue: worker ended because of its settings: its own message is above\n")
    assert not stack.file.exists()


def test_a_failed_migration_ends_everything_with_exit_code_two(up):
    code, said = up(STAND_IN_MIGRATIONS="1").end()
    assert code == 2
    assert said == "goqueue: the database could not be brought up to date (exit code 1): see above\n"


def test_a_second_signal_ends_a_stubborn_service_at_once(up):
    stack = up(STAND_IN_WORKER="stubborn").ready()
    stack.wait_for("worker up")
    stack.interrupt()
    stack.wait_for("worker bye")
    assert stack.process.poll() is None
    stack.interrupt()
    assert stack.end() == (0, "")


def test_a_folder_in_use_is_one_line_and_exit_code_two(up, folder):
    up().ready()
    code, said = up().end()
    assert code == 2
    assert said == f"goqueue: {folder} is in use by another goqueue process: stop it, or choose another --data-dir\n"


def test_after_a_killed_supervisor_the_next_start_is_as_any_other(up):
    killed = up().ready()
    pids = list(killed.stack()["pids"].values())
    killed.process.kill()
    killed.process.wait()
    stack = up().ready()
    assert gone(*pids)
    stack.interrupt()
    assert stack.end() == (0, "")


def test_services_end_with_a_killed_supervisor(up):
    killed = up().ready()
    services = killed.pid("api"), killed.pid("worker"), killed.pid("scheduler")
    killed.process.kill()
    assert gone(*services)


def test_stores_that_are_given_are_used_and_not_started(up, tmp_path: Path):
    with LocalStores(tmp_path / "given") as given:
        stack = up(DATABASE_URL=given.database_url, REDIS_URL=given.redis_url).ready()
        assert set(stack.stack()["pids"]) == {"api", "worker", "scheduler"}
        assert stack.stack()["database_url"] == given.database_url
        stack.interrupt()
        assert stack.end()[0] == 0
        assert given.postgres.is_running()
