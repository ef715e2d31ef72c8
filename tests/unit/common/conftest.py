from __future__ import annotations

from hypothesis import settings

# The machine may be busy: what a property costs says nothing about whether it holds.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
