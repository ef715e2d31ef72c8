"""The job types that workers have published, as the API needs them at every submit: a view that is a second old at most."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import structlog

from goqueue_common.errors import FieldError, StoreUnavailable
from goqueue_common.payload_check import PayloadCheck
from goqueue_common.worker_store import JobType

log = structlog.get_logger(__name__)

FRESH_SECONDS: Final = 1.0


class TypeSource(Protocol):
    """Where published types are read; a WorkerStore."""

    def job_types(self) -> list[JobType]:
        """See WorkerStore."""
        ...


@dataclass(frozen=True, slots=True)
class KnownType:
    """A job type: the versions that count now, the latest published first, and a check of payloads by each."""

    max_retries: int
    checks: Sequence[PayloadCheck]

    def problems(self, payload: object) -> list[FieldError]:
        """What is wrong with a payload, by the latest version; nothing when any version takes it."""
        if any(check.accepts(payload) for check in self.checks):
            return []
        return self.checks[0].problems(payload)


class TypeCatalogue:
    """A view of WorkerStore.job_types, refreshed by one request while the others go on with the old one."""

    def __init__(self, source: TypeSource, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._source = source
        self._monotonic = monotonic
        self._refreshing = threading.Lock()
        self._known: Mapping[str, KnownType] | None = None
        self._read_at = 0.0
        self._checks: dict[tuple[str, str], PayloadCheck] = {}

    def get(self, job_type: str) -> KnownType | None:
        """What is known of a type, None: no worker ever published it. Raises StoreUnavailable before the first reading."""
        return self.current().get(job_type)

    def max_retries(self, job_type: str) -> int | None:
        """How many retries the handler of a type wants, None: nobody knows. Raises like `get`."""
        known = self.get(job_type)
        return None if known is None else known.max_retries

    def published(self) -> list[JobType]:
        """Every version, read now. Raises StoreUnavailable."""
        return self._source.job_types()

    def current(self) -> Mapping[str, KnownType]:
        """All that is known, by type. Raises StoreUnavailable before the first reading."""
        known = self._known
        if known is not None and self._monotonic() - self._read_at < FRESH_SECONDS:
            return known
        if not self._refreshing.acquire(blocking=known is None):
            return known or {}
        try:
            if self._known is None or self._monotonic() - self._read_at >= FRESH_SECONDS:
                self._refresh()
            return self._known or {}
        finally:
            self._refreshing.release()

    def _refresh(self) -> None:
        try:
            published = self.published()
        except StoreUnavailable as error:
            if self._known is None:
                raise
            log.warning("job_types_not_refreshed", reason=str(error))
        else:
            self._known = self._view(published)
        self._read_at = self._monotonic()

    def _view(self, published: Sequence[JobType]) -> Mapping[str, KnownType]:
        versions: defaultdict[str, list[JobType]] = defaultdict(list)
        for version in published:
            versions[version.type].append(version)
        view = {}
        for name, all_versions in versions.items():
            counting = [version for version in all_versions if version.live_workers] or all_versions[:1]
            view[name] = KnownType(counting[0].max_retries, [self._check(version) for version in counting])
        return view

    def _check(self, version: JobType) -> PayloadCheck:
        key = (version.type, version.fingerprint)
        if key not in self._checks:
            self._checks[key] = PayloadCheck(version.schema)
        return self._checks[key]
