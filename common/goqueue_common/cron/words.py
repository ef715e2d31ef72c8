"""A cron expression in English: cronsim's words, and ours where it has none."""

from __future__ import annotations

from collections.abc import Sequence

from cronsim.explain import Expression


def in_words(fields: Sequence[str]) -> str:
    """One sentence without a full stop, for six fields."""
    return Expression(list(fields)).explain()
