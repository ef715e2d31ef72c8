"""The gate before every view: it knows the caller, and lets through whose key allows what the view asks."""

from __future__ import annotations

import ipaddress
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request

from goqueue_api.access.authenticator import Authenticator
from goqueue_api.access.scope import GRANTABLE, Scope, allows
from goqueue_api.errors import Forbidden, UntrustedHost

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_FORWARDED_FOR = "X-Forwarded-For"
SCOPE_ATTRIBUTE = "scope"
"""Attribute of a view: the Scope it asks of its caller; None, or no attribute: it is for everybody."""


def register(app: Flask, authenticator: Authenticator) -> None:
    """Put the gate before all views of this app."""

    def pass_gate() -> None:
        view = current_app.view_functions.get(request.endpoint or "")
        wanted: Scope | None = getattr(view, SCOPE_ATTRIBUTE, None)
        if wanted is not None:
            g.caller = authenticator.authenticate(request.headers.get("Authorization"), request.remote_addr or "unknown")
        if not authenticator.serves_any_name:
            _refuse_foreign_name()
            _refuse_foreign_page()
            _refuse_passed_on()
        if wanted is not None and not allows(g.caller.scopes, wanted):
            raise Forbidden(
                f"the key {g.caller.name!r} may {_listed(g.caller.scopes)}; this asks for {wanted}", scope=wanted
            )

    app.before_request(pass_gate)


def _listed(scopes: frozenset[Scope]) -> str:
    return ", ".join(scope for scope in GRANTABLE if scope in scopes)


def comes_from_elsewhere() -> bool:
    """Whether this request is by another name than this machine's, or passed on from another machine."""
    return not names_this_machine(request.host) or _passed_on_from() is not None


@lru_cache(maxsize=64)
def names_this_machine(host: str) -> bool:
    """Whether a Host header can only be of this machine.

    An address cannot be forged by DNS, and browsers resolve *.localhost by themselves; any other name is foreign.
    """
    name = _name(host)
    return name == "localhost" or name.endswith(".localhost") or _is_address(name)


def _name(host: str) -> str:
    host = host.lower()
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _refuse_foreign_name() -> None:
    """A web page whose name resolves to 127.0.0.1 could otherwise submit jobs from the browser of whoever looks at it."""
    if names_this_machine(request.host):
        return
    raise UntrustedHost(
        f"{_name(request.host)!r:.80} is no name of this machine, which is all the API serves without keys: use localhost, "
        "make a key (goqueue keys create), or set GOQUEUE_AUTH=none where a proxy in front keeps strangers out"
    )


def _refuse_foreign_page() -> None:
    """A page of another site may send a POST without a body here, and browsers say so: nobody is asked for a key."""
    if request.method in _READING:
        return
    origin = request.headers.get("Origin")
    if request.headers.get("Sec-Fetch-Site") != "cross-site" and (origin is None or _is_of_this_machine(origin)):
        return
    page = origin or "another site"
    raise UntrustedHost(
        f"a page of {page!s:.80} may change nothing here while nobody is asked for a key: make one (goqueue keys create)"
    )


def _refuse_passed_on() -> None:
    """A proxy on this machine may pass on what comes from others, by any name; a client that invents this harms itself."""
    stranger = _passed_on_from()
    if stranger is not None:
        raise UntrustedHost(
            f"a proxy passes on what {stranger!r:.60} sends, and nobody is asked for a key: make one (goqueue keys "
            "create), or set GOQUEUE_AUTH=none where the proxy keeps strangers out"
        )


def _passed_on_from() -> str | None:
    hops = (hop.strip() for hop in request.headers.get(_FORWARDED_FOR, "").split(","))
    return next((hop for hop in hops if hop and not _is_loopback(hop)), None)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_of_this_machine(origin: str) -> bool:
    try:
        name = urlsplit(origin).hostname or ""
    except ValueError:
        return False
    return _is_loopback(name) or name == "localhost" or name.endswith(".localhost")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
