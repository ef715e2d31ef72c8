from __future__ import annotations

import io
from pathlib import Path

import pytest

from goqueue import ConnectionFailed, Job, Progress, WaitTimeout
from goqueue_cli.errors import CommandError
from goqueue_cli.submit import _wait, read_payload


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
        ('{"a":' * 100_000, "payload is no JSON: maximum recursion depth exceeded"),
    ],
    ids=["cut", "text", "array", "no file", "deep"],
)
def test_other_payloads_are_refused(argument: str, says: str) -> None:
    with pytest.raises(CommandError) as refused:
        read_payload(argument)
    assert says in str(refused.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff"), encoding="utf-8"))
    for argument, place in (("-", "standard input"), (f"@{tmp_path}/a.json", f"{tmp_path}/a.json")):
        with pytest.raises(CommandError, match=f"cannot read {place}: it is no UTF-8"):
            read_payload(argument)


class EndlessJob:
    """A client whose job runs on, with a progress message that rich would take for its own language."""

    def __init__(self, end: BaseException) -> None:
        self._ends = [WaitTimeout(RUNNING, 0.5), end]

    def wait(self, _job_id: str, timeout: float | None = None) -> Job:
        raise self._ends.pop(0)


RUNNING = Job(
    id="7", queue="q", type="a", status="processing", attempts=2, progress=Progress(fraction=0.5, message="[/x] \x1b")
)


@pytest.mark.parametrize("end", [KeyboardInterrupt(), ConnectionFailed("gone")], ids=["interrupted", "api-away"])
def test_wait_that_is_broken_off_tells_the_id(
    end: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("goqueue_cli.submit.is_interactive", lambda: True)
    with pytest.raises(type(end)):
        _wait(EndlessJob(end), RUNNING, None, as_json=False)  # type: ignore[arg-type]
    assert "job 7 was submitted and goes on: goqueue jobs show 7" in capsys.readouterr().err
