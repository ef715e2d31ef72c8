"""The group of commands, and what a shell completes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from goqueue_cli.command_group import SECTIONS, CommandGroup
from goqueue_cli.main import cli

NAMES = [name for section in SECTIONS.values() for name in section]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize("name", NAMES)
def test_every_command_is_there_and_says_what_it_does(name: str) -> None:
    command = CommandGroup().get_command(click.Context(cli), name)
    assert command is not None
    assert command.name == name
    assert command.get_short_help_str(90).endswith((".", "wait)."))


def test_help_lists_every_command_under_its_section() -> None:
    help_text = cli.get_help(click.Context(cli, info_name="goqueue"))
    places = [help_text.index(f"\n  {name} ") for name in NAMES]
    assert places == sorted(places)
    assert all(f"{title}:" in help_text for title in SECTIONS)


@pytest.mark.parametrize("words", [["completion", "bash"], ["--version"]], ids=" ".join)
def test_command_loads_nothing_of_what_only_others_need(words: list[str]) -> None:
    code = f"""if True:
        import sys
        from goqueue_cli.main import main
        sys.argv = ["goqueue", *{words}]
        try:
            main()
        finally:
            print("loaded", *sys.modules)
    """
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = answer.stdout.splitlines()[-1].split()
    assert "goqueue_cli.main" in loaded
    assert not {"rich", "requests", "PIL", "goqueue_cli.local"} & set(loaded)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("goqueue jo", {"jobs"}),
        (
            "goqueue jobs ",
            {"list", "count", "show", "logs", "explain", "watch", "retry", "cancel", "run-now", "rerun", "delete"},
        ),
        ("goqueue completion z", {"zsh"}),
    ],
    ids=["command", "subcommand", "choice"],
)
def test_bash_completes(words: str, wanted: set[str]) -> None:
    last = len(words.split(" ")) - 1
    script = f"""
        eval "$(goqueue completion bash)"
        COMP_WORDS=({words}); [[ "{words}" == *" " ]] && COMP_WORDS+=("")
        COMP_CWORD={last} COMP_LINE="{words}" COMP_POINT=${{#COMP_LINE}}
        _goqueue_completion goqueue
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}"}
    answer = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=True)
    assert set(answer.stdout.split()) == wanted


def test_zsh_script_is_for_goqueue() -> None:
    answer = subprocess.run([BIN / "goqueue", "completion", "zsh"], capture_output=True, text=True, check=True)
    assert answer.stdout.startswith("#compdef goqueue\n# To install: ")
    assert "_GOQUEUE_COMPLETE=zsh_complete goqueue" in answer.stdout
