"""Which version of GoQueue this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as distribution_version


def version() -> str:
    """The version of the installed distribution; 0 when it runs from bare source folders."""
    try:
        return distribution_version("goqueue")
    except PackageNotFoundError:
        return "0"
