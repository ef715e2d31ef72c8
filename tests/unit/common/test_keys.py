"""Every key, letter by letter: another version of GoQueue, a script or an operator may be looking at the same Redis."""

from __future__ import annotations

import pytest

from goqueue_common.broker.keys import Keys

KEYS = Keys("goqueue")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (KEYS.queue("default", 0), "{goqueue}:queue:default:high"),
        (KEYS.queue("default", 1), "{goqueue}:queue:default:normal"),
        (KEYS.queue("mail.out", 2), "{goqueue}:queue:mail.out:low"),
        (KEYS.acks, "{goqueue}:acks"),
        (KEYS.fence("w1"), "{goqueue}:fence:w1"),
        (KEYS.settled, "{goqueue}:settled"),
        (KEYS.events, "{goqueue}:events"),
        (KEYS.probe, "{goqueue}:probe"),
        (KEYS.lock("scheduler"), "{goqueue}:lock:scheduler"),
        (KEYS.term("scheduler"), "{goqueue}:term:scheduler"),
        (Keys("team-7").acks, "{team-7}:acks"),
    ],
)
def test_a_key_is_spelled_so(key: str, expected: str) -> None:
    assert key == expected


def test_a_priority_that_does_not_exist_has_no_key() -> None:
    with pytest.raises(ValueError, match="3 is not a valid Priority"):
        KEYS.queue("default", 3)
