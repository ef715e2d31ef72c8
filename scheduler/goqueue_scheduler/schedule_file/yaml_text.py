"""YAML -> plain values with their lines. Takes what JSON can say: no tags, anchors, aliases, merge keys, second documents.

It reads the parser's events and builds nothing but objects, lists, texts and numbers, so no tag can run anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import yaml

from goqueue_scheduler.schedule_file.located import MAX_DEPTH, Fault, Located, Place, below, text_fault
from goqueue_scheduler.schedule_file.yaml_faults import QUOTE_THE_CRON, in_words, quote_crons
from goqueue_scheduler.schedule_file.yaml_scalars import read_plain

_TIME: Final = re.compile(r"(?:/schedules)?/[0-9]+/(?:starts_at|ends_at)")
_MERGE: Final = "<<"
_WRITE_OUT: Final = "anchors, aliases and merge keys are not read here: write the value out wherever it is needed"


def read_yaml(text: str) -> Located:
    """The only document in `text`. No document at all is None."""
    found = _Builder().read(text)
    if not found.broken_off:
        return found
    # A cron without quotes breaks the whole text off: it is quoted for the reader, so that the rest can be checked too.
    quoted = quote_crons(text)
    with_quotes = _Builder().read(quoted.text) if quoted.places else found
    faults = [
        Fault(pointer, place, quoted.places[place])
        for pointer, place in with_quotes.places.items()
        if place in quoted.places and pointer.endswith("/cron")
    ]
    with_quotes.faults += faults
    return with_quotes if faults else found


@dataclass(slots=True)
class _Open:
    """A list or an object that is being read.

    name: of the member whose value comes next. dropped: that value is not kept.
    """

    value: list[object] | dict[str, object]
    pointer: str
    name: str | None = None
    dropped: bool = False

    @property
    def wants_name(self) -> bool:
        return isinstance(self.value, dict) and self.name is None

    @property
    def next_pointer(self) -> str:
        return below(self.pointer, len(self.value) if isinstance(self.value, list) else self.name or "")


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(1, 1) if mark is None else Place(mark.line + 1, mark.column + 1)


class _BrokenOff(Exception):
    """The rest is not worth reading; the fault is among those of the document."""


class _Builder:
    """Makes a document of the parser's events. Not recursive: a text may nest as deep as it likes."""

    def __init__(self) -> None:
        self._found = Located()
        self._open: list[_Open] = []
        self._documents = 0

    def read(self, text: str) -> Located:
        """The document, up to where it cannot be read."""
        try:
            for event in yaml.parse(text, Loader=yaml.SafeLoader):
                self._take(event)
        except yaml.YAMLError as error:
            place, detail = in_words(error, text)
            self._fault(place, detail, pointer="")  # events lag behind: which entry it is in, the parser does not say
            self._found.broken_off = True
        except _BrokenOff:
            self._found.broken_off = True
        return self._found

    def _take(self, event: yaml.Event) -> None:
        place = _place(event)
        match event:
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    self._fault(place, "a second document begins here: all schedules stand in one", pointer="")
                    raise _BrokenOff
            case yaml.AliasEvent():
                self._alias(event.anchor or "", place)
            case yaml.ScalarEvent():
                self._scalar(event, place)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                self._begin([] if isinstance(event, yaml.SequenceStartEvent) else {}, event, place)
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._open.pop()

    def _begin(self, value: list[object] | dict[str, object], event: yaml.NodeEvent, place: Place) -> None:
        if len(self._open) >= MAX_DEPTH:
            self._fault(place, f"is nested deeper than {MAX_DEPTH} levels")
            raise _BrokenOff
        self._refuse_marks(event, place)
        pointer = self._pointer()
        if self._open and self._open[-1].wants_name:
            self._fault(place, "the name of a field must be a text, not a list or an object")
            self._name("?", place, dropped=True)
        else:
            self._put(value, place)
        self._open.append(_Open(value, pointer))

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> None:
        self._refuse_marks(event, place)
        is_plain = event.implicit[0] and event.tag is None
        if self._open and self._open[-1].wants_name:
            self._field_name(event.value, place, is_plain=is_plain)
            return
        value: object = event.value
        fault = text_fault(event.value)
        if is_plain:
            value, fault = read_plain(event.value, is_time=_TIME.fullmatch(self._pointer()) is not None)
        if fault is not None:
            self._fault(place, fault)
        self._put(value, place)

    def _field_name(self, text: str, place: Place, *, is_plain: bool) -> None:
        if is_plain and text == _MERGE:
            self._fault(place, _WRITE_OUT)
            self._name(_MERGE, place, dropped=True)
            return
        fault = text_fault(text)
        if is_plain:
            value, fault = read_plain(text, is_time=False)
            if fault is None and not isinstance(value, str):
                fault = f"the name of a field must be a text: put {text or 'it'} in quotes"
        pointer = below(self._open[-1].pointer, text)
        first = self._found.names.get(pointer)
        if first is not None:
            fault = f"{text!r:.80} is there already, in line {first.line}"
        if fault is not None:
            self._fault(place, fault)
        self._name(text, place, dropped=fault is not None)

    def _alias(self, anchor: str, place: Place) -> None:
        wants_name = bool(self._open) and self._open[-1].wants_name
        pointer = self._pointer()
        if wants_name:
            self._name(f"*{anchor}", place, dropped=True)
        if pointer.endswith("/cron") and not wants_name:
            self._fault(place, QUOTE_THE_CRON.format(sign="*", cron=f"*{anchor}"))
        elif not self._is_merge():
            self._fault(place, f"*{anchor} is an alias to YAML; {_WRITE_OUT}")
        if not wants_name:
            self._put(f"*{anchor}", place)

    def _is_merge(self) -> bool:
        return bool(self._open) and self._open[-1].name == _MERGE

    def _refuse_marks(self, event: yaml.NodeEvent, place: Place) -> None:
        tag = getattr(event, "tag", None)
        if tag is not None:
            shown = f"{tag.replace('tag:yaml.org,2002:', '!!')!s:.80}"
            self._fault(place, f"the tag {shown} is not read here: write the value without it")
        if event.anchor is not None:
            self._fault(place, f"&{event.anchor:.80} is an anchor to YAML; {_WRITE_OUT}")

    def _put(self, value: object, place: Place) -> None:
        self._found.places.setdefault(self._pointer(), place)
        if not self._open:
            self._found.value = value
            return
        parent = self._open[-1]
        if isinstance(parent.value, list):
            parent.value.append(value)
        elif parent.name is not None:
            if not parent.dropped:
                parent.value[parent.name] = value
            parent.name = None

    def _name(self, text: str, place: Place, *, dropped: bool) -> None:
        parent = self._open[-1]
        parent.name, parent.dropped = text, dropped
        self._found.names.setdefault(parent.next_pointer, place)

    def _pointer(self) -> str:
        """Of what comes next; where a name comes next, of the object that it is in."""
        if not self._open:
            return ""
        parent = self._open[-1]
        return parent.pointer if parent.wants_name else parent.next_pointer

    def _fault(self, place: Place, detail: str, pointer: str | None = None) -> None:
        self._found.faults.append(Fault(self._pointer() if pointer is None else pointer, place, detail))
