from __future__ import annotations

import json

from goqueue import Client
from tests.integration.cli.conftest import Command


def test_logs_of_a_job_are_followed_to_its_end(goqueue: Command, client: Client) -> None:
    job = client.submit("demo.fail", {"times": 1, "message": "once"})
    followed = goqueue("jobs", "logs", job.id, "--follow")
    assert followed.returncode == 0
    header, line = followed.stdout.splitlines()
    assert header.startswith("attempt 1  ")
    assert "  warning  about_to_fail  " in line
    assert {"failures=0", "times=1"} < set(line.split())
    assert client.get(job.id).status == "completed"
    assert goqueue("jobs", "logs", job.id).stdout == followed.stdout


def test_logs_are_json_for_scripts(goqueue: Command, client: Client) -> None:
    job = client.wait(client.submit("demo.sleep", {"seconds": 0}).id, timeout=30)
    (line,) = goqueue("jobs", "logs", job.id, "--json", "--follow").stdout.splitlines()
    (same,) = json.loads(goqueue("jobs", "logs", job.id, "--json").stdout)
    assert json.loads(line) == same
    assert (same["attempt"], same["level"], same["message"], same["fields"]) == (1, "info", "sleeping", {"seconds": 0.0})
    assert json.loads(goqueue("jobs", "logs", job.id, "--json", "--level", "error").stdout) == []


def test_a_job_that_logs_nothing_says_so(goqueue_process: Command, client: Client) -> None:
    job = client.submit("demo.noop")
    answer = goqueue_process("jobs", "logs", job.id, "--follow")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "goqueue: it logged nothing\n")


def test_logs_of_a_job_that_is_not_there(goqueue: Command) -> None:
    answer = goqueue("jobs", "logs", "019cade2-1238-768e-8433-a398418d79cc")
    assert answer.returncode == 2
    assert "no job has the id" in answer.stderr
