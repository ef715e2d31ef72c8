"""Where this API is for its caller: below a path of its own, where the dashboard's socket or a proxy has it."""

from __future__ import annotations

import re
from typing import Final

from flask import request

FORWARDED_PREFIX: Final = "X-Forwarded-Prefix"
"""What a proxy has taken off the path."""
_PREFIX: Final = re.compile(r"(/[A-Za-z0-9._~-]+)+")


def prefix() -> str:
    """What stands before each of our paths; empty: nothing, or what the proxy says is no path."""
    said = request.script_root or request.headers.get(FORWARDED_PREFIX, "")
    return said if _PREFIX.fullmatch(said) else ""


def public_path() -> str:
    """The path of this request as its caller wrote it."""
    return prefix() + request.path
