"""The address of a Redis that Sentinels watch. Apart from the client, so that settings can check it without redis-py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

SCHEMES: Final = {"redis+sentinel": "redis", "rediss+sentinel": "rediss"}
_USUAL_PORT: Final = 26_379


@dataclass(frozen=True, slots=True, kw_only=True)
class SentinelUrl:
    """`redis+sentinel://user:password@host:26379,host:26379/service/0`.

    sentinels: host and port of each. service: what they call the server. redis_url: how to speak to that server, with a
    host that stands for none; user and password are its own.
    """

    sentinels: tuple[tuple[str, int], ...]
    service: str
    redis_url: str

    @classmethod
    def parse(cls, url: str) -> SentinelUrl:
        """Raises ValueError when it lacks a Sentinel or the service, or a part of it makes no sense."""
        parts = urlsplit(url)
        login, at, hosts = parts.netloc.rpartition("@")
        service, _, database = parts.path.removeprefix("/").partition("/")
        if not service or (database and not (database.isascii() and database.isdigit())):
            raise ValueError(f"no service in {parts.path!r}")
        query = f"?{parts.query}" if parts.query else ""
        return cls(
            sentinels=tuple(_address(host) for host in hosts.split(",")),
            service=unquote(service),
            redis_url=f"{SCHEMES[parts.scheme]}://{login}{at}sentinel/{database or 0}{query}",
        )


def is_sentinel_url(url: str) -> bool:
    """Whether it names Sentinels, well or badly."""
    return url.partition("://")[0] in SCHEMES


def _address(text: str) -> tuple[str, int]:
    found = urlsplit(f"//{text}")
    if not found.hostname or found.port == 0 or found.path:
        raise ValueError(f"no host in {text!r}")
    return found.hostname, found.port or _USUAL_PORT
