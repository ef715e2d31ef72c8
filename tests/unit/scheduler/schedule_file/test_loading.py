from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from goqueue_common.errors import GoQueueError
from goqueue_scheduler.schedule_file import InvalidScheduleFile, Problem, default_file, load
from goqueue_scheduler.schedule_file.loading import MAX_BYTES

ENTRY = b"- {type: a, cron: '@daily'}\n"
ROADMAP = [
    {"name": "report.generate", "type": "report.generate", "queue": "reports", "cron": "0 0 * * *"},
    {"name": "email.daily_summary", "type": "email.daily_summary", "queue": "emails", "cron": "0 8 * * *"},
]


def why(path: Path | str) -> str:
    with pytest.raises(InvalidScheduleFile) as raised:
        load(path)
    return str(raised.value)


def test_file_that_comes_with_goqueue_is_the_roadmaps():
    assert load(default_file()) == ROADMAP


@pytest.mark.parametrize("suffix", ["yaml", "yml", "YAML", "json"])
def test_ending_of_the_name_says_what_is_in_the_file(loaded, suffix):
    assert loaded('[{"type": "a", "cron": "@daily"}]', suffix) == [{"name": "a", "type": "a", "cron": "@daily"}]


def test_other_endings_are_refused(tmp_path):
    assert "must end in .yaml, .yml, .json" in why(tmp_path / "schedules.toml")


@pytest.mark.parametrize(
    "text", [b"", b"\n", b"\xef\xbb\xbf", b"# nothing yet\n", b"---\n", b"[]", b"schedules: []", b"schedules:"]
)
def test_file_without_entries_means_no_schedules(loaded, text):
    assert loaded(text) == []


@pytest.mark.parametrize("text", [b"", b" \r\n", b"[]", b'{"schedules": []}', b'{"schedules": null}'])
def test_json_without_entries_means_no_schedules(loaded, text):
    assert loaded(text, "json") == []


def test_byte_order_mark_and_windows_line_ends_are_read(loaded):
    assert loaded(b"\xef\xbb\xbf- type: a\r\n  cron: '@daily'\r\n") == [{"name": "a", "type": "a", "cron": "@daily"}]


def test_missing_file_is_said(tmp_path):
    assert why(tmp_path / "none.yaml") == f"{tmp_path}/none.yaml: there is no such file"


def test_folder_is_said(tmp_path):
    (tmp_path / "folder.yaml").mkdir()
    assert why(tmp_path / "folder.yaml").endswith(": is a folder")


def test_pipe_is_refused_rather_than_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.yaml")
    assert why(tmp_path / "pipe.yaml").endswith(": is no file with contents of its own")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_file_that_may_not_be_read_is_said(tmp_path):
    (tmp_path / "secret.yaml").touch(mode=0)
    assert why(tmp_path / "secret.yaml").endswith(": cannot be read: Permission denied")


def test_link_that_leads_to_itself_is_said(tmp_path):
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    assert "cannot be read: Too many levels of symbolic links" in why(tmp_path / "loop.yaml")


def test_nul_in_the_name_is_said():
    assert "cannot be read" in why("a\0b.yaml")


def test_what_is_too_large_is_refused(tmp_path):
    file = tmp_path / "large.yaml"
    file.write_bytes(ENTRY + b"#" * (MAX_BYTES - len(ENTRY)))
    assert len(load(file)) == 1
    file.write_bytes(ENTRY + b"#" * MAX_BYTES)
    assert "is larger than 1,048,576 bytes" in why(file)


def test_what_is_not_utf_8_is_refused_with_its_line(refused):
    (problem,) = refused(ENTRY + b"# caf\xe9\n")
    assert (problem.line, problem.detail) == (2, "is not UTF-8: save the file as UTF-8")


def test_sentence_cannot_steer_a_terminal(refused, tmp_path):
    with pytest.raises(GoQueueError) as raised:
        load(tmp_path / "a\x1b[2Jb.yaml")
    assert "\x1b" not in str(raised.value)
    (problem,) = refused('- {type: "a\\e[2J", cron: "@daily"}')
    assert "\x1b" not in problem.sentence(Path("f"))


PIECES = [
    *(
        "- ",
        "type: a",
        "cron: ",
        "'@daily'",
        "* * * * *",
        "@daily",
        "{",
        "}",
        "[",
        "]",
        ", ",
        ": ",
        "? ",
        "&a ",
        "*a",
        "<<: ",
    ),
    *("!!str ", "#", '"', "'", "`", "\\", "yes", "010", "1:30", "1e999", "9" * 30, "2026-01-01", "null", "é", "schedules:"),
    *("payload: ", "tags: ", "starts_at: ", "name: ", '{"type": "a", "cron": "@daily"}', "\n", "\n  ", "\t", "\r", "---\n"),
    *("...\n", "|\n", ">-\n", "%YAML 1.1\n", "\0", "\ud800", "\u2028", "\x85", "\ufeff"),
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join).map(lambda text: text.encode("utf-8", "surrogatepass"))


@settings(deadline=None)
@given(content=st.one_of(st.binary(max_size=80), TEXTS), suffix=st.sampled_from(["yaml", "json"]))
@example(b"[" * 100_000, "json")
@example(b"[" * 100_000, "yaml")
@example(b"- " * 100_000, "yaml")
@example(b"{a: " * 10_000, "yaml")
@example(b"? " * 10_000, "yaml")
def test_any_bytes_are_definitions_or_refused(tmp_path_factory, content, suffix):
    file = tmp_path_factory.getbasetemp() / f"any.{suffix}"
    file.write_bytes(content)
    problems: Sequence[Problem] = ()
    try:
        names = [entry["name"] for entry in load(file)]
    except InvalidScheduleFile as error:
        problems, names = error.problems, []
        assert len(str(error).encode().splitlines()) == len(problems) > 0  # noqa: PT017 - either is right
    assert all(isinstance(name, str) for name in names)
    assert all(problem.line is None or problem.line >= 1 for problem in problems)
