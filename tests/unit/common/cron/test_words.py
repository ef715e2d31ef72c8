from __future__ import annotations

import re

import pytest
from hypothesis import example, given

from goqueue_common.cron.expression import parse
from goqueue_common.cron.faults import RULES
from goqueue_common.cron.terms import take_apart
from tests.unit.common.cron.expressions import expressions


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("* * * * *", "Every minute"),
        ("*/5 * * * *", "Every 5 minutes"),
        ("*/7 * * * *", "Every 7th minute of every hour"),
        ("*/60 * * * *", "Every hour"),
        ("5/15 * * * *", "Every 15th minute from 5 to 59 of every hour"),
        ("0 * * * *", "Every hour"),
        ("15 * * * *", "At minute 15 of every hour"),
        ("0,20,40 * * * *", "At minutes 0, 20 and 40 of every hour"),
        ("0 */2 * * *", "Every 2 hours"),
        ("15 */5 * * *", "At 00:15, 05:15, 10:15, 15:15 and 20:15 every day"),
        ("0 */5 * * 1", "At 00:00, 05:00, 10:00, 15:00 and 20:00 on Monday"),
        ("30 2 * * *", "At 02:30 every day"),
        ("30 2,14 * * *", "At 02:30 and 14:30 every day"),
        ("*/30 9-17 * * MON-FRI", "Every 30 minutes from 09:00 to 17:59 on Monday to Friday"),
        ("*/10 */2 * * *", "Every 10 minutes in every 2nd hour"),
        ("* 2 * * *", "Every minute from 02:00 to 02:59"),
        ("10-20 4 * * *", "Every minute from 04:10 to 04:20"),
        ("* * * * * *", "Every second"),
        ("*/10 * * * * *", "Every 10 seconds"),
        ("*/10 * 9-17 * * *", "Every 10 seconds from 09:00 to 17:59"),
        ("30 * * * * *", "At second 30 of every minute"),
        ("15 30 * * * *", "At second 15 of minute 30 of every hour"),
        ("15 30 2 * * *", "At 02:30:15 every day"),
        ("0 9 1 * *", "At 09:00 on the 1st of every month"),
        ("0 0 11,22,23 * *", "At 00:00 on the 11th, the 22nd and the 23rd of every month"),
        ("0 0 1 1 *", "At 00:00 on the 1st of January"),
        ("0 0 * 1,6 *", "At 00:00 every day in January and June"),
        ("0 0 * JAN-MAR *", "At 00:00 every day in January to March"),
        ("0 0 */2 * *", "At 00:00 on every 2nd day from the 1st to the 31st of every month"),
        ("0 0 L * *", "At 00:00 on the last day of every month"),
        ("0 0 LW,15W * *", "At 00:00 on the last weekday and the weekday nearest to the 15th of every month"),
        ("0 0 * * FRIL", "At 00:00 on the last Friday of the month"),
        ("0 0 * * MON#2,SUN", "At 00:00 on Sunday and the 2nd Monday of the month"),
        ("0 0 * * 0,7", "At 00:00 on Sunday"),
        ("0 0 * * 1-7", "At 00:00 every day"),
        ("0 0 1,15 * 1", "At 00:00 on the 1st and the 15th of every month, and on Monday"),
        ("0 0 */10 * 1", "At 00:00 on the 1st, the 11th, the 21st and the 31st of every month, if it is Monday"),
        ("@weekly", "At 00:00 on Sunday"),
    ],
)
def test_words_of(text: str, words: str) -> None:
    assert parse(text).words() == words


@given(text=expressions)
@example(text="1-01/2 0 7 JAN-1/3 0-SUN/2")
def test_words_name_the_numbers_at_which_it_fires(text: str) -> None:
    cron = parse(text)
    fired = (cron.labels.seconds, cron.labels.minutes, cron.labels.hours, cron.labels.days, cron.labels.months)
    for rule, field, numbers in zip(RULES, cron.fields, fired, strict=False):
        assert take_apart(rule, field).numbers == sorted(number for number in numbers if number > -1)


@given(text=expressions)
def test_words_are_one_sentence_of_words(text: str) -> None:
    words = parse(text).words()
    assert re.fullmatch(r"[A-Z][A-Za-z0-9:,]*( [A-Za-z0-9:,]+)*", words)
