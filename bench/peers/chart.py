"""A bar for each peer, as SVG; readable on light and on dark pages."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

from bench.peers.manifest import OURS

_WIDTH, _LABELS, _NUMBERS, _STEP, _BAR, _TOP = 760, 190, 70, 24, 16, 44
_STYLE = (
    "text { font: 13px system-ui, sans-serif; fill: #555 } .title { font-weight: 600 } "
    ".bar { fill: #9aa5b1 } .ours { fill: #0a7d5a } "
    "@media (prefers-color-scheme: dark) { text { fill: #bbb } .bar { fill: #5b6773 } .ours { fill: #3ecf9b } }"
)


def chart(title: str, values: Mapping[str, float]) -> str:
    """Longest first, on a logarithmic scale from half of the least."""
    ordered = sorted(values.items(), key=lambda item: -item[1])
    least = min(values.values()) / 2
    span = math.log(ordered[0][1] / least)
    height = _TOP + _STEP * len(ordered)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<text class="title" x="0" y="18">{escape(title)}, logarithmic</text>',
    ]
    for number, (name, value) in enumerate(ordered):
        top = _TOP + number * _STEP
        length = (_WIDTH - _LABELS - _NUMBERS) * math.log(value / least) / span
        kind = "bar ours" if name == OURS else "bar"
        lines += [
            f'<text x="0" y="{top + 13}">{escape(name)}</text>',
            f'<rect class="{kind}" x="{_LABELS}" y="{top}" width="{length:.1f}" height="{_BAR}" rx="2"/>',
            f'<text x="{_LABELS + length + 8:.1f}" y="{top + 13}">{value:,.0f}</text>',
        ]
    return "\n".join([*lines, "</svg>"]) + "\n"
