"""HTTP from a worker to addresses that a payload names, without becoming a way into the worker's own network.

Each connection, the first one and that of every redirect, looks its name up once, refuses it when any of the addresses is
not public, and goes to exactly the addresses that were checked: a name that changes its address in between gains nothing.
"""

from goqueue_builtin.outbound.caller import Caller, Request, Response
from goqueue_builtin.outbound.errors import NoAnswer, Refused

__all__ = ["Caller", "NoAnswer", "Refused", "Request", "Response"]
