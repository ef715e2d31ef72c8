"""A value of the chart that is taken away, by null, is missed by its name, or not at all."""

from __future__ import annotations

import re

import pytest

from tests.deploy.chart.helm_chart import Refused, Renderer
from tests.deploy.chart.test_values import VALUES, nested, paths


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, marks=[] if path in ("api", "worker.keda", "api.extraEnv") else [pytest.mark.full])
        for path in paths(VALUES, "")
    ],
)
def test_a_value_that_is_taken_away_is_missed_by_name_or_not_at_all(render: Renderer, path: str) -> None:
    """Never does helm fail within a template, which says nothing to those who write values."""
    try:
        render(nested(path, None))
        said = None
    except Refused as refusal:
        said = str(refusal)
    assert said is None or re.search(r"missing property|: (?:set|leave|use|swap|raise) |is required", said), said
