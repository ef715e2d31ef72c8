from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        ('[\n {"type": "a",}]', 2, 14, "a comma stands before }: remove it"),
        ("[[],]", 1, 4, "a comma stands before ]: remove it"),
        ('[{"type": "a"\n "cron": 1}]', 2, 2, 'a comma or } is missing before ": what it belongs to opens in line 1'),
        ("[\nNaN]", 2, 1, "NaN is no JSON"),
        ("[-Infinity]", 1, 2, "-Infinity is no JSON"),
        ("[// no\n]", 1, 2, "there are no comments"),
        ("{'a': 1}", 1, 2, "a name in double quotes is missing before '"),
        ('[{"a" 1}]', 1, 7, "a colon is missing after the name 'a'"),
        ('["a\n"]', 1, 2, "the text that begins here has no closing quote in its line"),
        ('["\\x"]', 1, 2, 'a backslash in "\\x" is followed by what it may not be'),
        ("[01]", 1, 2, "01 is no JSON"),
        ("[1.]", 1, 2, "1. is no JSON"),
        ("[1e400]", 1, 2, "is a number beyond what a float can hold"),
        ("[99999999999999999999]", 1, 2, "is a whole number beyond 64 bits"),
        ('{"schedules": [],\n "schedules": []}', 2, 2, "'schedules' is there already, in line 1"),
        ("[1,", 1, 4, "the end of the file is no JSON"),
        ("[[1", 1, 4, "a comma or ] is missing before the end of the file"),
        ("[] x", 1, 4, "x follows the end of the document: remove it"),
        ("[" * 200, 1, 101, "is nested deeper than 100 levels"),
        ('[{"type": "\\ud800"}]', 1, 11, "holds half of a surrogate pair"),
    ],
)
def test_what_is_not_json_is_refused_where_it_stands(refused, text, line, column, part):
    found = [(problem.line, problem.column) for problem in refused(text, "json") if part in problem.detail]
    assert found == [(line, column)], refused(text, "json")


def test_values_are_read(loaded):
    payload = '{"a": [1, -0, 1.5, 1E2, true, false, null, "\\u00e9\\ud83d\\ude00\\n", {}, []], "": "\t"}'.replace(
        "\t", "\\t"
    )
    read = loaded(f'[{{\n\t"type": "a",\r\n\t"cron": "@daily", "payload": {payload}}}]', "json")
    assert read[0]["payload"] == {"a": [1, 0, 1.5, 100.0, True, False, None, "é😀\n", {}, []], "": "\t"}


def test_entries_before_a_mistake_of_grammar_are_checked_all_the_same(refused):
    problems = refused('[{"type": "a", "cron": "0 99 * * *"},\n{"type": "b", "cron": ]', "json")
    assert [(problem.line, problem.field) for problem in problems] == [(1, "cron"), (2, None)]
