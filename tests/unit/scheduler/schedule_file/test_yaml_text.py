from __future__ import annotations

import pytest

QUOTES = 'put the cron in quotes, since {0} at its beginning means something to YAML: "{1}"'


def field(value: str) -> str:
    return f"- type: a\n  cron: '@daily'\n  payload:\n    it: {value}\n"


@pytest.mark.parametrize("cron", ["* * * * *", "*/5 * * * *", "*", "*5", "*5 * * * *", "@daily", "@every 5m"])
def test_cron_without_quotes_is_told_to_be_quoted(refused, cron):
    (problem,) = refused(f"- type: a\n  cron: {cron}  # each minute\n")
    assert (problem.line, problem.column, problem.entry, problem.field) == (2, 9, "a", "cron")
    assert problem.detail == QUOTES.format(cron[0], cron)


def test_every_cron_without_quotes_is_said_and_everything_else_too(refused):
    problems = refused(
        "- type: a\n  cron: * * * * *\n  queu: x\n- cron: @daily\n  type: b\n- type: c\n  cron: 0 99 * * *\n"
    )
    assert [(problem.line, problem.entry, problem.field) for problem in problems] == [
        (2, "a", "cron"),
        (3, "a", "queu"),
        (4, "b", "cron"),
        (7, "c", "cron"),
    ]


def test_text_that_looks_like_a_cron_without_quotes_is_left_alone(refused):
    text = "- type: a\n  cron: '@daily'\n  payload:\n    text: |\n      cron: * * * * *\n- type: b\n  cron: * * * * *\n"
    assert [problem.line for problem in refused(text)] == [7]


def test_cron_without_quotes_in_braces_is_told_to_be_quoted(refused):
    assert [problem.detail for problem in refused("- {type: a, cron: */5 * * * *}")] == [QUOTES.format("*", "*/5 * * * *")]
    assert "inside { } a text with a comma needs quotes" in refused("- {type: a, cron: 0,30 * * * *}")[1].detail


@pytest.mark.parametrize(
    ("written", "read"),
    [
        *(("yes", "true"), ("on", "true"), ("No", "false"), ("OFF", "false"), ("010", "8"), ("0x1F", "31"), ("0b11", "3")),
        *(("1_000", "1000"), ("1:30", "90"), ("1:30.5", "90.5")),
    ],
)
def test_what_yaml_takes_for_something_else_is_refused_with_what_it_takes_it_for(refused, written, read):
    (problem,) = refused(field(written))
    assert (problem.line, problem.field) == (4, "payload/it")
    assert problem.detail.startswith(f"{written} is read as {read} by YAML: write ")
    assert problem.detail.endswith("or put it in quotes if it is text")


@pytest.mark.parametrize(
    "written", ["09", "1e3", "0o17", "2026-01-01", "2026-01-01T00:00:00Z", ".nan", "-.inf", "<<", "9" * 25, "1.0e+999"]
)
def test_what_readers_of_yaml_differ_about_is_told_to_be_quoted(refused, written):
    (problem,) = refused(field(written))
    assert "put it in quotes" in problem.detail


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *(("5", 5), ("-5", -5), ("+5", 5), ("0", 0), (str(2**64 - 1), 2**64 - 1), ("1.5", 1.5), (".5", 0.5)),
        *(("true", True), ("False", False), ("~", None), ("null", None), ("", None)),
        *(("text", "text"), ("'yes'", "yes"), ('"010"', "010"), ("|\n      on\n", "on\n"), ("=", "="), ("y", "y")),
        *(("1.2.3", "1.2.3"), ("{a: [b]}", {"a": ["b"]})),
    ],
)
def test_plain_values_are_read(loaded, written, value):
    assert loaded(field(written))[0]["payload"] == {"it": value}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2030-01-31T12:00:00Z", "2030-01-31T12:00:00+00:00"),
        ("2030-01-31 12:00:00 +1", "2030-01-31T12:00:00+01:00"),
        ("'2030-01-31T12:00:00Z'", "2030-01-31T12:00:00Z"),
    ],
)
def test_times_with_a_zone_are_read(loaded, written, read):
    assert loaded(f"- type: a\n  cron: '@daily'\n  starts_at: {written}\n")[0]["starts_at"] == read


@pytest.mark.parametrize("written", ["2030-01-31", "2030-01-31 12:00:00", "'2030-01-31T12:00:00'"])
def test_times_without_a_zone_are_refused(refused, written):
    (problem,) = refused(f"schedules:\n- type: a\n  cron: '@daily'\n  ends_at: {written}\n")
    assert (problem.line, problem.field) == (4, "ends_at")
    assert "has no time zone" in problem.detail


def test_day_that_does_not_exist_is_refused(refused):
    (problem,) = refused("- type: a\n  cron: '@daily'\n  starts_at: 2030-02-30\n")
    assert "is no time" in problem.detail


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("- type: !!str a\n  cron: '@daily'\n", 1, "the tag !!str is not read here"),
        ("- !!python/object/apply:os.system {type: a, cron: '@daily'}\n", 1, "the tag !!python/object/apply:os.system"),
        ("- !mine {type: a, cron: '@daily'}\n", 1, "the tag !mine is not read here"),
        ("- {type: a, cron: '@daily'}\n- &x {type: b, cron: '@daily'}\n", 2, "&x is an anchor to YAML"),
        ("- {type: a, cron: '@daily', payload: {a: *x}}\n", 1, "*x is an alias to YAML"),
        ("- {type: a, cron: '@daily', <<: {queue: x}}\n", 1, "anchors, aliases and merge keys are not read here"),
        ("- {type: a, cron: '@daily', ? [x] : y}\n", 1, "the name of a field must be a text, not a list or an object"),
        ("- {type: a, cron: '@daily', 1: y}\n", 1, "the name of a field must be a text: put 1 in quotes"),
        ("- {type: a, cron: '@daily', on: y}\n", 1, "on is read as true by YAML"),
        ("- type: a\n  cron: '@daily'\n  type: b\n", 3, "'type' is there already, in line 1"),
        ("- type: a\n  cron: '@daily'\n  payload: {x: 1, x: 2}\n", 3, "'x' is there already, in line 3"),
        ("--- []\n--- []\n", 2, "a second document begins here"),
        ("[]\n---\n", 2, "a second document begins here"),
        ("%YAML 2.0\n--- []\n", 1, "%YAML asks for another version"),
        ("- !e!x y\n", 1, "tags and directives are not read here"),
        ("- type: a\n cron: b\n", 2, "this does not fit what begins in line 1"),
        ("- type: a\n  cron: '@daily'\n   queue: x\n", 3, "this does not fit what begins in line 1"),
        ("- type: a\n\tcron: x\n", 2, "a tab stands where only spaces may"),
        ("- type: a\n  cron: '@daily\n\n- type: b\n", 2, "the quote that opens here is never closed"),
        ('- type: a\n  cron: "\\d"\n', 2, "\\d means nothing in double quotes"),
        ("- type: a\n  cron '@daily'\n  queue: b\n", 3, "line 2 is neither a field nor an entry"),
        ("- type: a: b\n", 1, "a colon followed by a space makes a field"),
        ("- [a\n\n", 3, "a comma or ] is missing: what it belongs to opens in line 1"),
        ("- [a,\n\n", 3, "a value is missing before the end of the file"),
        ("- {a: b\n", 2, "a comma or } is missing"),
        ("]", 1, "a value is missing before ]"),
        ("- type: `a`\n", 1, "a text that begins with ` needs quotes"),
        ("- type: @a\n", 1, "a text that begins with @ needs quotes"),
        ("- type: |x\n  y\n", 1, "after | or > the text begins in the next line"),
        ("- type: a\n  cron: a\0b\n", 2, "the character U+0000 may not stand in YAML"),
        ("[" * 200, 1, "is nested deeper than 100 levels"),
        ('- {type: a, cron: "@daily", payload: {x: "\\ud800"}}', 1, "holds half of a surrogate pair"),
    ],
)
def test_what_yaml_can_say_and_json_cannot_or_nobody_can_is_refused_in_plain_words(refused, text, line, part):
    found = [(problem.line, problem.detail) for problem in refused(text) if part in problem.detail]
    assert [problem_line for problem_line, _ in found] == [line], refused(text)


def test_entries_before_a_mistake_of_grammar_are_checked_all_the_same(refused):
    problems = refused("- type: a\n  cron: 0 99 * * *\n- type: b\n  cron: 0 99 * * *\n- type: c\n   cron: x\n")
    assert [problem.line for problem in problems] == [2, 4, 6]


def test_twenty_thousand_faults_are_told_in_seconds(refused):
    assert len(refused("".join(f"- {{type: t{number}, cron: 5, on: x}}\n" for number in range(10_000)))) == 20_000
