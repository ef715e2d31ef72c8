"""The environment of the client; the only module that reads it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from goqueue.errors import InvalidArgument

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_URL = "http://localhost:8080"


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Where the API is, and the key for it (None: no key is sent)."""

    api_url: str
    api_key: str | None


def read_settings(environment: Mapping[str, str] = os.environ) -> ClientSettings:
    """Read API_URL and GOQUEUE_API_KEY (or GOQUEUE_API_KEY_FILE). Raises InvalidArgument for an unreadable file."""
    return ClientSettings(
        api_url=environment.get("API_URL") or DEFAULT_URL,
        api_key=_key_from_file(environment) or environment.get("GOQUEUE_API_KEY") or None,
    )


def _key_from_file(environment: Mapping[str, str]) -> str | None:
    file = environment.get("GOQUEUE_API_KEY_FILE")
    if not file:
        return None
    try:
        return Path(file).read_text().strip()
    except OSError as error:
        raise InvalidArgument(f"GOQUEUE_API_KEY_FILE: cannot read {file}: {error.strerror}") from error
