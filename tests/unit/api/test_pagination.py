from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from uuid_utils.compat import uuid7

from goqueue_api.pagination import decode_cursor, decode_name, encode_cursor, encode_name, next_link
from goqueue_common.errors import InvalidCursor

JOB_ID = "019cade2-1238-768e-8433-a398418d79cc"


def test_a_cursor_comes_back_as_the_id_it_was_made_of() -> None:
    for _ in range(100):
        job_id = str(uuid7())
        cursor = encode_cursor(job_id)
        assert str(decode_cursor(cursor)) == job_id
        assert cursor.replace("-", "").replace("_", "").isalnum()


def test_a_cursor_with_any_character_changed_is_refused() -> None:
    cursor = encode_cursor(str(uuid7()))
    for index, character in enumerate(cursor):
        other = "A" if character != "A" else "B"
        with pytest.raises(InvalidCursor):
            decode_cursor(cursor[:index] + other + cursor[index + 1 :])


@pytest.mark.parametrize("cursor", ["", "x", "ü", "====", "a" * 10_000, JOB_ID, encode_cursor(JOB_ID) + "="])
def test_what_is_no_cursor_is_refused_with_what_to_do(cursor: str) -> None:
    with pytest.raises(InvalidCursor, match="use next_cursor of a page") as refused:
        decode_cursor(cursor)
    assert len(str(refused.value)) < 250


def test_a_cursor_comes_back_as_the_name_it_was_made_of() -> None:
    for name in ("a", "nightly-report", "x" * 64):
        assert decode_name(encode_name(name, "schedules"), "schedules") == name


def test_a_cursor_of_another_list_or_of_no_name_is_refused() -> None:
    made = [encode_name("nightly", "others"), encode_cursor(JOB_ID, "schedules"), encode_name("", "schedules")]
    for cursor in (*made, encode_name("a\0b", "schedules"), "x"):
        with pytest.raises(InvalidCursor):
            decode_name(cursor, "schedules")
    with pytest.raises(InvalidCursor):
        decode_cursor(encode_name("nightly", "schedules"), "schedules")


@pytest.mark.parametrize(
    ("environment", "path"),
    [
        ({}, "/jobs"),
        ({"environ_overrides": {"SCRIPT_NAME": "/api"}}, "/api/jobs"),
        ({"headers": {"X-Forwarded-Prefix": "/tools/queue"}}, "/tools/queue/jobs"),
        ({"headers": {"X-Forwarded-Prefix": "https://evil.example"}}, "/jobs"),
    ],
)
def test_the_next_page_keeps_the_filters_and_is_where_the_caller_is(environment: dict[str, Any], path: str) -> None:
    query = "status=failed&status=queued&tag=a%26b"
    with Flask(__name__).test_request_context(f"/jobs?{query}&cursor=old", **environment):
        assert next_link("new") == f'<{path}?{query}&cursor=new>; rel="next"'
