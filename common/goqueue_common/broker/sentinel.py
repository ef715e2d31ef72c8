"""Clients of whichever server Sentinels call the master: each new connection asks them, and an old one that fails is not
used again. So nothing of ours knows of failovers; while one goes on, Redis is away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from redis import Redis
from redis.connection import SSLConnection, parse_url
from redis.exceptions import RedisError
from redis.sentinel import (
    MasterNotFoundError,
    SentinelConnectionPool,
    SentinelManagedConnection,
    SentinelManagedSSLConnection,
)

from goqueue_common.sentinel_url import SentinelUrl

_TLS: Final = "ssl_"
_LOGIN: Final = {"sentinel_username": "username", "sentinel_password": "password"}
_DOWN: Final = ("is_sdown", "is_odown")


def connect_by_sentinels(url: SentinelUrl, *, sentinel_answer_seconds: float, **options: Any) -> Redis:
    """A client of the master, with `options` of redis-py. A Sentinel that does not answer in time is passed over.

    Of the URL's own options, `sentinel_username` and `sentinel_password` are for the Sentinels, those of TLS for both.
    """
    said: dict[str, Any] = parse_url(url.redis_url)  # type: ignore[no-untyped-call]
    del said["host"]
    is_tls = said.pop("connection_class", None) is SSLConnection
    for_sentinels: dict[str, Any] = {ours: said.pop(name) for name, ours in _LOGIN.items() if name in said}
    if is_tls:
        for_sentinels |= {"ssl": True} | {name: value for name, value in said.items() if name.startswith(_TLS)}
    sentinels = [
        Redis(
            host,
            port,
            socket_timeout=sentinel_answer_seconds,
            socket_connect_timeout=sentinel_answer_seconds,
            retry=options["retry"],
            **for_sentinels,
        )
        for host, port in url.sentinels
    ]
    pool = _Pool(  # type: ignore[no-untyped-call]
        url.service,
        _Sentinels(sentinels, url.sentinels),
        connection_class=SentinelManagedSSLConnection if is_tls else SentinelManagedConnection,
        **{**said, **options},
    )
    return Redis.from_pool(pool)


class _Sentinels:
    """What redis-py's Sentinel is to a pool. That one shows whole clients in its errors, and not why they failed."""

    def __init__(self, clients: Sequence[Redis], addresses: Sequence[tuple[str, int]]) -> None:
        self._clients = [(f"{host}:{port}", client) for client, (host, port) in zip(clients, addresses, strict=True)]

    def discover_master(self, service: str) -> tuple[str, int]:
        """Its host and port. Raises MasterNotFoundError, a redis ConnectionError."""
        reasons = []
        for named in list(self._clients):
            address, client = named
            try:
                state: Any = client.sentinel_master(service)
            except (RedisError, OSError) as error:
                reasons.append(f"{address}: {error}")
                continue
            if any(state[name] for name in _DOWN) or not state["is_master"]:
                reasons.append(f"{address} calls it down")
            else:
                # The next one to ask: another one may cost a time-out. A new list, since several threads may come here.
                self._clients = [named, *(other for other in self._clients if other is not named)]
                return str(state["ip"]), int(state["port"])
        raise MasterNotFoundError(f"no Sentinel names a master {service!r}: {'; '.join(reasons)}")

    def close(self) -> None:
        """Close the connections to all of them."""
        for _, client in self._clients:
            client.close()


class _Pool(SentinelConnectionPool):
    """redis-py's, which leaves connections to the Sentinels open."""

    def disconnect(self, inuse_connections: bool = True) -> None:
        super().disconnect(inuse_connections)
        if inuse_connections:  # the client is closed
            self.sentinel_manager.close()
