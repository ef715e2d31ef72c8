from __future__ import annotations

import sys

import click
import pytest

from goqueue.errors import InvalidRequest
from goqueue_cli import main
from goqueue_cli.errors import CommandError
from goqueue_cli.pointing import pointing_at


def refused(*errors: tuple[str, str]) -> InvalidRequest:
    fields = [{"pointer": pointer, "detail": detail} for pointer, detail in errors]
    return InvalidRequest(422, {"title": "Invalid schedule", "errors": fields})


def pointed(error: Exception, texts: dict[str, tuple[str, str]]) -> CommandError:
    with pytest.raises(CommandError) as caught, pointing_at(texts):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("given", "place", "caret"),
    [
        pytest.param("61 * * * *", 1, "^", id="first"),
        pytest.param("0 25 * * *", 3, "  ^", id="middle"),
        pytest.param("0 0 * *", 8, "       ^", id="past-the-end"),
        pytest.param("\x1b[31m0 25 * * *", 8, "      ^", id="hostile"),
    ],
)
def test_a_caret_stands_below_the_character(given: str, place: int, caret: str) -> None:
    error = pointed(refused(("/cron", f"that is wrong (character {place})")), {"/cron": ("--cron", given)})
    assert str(error) == "--cron: that is wrong"
    assert error.below == ("  " + given.replace("\x1b", ""), "  " + caret)


@pytest.mark.parametrize("between", ["\t", "\n", "\r\n"])
def test_tabs_and_line_ends_do_not_move_the_caret(between: str) -> None:
    given = f"0{between}25 * * *"
    error = pointed(refused(("/cron", f"bad (character {given.index('25') + 1})")), {"/cron": ("--cron", given)})
    shown, caret = error.below
    assert (shown.split(), shown[caret.index("^") :]) == (["0", "25", "*", "*", "*"], "25 * * *")
    assert "\t" not in shown


def test_everything_that_is_wrong_is_shown() -> None:
    error = pointed(
        refused(("/cron", "a (character 1)"), ("/timezone", "b (character 2)"), ("/jitter", "c")),
        {"/cron": ("--cron", "x"), "/timezone": ("--timezone", "Marz")},
    )
    assert str(error) == "--cron: a"
    assert error.below == ("  x", "  ^", "--timezone: b", "  Marz", "   ^", "/jitter: c")


def test_an_option_is_named_where_no_character_is() -> None:
    texts = {"/jitter": ("--jitter", "4000"), "/payload": ("--payload", "{}"), "/tags": ("--tag", "[]")}
    error = pointed(refused(("/jitter", "a"), ("/payload/to/0", "b"), ("/tags/1", "c"), ("/name", "d"), ("", "e")), texts)
    assert str(error) == "--jitter: a"
    assert error.below == ("--payload, at /to/0: b", "--tag, at /1: c", "/name: d", "/: e")


def test_what_has_no_place_in_a_text_stays_what_it_was() -> None:
    plain = refused(("/jitter", "4000 is out of range: 0 to 3600 seconds"))
    with pytest.raises(InvalidRequest), pointing_at({"/cron": ("--cron", "x")}):
        raise plain


def test_lines_below_an_error_are_printed_as_they_are(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    @click.command()
    def broken() -> None:
        raise CommandError("--cron: bad", below=("  0  x", "     ^"))

    monkeypatch.setattr(main, "cli", broken)
    monkeypatch.setattr(sys, "argv", ["goqueue"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert (ended.value.code, capsys.readouterr().err) == (2, "goqueue: --cron: bad\n  0  x\n     ^\n")
