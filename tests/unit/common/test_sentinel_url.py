from __future__ import annotations

import pytest

from goqueue_common.sentinel_url import SentinelUrl


@pytest.mark.parametrize(
    ("url", "sentinels", "redis_url"),
    [
        ("redis+sentinel://a/main", [("a", 26379)], "redis://sentinel/0"),
        ("redis+sentinel://a:1,b:2,[::1]:3/main/4", [("a", 1), ("b", 2), ("::1", 3)], "redis://sentinel/4"),
        ("rediss+sentinel://a,b/main", [("a", 26379), ("b", 26379)], "rediss://sentinel/0"),
        ("redis+sentinel://u:p%40ss@a/main/1", [("a", 26379)], "redis://u:p%40ss@sentinel/1"),
        ("redis+sentinel://a/main?sentinel_password=s", [("a", 26379)], "redis://sentinel/0?sentinel_password=s"),
    ],
    ids=["one", "several", "TLS", "login", "options"],
)
def test_a_sentinel_url_names_sentinels_and_how_to_speak_to_the_master(
    url: str, sentinels: list[tuple[str, int]], redis_url: str
) -> None:
    parsed = SentinelUrl.parse(url)
    assert (list(parsed.sentinels), parsed.service, parsed.redis_url) == (sentinels, "main", redis_url)
