"""Pausing, limiting and draining from the command line."""

from __future__ import annotations

import json

from goqueue import Client
from tests.integration.cli.conftest import Command
from tests.processes import eventually


def test_a_queue_is_paused_and_resumed(goqueue: Command, goqueue_process: Command, client: Client) -> None:
    assert goqueue_process("queues", "pause", "night").stdout == "night paused\n"
    job = client.submit("demo.noop", queue="night")
    [line] = [line for line in goqueue("queues").stdout.splitlines() if line.startswith("night ")]
    assert line.split()[:5] == ["night", "1", "0", "0", "0"]
    assert line.endswith("by anonymous")
    assert json.loads(goqueue("queues", "resume", "night", "--json").stdout)["paused"] is False
    assert client.wait(job.id, timeout=30).status == "completed"
    unknown = goqueue("queues", "resume", "nowhere")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "there is no queue 'nowhere'" in unknown.stderr


def test_limits_are_set_listed_and_removed(goqueue: Command, goqueue_process: Command) -> None:
    assert goqueue_process("limits").stderr == "goqueue: nothing is limited\n"
    assert goqueue("limits", "set", "type", "demo.noop", "3").stdout == "type demo.noop: at most 3 at once, 0 run now\n"
    lines = goqueue("limits").stdout.splitlines()
    assert [line.split() for line in lines] == [["kind", "name", "running", "limit"], ["type", "demo.noop", "0", "3"]]
    assert json.loads(goqueue("limits", "--json").stdout)[0]["max_running"] == 3
    assert goqueue("limits", "set", "type", "demo.noop", "0").returncode == 2
    assert goqueue("limits", "remove", "type", "demo.noop").stdout == "type demo.noop: no limit any more\n"
    assert goqueue("limits", "remove", "type", "demo.noop").returncode == 2


def test_why_a_job_does_not_run_is_explained(goqueue: Command, client: Client) -> None:
    client.pause_queue("still")
    job = client.submit("demo.noop", queue="still")
    lines = goqueue("jobs", "explain", job.id).stdout.splitlines()
    assert lines[0] == f"{job.id} queued"
    assert lines[1] == "1. queue_paused"
    assert lines[2].startswith("   its queue 'still' was paused by anonymous")
    assert lines[3] == "   -> resume the queue (POST /queues/still/resume)"
    assert json.loads(goqueue("jobs", "explain", job.id, "--json").stdout)["reasons"][0]["code"] == "queue_paused"
    [line] = [line for line in goqueue("jobs", "show", job.id).stdout.splitlines() if line.startswith("waiting ")]
    assert "its queue 'still' was paused by anonymous" in line
    client.resume_queue("still")
    assert client.wait(job.id, timeout=30).status == "completed"
    assert goqueue("jobs", "explain", job.id).stdout.splitlines()[1] == "1. completed"
    assert goqueue("jobs", "explain", "4711").returncode == 2


def test_a_worker_is_shown_with_what_it_runs_and_drained(
    goqueue: Command, goqueue_process: Command, client: Client
) -> None:
    job = client.submit("demo.sleep", {"seconds": 60})
    eventually(lambda: client.get(job.id).progress is not None, "it runs and has said so")
    header, line = goqueue_process("workers").stdout.splitlines()
    assert header.split() == ["id", "host", "pid", "state", "runs", "slots", "beat", "queues"]
    worker_id = line.split()[0]
    assert line.split()[3:6] == ["alive", "1", "4"]
    assert line.split()[-3:] == ["s", "ago", "all"]
    assert json.loads(goqueue("workers", "--json").stdout)[0]["running"][0]["job_id"] == job.id
    shown = goqueue("workers", "show", worker_id).stdout.splitlines()[1]
    assert shown.split()[:4] == [job.id, "demo.sleep", "default", "1"]
    assert shown.endswith(" of 60 s")
    assert goqueue("workers", "drain", worker_id).stdout == f"{worker_id} draining, 1 in hand\n"
    client.cancel(job.id)
    eventually(lambda: client.worker(worker_id).state == "drained", "it has finished")
    assert [row.split()[0] for row in goqueue("workers", "--state", "drained").stdout.splitlines()[1:]] == [worker_id]
    assert goqueue("workers", "--state", "lost").stderr == "goqueue: no worker: start one with: goqueue worker\n"
