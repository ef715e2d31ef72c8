"""`goqueue bulk`: what a person sees before and after, and what a script gets."""

from __future__ import annotations

import json

import pytest

from goqueue import Client
from tests.integration.cli.conftest import Command


def failed(client: Client, queue: str, jobs: int = 2) -> list[str]:
    """Jobs that fail once, and would complete when retried."""
    ids = [client.submit("demo.fail", {"times": 1}, max_retries=0, queue=queue).id for _ in range(jobs)]
    for job_id in ids:
        client.wait(job_id, timeout=30)
    return ids


def test_a_dry_run_shows_what_would_be_changed_and_changes_nothing(goqueue: Command, client: Client) -> None:
    ids = failed(client, "bulk-dry")
    client.submit("demo.noop", queue="bulk-dry", delay=3600)
    answer = goqueue("bulk", "retry", "--queue", "bulk-dry", "--dry-run")
    lines = [line.split() for line in answer.stdout.splitlines()]
    assert (answer.returncode, answer.stderr) == (0, "")
    assert lines[1:5] == [
        ["to", "retry", "2"],
        ["queue", "bulk-dry", "2"],
        ["type", "demo.fail", "2"],
        ["left", "alone", "1"],
    ]
    assert {line[0] for line in lines[7:]} == set(ids)
    as_json = json.loads(goqueue("bulk", "retry", "--queue", "bulk-dry", "--dry-run", "--json").stdout)
    assert as_json["matched"] == {"value": 2, "relation": "eq"}
    assert {client.get(job_id).status for job_id in ids} == {"failed"}


def test_an_operation_is_waited_for(goqueue: Command, client: Client) -> None:
    ids = failed(client, "bulk-yes")
    answer = goqueue("bulk", "retry", "--status", "failed", "--queue", "bulk-yes", "--yes")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.endswith(" completed: 2 changed, 0 skipped\n")
    assert {client.wait(job_id, timeout=30).status for job_id in ids} == {"completed"}
    assert answer.stdout.split()[0] in goqueue("bulk", "list").stdout


def test_it_asks_and_a_no_starts_nothing(goqueue: Command, goqueue_process: Command, client: Client) -> None:
    ids = failed(client, "bulk-ask")
    before = len(client.bulk_operations())
    refused = goqueue_process("bulk", "retry", "--queue", "bulk-ask", stdin="n\n")
    assert (refused.returncode, len(client.bulk_operations())) == (130, before)
    assert "to retry" in refused.stdout
    agreed = goqueue("bulk", "retry", "--queue", "bulk-ask", stdin="y\n")
    assert agreed.returncode == 0
    assert {client.wait(job_id, timeout=30).status for job_id in ids} == {"completed"}


def test_ids_priority_and_rate_reach_the_operation_as_json(goqueue: Command, client: Client) -> None:
    job = client.submit("demo.noop", delay=3600)
    words = ("--id", job.id, "--priority", "high", "--rate", "50", "--yes", "--json")
    done = json.loads(goqueue("bulk", "set-priority", *words).stdout)
    assert (done["state"], done["changed"], done["rate_per_second"]) == ("completed", 1, 50.0)
    assert done["parameters"] == {"priority": "high"}
    assert client.get(job.id).priority == "high"


def test_an_operation_that_is_aborted_says_so(goqueue: Command, client: Client) -> None:
    for _ in range(2):
        client.submit("demo.noop", queue="bulk-abort", delay=3600)
    operation = client.bulk("cancel", filter={"queue": "bulk-abort"}, rate_per_second=0.01)
    answer = goqueue("bulk", "abort", operation.id)
    assert answer.returncode == 0
    assert answer.stdout.startswith(f"{operation.id} aborted: ")
    assert goqueue("bulk", "abort", operation.id).returncode == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["cancel"], "which jobs?"),
        (["cancel", "--yes"], "which jobs?"),
        (["cancel", "--id", "17", "--queue", "mail"], "give one or the other"),
        (["cancel", "--id", "17", "--yes"], "'17' in it, which is no job id"),
        (["cancel", "--queue", "mail", "--json"], "--json cannot ask"),
        (["set-priority", "--queue", "mail"], "Missing option '--priority'"),
        (["cancel", "--queue", "a b", "--dry-run"], "is no name"),
        (["abort", "17"], "is no id of a bulk operation"),
    ],
    ids=["nothing", "agreed to nothing", "both", "id", "json", "priority", "name", "operation"],
)
def test_bad_input_is_one_line_and_exit_code_two(goqueue: Command, words: list[str], says: str) -> None:
    answer = goqueue("bulk", *words)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.count("\n") == 1
    assert says in answer.stderr
