"""How a call can fail before it has a status."""

from __future__ import annotations


class Refused(Exception):
    """This call may not be made, or its answer not be taken: trying again is useless. The message is one sentence."""


class NoAnswer(Exception):
    """The other side could not be reached, or gave no complete answer in time: it may next time."""
