"""Bars as SVG; readable on light and on dark pages."""

from __future__ import annotations

import math
from collections.abc import Mapping
from html import escape

_WIDTH, _LABELS, _NUMBERS, _STEP, _BAR, _TOP, _GAP = 760, 190, 70, 24, 16, 44, 20
_SPAN = _WIDTH - _LABELS - _NUMBERS
_STYLE = (
    "text { font: 13px system-ui, sans-serif; fill: #555 } .title { font-weight: 600 } "
    ".bar { fill: #9aa5b1 } .ours { fill: #0a7d5a } "
    "@media (prefers-color-scheme: dark) { text { fill: #bbb } .bar { fill: #5b6773 } .ours { fill: #3ecf9b } }"
)


def ranked(title: str, values: Mapping[str, float], ours: str) -> str:
    """Longest first, on a logarithmic scale from half of the least. ours: whose bar has a colour of its own."""
    ordered = sorted(values.items(), key=lambda item: -item[1])
    least = min(values.values()) / 2
    span = math.log(ordered[0][1] / least)
    lines = [_title(f"{title}, logarithmic", 0)]
    for number, (name, value) in enumerate(ordered):
        length = _SPAN * math.log(value / least) / span
        lines += _bar(name, f"{value:,.0f}", length, top=_TOP + number * _STEP, is_ours=name == ours)
    return _drawing(title, lines, _TOP + _STEP * len(ordered))


def compared(title: str, groups: Mapping[str, Mapping[str, float]]) -> str:
    """Groups of bars in the order given, each from 0 to its greatest value."""
    lines, top = [], 0
    for name, values in groups.items():
        lines.append(_title(name, top))
        greatest = max(values.values())
        for number, (label, value) in enumerate(values.items()):
            digits = f"{value:,.0f}" if greatest >= 100 else f"{value:.3f}"
            lines += _bar(label, digits, _SPAN * value / greatest, top=top + _TOP + number * _STEP, is_ours=True)
        top += _TOP + _STEP * len(values) + _GAP
    return _drawing(title, lines, top - _GAP)


def _title(text: str, top: int) -> str:
    return f'<text class="title" x="0" y="{top + 18}">{escape(text)}</text>'


def _bar(name: str, digits: str, length: float, *, top: int, is_ours: bool) -> list[str]:
    kind = "bar ours" if is_ours else "bar"
    return [
        f'<text x="0" y="{top + 13}">{escape(name)}</text>',
        f'<rect class="{kind}" x="{_LABELS}" y="{top}" width="{length:.1f}" height="{_BAR}" rx="2"/>',
        f'<text x="{_LABELS + length + 8:.1f}" y="{top + 13}">{digits}</text>',
    ]


def _drawing(title: str, lines: list[str], height: int) -> str:
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
    ]
    return "\n".join([*head, *lines, "</svg>"]) + "\n"
