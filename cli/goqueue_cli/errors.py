"""What ends a command with one line on stderr and exit code 2."""

from __future__ import annotations

from collections.abc import Sequence


class CommandError(Exception):
    """The command cannot be carried out; the message is one line that says what was wrong and what to do.

    below: lines that show it, where words do not: what was given, and a mark below the place.
    """

    def __init__(self, message: str, *, below: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.below = tuple(below)


class DataDirInUse(CommandError):
    """Another goqueue process holds the data directory."""


class ServerNotFound(CommandError):
    """No PostgreSQL or Valkey server that is new enough can be found on this machine."""


class ServerNotStarted(CommandError):
    """A local PostgreSQL or Valkey server ended or stayed silent before it was ready."""
