"""Hiding the values of fields that an operator named: in lists, in logs and in the audit log.

Names are compared without regard to case, at any depth. What is shown of a job in full (GET /jobs/{id}) is not touched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final

HIDDEN: Final = "[redacted]"
_DEEPEST: Final = 100
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"?')
_SPACE: Final = re.compile(r"[\s:]*")
_SCALAR: Final = re.compile(r"[^\s,:\[\]{}\"]+")


class Redactor:
    """Hides the values of these fields; of none, it gives everything back as it is."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = frozenset(name.lower() for name in names)

    def __bool__(self) -> bool:
        return bool(self._names)

    def document(self, value: Any) -> Any:
        """A JSON value, the values of the fields hidden, and whatever lies deeper than _DEEPEST: it may have no end."""
        return self._shown(value, 0)

    def _shown(self, value: Any, depth: int) -> Any:
        if not isinstance(value, Mapping | list | tuple):
            return value
        if depth >= _DEEPEST:
            return HIDDEN
        if isinstance(value, Mapping):
            return {
                name: HIDDEN if str(name).lower() in self._names else self._shown(member, depth + 1)
                for name, member in value.items()
            }
        return [self._shown(item, depth + 1) for item in value]

    def text(self, beginning: str) -> str:
        """JSON text that may be cut off anywhere, the values of the fields hidden."""
        if not self._names:
            return beginning
        shown: list[str] = []
        at = 0
        while (string := _STRING.search(beginning, at)) is not None:
            after = _SPACE.match(beginning, string.end())
            end = after.end() if after is not None else string.end()
            shown.append(beginning[at:end])
            at = end
            if ":" in beginning[string.end() : end] and _unquoted(string[0]).lower() in self._names:
                shown.append(f'"{HIDDEN}"')
                at = _value_end(beginning, at)
        return "".join(shown) + beginning[at:]


def _unquoted(string: str) -> str:
    try:
        return str(json.loads(string))
    except ValueError:  # cut off
        return string


def _value_end(text: str, at: int) -> int:
    """Where the JSON value that begins here ends; the end of the text if it is cut off."""
    depth = 0
    while at < len(text):
        character = text[at]
        match = _STRING.match(text, at) if character == '"' else _SCALAR.match(text, at)
        if match is not None:
            at = match.end()
        else:
            depth += (character in "[{") - (character in "]}")
            at += 1
        if depth <= 0:
            break
    return at
