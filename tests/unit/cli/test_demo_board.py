"""The demo's table, on a terminal and piped."""

from __future__ import annotations

import io

from rich.console import Console

from goqueue_cli.demo.board import table
from goqueue_cli.demo.story import Row

ROWS = [
    Row("resize a picture", "image.process", "completed", 1.0, 1, "3000x2000 to 1200x800", is_right=True),
    Row("send a mail", "email.send", "failed", 0.0, 3, "no [bold]server[/bold]", is_right=False),
    Row("take two seconds", "demo.sleep", "processing", 0.5, 1, "1.0 of 2 s"),
]


def drawn(*, is_live: bool, is_terminal: bool, width: int = 160) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=is_terminal, color_system="standard" if is_terminal else None)
    console.print(table(ROWS, is_live=is_live, width=width))
    return out.getvalue()


def test_piped_table_is_plain_and_aligned() -> None:
    header, *lines = drawn(is_live=False, is_terminal=False).splitlines()
    assert [line[0] for line in lines] == ["✓", "✗", "·"]
    assert all(line[header.index("seen") :].strip() == row.finding for line, row in zip(lines, ROWS, strict=True))
    assert "\x1b" not in "".join(lines)


def test_terminal_gets_colours_and_bars() -> None:
    out = drawn(is_live=True, is_terminal=True)
    assert "\x1b[32m✓" in out
    assert "\x1b[31mfailed" in out
    assert "━" in out


def test_narrow_terminal_has_one_line_a_story_while_they_run() -> None:
    assert len(drawn(is_live=True, is_terminal=True, width=80).splitlines()) == len(ROWS) + 1
