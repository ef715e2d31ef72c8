"""The environment of the `goqueue` command; the only module that reads it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goqueue_cli.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class CommandSettings:
    """What the environment asks for.

    database_url, redis_url: stores to use; None starts a local one. api_url: where the API is; None: not said.
    environment: everything that a service started by us inherits.
    """

    database_url: str | None
    redis_url: str | None
    api_url: str | None
    no_color: bool
    environment: Mapping[str, str]


def read_settings(environment: Mapping[str, str] = os.environ) -> CommandSettings:
    """Read the environment. Raises CommandError when a NAME_FILE cannot be read."""
    return CommandSettings(
        database_url=_value_or_file(environment, "DATABASE_URL"),
        redis_url=_value_or_file(environment, "REDIS_URL"),
        api_url=environment.get("API_URL") or None,
        no_color=bool(environment.get("NO_COLOR")),
        environment=dict(environment),
    )


def _value_or_file(environment: Mapping[str, str], name: str) -> str | None:
    file = environment.get(f"{name}_FILE")
    if file:
        try:
            return Path(file).read_text().strip()
        except OSError as error:
            raise CommandError(f"{name}_FILE: cannot read {file}: {error.strerror}") from error
    return environment.get(name) or None
