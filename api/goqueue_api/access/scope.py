"""Scopes: what a key may be used for."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """What an operation asks of its caller."""

    SUBMIT = "submit"
    """Submit jobs."""
    READ = "read"
    """See jobs, queues, workers and handlers."""
    OPERATE = "operate"
    """Steer: retry, cancel, change and delete jobs, alone and in bulk; pause queues, drain workers. Includes read."""
    ADMIN = "admin"
    """Everything, the audit log and emptying queues too."""
    ANY = "any"
    """Any valid key will do. No key is made with this one."""


GRANTABLE: Final = (Scope.SUBMIT, Scope.READ, Scope.OPERATE, Scope.ADMIN)
"""What a key may be made with."""

_INCLUDED = {
    Scope.SUBMIT: frozenset({Scope.SUBMIT}),
    Scope.READ: frozenset({Scope.READ}),
    Scope.OPERATE: frozenset({Scope.OPERATE, Scope.READ}),
    Scope.ADMIN: frozenset(GRANTABLE),
}


def allows(granted: Collection[Scope], wanted: Scope) -> bool:
    """Whether one of the granted scopes is, or includes, the wanted one."""
    return wanted is Scope.ANY or any(wanted in _INCLUDED[scope] for scope in granted)
