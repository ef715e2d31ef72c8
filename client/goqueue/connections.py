"""Open connections to the API, for any number of threads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Timeout

from goqueue.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

    from urllib3 import BaseHTTPResponse, HTTPConnectionPool

_KEPT_OPEN = 256
"""As many threads may call at the same time without that their connections are made anew."""


class _Way(NamedTuple):
    """prefix: what a path of the API is put behind, a whole address for a proxy."""

    adapter: HTTPAdapter
    pool: HTTPConnectionPool
    prefix: str


class Connections:
    """To one API, by a pool of urllib3.

    requests only finds out, once, by which proxy and which certificates the environment wants it reached: what it does
    around each request takes as long as all of the pool's work.
    """

    def __init__(self, base_url: str, api_key: str | None) -> None:
        self._base_url = base_url
        self._headers = {
            "User-Agent": f"goqueue-python/{__version__}",
            "Accept": "application/json, application/problem+json",
            "Accept-Encoding": "gzip, deflate",
        }
        if api_key is not None:
            self._headers["Authorization"] = f"Bearer {api_key}"
        self._ways: dict[int, _Way] = {}
        """By process: two must not talk on one connection."""

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        timeout: tuple[float, float],
        body: bytes | None = None,
        streamed: bool = False,
    ) -> BaseHTTPResponse:
        """The answer, read to its end unless it is to be streamed. timeout: to connect, and between two pieces, in seconds.

        Raises urllib3's HTTPError; RequestException and OSError for what the environment names and is not there.
        """
        process = os.getpid()
        way = self._ways.get(process)
        if way is None:  # of several threads that find none, all take the first one's
            way = self._ways.setdefault(process, self._find_way())
        return way.pool.urlopen(
            method,
            way.prefix + path,
            body,
            {**self._headers, **headers},
            retries=False,
            redirect=False,  # would turn a POST into a GET
            assert_same_host=False,  # a proxy is another host
            timeout=Timeout(connect=timeout[0], read=timeout[1]),
            preload_content=not streamed,
        )

    def close(self) -> None:
        """Close the connections that are not in use."""
        way = self._ways.pop(os.getpid(), None)
        if way is not None:
            way.adapter.close()

    def _find_way(self) -> _Way:
        with requests.Session() as session:
            settings = session.merge_environment_settings(self._base_url, {}, False, None, None)
        request = requests.Request("GET", self._base_url + "/").prepare()
        adapter = HTTPAdapter(pool_maxsize=_KEPT_OPEN)
        pool = adapter.get_connection_with_tls_context(
            request, settings["verify"], proxies=settings["proxies"], cert=settings["cert"]
        )
        adapter.cert_verify(pool, self._base_url, settings["verify"], settings["cert"])  # type: ignore[no-untyped-call]
        return _Way(
            adapter,
            cast("HTTPConnectionPool", pool),
            adapter.request_url(request, settings["proxies"]).rstrip("/"),
        )
