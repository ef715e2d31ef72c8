"""`goqueue events` and `goqueue jobs watch`, as processes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from goqueue import Client
from tests.integration.cli.conftest import Command
from tests.processes import Processes


@pytest.fixture
def listening(service: Processes) -> Iterator[subprocess.Popen[str]]:
    """`goqueue events --json`, and its first line has been read."""
    words = [sys.executable, "-u", "-m", "goqueue_cli.main", "events", "--topics", "jobs,queue", "--json"]
    running = subprocess.Popen(
        words, env=service.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=service.folder
    )
    assert json.loads(line_of(running))["type"] == "hello"
    yield running
    if running.poll() is None:
        running.kill()
    running.communicate()


def line_of(running: subprocess.Popen[str]) -> str:
    assert running.stdout is not None
    return running.stdout.readline()


def test_events_are_a_line_each_until_they_are_interrupted(listening: subprocess.Popen[str], client: Client) -> None:
    client.pause_queue("reports")
    event = json.loads(line_of(listening))
    assert (event["type"], event["data"]) == ("queue", {"action": "pause", "name": "reports"})
    assert event["id"]
    listening.send_signal(signal.SIGINT)
    _, errors = listening.communicate(timeout=10)
    assert (listening.returncode, errors.strip()) == (130, "")


def test_a_topic_that_there_is_not_is_one_line_and_exit_code_2(goqueue_process: Command) -> None:
    ended = goqueue_process("events", "--topics", "weather")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "'weather' is no topic" in ended.stderr


def test_a_job_is_watched_to_its_end(goqueue: Command, client: Client) -> None:
    job = client.submit("demo.sleep", {"seconds": 0.5})
    ended = goqueue("jobs", "watch", job.id)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[-1] == "completed (attempt 1)"
    told = [json.loads(line) for line in goqueue("jobs", "watch", job.id, "--json").stdout.splitlines()]
    assert [event["type"] for event in told] == ["hello", "job", "log", "end"]


def test_a_job_that_was_not_completed_is_exit_code_1(goqueue: Command, client: Client) -> None:
    job = client.submit("demo.noop", queue="nobody-serves-it", expires_at=None, tags=["never"])
    client.cancel(job.id)
    ended = goqueue("jobs", "watch", job.id)
    assert (ended.returncode, ended.stdout.splitlines()) == (1, ["cancelled"])


def test_a_job_that_there_is_not_is_exit_code_2(goqueue: Command) -> None:
    ended = goqueue("jobs", "watch", "01a20eb4-1366-768e-8433-a398418d79cc")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "no job has the id" in ended.stderr
