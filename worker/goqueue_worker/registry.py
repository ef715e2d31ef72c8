"""Which handler runs which type."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import structlog

from goqueue_common.errors import SettingsError
from goqueue_common.worker_store import JobType
from goqueue_worker.handler import Handler, Hook, declared_as

log = structlog.get_logger(__name__)


class Registry:
    """Handlers by type, and the hooks of the processes that run them.

    `Registry([send_email])` takes declared functions or Handlers. Meeting the same declaration twice is fine; two functions
    of one type are a SettingsError.
    """

    def __init__(self, handlers: Iterable[Any] = ()) -> None:
        self.start_hooks: list[Hook] = []
        self.stop_hooks: list[Hook] = []
        self._by_type: dict[str, Handler] = {}
        for item in handlers:
            found = [item] if isinstance(item, Handler) else declared_as(item)
            if not found:
                raise SettingsError(f"{item!r} was not declared: put @handler('some.type') above it")
            for one in found:
                self.add(one)

    def add(self, handler: Handler) -> None:
        """Raises SettingsError when another function handles this type already."""
        present = self._by_type.setdefault(handler.type, handler)
        if present.function is not handler.function:
            raise SettingsError(
                f"two handlers for type {handler.type!r}: {present.origin} and {handler.origin}; rename one of the types"
            )

    def add_hooks(self, start: Iterable[Hook], stop: Iterable[Hook]) -> None:
        """Remember hooks, each once, in the order they were met."""
        self.start_hooks = list(dict.fromkeys([*self.start_hooks, *start]))
        self.stop_hooks = list(dict.fromkeys([*self.stop_hooks, *stop]))

    def run_start_hooks(self) -> None:
        """Raises what one of them raises: a process without what it opens is of no use."""
        for hook in self.start_hooks:
            hook()

    def run_stop_hooks(self) -> None:
        """One that fails is logged, and keeps no other from running."""
        for hook in self.stop_hooks:
            try:
                hook()
            except Exception:
                log.exception("stop_hook_failed")

    def get(self, job_type: str) -> Handler | None:
        """The handler of a type, or None: this worker does not know it."""
        return self._by_type.get(job_type)

    @property
    def handlers(self) -> list[Handler]:
        """All handlers, by type."""
        return [self._by_type[name] for name in sorted(self._by_type)]

    def fingerprints(self) -> dict[str, str]:
        """Type -> fingerprint of its version here."""
        return {handler.type: handler.fingerprint for handler in self.handlers}

    def published(self) -> list[JobType]:
        """What the API shall know of these handlers."""
        return [
            JobType(
                type=handler.type,
                fingerprint=handler.fingerprint,
                schema=handler.schema,
                max_retries=handler.max_retries,
                timeout_seconds=handler.timeout_seconds,
                isolation=handler.how,
                description=handler.description,
            )
            for handler in self.handlers
        ]
