"""Scopes: what a key may be used for."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class Scope(StrEnum):
    """What an operation asks of its caller."""

    SUBMIT = "submit"
    """Submit jobs."""
    READ = "read"
    """See jobs, queues, workers and handlers."""
    OPERATE = "operate"
    """Steer: retry, cancel, change and delete jobs, alone and in bulk; pause queues, drain workers. Includes read."""
    ADMIN = "admin"
    """Everything, and the audit log."""


_INCLUDED = {
    Scope.SUBMIT: frozenset({Scope.SUBMIT}),
    Scope.READ: frozenset({Scope.READ}),
    Scope.OPERATE: frozenset({Scope.OPERATE, Scope.READ}),
    Scope.ADMIN: frozenset(Scope),
}


def allows(granted: Collection[Scope], wanted: Scope) -> bool:
    """Whether one of the granted scopes is, or includes, the wanted one."""
    return any(wanted in _INCLUDED[scope] for scope in granted)
