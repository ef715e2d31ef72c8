"""From a document to definitions of schedules, by the rules that the API has too (goqueue_common.schedule_definition)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

from goqueue_common.errors import InvalidSchedule, PayloadTooLarge
from goqueue_common.json_values import kind
from goqueue_common.schedule_definition import READERS, read_definition
from goqueue_scheduler.schedule_file.located import Fault, Located, Place, below, upwards
from goqueue_scheduler.schedule_file.problems import Problem, one_line

MAX_ENTRIES: Final = 10_000
"""As many as one sync takes."""

_LIST: Final = "schedules"


def read_entries(document: Located) -> tuple[list[dict[str, object]], list[Problem]]:
    """The definitions in a document, each with its name, and everything that is wrong with them."""
    pointer, entries, problems = _root(document)
    reader = _Entries(document, pointer, entries)
    return reader.definitions(), [*problems, *reader.problems()]


def _root(document: Located) -> tuple[str, list[object], list[Problem]]:
    """The list of entries, its pointer, and what is wrong around it."""
    value = document.value
    if value is None:
        return "", [], []
    if isinstance(value, list):
        return "", value, []
    if not isinstance(value, dict) or _LIST not in value:
        advice = "put '- ' before its first field" if isinstance(value, dict) and {"type", "cron"} & set(value) else ""
        detail = f"must be a list of schedules, not {kind(value)}{advice and f': {advice}'}"
        return "", [], [] if document.broken_off else [_problem(document.place(""), detail)]
    problems = [
        _problem(document.name_place(below("", name)), f"{name!r:.80} is not known here, where only {_LIST} may stand")
        for name in value
        if name != _LIST
    ]
    pointer, entries = below("", _LIST), value[_LIST]
    if entries is not None and not isinstance(entries, list):
        problems.append(_problem(document.place(pointer), f"{_LIST} must be a list, not {kind(entries)}"))
    return pointer, entries if isinstance(entries, list) else [], problems


def _problem(place: Place | None, detail: str, entry: str | None = None, field: str | None = None) -> Problem:
    line, column = place or (None, None)
    return Problem(line=line, column=column, entry=entry, field=field, detail=detail)


class _Entries:
    """The entries of a document: the list at `pointer`."""

    def __init__(self, document: Located, pointer: str, entries: list[object]) -> None:
        self._document = document
        self._pointer = pointer
        self._entries = entries
        self._faulty = {near for fault in document.faults for near in upwards(fault.pointer)}

    def definitions(self) -> list[dict[str, object]]:
        """As they stand, valid or not."""
        return [
            {"name": _name(entry), **{key: value for key, value in entry.items() if key != "name"}}
            for entry in self._entries
            if isinstance(entry, dict)
        ]

    def problems(self) -> Iterator[Problem]:
        """Everything that is wrong."""
        for fault in self._document.faults:
            yield self._of_fault(fault)
        if len(self._entries) > MAX_ENTRIES:
            place = self._document.place(below(self._pointer, MAX_ENTRIES))
            yield _problem(place, f"{len(self._entries):,} entries are too many: at most {MAX_ENTRIES:,}")
        # Where the text broke off, the last entry may lack what was written.
        whole = self._entries[:-1] if self._document.broken_off else self._entries
        for index, entry in enumerate(whole):
            if isinstance(entry, dict):
                yield from self._of_entry(index, entry)
            elif below(self._pointer, index) not in self._faulty:
                yield self._at(index, "", f"an entry has fields, such as type and cron: this is {kind(entry)}")
        yield from self._same_types(whole)
        yield from self._same_names(whole)

    def _of_entry(self, index: int, entry: Mapping[str, object]) -> Iterator[Problem]:
        for name in entry:
            if name not in READERS:
                yield self._at(index, below("", name), _unknown(name), by_name=True)
        try:
            read_definition({name: value for name, value in entry.items() if name in READERS})
        except InvalidSchedule as error:
            for field in error.fields:
                # What was misread already would only be blamed for what it was misread as.
                if below(self._pointer, index) + _first(field.pointer) not in self._faulty:
                    yield self._at(index, field.pointer, field.detail)
        except PayloadTooLarge as error:
            yield self._at(index, "/payload", str(error).removeprefix("/payload "))

    def _same_types(self, entries: list[object]) -> Iterator[Problem]:
        """Where several entries have one type, whichever has no name."""
        by_type: dict[str, list[int]] = {}
        for index, entry in enumerate(entries):
            if isinstance(entry, dict) and isinstance(entry.get("type"), str):
                by_type.setdefault(entry["type"], []).append(index)
        for name, alike in by_type.items():
            for index in alike:
                other = alike[0] if index != alike[0] else alike[-1]
                is_told_there = index == alike[0] and _naming_field(entries[other]) == "type"
                if other == index or is_told_there or _naming_field(entries[index]) == "name":
                    continue
                line = self._naming_place(other)[0]
                detail = f"the entry in line {line} has the type {name!r:.80} too: give each of them a name"
                yield self._at(index, "/type", detail)

    def _same_names(self, entries: list[object]) -> Iterator[Problem]:
        first: dict[str, int] = {}
        for index, entry in enumerate(entries):
            name = _name(entry)
            if name is None:
                continue
            other = first.setdefault(name, index)
            both_by_type = _naming_field(entry) == _naming_field(entries[other]) == "type"
            if other != index and not both_by_type:
                line = self._naming_place(other)[0]
                detail = f"the entry in line {line} is called {name!r:.80} too: each needs a name of its own"
                yield self._at(index, below("", _naming_field(entry)), detail)

    def _naming_place(self, index: int) -> Place:
        pointer = below(below(self._pointer, index), _naming_field(self._entries[index]))
        return self._document.place(pointer) or Place(1, 1)

    def _of_fault(self, fault: Fault) -> Problem:
        """The entry and field of a fault are those that its pointer leads through."""
        inside = fault.pointer.removeprefix(f"{self._pointer}/") if fault.pointer.startswith(f"{self._pointer}/") else ""
        index, _, field = inside.partition("/")
        if not index.isdigit() or int(index) >= len(self._entries):
            return _problem(fault.place, fault.detail)
        return _problem(fault.place, fault.detail, self._label(int(index)), _field(field))

    def _at(self, index: int, inside: str, detail: str, *, by_name: bool = False) -> Problem:
        """A problem of the entry at what `inside` points to; by_name: at its name rather than its value."""
        pointer = below(self._pointer, index) + inside
        place = self._document.name_place(pointer) if by_name else self._document.place(pointer)
        return _problem(place, detail, self._label(index), _field(inside.removeprefix("/")))

    def _label(self, index: int) -> str:
        return one_line(_name(self._entries[index]) or "").strip()[:80] or f"entry {index + 1}"


def _naming_field(entry: object) -> str:
    return "name" if isinstance(entry, dict) and "name" in entry else "type"


def _name(entry: object) -> str | None:
    """An entry is called by its name, or by its type if it has none."""
    name = entry.get(_naming_field(entry)) if isinstance(entry, dict) else None
    return name if isinstance(name, str) else None


def _field(pointer: str) -> str | None:
    """As people write it."""
    return pointer.replace("~1", "/").replace("~0", "~")[:160] or None


def _first(pointer: str) -> str:
    """The pointer to the field that this leads into."""
    return "/" + pointer.removeprefix("/").partition("/")[0]


def _unknown(name: str) -> str:
    if " " in name:
        return "is no field: inside { } a text with a comma needs quotes"
    near = get_close_matches(name.lower().replace("-", "_"), READERS, n=1)
    return f"is no field of a schedule: did you mean {near[0]}?" if near else f"is no field: those are {', '.join(READERS)}"
