"""Words of the API that the command line offers, to complete them: the same as the API's own."""

from __future__ import annotations

import click

from goqueue_cli.jobs import list_jobs
from goqueue_cli.submit import submit
from goqueue_common.job import Priority
from goqueue_common.lifecycle import JobStatus


def choices(command: click.Command, option: str) -> set[str]:
    [parameter] = [one for one in command.params if one.name == option]
    assert isinstance(parameter.type, click.Choice)
    return set(parameter.type.choices)


def test_statuses_are_those_of_jobs() -> None:
    assert choices(list_jobs, "status") == {str(status) for status in JobStatus}


def test_priorities_are_those_of_jobs() -> None:
    assert choices(submit, "priority") == {priority.label for priority in Priority}
