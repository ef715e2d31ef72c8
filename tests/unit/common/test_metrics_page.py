"""The page of metrics, and the catalogue behind it."""

from __future__ import annotations

import re

import pytest

from goqueue_common.histogram import BOUNDS
from goqueue_common.metrics import catalogue
from goqueue_common.metrics.catalogue import FAMILIES, JOB_SECONDS, JOBS_ENQUEUED, QUEUE_DEPTH
from goqueue_common.metrics.counts import Counts
from goqueue_common.metrics.family import Family, Kind
from goqueue_common.metrics.page import CONTENT_TYPE, gauge, page
from goqueue_common.version import version
from tests.metrics_page import MetricsPage


def test_it_is_the_text_format_byte_for_byte() -> None:
    counts = Counts()
    counts.add(JOBS_ENQUEUED, ("emails", 'a"b\\c\nd'), 2)
    text = page([*counts.samples(), gauge(QUEUE_DEPTH, "emails", "queued", value=3)]).decode()
    assert CONTENT_TYPE == "text/plain; version=0.0.4; charset=utf-8"
    assert text == (
        f"# HELP goqueue_jobs_enqueued_total {JOBS_ENQUEUED.help}\n"
        "# TYPE goqueue_jobs_enqueued_total counter\n"
        'goqueue_jobs_enqueued_total{name="a\\"b\\\\c\\nd",queue="emails"} 2.0\n'
        f"# HELP goqueue_queue_depth {QUEUE_DEPTH.help}\n"
        "# TYPE goqueue_queue_depth gauge\n"
        'goqueue_queue_depth{queue="emails",state="queued"} 3.0\n'
        f"# HELP goqueue_build_info {catalogue.BUILD_INFO.help}\n"
        "# TYPE goqueue_build_info gauge\n"
        f'goqueue_build_info{{version="{version()}"}} 1.0\n'
    )


def test_a_histogram_is_cumulative_to_the_end() -> None:
    counts = Counts()
    counts.observe_all(JOB_SECONDS, ("q",), [0.0005, 0.3, 0.3, 1e6])
    shown = MetricsPage(page(counts.samples()).decode())
    name = JOB_SECONDS.name
    assert shown.value(f"{name}_bucket", queue="q", le="0.001") == 1.0
    assert shown.value(f"{name}_bucket", queue="q", le="0.5") == 3.0
    assert shown.value(f"{name}_bucket", queue="q", le="7200.0") == 3.0
    assert shown.value(f"{name}_bucket", queue="q", le="+Inf") == shown.value(f"{name}_count", queue="q") == 4.0
    assert len(shown.series(f"{name}_bucket")) == len(BOUNDS) + 1


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_names_follow_the_conventions_of_prometheus(family: Family) -> None:
    assert re.fullmatch(r"goqueue_[a-z_]+", family.name)
    assert (family.kind is Kind.COUNTER) == family.name.endswith("_total")
    assert (family.kind is Kind.HISTOGRAM) == bool(family.bounds)
    assert list(family.bounds) == sorted(family.bounds)
    assert not {"le", "instance", "job"} & set(family.labels), "Prometheus sets these"
    assert family.help.endswith(".")


def test_each_name_is_given_once() -> None:
    assert len(catalogue.BY_NAME) == len(FAMILIES)
    declared = {value.name for value in vars(catalogue).values() if isinstance(value, Family)}
    assert declared == set(catalogue.BY_NAME)
