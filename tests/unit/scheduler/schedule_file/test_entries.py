from __future__ import annotations

from pathlib import Path

import pytest

FIVE_ERRORS = """\
- type: report.generate
  queue: reports
  cron: "0 25 * * *"

- type: email.daily_summary   # a comment
  queu: emails
  cron: "0 8 * * *"
  timezone: Europe/Berln

- name: emails.nightly
  type: email.send
  cron: "0 0 * * *"
  payload: [1, 2]

- cron: "@daily"
"""


def said(problems):
    return [(problem.line, problem.entry, problem.field) for problem in problems]


def test_every_error_is_said_at_once_with_its_line_entry_and_field(refused):
    problems = refused(FIVE_ERRORS)
    assert said(problems) == [
        (3, "report.generate", "cron"),
        (6, "email.daily_summary", "queu"),
        (8, "email.daily_summary", "timezone"),
        (13, "emails.nightly", "payload"),
        (15, "entry 4", "type"),
    ]
    assert problems[0].sentence(Path("schedules.yaml")) == (
        "schedules.yaml, line 3, report.generate, cron: hour: 25 is out of range 0 to 23 (character 3)"
    )


def test_json_has_the_same_errors_in_its_own_lines(refused):
    text = '{"schedules": [\n\t{"type": "a", "cron": "0 25 * * *"},\n\t{"type": "b",\n\t "queu": "x", "cron": "@daily"}]}'
    assert said(refused(text, "json")) == [(2, "a", "cron"), (4, "b", "queu")]


def test_columns_are_known(refused):
    assert [(problem.line, problem.column) for problem in refused(FIVE_ERRORS)][:3] == [(3, 9), (6, 3), (8, 13)]


def test_unknown_field_names_the_nearest_known_one(refused):
    problems = refused("- {type: a, cron: '@daily', max-retries: 3, Queue: x, frobnicate: 1}")
    assert [problem.detail.rpartition(": ")[2] for problem in problems][:2] == [
        "did you mean max_retries?",
        "did you mean queue?",
    ]
    assert "those are name, type, queue" in problems[2].detail


def test_entries_that_share_a_type_need_names_and_the_lines_of_both_are_said(refused):
    (problem,) = refused("- type: a\n  cron: '@daily'\n- cron: '@hourly'\n  type: a\n")
    assert (problem.line, problem.field) == (4, "type")
    assert problem.detail == "the entry in line 1 has the type 'a' too: give each of them a name"


@pytest.mark.parametrize(
    ("text", "line", "other"),
    [
        pytest.param("- {type: a, cron: '@daily'}\n- {type: a, name: b, cron: '@daily'}\n", 1, 2, id="the first"),
        pytest.param("- {type: a, name: b, cron: '@daily'}\n- {type: a, cron: '@daily'}\n", 2, 1, id="the second"),
    ],
)
def test_one_without_a_name_beside_others_of_its_type_is_refused(refused, text, line, other):
    (problem,) = refused(text)
    assert (problem.line, problem.field) == (line, "type")
    assert problem.detail == f"the entry in line {other} has the type 'a' too: give each of them a name"


def test_entries_of_one_type_that_all_have_names_are_taken(loaded):
    entries = loaded("- {type: a, name: a, cron: '@daily'}\n- {type: a, name: b, cron: '@daily'}\n")
    assert [entry["name"] for entry in entries] == ["a", "b"]


@pytest.mark.parametrize("second", ["{name: b, type: c, cron: '@daily'}", "{type: b, cron: '@daily'}"])
def test_two_entries_of_one_name_are_refused(refused, second):
    (problem,) = refused("- {type: a, name: b, cron: '@daily'}\n- " + second)
    assert problem.line == 2
    assert problem.detail == "the entry in line 1 is called 'b' too: each needs a name of its own"


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("type: a\ncron: '@daily'\n", "must be a list of schedules, not an object: put '- ' before its first field"),
        ("a: b", "must be a list of schedules, not an object"),
        ("text", "must be a list of schedules, not a string"),
        ("schedules: 5", "schedules must be a list, not a number"),
        ("schedules: []\nmore: 1", "'more' is not known here, where only schedules may stand"),
        ("- text", "an entry has fields, such as type and cron: this is a string"),
        ("-\n- {type: a, cron: '@daily'}", "an entry has fields, such as type and cron: this is null"),
        ("- {type: preview, cron: '@daily'}", "'preview' is a path below /schedules: choose another name"),
        ("- {type: a, cron: '@daily', payload: text}", "must be an object, not a string"),
        ("- {type: a, cron: '@daily', tags: [5]}", "must be an array of strings, with no number in it"),
        ("- {type: a, cron: 5}", "must be a string, not a number"),
        ("- {type: a, cron: }", "must be a string, not null"),
        ("- {type: a, cron: '@daily', catch_up: some}", "'some' is not known: choose none, latest, all"),
        ("- {type: a, cron: '@daily', catch_up: null}", "must be one of none, latest, all, not null"),
        ("- {type: a, cron: '@daily', overlap: false}", "must be one of allow, skip, not a boolean"),
    ],
)
def test_wrong_shape_is_said(refused, text, detail):
    assert [problem.detail for problem in refused(text)] == [detail]


def test_large_payload_points_at_it(refused):
    (problem,) = refused(f"- type: a\n  cron: '@daily'\n  payload:\n    text: {'x' * 300_000}\n")
    assert problem.field == "payload"
    assert problem.detail.startswith("has 300,011 bytes, at most 262,144 are allowed")


def test_more_entries_than_a_sync_takes_are_refused(refused):
    problems = refused("".join(f"- {{type: t{number}, cron: '@daily'}}\n" for number in range(10_001)))
    assert [(problem.line, problem.detail) for problem in problems] == [
        (10_001, "10,001 entries are too many: at most 10,000")
    ]


def test_definitions_are_as_they_were_written(loaded):
    text = "- {cron: '@daily', type: a, paused: true, payload: {n: 1, deep: [null, 1.5, text]}, max_retries: null}"
    assert loaded(text) == [
        {
            "name": "a",
            "cron": "@daily",
            "type": "a",
            "paused": True,
            "payload": {"n": 1, "deep": [None, 1.5, "text"]},
            "max_retries": None,
        }
    ]
