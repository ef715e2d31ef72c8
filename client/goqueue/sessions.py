"""Open connections to the API, each used by one thread at a time."""

from __future__ import annotations

import os
from collections import deque
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING

import requests
from requests.auth import AuthBase

from goqueue.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any


class SessionPool:
    """Sessions of requests, lent out one by one: there come to be as many as threads call at the same time."""

    def __init__(self, api_key: str | None) -> None:
        self._auth = _Bearer(api_key) if api_key is not None else _NoAuth()
        self._idle: deque[requests.Session] = deque()
        self._process = os.getpid()

    @contextmanager
    def session(self) -> Iterator[requests.Session]:
        """Lend a session, with its open connection if it has one."""
        if self._process != os.getpid():
            self._forget()
        session = self._take()
        try:
            yield session
        finally:
            self._idle.append(session)

    def close(self) -> None:
        """Close the connections that are not in use."""
        while self._idle:
            self._take().close()

    def _take(self) -> requests.Session:
        try:
            return self._idle.pop()
        except IndexError:  # not asked before: another thread may take the last one in between
            return self._new()

    def _new(self) -> requests.Session:
        session = _Session()
        # Set even without a key: otherwise requests would send what ~/.netrc holds for that host.
        session.auth = self._auth
        session.headers["User-Agent"] = f"goqueue-python/{__version__}"
        session.headers["Accept"] = "application/json, application/problem+json"
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return session

    def _forget(self) -> None:
        """After a fork the connections are the parent's; two processes must not talk on one."""
        self._idle = deque()
        self._process = os.getpid()


class _Session(requests.Session):
    """Reads what the environment says of proxies and certificates once: all its requests go to one API.

    requests goes through the whole environment twice for each request, which takes a fifth of its time.
    """

    def __init__(self) -> None:
        super().__init__()
        self._merged: dict[object, Mapping[str, Any]] = {}

    def merge_environment_settings(self, url, proxies, stream, verify, cert):  # type: ignore[no-untyped-def]  # as in requests
        """See requests."""
        if stream not in self._merged:
            self._merged[stream] = super().merge_environment_settings(url, proxies, stream, verify, cert)
        return dict(self._merged[stream])


class _Bearer(AuthBase):
    def __init__(self, api_key: str) -> None:
        self._value = f"Bearer {api_key}"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = self._value
        return request


class _NoAuth(AuthBase):
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request
