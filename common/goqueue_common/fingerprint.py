"""Which failures are one problem: those of one job type whose messages differ in ids and numbers only, and which came from
the same function of the user's code. Pure.

Everything is read from what a job keeps of an attempt, its error line and its traceback, so that whoever looks at the job
later finds the same. The work is bounded: texts are cut, and no pattern here can backtrack.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

from goqueue_common.traceback_frames import Frame, last_frames

MAX_ERROR_CHARACTERS: Final = 1_000
"""So much of an error line is looked at."""
MAX_MESSAGE_CHARACTERS: Final = 500
"""So much of a normalised message counts."""
MAX_FRAME_CHARACTERS: Final = 200
DIGITS: Final = 16
SEPARATOR: Final = "\n"
"""Between the parts of what is hashed; none of them has one."""

# What Python itself quotes in these is a name in the code, and tells one problem from another.
_NAMES_CODE: Final = re.compile(
    r"(?:AttributeError|ImportError|ModuleNotFoundError|NameError|TypeError|UnboundLocalError)\b"
)
_NAME: Final = re.compile(r"[A-Za-z_][\w.]{0,80}")
# One pass from left to right, the more particular before the more general. Every repetition is possessive or bounded, and
# begins where a word does, so that no character is looked at more than a few times.
_VARYING: Final = re.compile(
    r"""
    (?P<kept>
        ^ [\w.]++ (?: (?<=error) | (?<=exception) ) (?= : | $ )
        | \b (?: signal | code | status | errno | http | answered ) [\ :=]{1,2} \d{1,3} (?![\w.]\w) )
    | (?P<url> (?<![\w+.-]) [a-z] [a-z0-9+.-]{1,15}+ :// [^\s"'<>)\]}]++ )
    | (?P<email> (?<![\w+.%-]) [\w+.%-]++ @ [\w-]++ (?: \. [\w-]++ )++ )
    | (?P<uuid> (?<![\w-]) (?! \d{32} ) [0-9a-f]{8} -? [0-9a-f]{4} -? [0-9a-f]{4} -? [0-9a-f]{4} -? [0-9a-f]{12} (?![\w-]) )
    | (?P<time>
        (?<!\d) \d{4}-\d\d-\d\d (?: [t\ ] \d\d:\d\d (?: :\d\d (?: [.,]\d{1,9}+ )? )? (?: z | [+-]\d\d:?\d\d )? )? (?!\d)
        | (?<![\w:.]) \d{1,2}:\d\d (?: :\d\d (?: [.,]\d{1,9}+ )? )? (?![\w:]) )
    | (?P<address>
        (?<![\w.]) \d{1,3} (?: \.\d{1,3} ){3} (?: :\d{1,5} )? (?![\w.]\w)
        | (?<![\w:]) (?: [0-9a-f]{0,4} : ){2,7}+ [0-9a-f]{0,4} (?![\w:]) )
    | (?P<path> (?<![\w/.<]) (?: ~ | \.{1,2} | [a-z]: )?+ (?: [/\\] [\w.@%+~=:-]++ )++ [/\\]?+ )
    | (?P<text>
        (?<![\w\\]) [bruf]{0,2}+ (?: ' (?: [^'\\] | \\. )*+ ' | " (?: [^"\\] | \\. )*+ " | ` [^`]*+ ` ) (?!\w) )
    | (?P<hex> 0x [0-9a-f]++ | (?<![0-9a-z]) (?= [a-f]*+ \d ) (?= \d*+ [a-f] ) [0-9a-f]{8,}+ (?![0-9a-z]) )
    | (?P<id> (?<![\w-]) (?= [\d_-]*+ [a-z] ) (?= [a-z_-]*+ \d (?: [a-z] | [a-z_-]*+ \d ) ) [\w-]{16,}+ )
    | (?P<number> (?<![a-z\d]) [+-]? \d++ (?: [.,]\d++ )*+ (?: e [+-]? \d++ )?+ )
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_SAME_AGAIN: Final = re.compile(r"(<[a-z]{1,8}>)(?:[,;:\s]{1,3}+\1)++")
_SPACE: Final = re.compile(r"\s++")

_LIBRARY: Final = re.compile(
    r"/lib(?:64)?/(?:python\d[\d.]*t?|python\d+\.zip)/(?:(?:site|dist)-packages/(?P<package>[^/]+))?"
)
_MACHINERY: Final = re.compile(r"/goqueue_(?:worker|common)/")


def normalised(error: str) -> str:
    """An error line without what differs from one job to the next: ids, numbers, times, addresses, paths, quoted text."""
    line = error[:MAX_ERROR_CHARACTERS]
    names_code = _NAMES_CODE.match(line) is not None

    def placeholder(found: re.Match[str]) -> str:
        kind, text = found.lastgroup, found[0]
        if kind == "kept" or (kind == "text" and names_code and _NAME.fullmatch(text[1:-1])):
            return text
        return f"<{kind}>"

    varied = _SAME_AGAIN.sub(r"\1", _VARYING.sub(placeholder, line))
    return _SPACE.sub(" ", varied).strip()[:MAX_MESSAGE_CHARACTERS]


def top_frame(traceback: str | None) -> str | None:
    """The innermost function of the user's own code, as `shop/orders.py:ship`: two words of the path, and no line number.

    Own is what was not installed: neither Python's nor a package's nor GoQueue's; of installed code, the package that the
    handler itself is of. None: there is no traceback, or no function in it.
    """
    frames = last_frames(traceback) if traceback else []
    worked = [frame for frame in frames if not _MACHINERY.search(frame.path)]
    packages = [_package(frame) for frame in worked]
    handler = next((package for package in packages if package != _PYTHON), _PYTHON)
    own = [frame for frame, package in zip(worked, packages, strict=True) if package in (None, handler)]
    found = own or worked or frames
    return _shown(found[-1]) if found else None


def fingerprint(job_type: str, error: str, traceback: str | None = None) -> str:
    """What all failures of one group have in common, as 16 hexadecimal digits."""
    return digest(job_type, normalised(error), top_frame(traceback))


def digest(job_type: str, message: str, frame: str | None) -> str:
    """The fingerprint of its parts; goqueue_common.failure_store says the same in SQL."""
    parts = SEPARATOR.join((job_type, message, frame or ""))
    return hashlib.sha256(parts.encode("utf-8", "backslashreplace")).hexdigest()[:DIGITS]


_PYTHON: Final = ""
"""The package of what belongs to Python, or is no file at all."""


def _package(frame: Frame) -> str | None:
    """Which installed package it is of; None: it was not installed."""
    if frame.path.startswith("<"):
        return _PYTHON
    library = _LIBRARY.search(frame.path)
    return None if library is None else library["package"] or _PYTHON


def _shown(frame: Frame) -> str:
    tail = "/".join(frame.path.split("/")[-2:])
    return f"{tail}:{frame.function}"[-MAX_FRAME_CHARACTERS:].strip()
