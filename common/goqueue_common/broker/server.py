"""What Redis says of itself, held against what our promises need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from redis import Redis

from goqueue_common.broker.connection import translated

OLDEST_REDIS: Final = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisFacts:
    """A server as it is now.

    product: `Redis` or `Valkey`. version: its own. redis_version: the Redis it is like. max_memory_bytes None: no limit.
    policy: what it drops when memory is full. appends: whether it writes an append-only file.
    """

    product: str
    version: str
    redis_version: str
    memory_bytes: int
    max_memory_bytes: int | None
    policy: str
    appends: bool

    def complaints(self) -> list[str]:
        """A sentence for each thing that weakens a promise, what to do after its `; `; none: all is well."""
        found = []
        if int(self.redis_version.partition(".")[0]) < OLDEST_REDIS:
            found.append(f"Redis {self.redis_version} is too old for GoQueue; use {OLDEST_REDIS}.0 or newer, or Valkey")
        if self.policy != "noeviction":
            found.append(f"maxmemory-policy is {self.policy}: Redis may drop queues; set it to noeviction")
        return found


def read_facts(client: Redis) -> RedisFacts:
    """Ask by INFO alone: a managed Redis refuses CONFIG. Raises BrokerUnavailable."""
    with translated():
        info = client.info()
    is_valkey = info.get("server_name") == "valkey"
    like = str(info.get("redis_version", "0"))
    return RedisFacts(
        product="Valkey" if is_valkey else "Redis",
        version=str(info.get("valkey_version", like)) if is_valkey else like,
        redis_version=like,
        memory_bytes=int(info.get("used_memory", 0)),
        max_memory_bytes=int(info.get("maxmemory", 0)) or None,
        policy=str(info.get("maxmemory_policy", "noeviction")),
        appends=bool(info.get("aof_enabled", 0)),
    )
