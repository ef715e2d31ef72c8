"""Bars as SVG."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from bench import chart

SVG = "{http://www.w3.org/2000/svg}"


def widths(drawing: str) -> list[float]:
    return [float(bar.get("width", "")) for bar in ET.fromstring(drawing).findall(f"{SVG}rect")]


def test_ranked_bars_are_the_longest_first_and_ours_stands_out() -> None:
    drawing = chart.ranked("Jobs & more", {"slow": 10.0, "goqueue": 1_000.0}, ours="goqueue")
    bars = ET.fromstring(drawing).findall(f"{SVG}rect")
    assert [bar.get("class") for bar in bars] == ["bar ours", "bar"]
    assert widths(drawing)[0] > widths(drawing)[1] > 0


def test_compared_bars_keep_their_order_and_each_group_has_its_own_scale() -> None:
    first, second, third = widths(chart.compared("Both", {"cost": {"a": 0.05, "b": 0.1}, "rate": {"c": 20_000.0}}))
    assert (first * 2, second) == (third, third)


def test_what_is_written_is_all_within_the_drawing() -> None:
    root = ET.fromstring(chart.compared("Both", {"cost": {"a": 1.0}, "rate": {"b": 2.0, "c": 3.0}}))
    height = float(root.get("viewBox", "").split()[3])
    assert all(float(text.get("y", "")) < height for text in root.findall(f"{SVG}text"))
