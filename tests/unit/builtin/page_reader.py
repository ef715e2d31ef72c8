"""Reads a page of HTML as a browser would: its elements, texts and tables, and whether every element is closed."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "br", "img", "link", "input", "hr"}


class PageReader(HTMLParser):
    """elements: (name, attributes) in order. rows: the cells of each table row. texts: by the name of the element."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.texts: list[tuple[str, str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == [], f"left open: {self._open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts.append((self._open[-1], data))
            if self._open[-1] in ("td", "th"):
                self.rows[-1][-1] += data

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.elements}

    def outside_references(self) -> list[str]:
        """Whatever a browser would fetch, or run."""
        fetching = {"src", "href", "srcset", "action", "data", "background", "xlink:href", "poster", "formaction"}
        fetched = [
            f"{name} {key}={value}"
            for name, attributes in self.elements
            for key, value in attributes.items()
            if key in fetching or key.startswith("on") or "url(" in (value or "") or "//" in (value or "")
        ]
        return fetched + sorted(self.names & {"script", "link", "iframe", "object", "embed", "img", "image", "use", "base"})
