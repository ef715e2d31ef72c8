from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from goqueue_scheduler.schedule_file import default_file
from goqueue_scheduler.schedule_file.check import main

SEVERAL = """\
- {name: nightly, type: a, cron: "30 2 * * *", timezone: Europe/Berlin}
- {type: b, queue: some, cron: "@hourly", paused: true}
- {type: c, cron: "@hourly", ends_at: 2020-01-01T00:00:00Z}
"""


@pytest.fixture
def several(tmp_path):
    file = tmp_path / "schedules.yaml"
    file.write_text(SEVERAL)
    return str(file)


@pytest.fixture
def wrong(tmp_path):
    file = tmp_path / "schedules.yaml"
    file.write_text("- {type: a, cron: '0 25 * * *', queu: x}\n- {cron: '@daily'}\n")
    return str(file)


def test_table_says_when_each_runs(several, capsys):
    assert main([several]) == 0
    shown = capsys.readouterr()
    header, nightly, paused, over, empty, count = shown.out.splitlines()
    assert header.split("  ")[0] == "NAME"
    assert header.index("CRON") == nightly.index("30 2 * * *") == paused.index("@hourly")
    assert "At 02:30 every day" in nightly
    assert nightly.rstrip().endswith(("02:30:00 +0100", "02:30:00 +0200", "03:00:00 +0200"))
    assert paused.endswith("paused")
    assert over.endswith("never again")
    assert (empty, count, shown.err) == ("", "3 schedules, no errors", "")


def test_one_schedule_is_counted_in_the_singular(tmp_path, capsys):
    (tmp_path / "one.yaml").write_text("- {type: a, cron: '@daily'}")
    (tmp_path / "none.yaml").write_text("[]")
    assert main([str(tmp_path / "one.yaml")]) == main([str(tmp_path / "none.yaml")]) == 0
    assert "1 schedule, no errors\n0 schedules, no errors\n" in capsys.readouterr().out


def test_errors_are_one_a_line_on_stderr_and_the_code_is_2(wrong, capsys):
    assert main([wrong]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert [line.removeprefix(f"{wrong}, ").partition(":")[0] for line in shown.err.splitlines()] == [
        "line 1, a, cron",
        "line 1, a, queu",
        "line 2, entry 2, type",
    ]


def test_json_has_the_schedules(several, capsys):
    assert main(["--json", several]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["problems"] == []
    nightly, paused, over = document["schedules"]
    assert nightly["words"] == "At 02:30 every day"
    assert datetime.fromisoformat(nightly["next_at"]) > datetime.now(UTC)
    assert (paused["paused"], paused["next_at"], over["next_at"]) == (True, None, None)
    assert over["ends_at"] == "2020-01-01T00:00:00Z"


def test_json_has_the_errors(wrong, capsys):
    assert main([wrong, "--json"]) == 2
    shown = capsys.readouterr()
    assert shown.err == ""
    first = json.loads(shown.out)["problems"][0]
    assert (first["line"], first["column"], first["entry"], first["field"]) == (1, 19, "a", "cron")


def test_process_that_checks_a_file_ends_with_the_code(wrong):
    command = [sys.executable, "-P", "-m", "goqueue_scheduler.schedule_file"]
    good = subprocess.run([*command, str(default_file())], check=False, capture_output=True, text=True)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.endswith("2 schedules, no errors\n")
    bad = subprocess.run([*command, wrong], check=False, capture_output=True, text=True)
    assert (bad.returncode, bad.stdout, len(bad.stderr.splitlines())) == (2, "", 3)
    odd = subprocess.run([*command, b"caf\xe9.yaml"], check=False, capture_output=True)
    assert (odd.returncode, b"Traceback" in odd.stderr) == (2, False)


def test_whoever_reads_no_more_changes_nothing(wrong):
    command = [sys.executable, "-m", "goqueue_scheduler.schedule_file", wrong, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        process.stdout.close()
        assert (process.wait(timeout=30), process.stderr.read()) == (2, "")


def test_a_disk_that_is_full_is_told_in_one_line(several):
    command = [sys.executable, "-m", "goqueue_scheduler.schedule_file", several]
    with open("/dev/full", "w") as full:
        refused = subprocess.run(command, check=False, stdout=full, stderr=subprocess.PIPE, text=True)
    assert (refused.returncode, refused.stderr) == (2, "No space left on device\n")
