"""Makes hypothesis choose each step evenly among those that are possible.

By itself it leaves out many kinds of step from each story (swarm testing), and spends most stories on variations of an
earlier one. What breaks a queue takes many different steps in a row: claim, record, lose the worker, rescue, claim, write
late. Told evenly, a tenth of the stories find the same mistakes; shrinking works as ever.
"""

from __future__ import annotations

from typing import Final

from hypothesis import strategies as st
from hypothesis.internal.conjecture.providers import AVAILABLE_PROVIDERS, HypothesisProvider
from hypothesis.stateful import RuleBasedStateMachine
from hypothesis.strategies._internal.featureflags import FeatureFlags

BACKEND: Final = "even"
"""For settings(backend=...): each story by itself, drawn at random; derandomize still makes them the same each time."""


class EvenProvider(HypothesisProvider):
    """Draws as hypothesis does; another name than its own is what keeps it from variations."""


AVAILABLE_PROVIDERS[BACKEND] = f"{__name__}.{EvenProvider.__qualname__}"


def with_every_rule(machine: RuleBasedStateMachine) -> None:
    """No kind of step is left out of the story of this machine."""
    machine._rules_strategy.enabled_rules_strategy = st.just(FeatureFlags())
