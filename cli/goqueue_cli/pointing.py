"""What the API finds wrong, by the option that gave it; at one character of a text, shown below that text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from goqueue_cli.errors import CommandError
from goqueue_cli.output import clean

if TYPE_CHECKING:
    from goqueue import FieldProblem

_AT_CHARACTER = re.compile(r"(.*) \(character (\d+)\)", re.DOTALL)
_MARGIN = "  "


@contextmanager
def pointing_at(texts: Mapping[str, tuple[str, str]]) -> Iterator[None]:
    """What the API refuses in the block becomes a CommandError that names the options, and shows where in their texts.

    texts: pointer into the request -> the option's name, and what was given by it.
    """
    from goqueue import InvalidRequest

    try:
        yield
    except InvalidRequest as error:
        if not any(_option(problem, texts) for problem in error.errors):
            raise
        blocks = [_block(problem, texts) for problem in error.errors]
        (message, shown), *others = blocks
        below = [*shown, *(line for said, lines in others for line in (said, *lines))]
        raise CommandError(message, below=below) from error


def _block(problem: FieldProblem, texts: Mapping[str, tuple[str, str]]) -> tuple[str, list[str]]:
    """What is wrong, and lines that show where; none, when that is not known."""
    found = _AT_CHARACTER.fullmatch(problem.detail)
    if found is None or problem.pointer not in texts:
        return f"{_option(problem, texts) or problem.pointer or '/'}: {problem.detail}", []
    name, given = texts[problem.pointer]
    place = int(found[2]) - 1
    # Up to there as the terminal shows it: a character that is left out, or is wider, would move the caret.
    return f"{name}: {found[1]}", [_MARGIN + _shown(given), _MARGIN + " " * len(_shown(given[:place])) + "^"]


def _option(problem: FieldProblem, texts: Mapping[str, tuple[str, str]]) -> str | None:
    """The option by which it was given, and where in that it is; None: it is about none of them."""
    _, field, *inside = problem.pointer.split("/", 2) if "/" in problem.pointer else ("", "")
    name, _ = texts.get(f"/{field}", (None, ""))
    return f"{name}, at /{inside[0]}" if name and inside else name


def _shown(text: str) -> str:
    return clean(text).replace("\t", " ").replace("\n", " ")
