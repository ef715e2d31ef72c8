"""`goqueue failures`: from jobs that a real worker failed to the retry of a group."""

from __future__ import annotations

import json
from typing import Any

import pytest

from goqueue import Client, FailureGroup
from tests.integration.cli.conftest import Command
from tests.processes import eventually


def failed(client: Client, queue: str, *messages: str) -> list[str]:
    """Jobs that fail once, each with its message, and would complete when retried; their groups are known."""
    payloads: list[dict[str, Any]] = [{"times": 1, "message": message} for message in messages]
    ids = [client.submit("demo.fail", payload, max_retries=0, queue=queue).id for payload in payloads]
    for job_id in ids:
        client.wait(job_id, timeout=30)
    eventually(lambda: sum(group.count for group in client.failures(queue=queue)) == len(ids), "failures folded")
    return ids


def of(client: Client, queue: str) -> dict[str, FailureGroup]:
    return {group.message: group for group in client.failures(queue=queue)}


def test_failures_are_listed_by_group(goqueue: Command, goqueue_process: Command, client: Client) -> None:
    failed(client, "fail-list", "order 1 has no lines", "order 2 has no lines", "no disk")
    answer = goqueue_process("failures", "list", "--queue", "fail-list", "--sort", "count")
    assert (answer.returncode, answer.stderr) == (0, "")
    first, second = answer.stdout.splitlines()[1:]
    assert first.endswith("demo.fail  fail-list 2  RuntimeError: order <number> has no lines")
    assert second.endswith("demo.fail  fail-list 1  RuntimeError: no disk")
    words = ("--queue", "fail-list", "--text", "DISK", "--since", "1h", "--type", "demo.fail", "--json")
    (found,) = json.loads(goqueue("failures", "list", *words).stdout)
    assert (found["count"], found["frame"]) == (1, "goqueue_builtin/demo_fail.py:fail")
    nothing = goqueue("failures", "list", "--queue", "nowhere")
    assert (nothing.returncode, nothing.stdout) == (0, "")


def test_a_group_is_shown_with_its_traceback(goqueue: Command, client: Client) -> None:
    (job_id,) = failed(client, "fail-show", "shown once")
    (group,) = of(client, "fail-show").values()
    shown = goqueue("failures", "show", group.fingerprint).stdout
    assert "RuntimeError: shown once" in shown
    assert "Traceback (most recent call last):" in shown
    assert f"{job_id} (attempt 1)" in shown
    assert json.loads(goqueue("failures", "show", group.fingerprint, "--json").stdout)["failed_now"]["value"] == 1
    assert group.fingerprint in goqueue("jobs", "show", job_id).stdout


def test_a_group_is_retried_and_deleted_alone(goqueue: Command, client: Client) -> None:
    one, two, other = failed(client, "fail-act", "order 1 is late", "order 2 is late", "other")
    groups = of(client, "fail-act")
    late, others = groups["RuntimeError: order <number> is late"], groups["RuntimeError: other"]
    preview = goqueue("failures", "retry", late.fingerprint, "--dry-run").stdout
    assert one in preview
    assert other not in preview
    answer = goqueue("failures", "retry", late.fingerprint, "--yes")
    assert answer.stdout.endswith(" completed: 2 changed, 0 skipped\n")
    assert {client.wait(job_id, timeout=30).status for job_id in (one, two)} == {"completed"}
    assert client.get(other).status == "failed"
    assert [job.id for job in client.jobs(fingerprint=others.fingerprint)] == [other]
    assert goqueue("failures", "delete", others.fingerprint, "--queue", "fail-act", stdin="y\n").returncode == 0
    assert list(client.jobs(fingerprint=others.fingerprint)) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["show", "nothing"], "is no fingerprint"),
        (["show", "0123456789abcdef"], "no failure group"),
        (["retry", "nothing", "--yes"], "is no fingerprint"),
        (["retry"], "Missing argument"),
        (["delete", "0123456789abcdef", "--json"], "--json cannot ask"),
        (["list", "--since", "yesterday"], "is no time"),
        (["list", "--sort", "size"], "size"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_carried_out_is_one_line(goqueue: Command, words: list[str], says: str) -> None:
    answer = goqueue("failures", *words)
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
    assert says in answer.stderr
