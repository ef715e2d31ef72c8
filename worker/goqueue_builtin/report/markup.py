"""HTML as a tree: what is text stays text, because only the serialiser writes angle brackets."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, tostring


def tag(name: str, /, *content: Element | str, **attributes: str | float) -> Element:
    """An element with texts and elements in it, in order. `class_` means class, `text_anchor` text-anchor."""
    element = Element(name, {key.rstrip("_").replace("_", "-"): str(value) for key, value in attributes.items()})
    last: Element | None = None
    for item in content:
        if isinstance(item, Element):
            element.append(item)
            last = item
        elif last is None:
            element.text = (element.text or "") + item
        else:
            last.tail = (last.tail or "") + item
    return element


def document(title: str, style: str, head: Iterable[Element], body: Iterable[Element]) -> str:
    """A whole page of HTML."""
    page = tag(
        "html",
        tag("head", tag("meta", charset="utf-8"), tag("title", title), *head, tag("style", style)),
        tag("body", *body),
        lang="en",
    )
    return "<!doctype html>\n" + tostring(page, encoding="unicode", method="html") + "\n"
