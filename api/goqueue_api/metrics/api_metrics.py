"""The metrics of one process of the API, and the page that shows those of all of them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Final

from flask import Flask, Response, g, request

from goqueue_common.metrics.catalogue import HTTP_REQUESTS, HTTP_SECONDS, JOBS_ENQUEUED
from goqueue_common.metrics.count_folder import CountFolder
from goqueue_common.metrics.counts import Counts
from goqueue_common.metrics.family import OTHER, Sample
from goqueue_common.metrics.page import page

_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_PARAMETER: Final = re.compile(r"<(?:\w+:)?(\w+)>")
_NO_RULE: Final = "none"
"""Of requests for paths that the API does not have."""


@dataclass(frozen=True, slots=True)
class Seat:
    """The place of a process among those of its service. folder: None, it is alone."""

    folder: CountFolder | None = None
    number: int = 0


class ApiMetrics:
    """Counts requests and jobs of this process; `page` has those of all processes, and what the stores hold."""

    def __init__(self, seat: Seat) -> None:
        self._folder = seat.folder
        self._counts = Counts(None if seat.folder is None else seat.folder.file(seat.number))

    def register(self, app: Flask) -> None:
        """Count the requests of this app; before everything else that surrounds them."""
        app.before_request(self._begin)
        app.after_request(self._count)

    def _begin(self) -> None:
        g.began_at = time.perf_counter()

    def _count(self, response: Response) -> Response:
        method = request.method if request.method in _METHODS else OTHER
        rule = _NO_RULE if request.url_rule is None else _described(request.url_rule.rule)
        self._counts.add(HTTP_REQUESTS, (method, rule, f"{response.status_code // 100}xx"))
        self._counts.observe(HTTP_SECONDS, (method, rule), time.perf_counter() - g.began_at)
        return response

    def count_jobs(self, queue: str, job_type: str, jobs: int) -> None:
        """Jobs that were stored."""
        self._counts.add(JOBS_ENQUEUED, (queue, job_type), jobs)

    def page(self, gauges: Iterable[Sample]) -> bytes:
        """All of it."""
        counted = self._counts.samples() if self._folder is None else self._folder.samples()
        return page(chain(counted, gauges))


@cache
def _described(rule: str) -> str:
    """A rule as OpenAPI writes it: /jobs/{job_id}."""
    return _PARAMETER.sub(r"{\1}", rule)
