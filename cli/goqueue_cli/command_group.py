"""The commands of `goqueue`, in sections, each loaded when it is asked for: the rest must not slow it down."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Mapping
from difflib import get_close_matches

import click

SECTIONS: Mapping[str, Mapping[str, str]] = {
    "Run it": {
        "up": "goqueue_cli.up:up",
        "demo": "goqueue_cli.demo.command:demo",
        "api": "goqueue_cli.services:api",
        "worker": "goqueue_cli.services:worker",
        "scheduler": "goqueue_cli.services:scheduler",
        "db": "goqueue_cli.services:db",
        "keys": "goqueue_cli.services:keys",
    },
    "Jobs": {
        "submit": "goqueue_cli.submit:submit",
        "jobs": "goqueue_cli.jobs:jobs",
        "bulk": "goqueue_cli.bulk:bulk",
        "failures": "goqueue_cli.failures:failures",
        "schedules": "goqueue_cli.schedules:schedules",
        "queues": "goqueue_cli.queues:queues",
        "limits": "goqueue_cli.limits:limits",
        "workers": "goqueue_cli.workers:workers",
        "handlers": "goqueue_cli.handlers:handlers",
        "stats": "goqueue_cli.stats:stats",
        "events": "goqueue_cli.events:events",
    },
    "Help": {
        "doctor": "goqueue_cli.doctor.command:doctor",
        "completion": "goqueue_cli.completion:completion",
    },
}
"""Title of a section -> name of a command -> where it is."""


class CommandGroup(click.Group):
    """The group of SECTIONS."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """All names, in the order of the sections."""
        return [name for section in SECTIONS.values() for name in section]

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """The command, loaded now; None: there is none of this name."""
        place = next((section[name] for section in SECTIONS.values() if name in section), None)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, context: click.Context, words: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """See click; a name that there is not is answered with those that it may have been."""
        if self.get_command(context, words[0]) is None:
            near = get_close_matches(words[0], self.list_commands(context))
            said = f"did you mean {' or '.join(near)}?" if near else "goqueue --help lists them"
            raise click.UsageError(f"there is no command {words[0]!r}: {said}", context)
        return super().resolve_command(context, words)

    def invoke(self, context: click.Context) -> object:
        """Run the command; its end is in order, too, when whoever read its output, `head` say, has had enough."""
        try:
            result = super().invoke(context)
            sys.stdout.flush()
        except BrokenPipeError:  # here, since click would make an exit code 1 of it
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        return result

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """The help's list, one block a section."""
        for title, section in SECTIONS.items():
            found = [(name, self.get_command(context, name)) for name in section]
            with formatter.section(title):
                formatter.write_dl([(name, command.get_short_help_str(90)) for name, command in found if command])
