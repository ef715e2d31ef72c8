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
class Check:
    """name: of what; finding: one line; fix: what to do, a command where there is one; empty only if all is well."""

    name: str
    mark: Mark
    finding: str
    fix: str = ""


def fine(name: str, finding: str) -> Check:
    """All is well."""
    return Check(name, Mark.OK, finding)


def warning(name: str, finding: str, fix: str) -> Check:
    """It works, and should be looked at."""
    return Check(name, Mark.WARNING, finding, fix)


def problem(name: str, finding: str, fix: str) -> Check:
    """It does not work, or breaks a promise."""
    return Check(name, Mark.PROBLEM, finding, fix)
