"""YAML's own errors in plain words. The commonest by far is a cron without quotes: `*` and `@` are signs of YAML."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import yaml
from yaml.reader import ReaderError

from goqueue_scheduler.schedule_file.located import Place

QUOTE_THE_CRON: Final = 'put the cron in quotes, since {sign} at its beginning means something to YAML: "{cron}"'

_LINE_END: Final = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_CRON: Final = re.compile(
    r"""^(?P<before>[ \t]*(?:-[ \t]+)*["']?cron["']?[ \t]*:[ \t]+)"""
    r"""(?P<cron>(?P<sign>[*@])[^'"#\r\n]*?)(?=[ \t]*(?:[ \t]\#.*)?\r?$)""",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class QuotedCrons:
    """A text in which every cron that lacked quotes has them. places: where those are, and what to say of each."""

    text: str
    places: Mapping[Place, str]


def quote_crons(text: str) -> QuotedCrons:
    """Put those crons in quotes that have a line to themselves; nothing moves to another line."""
    places, starts = {}, [0, *(end.end() for end in _LINE_END.finditer(text))]
    for found in _CRON.finditer(text):
        line = bisect_right(starts, found.start("cron"))
        place = Place(line, found.start("cron") - starts[line - 1] + 1)
        places[place] = QUOTE_THE_CRON.format(sign=found["sign"], cron=found["cron"])
    return QuotedCrons(_CRON.sub(r"\g<before>'\g<cron>'", text), places)


def in_words(error: yaml.YAMLError, text: str) -> tuple[Place, str]:
    """Where it went wrong, and a sentence."""
    if isinstance(error, ReaderError):
        before = text[: error.position]
        place = Place(before.count("\n") + 1, len(before) - before.rfind("\n"))
        return place, f"the character U+{error.character:04X} may not stand in YAML: remove it"
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return Place(1, 1), f"cannot be read as YAML: {error}"
    mark, problem, context = error.problem_mark, error.problem or "", error.context or ""
    begun = error.context_mark or mark
    opened = begun if "quoted scalar" in context and "end of stream" in problem else mark
    line = _line(text, mark)
    for pattern, say in _SENTENCES:
        match = re.search(pattern, f"{context}: {problem}", re.DOTALL)
        if match is not None:
            return Place(opened.line + 1, opened.column + 1), say(_Trouble(match, line, begun.line + 1))
    return Place(mark.line + 1, mark.column + 1), f"cannot be read as YAML: {problem}"


def _line(text: str, mark: yaml.Mark) -> str:
    lines = _LINE_END.split(text)
    return lines[mark.line] if mark.line < len(lines) else ""


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What a sentence may speak of. begun: the line in which what is broken begins."""

    match: re.Match[str]
    line: str
    begun: int


def _alias(trouble: _Trouble) -> str:
    cron = re.search(r"\bcron\b[\"']?\s*:\s+([*@].*)", trouble.line)
    if cron is None:
        return "a text that begins with * or & needs quotes"
    return QUOTE_THE_CRON.format(sign=cron[1][0], cron=cron[1].split(" #")[0].rstrip(" }"))


def _no_token(trouble: _Trouble) -> str:
    character = trouble.match[1]
    if character == "\\t":
        return "a tab stands where only spaces may: indent with spaces"
    return (
        _alias(trouble)
        if character == "@" and "cron" in trouble.line
        else f"a text that begins with {character} needs quotes"
    )


def _colon(trouble: _Trouble) -> str:
    return (
        "a colon followed by a space makes a field, and none may begin here: put the text in quotes, or look at the "
        "indentation of this line and of the one before it"
    )


def _indentation(trouble: _Trouble) -> str:
    return (
        f"this does not fit what begins in line {trouble.begun}: fields of an entry stand exactly below each other, "
        "and a text in quotes ends with its quote"
    )


def _no_value(trouble: _Trouble) -> str:
    found = trouble.match[1]
    return f"a value is missing before {'the end of the file' if found == '<stream end>' else found}"


_SENTENCES: Final[Sequence[tuple[str, Callable[[_Trouble], str]]]] = (
    (r"scanning an (?:alias|anchor): ", _alias),
    (r"found character '(.+?)' that cannot start any token", _no_token),
    (r"mapping values are not allowed here", _colon),
    (r"quoted scalar: found unexpected end of stream", lambda _: "the quote that opens here is never closed"),
    (
        r"unknown escape character '(.+?)'",
        lambda trouble: f"\\{trouble.match[1]} means nothing in double quotes: use single quotes, or \\\\ for a backslash",
    ),
    (
        r"simple key: could not find expected ':'",
        lambda trouble: f"line {trouble.begun} is neither a field nor an entry: a colon or a '- ' is missing there",
    ),
    (
        r"expected ',' or '([]}])'",
        lambda trouble: f"a comma or {trouble.match[1]} is missing: what it belongs to opens in line {trouble.begun}",
    ),
    (r"expected <block end>", _indentation),
    (r"expected the node content, but found '(.+?)'", _no_value),
    (
        r"undefined tag handle|scanning a tag|parsing a tag|scanning a directive",
        lambda _: "tags and directives are not read here: a text that begins with ! or % needs quotes",
    ),
    (r"incompatible YAML document", lambda _: "%YAML asks for another version of YAML than 1: leave it out"),
    (r"block scalar", lambda _: "after | or > the text begins in the next line, indented with spaces"),
)
