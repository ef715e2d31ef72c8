"""The whole system on one machine: its own PostgreSQL and Valkey, and the services under one supervisor."""

from __future__ import annotations

from goqueue_cli.local.stores import LocalStores

__all__ = ["LocalStores"]
