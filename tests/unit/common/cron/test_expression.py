from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from goqueue_common.cron.expression import ALIASES, Cron, parse
from goqueue_common.cron.faults import Word, faults
from goqueue_common.errors import BadCron
from tests.unit.common.cron.expressions import expressions

NEVER_BOTH = "MON#2 never falls on day of month */31, and a day must be both when either starts with *, so this never fires"


def refusal(text: str) -> BadCron:
    with pytest.raises(BadCron) as refused:
        parse(text)
    return refused.value


@pytest.mark.parametrize(
    "text",
    [
        "30 2 * * *",
        "0 30 2 * * *",
        "  30\t2  * * *\n",
        "*/5 9-17 1,15 JAN-MAR Mon-fri",
        "0 0 L * ?",
        "0 0 LW * *",
        "0 0 15W,L * *",
        "0 0 ? * 5L",
        "0 0 * * MON#2",
        "0 0 * * friL",
        "0 0 * * FRI#L,SUN#1",
        "0 0 29 2 *",
        "0 0 30 2 MON",
        "@Daily",
        " @yearly ",
    ],
)
def test_it_reads(text: str) -> None:
    assert parse(text).text == text


@pytest.mark.parametrize(("alias", "text"), ALIASES.items())
def test_an_alias_is_its_fields(alias: str, text: str) -> None:
    assert parse(alias).fields == parse(text).fields
    assert parse(alias).words() == parse(text).words()


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("61 * * * *", 0, "minute: 61 is out of range 0 to 59"),
        ("* x * * *", 2, "hour: 'x' is neither a number, a range, a step nor *"),
        ("  5\t 25   * * *", 5, "hour: 25 is out of range 0 to 23"),
        ("75 0 0 * * *", 0, "second: 75 is out of range 0 to 59"),
        ("0 0 0 * *", 4, "day of month: 0 is out of range 1 to 31"),
        ("0 0 * 13 *", 6, "month: 13 is out of range 1 to 12"),
        ("0 0 * * 1,8", 10, "day of week: 8 is out of range 0 to 7"),
        ("0 0 * JUNE *", 6, "month: 'JUNE' is not understood; write JUN"),
        ("0 0 * * Monday", 8, "day of week: 'Monday' is not understood; write MON"),
        ("0 0 * * Sommer", 8, "day of week: 'Sommer' is neither a number, a name such as MON, a range, a step nor *"),
        ("*/0 * * * *", 2, "minute: a step of 0 leads nowhere; write 1 or more"),
        ("*/x * * * *", 2, "minute: the step 'x' is not a number"),
        ("*/ * * * *", 2, "minute: the step after / is missing"),
        ("5,,7 * * * *", 2, "minute: a value is missing here"),
        ("5- * * * *", 2, "minute: a value is missing here"),
        ("0 17-9 * * *", 2, "hour: the range 17-9 runs backwards; write 17-23,0-9"),
        ("0 0 * * FRI-SUN", 8, "day of week: the range FRI-SUN runs backwards; write FRI-7"),
        ("1-2-3 * * * *", 4, "minute: the range '1-2-3' has more than two ends"),
        ("*-5 * * * *", 0, "minute: * stands alone, or before a step, as in */5"),
        ("? * * * *", 0, "minute: ? stands alone, and only for the day of month or the day of week; write *"),
        ("0 0 1-5W * *", 4, "day of month: '1-5W' is not understood; W follows one day, as in 15W, or L"),
        ("0 0 32W * *", 4, "day of month: 32 is out of range 1 to 31"),
        ("0 0 * * L", 8, "day of week: L follows a day, as in FRIL, the last Friday of the month"),
        ("0 0 * * MON#6", 12, "day of week: '6' after # is neither 1 to 5 nor L"),
        ("0 0 * * MON#2/2", 13, "day of week: no step can follow MON#2"),
        ("0 0 30 2 *", 4, "day of month: 30 never comes in month 2, so this never fires"),
        ("0 0 31 FEB,4 ?", 4, "day of month: 31 never comes in month FEB,4, so this never fires"),
        ("0 0 30W 2 *", 4, "day of month: 30W never comes in month 2, so this never fires"),
        (
            "0 0 */31 * MON#2",
            11,
            f"day of week: {NEVER_BOTH}",
        ),
        ("@reboot", 0, "@reboot names no time, and a schedule fires by the clock"),
        (" @daily 5", 8, "@daily stands alone, without fields"),
        ("0 0 ß * *", 4, "the character 'ß' has no place in a cron expression"),
        ("0 0 \0 * *", 4, "the character '\\x00' has no place in a cron expression"),
        ("9" * 5_000 + " * * * *", 256, "the expression is too long: 5008 characters, 256 at most"),
        ("9" * 200 + " * * * *", 0, f"minute: {'9' * 20}... is out of range 0 to 59"),
    ],
)
def test_a_fault_is_named_where_it_is(text: str, position: int, message: str) -> None:
    assert (refusal(text).position, str(refusal(text))) == (position, message)


@pytest.mark.parametrize(
    ("text", "position", "begin"),
    [
        ("", 0, "no fields; write five"),
        ("   ", 0, "no fields; write five"),
        ("5", 1, "1 field; write five"),
        ("* * * *  ", 7, "4 fields; write five"),
        ("* * * * *  * 2027", 13, "7 fields; write five"),
        ("@every 5m", 0, "@every is not known; write @yearly, @annually"),
    ],
)
def test_a_wrong_number_of_fields_is_shown_at_the_first_too_many_or_the_end(text: str, position: int, begin: str) -> None:
    assert refusal(text).position == position
    assert str(refusal(text)).startswith(begin)


def test_the_leftmost_fault_is_named() -> None:
    assert refusal("* 99 0 * 99").position == 2


_PIECES = (
    "*",
    "0",
    "5",
    "59",
    "61",
    "31",
    "7",
    "13",
    "-",
    "/",
    ",",
    "#",
    "L",
    "W",
    "?",
    "@",
    "FRI",
    "jul",
    "Feb",
    "x",
    " ",
    "\t",
    "²",
)
_pieces = st.lists(st.sampled_from(_PIECES), min_size=1, max_size=5).map("".join)
_almost = st.lists(_pieces, min_size=5, max_size=6).map(" ".join)
_one_wrong = st.builds(
    lambda good, index, piece: " ".join([*good.split()[:index], piece, *good.split()[index + 1 :]]),
    expressions,
    st.integers(0, 5),
    st.lists(st.sampled_from([piece for piece in _PIECES if piece not in " \t"]), min_size=1, max_size=5).map("".join),
)


@given(text=st.one_of(st.text(max_size=300), _almost, _one_wrong))
@example(text="0 0 L/2 * *")
@example(text="0 0 jul/2,5L/3 * *")
@example(text="0 0 15W/2 * *")
@example(text="0 0 * * 5#L/2")
@example(text="0 0 * jul/2 *")
@example(text="0/5L * * * *")
@example(text="*/99999999999999999999999 * * * *")
@example(text="ſUN 0 * * *")
@example(text="0 0 L-L/2 * *")
@example(text="0 0 015W * *")
@example(text="0 0 * * 07#L")
@example(text="0 0 * * 9#L")
@example(text="0 0 1-01/2 xxx-xxx/2 07L")
def test_whatever_is_written_is_read_or_refused_within_the_text(text: str) -> None:
    read = outcome(text)
    if isinstance(read, BadCron):
        assert 0 <= read.position <= len(text)
        assert "the expression is not understood" not in str(read)
        return
    assert read.words()
    if "@" not in text:
        assert list(faults([Word(word, 0) for word in text.split()])) == []


def outcome(text: str) -> Cron | BadCron:
    try:
        return parse(text)
    except BadCron as refused:
        return refused


@given(text=expressions)
def test_what_is_valid_is_read(text: str) -> None:
    assert parse(text).fields[-5:][0] in text.upper()


@pytest.mark.parametrize(
    "text",
    [
        "0 0 */31 * MON#2",
        "0 0 */29 2 MON#5",
        "1,2 0 0 */31,*/31,*/31 JAN-JUN/2,AUG,DEC MON#2,MON#3,MON#4,TUE#5",
        ",".join(["*/7"] * 50) + " * * * *",
        "0 0 " + ",".join(f"{day}W" for day in range(1, 32)) + " * *",
        "59 59 23 31W 12 *",
    ],
)
def test_reading_takes_no_time_that_could_hurt(text: str) -> None:
    fastest = 1.0
    for attempt in range(5):
        began = time.perf_counter()
        outcome(text + " " * (attempt + 1))  # not from the cache
        fastest = min(fastest, time.perf_counter() - began)
    assert fastest < 0.02
