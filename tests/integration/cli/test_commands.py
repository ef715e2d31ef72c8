"""Commands that talk to the API, as a person and as a script use them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from goqueue import Client
from tests.integration.cli.conftest import Command
from tests.processes import Processes, eventually, free_port


def is_one_line(answer: subprocess.CompletedProcess[str]) -> bool:
    return answer.stderr.startswith("goqueue: ") and answer.stderr.count("\n") == 1


def test_submit_prints_the_id(goqueue_process: Command, client: Client) -> None:
    answer = goqueue_process(
        "submit", "demo.noop", '{"n": 1}', "--queue", "mine", "--priority", "high", "--tag", "a", "--tag", "b"
    )
    job = client.get(answer.stdout.strip())
    assert (answer.returncode, answer.stderr) == (0, "")
    assert (job.payload, job.queue, job.priority, job.tags) == ({"n": 1}, "mine", "high", ("a", "b"))


def test_payload_comes_from_a_file_or_standard_input(goqueue: Command, client: Client, service: Processes) -> None:
    (service.folder / "payload.json").write_text('{"n": "file"}')
    from_file, piped = (
        goqueue("submit", "demo.noop", "@payload.json"),
        goqueue("submit", "demo.noop", "-", stdin='{"n": "in"}'),
    )
    assert [client.get(answer.stdout.strip()).payload["n"] for answer in (from_file, piped)] == ["file", "in"]


def test_options_reach_the_job(goqueue: Command, client: Client) -> None:
    words = ("--delay", "1h", "--max-retries", "7", "--timeout", "5m", "--expires-at", "2099-01-01T00:00:00Z")
    job = client.get(goqueue("submit", "demo.noop", *words).stdout.strip())
    assert (job.status, job.max_retries, job.timeout) == ("scheduled", 7, 300.0)
    assert job.run_at is not None
    assert job.created_at is not None
    assert round((job.run_at - job.created_at).total_seconds()) == 3600
    assert job.expires_at is not None
    assert job.expires_at.year == 2099


def test_same_idempotency_key_is_the_same_job(goqueue: Command) -> None:
    answers = {goqueue("submit", "demo.noop", "--idempotency-key", "k1").stdout for _ in range(2)}
    assert len(answers) == 1


def test_waiting_prints_the_result(goqueue: Command) -> None:
    answer = goqueue("submit", "demo.sleep", '{"seconds": 0.1}', "--wait")
    assert answer.returncode == 0
    assert json.loads(answer.stdout)["slept_seconds"] >= 0.1


def test_waiting_for_a_job_that_fails_is_exit_code_one(goqueue: Command) -> None:
    answer = goqueue("submit", "demo.fail", '{"message": "no\\u001b[31m luck"}', "--max-retries", "0", "--wait")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert is_one_line(answer)
    assert "failed: RuntimeError: no[31m luck" in answer.stderr


def test_waiting_in_vain_is_exit_code_three_and_loses_nothing(goqueue: Command, client: Client) -> None:
    answer = goqueue("submit", "demo.noop", "--delay", "1h", "--wait", "--wait-timeout", "0.2")
    assert answer.returncode == 3
    assert is_one_line(answer)
    assert client.get(answer.stdout.strip()).status == "scheduled"


def test_type_that_no_worker_knows_is_said(goqueue: Command, client: Client) -> None:
    job = client.submit("nobody.knows")
    eventually(lambda: client.get(job.id).waiting_reason is not None, "a worker has met it")
    waited = goqueue("submit", "nobody.knows", "--idempotency-key", "n", "--wait", "--wait-timeout", "5")
    sentence = "no live worker has a handler for 'nobody.knows'"
    assert waited.returncode == 3
    assert sentence in waited.stderr
    assert sentence in goqueue("jobs", "list", "--type", "nobody.knows").stdout
    assert "a worker that has no handler for 'nobody.knows' met it" in goqueue("jobs", "show", job.id).stdout


def test_submit_as_json(goqueue: Command) -> None:
    assert json.loads(goqueue("submit", "demo.noop", "--json").stdout)["status"] == "queued"
    assert json.loads(goqueue("submit", "demo.noop", "--json", "--wait").stdout)["status"] == "completed"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["submit", "demo.sleep", '{"seconds": "long"}'], '/payload/seconds: "long" is not of type "number"'),
        (["submit", "demo.sleep", "{"], "payload is no JSON"),
        (["submit", "no type"], "/type"),
        (["submit", "demo.noop", "--queue", "a b"], "/queue"),
        (["submit", "demo.noop", "--delay", "soon"], "'soon' is no duration"),
        (["submit", "demo.noop", "--wait-timeout", "1"], "add --wait"),
        (["submit"], "Missing argument 'TYPE'"),
        (["jobs", "show", "17"], "'17' is no job id"),
        (["jobs", "list", "--status", "done"], "'done' is not one of"),
        (["jobs", "list", "--since", "2026-03-01"], "has no zone"),
        (["jobs", "list", "--limit", "0"], "0 is not in the range"),
        (["queues", "--api-url", "nonsense"], "nonsense"),
    ],
    ids=["schema", "json", "type", "queue", "delay", "wait", "missing", "id", "status", "zone", "limit", "url"],
)
def test_bad_input_is_one_line_and_exit_code_two(goqueue: Command, words: list[str], says: str) -> None:
    answer = goqueue(*words)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert is_one_line(answer)
    assert says in answer.stderr


@pytest.mark.parametrize("words", [["queues"], ["submit", "demo.noop"], ["jobs", "list", "--json"]], ids=" ".join)
def test_api_that_is_away_is_one_line_that_says_what_to_do(goqueue: Command, words: list[str]) -> None:
    answer = goqueue(*words, env={"API_URL": f"http://127.0.0.1:{free_port()}"})
    assert (answer.returncode, answer.stdout) == (2, "")
    assert is_one_line(answer)
    assert "start one with: goqueue up" in answer.stderr


def test_list_shows_what_was_asked_for(goqueue: Command, client: Client) -> None:
    wanted = client.submit("demo.fail", {"message": "bad\x1b[31m luck"}, max_retries=0, tags=["listed"])
    client.wait(wanted.id, timeout=30)
    client.submit("demo.noop", tags=["listed", "other"])
    answer = goqueue("jobs", "list", "--tag", "listed", "--status", "failed", "--type", "demo.fail", "--since", "1h")
    header, line = answer.stdout.splitlines()
    assert header.split() == ["id", "type", "queue", "status", "tries", "created", "note"]
    assert line.split()[:5] == [wanted.id, "demo.fail", "default", "failed", "1"]
    assert line.rstrip().endswith("RuntimeError: bad[31m luck")
    assert "\x1b" not in answer.stdout
    found = json.loads(goqueue("jobs", "list", "--tag", "listed", "--limit", "1", "--json").stdout)
    assert [job["type"] for job in found] == ["demo.noop"]
    assert goqueue("jobs", "list", "--until", "2020-01-01T00:00:00Z").stderr == "goqueue: no job matches\n"


def test_count_takes_the_filters_of_list(goqueue: Command, client: Client) -> None:
    wanted = client.submit("demo.fail", {"message": "out of luck"}, max_retries=0, tags=["counted"])
    client.submit("demo.noop", {"user": {"id": 42}}, tags=["counted"])
    client.wait(wanted.id, timeout=30)
    assert goqueue("jobs", "count", "--tag", "counted").stdout == "2\n"
    assert goqueue("jobs", "count", "--tag", "counted", "--payload", "user.id=42").stdout == "1\n"
    assert goqueue("jobs", "count", "--tag", "counted", "--error", "OUT OF").stdout == "1\n"
    assert goqueue("jobs", "count", "--tag", "counted", "--longer-than", "1h").stdout == "0\n"
    assert goqueue("jobs", "count", "--tag", "counted", "--not-status", "failed", "--type", "demo.*").stdout == "1\n"
    counted = json.loads(
        goqueue("jobs", "count", "--tag", "counted", "--finished-since", "1h", "--status", "failed", "--json").stdout
    )
    assert counted == {"value": 1, "relation": "eq"}
    listed = json.loads(goqueue("jobs", "list", "--tag", "counted", "--oldest-first", "--limit", "1", "--json").stdout)
    assert [job["id"] for job in listed] == [wanted.id]


def test_list_goes_on_over_pages(goqueue: Command, client: Client) -> None:
    client.submit_many([{"type": "demo.noop", "tags": ["many"]}] * 450)
    assert len(json.loads(goqueue("jobs", "list", "--tag", "many", "--limit", "430", "--json").stdout)) == 430


def test_show_tells_everything(goqueue: Command, client: Client) -> None:
    job = client.submit("demo.fail", {"times": 1, "message": "once"}, tags=["x", "y"])
    client.wait(job.id, timeout=30)
    out = goqueue("jobs", "show", job.id).stdout
    for part in (
        job.id,
        "demo.fail",
        "completed",
        "2, 1 failed",
        "x, y",
        "attempt 1: error",
        "RuntimeError: once",
        "raise ",
    ):
        assert part in out
    assert (
        json.loads(goqueue("jobs", "show", job.id, "--json").stdout)["attempt_history"][0]["error"] == "RuntimeError: once"
    )


def test_retry_and_cancel_tell_what_became_of_each(goqueue: Command, client: Client) -> None:
    failed = client.wait(client.submit("demo.fail", {"times": 1}, max_retries=0).id, timeout=30)
    retried = goqueue("jobs", "retry", failed.id)
    assert (retried.returncode, retried.stdout) == (0, f"{failed.id} queued\n")
    assert client.wait(failed.id, timeout=30).status == "completed"
    waiting = client.submit("demo.noop", delay=3600)
    cancelled = goqueue("jobs", "cancel", failed.id, waiting.id)
    assert (cancelled.returncode, cancelled.stdout) == (1, f"{waiting.id} cancelled\n")
    assert is_one_line(cancelled)
    assert "completed" in cancelled.stderr
    as_json = goqueue("jobs", "cancel", waiting.id, "--json")
    assert as_json.returncode == 1
    assert [(one["id"], one["status"]) for one in json.loads(as_json.stdout)] == [(waiting.id, None)]


def test_running_job_is_told_to_stop(goqueue: Command, client: Client) -> None:
    job = client.submit("demo.sleep", {"seconds": 60})
    eventually(lambda: client.get(job.id).status == "processing", "it runs")
    assert goqueue("jobs", "cancel", job.id).stdout == f"{job.id} processing, its handler is told to stop\n"
    assert client.wait(job.id, timeout=30).status == "cancelled"


def test_queues_and_handlers_are_listed(goqueue: Command, client: Client) -> None:
    client.submit("demo.noop", queue="later", delay=3600)
    lines = goqueue("queues").stdout.splitlines()
    assert lines[0].split() == [
        "queue",
        "queued",
        "processing",
        "scheduled",
        "retrying",
        "failed",
        *["oldest", "in/min", "out/min", "drained", "in", "limit", "note"],
    ]
    assert ["later", "0", "0", "1", "0", "0"] in [line.split()[:6] for line in lines]
    assert {"name": "later", "scheduled": 1}.items() <= next(
        queue for queue in json.loads(goqueue("queues", "--json").stdout) if queue["name"] == "later"
    ).items()
    assert ["image.process", "1", "process", "3", "120", "s"] in [
        line.split()[:6] for line in goqueue("handlers").stdout.splitlines()
    ]
    types = {one["type"]: one for one in json.loads(goqueue("handlers", "--json").stdout)}
    assert types["image.process"]["versions"][0]["isolation"] == "process"


def test_the_whole_system_is_shown_at_one_look(goqueue: Command, goqueue_process: Command, client: Client) -> None:
    client.submit("demo.noop", queue="later", delay=3600)
    lines = goqueue_process("stats").stdout.splitlines()
    assert lines[0].split() == ["jobs", "now", "a", "minute", "count", "seconds", "p50", "p95", "p99"]
    assert [line.split()[0] for line in lines[1:8]] == [
        *("queued", "processing", "scheduled", "retrying", "completed", "failed", "cancelled")
    ]
    assert any("slots busy" in line for line in lines)
    assert any(line.startswith("later ") for line in lines)
    assert json.loads(goqueue("stats", "--json").stdout)["jobs"]["scheduled"] >= 1


def test_output_that_nobody_reads_on_is_no_error(service: Processes) -> None:
    # The reader goes before anything is written, so that the first word already breaks the pipe.
    script = f"{sys.executable} -m goqueue_cli.main handlers | exec true"
    for as_json in ("", "--json"):
        command = script.replace("handlers", f"handlers {as_json}")
        answer = subprocess.run(
            ["bash", "-o", "pipefail", "-c", command], env=service.environment, capture_output=True, text=True, check=False
        )
        assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_address_of_the_api_may_stand_before_the_command(goqueue: Command, service: Processes) -> None:
    nowhere = {"API_URL": f"http://127.0.0.1:{free_port()}"}
    for words in (["--api-url", service.api_url, "queues"], ["queues", "--api-url", service.api_url]):
        assert goqueue(*words, env=nowhere).returncode == 0


def test_letters_that_the_terminal_does_not_have_are_no_error(goqueue_process: Command, client: Client) -> None:
    job = client.submit("demo.noop", {"name": "café"})
    ascii_only = {"PYTHONIOENCODING": "ascii"}
    assert "caf?" in goqueue_process("jobs", "show", job.id, env=ascii_only).stdout
    assert json.loads(goqueue_process("jobs", "show", job.id, "--json", env=ascii_only).stdout)["payload"] == {
        "name": "café"
    }


def test_services_get_all_words_and_give_their_exit_code(goqueue_process: Command) -> None:
    assert goqueue_process("db", "current").stdout.startswith("schema at ")
    assert "--reload" in goqueue_process("worker", "--help").stdout
    assert "types: demo.fail" in goqueue_process("worker", "--check").stdout
    bad = goqueue_process("worker", "--handlers", "nowhere", "--check")
    assert (bad.returncode, bad.stderr.count("\n")) == (2, 1)
