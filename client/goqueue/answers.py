"""From an answer's JSON to values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

from goqueue.errors import UnexpectedAnswer

if TYPE_CHECKING:
    from goqueue.transport import Answer

Value = TypeVar("Value")


def read_value(read: Callable[[Mapping[str, object]], Value], document: object) -> Value:
    """The value that `read` makes of an object. Raises UnexpectedAnswer."""
    if not isinstance(document, dict):
        raise UnexpectedAnswer(f"an object was expected in the answer, not {document!r:.100}")
    try:
        return read(document)
    except (TypeError, ValueError) as error:
        raise UnexpectedAnswer(f"the answer cannot be understood: {error}") from error


def read_items(read: Callable[[Mapping[str, object]], Value], answer: Answer) -> list[Value]:
    """The values of a list's items. Raises UnexpectedAnswer."""
    items = answer.document.get("items")
    if not isinstance(items, list):
        raise UnexpectedAnswer("the answer has no list of items")
    return [read_value(read, item) for item in items]
