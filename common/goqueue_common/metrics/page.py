"""The page that Prometheus reads, in its text format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Final

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from goqueue_common.metrics.catalogue import BUILD_INFO, FAMILIES
from goqueue_common.metrics.family import Family, Kind, Sample
from goqueue_common.version import version

CONTENT_TYPE: Final = CONTENT_TYPE_PLAIN_0_0_4


def page(samples: Iterable[Sample]) -> bytes:
    """These samples, each family once, in the order of the catalogue; with the release that runs."""
    by_family: dict[str, list[Sample]] = {}
    for sample in (*samples, Sample(BUILD_INFO, (version(),), (1.0,))):
        by_family.setdefault(sample.family.name, []).append(sample)
    return generate_latest(_Collected(by_family))


def gauge(family: Family, *labels: str, value: float) -> Sample:
    """One value of a gauge."""
    return Sample(family, labels, (value,))


class _Collected(Collector):
    def __init__(self, by_family: dict[str, list[Sample]]) -> None:
        self._by_family = by_family

    def collect(self) -> Iterator[Metric]:
        for family in FAMILIES:
            if family.name in self._by_family:
                yield _metric(family, sorted(self._by_family[family.name], key=lambda sample: sample.labels))


def _metric(family: Family, samples: Iterable[Sample]) -> Metric:
    if family.kind is Kind.HISTOGRAM:
        histogram = HistogramMetricFamily(family.name, family.help, labels=family.labels)
        ends = [*map(floatToGoString, family.bounds), "+Inf"]
        for sample in samples:
            *buckets, total = sample.numbers
            histogram.add_metric(sample.labels, list(zip(ends, accumulate(buckets), strict=True)), total)
        return histogram
    one = (CounterMetricFamily if family.kind is Kind.COUNTER else GaugeMetricFamily)(
        family.name, family.help, labels=family.labels
    )
    for sample in samples:
        one.add_metric(sample.labels, sample.numbers[0])
    return one
