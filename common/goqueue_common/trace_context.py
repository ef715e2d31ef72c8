"""W3C trace context, as jobs carry it: `00-<trace id>-<parent id>-<flags>`. Needs no tracing library.

https://www.w3.org/TR/trace-context/: a value that breaks a rule is treated as if none had come, never as an error.
"""

from __future__ import annotations

import re
from typing import Final

HEADER: Final = "traceparent"
_FORM: Final = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_SAMPLED: Final = 0x01


def read_traceparent(text: str | None) -> str | None:
    """The trace context of a header, in the form of version 00; None for none, or for one that breaks a rule.

    Of a later version only what version 00 has is kept.
    """
    match = _FORM.fullmatch(text.strip(" \t")) if text else None
    if match is None:
        return None
    version, trace_id, parent_id, flags, more = match.groups()
    if version == "ff" or set(trace_id) == {"0"} or set(parent_id) == {"0"}:
        return None
    if version == "00":
        return None if more is not None else match[0]
    return traceparent(trace_id, parent_id, int(flags, 16) & _SAMPLED)


def traceparent(trace_id: str, parent_id: str, flags: int) -> str:
    """The header that says this."""
    return f"00-{trace_id}-{parent_id}-{flags:02x}"


def trace_id_of(context: str) -> str:
    """The trace id of a context that `read_traceparent` gave."""
    return context[3:35]
