"""Trace context that goes along with a call: W3C `traceparent`, which the API keeps with the jobs of a submit."""

from __future__ import annotations

import re
import sys

from goqueue.errors import InvalidArgument

_FORM = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[!-~]*)?")


def checked_traceparent(text: str | None) -> str | None:
    """A traceparent that a program gives. Raises InvalidArgument."""
    if text is not None and not _FORM.fullmatch(text):
        raise InvalidArgument(
            f"{text!r:.80} is no traceparent: it looks like 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        )
    return text


def current_traceparent() -> str | None:
    """Of the span that is active in this program; None: it does not use OpenTelemetry, or is in no span.

    A program that uses it has imported it: nothing is imported here.
    """
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return None
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"
