"""The fork before both applications: what came in by the dashboard's socket is for the dashboard, but for /api."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX: Final = "/api"


class Front:
    """api: serves all of its own socket, and /api of the dashboard's. pages: the rest. port: of the dashboard."""

    def __init__(self, api: WSGIApplication, pages: WSGIApplication, port: int) -> None:
        self._api = api
        self._pages = pages
        self._port = str(port)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """See WSGI."""
        # gunicorn has it from the socket that listens; what a client writes into Host changes nothing here.
        if environ["SERVER_PORT"] != self._port:
            return self._api(environ, start_response)
        path: str = environ["PATH_INFO"]
        if path != PREFIX and not path.startswith(f"{PREFIX}/"):
            return self._pages(environ, start_response)
        environ["SCRIPT_NAME"] = PREFIX
        environ["PATH_INFO"] = path.removeprefix(PREFIX) or "/"
        return self._api(environ, _with_prefix(start_response))


def _with_prefix(start_response: StartResponse) -> StartResponse:
    """The API names its own paths in Location."""

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Callable[[bytes], object]:
        told = [
            (name, f"{PREFIX}{value}" if name.lower() == "location" and value.startswith("/") else value)
            for name, value in headers
        ]
        return start_response(status, told, *more)

    return start
