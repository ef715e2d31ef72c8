"""A Redis lock that its holder trusts only as long as its own clock allows.

After lab-tested rules: a random token, compare-and-extend and compare-and-delete in Lua, and a local deadline from before
the request was sent to a margin before the lease ends, by a clock that counts suspend. A lock in Redis makes double work
rare; it can never exclude it (Kleppmann, "How to do distributed locking", 2016), so what is done under it must be safe if
two do it.
"""

from __future__ import annotations

import secrets
from typing import Final

from goqueue_common.broker.connection import ANSWER_SECONDS, connect, script, translated
from goqueue_common.broker.keys import Keys
from goqueue_common.clock import Clock

_MARGIN_SECONDS: Final = 0.5
_LEAST_ANSWER_SECONDS: Final = 0.2


class Lock:
    """One name that at most one holder has at a time. Not for use from several threads at once, but for is_held and term.

    term: how often it has changed hands, as of our last turn; for people, since Redis may forget it.
    """

    def __init__(self, url: str, keys: Keys, clock: Clock, *, name: str, ttl_seconds: float) -> None:
        self.token = secrets.token_hex(16)
        self.term = 0
        self._clock = clock
        self._ttl_seconds = ttl_seconds
        self._margin_seconds = max(ttl_seconds * 0.1, min(_MARGIN_SECONDS, ttl_seconds / 2))
        self._deadline = 0.0
        self._key, self._term_key = keys.lock(name), keys.term(name)
        self._free_in_seconds = 0.0
        # Without retries, and short against the lease: a renewal that hangs must leave time for another.
        self._client = connect(url, answer_seconds=min(ANSWER_SECONDS, max(_LEAST_ANSWER_SECONDS, ttl_seconds / 6)))
        self._acquire = self._client.register_script(script("lock_acquire"))
        self._extend = self._client.register_script(script("lock_extend"))
        self._release = self._client.register_script(script("lock_release"))

    @property
    def is_held(self) -> bool:
        """True while nobody else can hold it, as far as this machine's clock tells."""
        return self._clock.boottime() < self._deadline

    def acquire(self) -> bool:
        """Try once, without waiting; True: held until the deadline. Raises BrokerUnavailable."""
        sent_at = self._clock.boottime()
        with translated():
            held, number = self._acquire(keys=[self._key, self._term_key], args=[self.token, self._milliseconds])
        if held:
            self.term = int(number)
            self._deadline = sent_at + self._ttl_seconds - self._margin_seconds
        else:
            self._free_in_seconds = int(number) / 1000
        return bool(held)

    @property
    def free_in_seconds(self) -> float:
        """How long the lease of its holder still ran when `acquire` was refused."""
        return self._free_in_seconds

    def extend(self) -> bool:
        """Renew; False: it is no longer ours. Raises BrokerUnavailable, which moves no deadline."""
        sent_at = self._clock.boottime()
        with translated():
            extended = bool(self._extend(keys=[self._key], args=[self.token, self._milliseconds]))
        self._deadline = sent_at + self._ttl_seconds - self._margin_seconds if extended else 0.0
        return extended

    def release(self) -> bool:
        """Give it up at once; False: it was not ours. Raises BrokerUnavailable; the lease then ends by itself."""
        self._deadline = 0.0
        with translated():
            return bool(self._release(keys=[self._key], args=[self.token]))

    def close(self) -> None:
        """Close the connection; a lease still held ends by itself."""
        self._client.close()

    @property
    def _milliseconds(self) -> int:
        return round(self._ttl_seconds * 1000)
