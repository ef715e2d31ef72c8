"""Hooks of the processes that run handlers. Handlers by type are in test_handlers.py."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from goqueue_worker.registry import Registry


def fails() -> None:
    raise RuntimeError("no disk")


def test_a_stop_hook_that_fails_is_logged_and_keeps_no_other_from_running() -> None:
    ran: list[str] = []
    registry = Registry()
    registry.add_hooks([], [fails, lambda: ran.append("second")])
    with capture_logs() as logged:
        registry.run_stop_hooks()
    assert ran == ["second"]
    assert [line["event"] for line in logged] == ["stop_hook_failed"]


def test_a_start_hook_that_fails_is_the_end() -> None:
    ran: list[str] = []
    registry = Registry()
    registry.add_hooks([lambda: ran.append("first"), fails, lambda: ran.append("third")], [])
    with pytest.raises(RuntimeError, match="no disk"):
        registry.run_start_hooks()
    assert ran == ["first"]
