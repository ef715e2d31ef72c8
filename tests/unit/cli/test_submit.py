from __future__ import annotations

import io
from pathlib import Path

import pytest

from goqueue_cli.errors import CommandError
from goqueue_cli.submit import read_payload


def test_payload_is_an_argument_a_file_or_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_text('{"n": 2}')
    monkeypatch.setattr("sys.stdin", io.StringIO('{"n": 3}'))
    read = [read_payload(argument) for argument in (None, '{"n": 1}', f"@{tmp_path}/a.json", "-")]
    assert read == [{}, {"n": 1}, {"n": 2}, {"n": 3}]


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ('{"n": ', "payload is no JSON"),
        ("hello", "payload is no JSON: Expecting value: line 1 column 1 (char 0); it begins 'hello'"),
        ("[1]", "payload must be a JSON object"),
        ("@/nowhere.json", "payload: cannot read /nowhere.json: No such file or directory"),
    ],
    ids=["cut", "text", "array", "no file"],
)
def test_other_payloads_are_refused(argument: str, says: str) -> None:
    with pytest.raises(CommandError) as refused:
        read_payload(argument)
    assert says in str(refused.value)
