"""What YAML takes a text without quotes for. What other readers would take differently is refused, not guessed."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Final

import yaml
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from goqueue_scheduler.schedule_file.located import BEYOND_64_BITS, BEYOND_FLOAT, read_whole_number

_RESOLVER: Final = Resolver()
_CONSTRUCTOR: Final = SafeConstructor()
_PREFIX: Final = "tag:yaml.org,2002:"
_DECIMAL: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FRACTION: Final = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
# Text to YAML 1.1, numbers to YAML 1.2 or JSON.
_NUMBER_ELSEWHERE: Final = re.compile(r"[-+]?(?:0[0-9_]+|0o[0-7]+|[0-9]+(?:\.[0-9]*)?[eE][-+]?[0-9]+)")
_LONGEST_NUMBER: Final = 400


def read_plain(text: str, *, is_time: bool) -> tuple[object, str | None]:
    """The value of a text without quotes, and what is wrong with it. is_time: a time may stand here."""
    tag = str(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False))).removeprefix(_PREFIX)  # type: ignore[no-untyped-call]  # so are the stubs
    if tag == "null":
        return None, None
    if tag == "bool":
        return _boolean(text)
    if tag in ("int", "float"):
        return (text, BEYOND_64_BITS) if len(text) > _LONGEST_NUMBER else _number(tag, text)
    if tag == "timestamp":
        return _time(text) if is_time else (text, f"{text} is read as a date by YAML: put it in quotes")
    if tag == "merge":
        return text, f"{text} means something to YAML: put it in quotes"
    if _NUMBER_ELSEWHERE.fullmatch(text):
        return text, f"{text:.80} is text to some readers of YAML and a number to others: put it in quotes"
    return text, None


def _boolean(text: str) -> tuple[object, str | None]:
    value = yaml.SafeLoader.bool_values[text.lower()]
    word = "true" if value else "false"
    if text.lower() == word:
        return value, None
    return value, f"{text} is read as {word} by YAML: write {word}, or put it in quotes if it is text"


def _number(tag: str, text: str) -> tuple[object, str | None]:
    if _DECIMAL.fullmatch(text):
        whole = read_whole_number(text)
        return (text, BEYOND_64_BITS) if whole is None else (whole, None)
    if _FRACTION.fullmatch(text):
        value = float(text)
        return (value, None) if math.isfinite(value) else (text, BEYOND_FLOAT)
    node = yaml.ScalarNode(_PREFIX + tag, text)
    read = _CONSTRUCTOR.construct_yaml_int(node) if tag == "int" else _CONSTRUCTOR.construct_yaml_float(node)
    if not math.isfinite(read):
        return text, f"{text} is no number that JSON knows: put it in quotes if it is text"
    return text, f"{text:.80} is read as {read!r:.80} by YAML: write that, or put it in quotes if it is text"


def _time(text: str) -> tuple[object, str | None]:
    """As RFC 3339 if it has a zone; else as it stands, and the rules of a definition say what is wrong."""
    try:
        read = _CONSTRUCTOR.construct_yaml_timestamp(yaml.ScalarNode(_PREFIX + "timestamp", text))
    except (ValueError, OverflowError):
        return text, None
    has_zone = isinstance(read, datetime) and read.tzinfo is not None
    return (read.isoformat() if has_zone else text), None
