"""Which instants are due."""

from __future__ import annotations

from enum import StrEnum


class CatchUp(StrEnum):
    """What becomes of instants that were missed."""

    NONE = "none"
    LATEST = "latest"
    ALL = "all"
