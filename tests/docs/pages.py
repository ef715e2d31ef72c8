"""The pages of the documentation and the code blocks in them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *EXAMPLES.rglob("README.md")])
_FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE_NAME = re.compile(r"# ([\w-]+\.\w+)\n")
_SDK = re.compile(r"^(?:from goqueue import|import goqueue$)", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block: where it begins (line of the page, from 1), its language, its text."""

    page: Path
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        """For the id of a test and for messages."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def file_name(self) -> str | None:
        """The file that it shows: the first line, a comment, says so."""
        named = _FILE_NAME.match(self.text)
        return named[1] if named else None

    @property
    def kind(self) -> str:
        """What a Python block is: `test`, `program` (by the SDK) or `handlers`."""
        if (self.file_name or "").startswith("test_"):
            return "test"
        return "program" if _SDK.search(self.text) else "handlers"


def blocks(*languages: str) -> list[Block]:
    """Every block in one of these languages; without any, every block."""
    return [block for page in PAGES for block in page_blocks(page) if not languages or block.language in languages]


def page_blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, found.start()) + 1, found[1].strip(), found[2]) for found in _FENCE.finditer(text)
    ]


def python_blocks(kind: str) -> list[Block]:
    """Every Python block of this kind."""
    return [block for block in blocks("python") if block.kind == kind]


def prose(page: Path) -> str:
    """The page without its code blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))
