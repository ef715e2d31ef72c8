"""Redis clients, and the one place where errors of redis-py become BrokerUnavailable.

redis-py retries every command ten times by default; a push, a pop or a lock that is sent twice may be applied twice, so
our clients never retry: callers decide.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from goqueue_common.broker.sentinel import connect_by_sentinels
from goqueue_common.errors import BrokerUnavailable
from goqueue_common.sentinel_url import SentinelUrl, is_sentinel_url

ANSWER_SECONDS: Final = 0.5
"""A command that does not block answers within this, or Redis counts as away. A server that hangs costs a request twice
this at most: once to connect, once for the first answer."""
BLOCKING_MARGIN_SECONDS: Final = 1.0
"""How much longer than the server a client waits for the end of a blocking command."""
_SCRIPTS: Final = Path(__file__).parent / "scripts"


def connect(url: str, *, answer_seconds: float = ANSWER_SECONDS) -> Redis:
    """A client for commands that answer within `answer_seconds`. A blocking pop wants its own, with its time added."""
    connect_seconds = min(answer_seconds, ANSWER_SECONDS)
    options: dict[str, Any] = {
        "socket_timeout": answer_seconds,
        "socket_connect_timeout": connect_seconds,
        "socket_keepalive": True,
        "health_check_interval": 0,
        "retry": Retry(NoBackoff(), 0),
        "decode_responses": True,
    }
    if is_sentinel_url(url):
        return connect_by_sentinels(SentinelUrl.parse(url), sentinel_answer_seconds=connect_seconds, **options)
    return Redis.from_url(url, **options)


def script(name: str) -> str:
    """The source of scripts/<name>.lua."""
    return (_SCRIPTS / f"{name}.lua").read_text()


@contextmanager
def translated() -> Iterator[None]:
    """Turn what redis-py raises into BrokerUnavailable: no caller of the broker sees redis.*."""
    try:
        yield
    except (RedisError, OSError) as error:
        raise BrokerUnavailable(f"Redis: {str(error) or type(error).__name__}") from error
