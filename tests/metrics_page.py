"""A page of metrics as Prometheus reads it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import requests
from prometheus_client.parser import text_string_to_metric_families


class MetricsPage:
    """Raises ValueError for what is not in the text format."""

    def __init__(self, text: str) -> None:
        self.kinds: dict[str, str] = {}
        self._values: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
        for family in text_string_to_metric_families(text):
            # The parser takes _total off the name of a counter.
            name = f"{family.name}_total" if family.type == "counter" else family.name
            assert name not in self.kinds, f"{name} is there twice"
            self.kinds[name] = family.type
            for sample in family.samples:
                key = (sample.name, frozenset(sample.labels.items()))
                assert key not in self._values, f"{key} is there twice"
                self._values[key] = sample.value

    @classmethod
    def of(cls, url: str, headers: dict[str, str] | None = None) -> MetricsPage:
        """What is at this URL now."""
        answer = requests.get(url, timeout=10, headers=headers)
        answer.raise_for_status()
        return cls(answer.text)

    def value(self, name: str, /, **labels: str) -> float:
        """Of one series; 0 when it is not there."""
        return self._values.get((name, frozenset(labels.items())), 0.0)

    def sum(self, name: str, /, **labels: str) -> float:
        """Over all series that have at least these labels."""
        wanted = labels.items()
        return sum(value for (found, having), value in self._values.items() if found == name and wanted <= having)

    def series(self, name: str) -> list[dict[str, str]]:
        """The labels of each."""
        return [dict(having) for found, having in self._values if found == name]

    def counters(self) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        """What may never go down: counters, and buckets, counts and sums of histograms."""
        endings = ("_total", "_bucket", "_count", "_sum")
        return {key: value for key, value in self._values.items() if key[0].endswith(endings)}


def gone_back(before: MetricsPage, after: MetricsPage) -> list[str]:
    """Counters that are less than they were, or are no longer there."""
    now = after.counters()
    return [f"{key}: {value} to {now.get(key)}" for key, value in before.counters().items() if now.get(key, -1.0) < value]


def count_folder(pid: int) -> Path:
    """Where a service counts: the folder in which its process holds a lock."""
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):
            target = descriptor.readlink()
            if target.name.startswith("lock") and target.parent.name.startswith("goqueue-counts-"):
                return target.parent
    raise AssertionError(f"process {pid} holds no such lock")
