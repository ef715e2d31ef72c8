from __future__ import annotations

import io

from goqueue_cli.local.log_prefix import PrefixedOutput


class BrokenPipe(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_lines_carry_the_name_of_their_process_in_an_even_column():
    stream = io.StringIO()
    output = PrefixedOutput(stream, ["goqueue", "api"], colour=False)
    output.line("goqueue", "ready")
    output.copy("api", [b"one\n", b"two\r\n", b"\xff"])
    assert stream.getvalue() == "goqueue | ready\napi     | one\napi     | two\napi     | \ufffd\n"


def test_each_name_has_a_colour_of_its_own_when_asked():
    stream = io.StringIO()
    output = PrefixedOutput(stream, ["api", "worker"], colour=True)
    output.line("api", "a")
    output.line("worker", "b")
    assert stream.getvalue() == "\x1b[36mapi    |\x1b[0m a\n\x1b[35mworker |\x1b[0m b\n"


def test_processes_go_on_when_nobody_reads_any_more():
    output = PrefixedOutput(BrokenPipe(), ["api"], colour=False)
    output.copy("api", [b"one\n", b"two\n"])
