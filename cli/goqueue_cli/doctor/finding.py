"""One thing that was looked at, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """How it stands."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """what: was looked at; finding: one line; fix: what to do, a command where there is one; None only if all is well."""

    mark: Mark
    what: str
    finding: str
    fix: str | None = None


def fine(what: str, finding: str) -> Finding:
    """All is well."""
    return Finding(Mark.OK, what, finding)


def warning(what: str, finding: str, fix: str) -> Finding:
    """It works, and should be looked at."""
    return Finding(Mark.WARNING, what, finding, fix)


def problem(what: str, finding: str, fix: str) -> Finding:
    """It does not work, or breaks a promise."""
    return Finding(Mark.PROBLEM, what, finding, fix)
