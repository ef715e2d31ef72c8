from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from goqueue_api.schedule_preview import MEMBERS, MOST, coming, preview, read_preview
from goqueue_api.schemas.schedules import PREVIEW_EXAMPLES, PreviewRequestSchema
from goqueue_common.errors import InvalidSchedule
from goqueue_common.schedule_definition import read_definition

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def test_the_schema_documents_what_is_read() -> None:
    assert set(PreviewRequestSchema().fields) == set(MEMBERS)
    for example in PREVIEW_EXAMPLES.values():
        assert read_preview(example["value"])


def test_ten_instants_are_shown_unless_asked_otherwise() -> None:
    definition, n = read_preview({"cron": "@daily"})
    shown = preview(definition, NOW, n)
    assert (shown["cron"], shown["timezone"], len(shown["next"]), shown["transition"]) == ("@daily", "UTC", 10, None)
    assert shown["next"][0] == {"at": datetime(2026, 3, 3, tzinfo=UTC), "local": "2026-03-03T00:00:00+00:00"}


def test_it_tells_of_the_next_change_of_the_clocks() -> None:
    definition, n = read_preview({"cron": "30 2 * * *", "timezone": "Europe/Berlin", "n": 1})
    shown = preview(definition, NOW, n)
    assert shown["next"] == [{"at": datetime(2026, 3, 3, 1, 30, tzinfo=UTC), "local": "2026-03-03T02:30:00+01:00"}]
    transition = shown["transition"]
    assert transition.pop("effect")
    assert transition == {
        "at": datetime(2026, 3, 29, 1, tzinfo=UTC),
        "from_offset": "+01:00",
        "to_offset": "+02:00",
        "local_before": "2026-03-29T02:00:00+01:00",
        "local_after": "2026-03-29T03:00:00+02:00",
    }


def test_only_instants_between_start_and_end_are_shown() -> None:
    between = {"starts_at": "2026-03-05T00:00:00Z", "ends_at": "2026-03-06T00:00:00Z"}
    definition, n = read_preview({"cron": "@daily", **between})
    assert [item["at"].day for item in preview(definition, NOW, n)["next"]] == [5, 6]


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        pytest.param({}, ["/cron"], id="no cron"),
        pytest.param({"cron": "* * * *"}, ["/cron"], id="four fields"),
        pytest.param({"cron": "@daily", "timezone": "Mars"}, ["/timezone"], id="no zone"),
        pytest.param({"cron": "@daily", "n": 0}, ["/n"], id="none"),
        pytest.param({"cron": "@daily", "n": MOST + 1}, ["/n"], id="too many"),
        pytest.param({"cron": "@daily", "n": None}, ["/n"], id="null"),
        pytest.param({"cron": "@daily", "n": "3"}, ["/n"], id="a string"),
        pytest.param({"cron": "@daily", "type": "demo"}, ["/type"], id="another member"),
        pytest.param({"cron": 5, "n": 1.5, "x": 1}, ["/x", "/n", "/cron"], id="everything"),
    ],
)
def test_a_bad_preview_is_refused(document: dict[str, Any], pointers: list[str]) -> None:
    with pytest.raises(InvalidSchedule) as refused:
        read_preview(document)
    assert [field.pointer for field in refused.value.fields] == pointers


@pytest.mark.parametrize("cron", ["0 0 29 2 *", "0 0 29 2 */7", "0 0 * 2 1#5", "0 0 1 1 *", "* * * * * *"])
def test_a_hundred_instants_take_no_time_of_a_cron_however_rare(cron: str) -> None:
    definition = read_definition({"type": "demo", "cron": cron, "timezone": "America/New_York"})
    began = time.process_time()
    assert len(coming(definition, NOW, MOST)) == MOST
    assert time.process_time() - began < 2.0


def test_of_a_zone_that_is_gone_nothing_is_shown() -> None:
    definition = read_definition({"type": "demo", "cron": "@daily"})
    object.__setattr__(definition, "timezone", "Atlantis/Center")
    assert coming(definition, NOW, 1) == []
