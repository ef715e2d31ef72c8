from __future__ import annotations

from typing import Any

import pytest

from goqueue_common.idempotency import fingerprint

REQUEST = {"type": "demo", "payload": {"a": 1, "b": [1, 2]}, "queue": "default"}


def test_a_fingerprint_is_the_sha256_of_the_sorted_request() -> None:
    assert fingerprint({"b": 1, "a": 2}).hex() == "d3626ac30a87e6f7a6428233b3c68299976865fa5508e4267c5415c76af7a772"


def test_the_order_of_members_does_not_matter() -> None:
    assert fingerprint(REQUEST) == fingerprint({"queue": "default", "payload": {"b": [1, 2], "a": 1}, "type": "demo"})


@pytest.mark.parametrize(
    "other",
    [
        REQUEST | {"type": "other"},
        REQUEST | {"payload": {"a": 1, "b": [2, 1]}},
        REQUEST | {"payload": {"a": "1", "b": [1, 2]}},
        REQUEST | {"priority": "high"},
        [REQUEST],
    ],
    ids=["type", "order of a list", "text for a number", "one member more", "inside a list"],
)
def test_another_request_has_another_fingerprint(other: Any) -> None:
    assert fingerprint(other) != fingerprint(REQUEST)
