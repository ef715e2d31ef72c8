"""The command line from outside: one line on stderr and exit code 2 when something is wrong."""

from __future__ import annotations

import socket
import sys

import pytest

from goqueue import __version__
from goqueue_cli import main, up
from goqueue_cli.local.ports import find_free_port


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Run the command with these words; the exit code and both outputs."""
    monkeypatch.chdir(tmp_path)

    def run_with(*words: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["goqueue", *words])
        with pytest.raises(SystemExit) as ended:
            main.main()
        return ended.value.code, *capsys.readouterr()

    return run_with


def test_version_is_the_one_of_the_distribution(run):
    assert run("--version") == (0, f"goqueue, version {__version__}\n", "")


def test_without_a_command_the_help_is_shown(run):
    code, out, _ = run()
    assert code == 0
    assert "up" in out


def test_group_without_a_command_shows_its_help(run):
    code, out, err = run("jobs")
    assert (code, err) == (0, "")
    assert "retry" in out


@pytest.mark.parametrize(
    ("command", "missing"),
    [
        ("api", "goqueue[api]"),
        ("worker", "goqueue[worker]"),
        ("scheduler", "goqueue[scheduler]"),
        ("db", "goqueue[stores]"),
    ],
)
def test_service_that_is_not_installed_is_named(run, monkeypatch, command, missing):
    monkeypatch.setattr("goqueue_cli.services.missing_modules", lambda extra: ["redis"])
    assert run(command) == (2, "", f"goqueue: redis not installed: pip install '{missing}'\n")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["down"], id="unknown-command"),
        pytest.param(["up", "--prot", "1"], id="unknown-option"),
        pytest.param(["up", "--port", "99999"], id="port-out-of-range"),
        pytest.param(["up", "--dashboard-port", "0"], id="dashboard-port-out-of-range"),
        pytest.param(["up", "--concurrency", "many"], id="no-number"),
        pytest.param(["up", "extra"], id="extra-word"),
    ],
)
def test_a_wrong_word_is_one_line_and_exit_code_two(run, words):
    code, out, err = run(*words)
    assert (code, out) == (2, "")
    assert err.startswith("goqueue: ")
    assert err.count("\n") == 1


def test_a_taken_port_is_said_before_anything_is_started(run, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = run("up", "--port", str(port))
    assert (code, out) == (2, "")
    assert err == f"goqueue: port {port} is taken: free it, or choose another by --port\n"
    assert not (tmp_path / ".goqueue" / "postgres").exists()


def test_a_taken_port_of_the_dashboard_is_said_before_anything_is_started(run, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, out, err = run("up", "--port", str(find_free_port()), "--dashboard-port", str(port))
    assert (code, out) == (2, "")
    assert err == f"goqueue: port {port} is taken: free it, or choose another by --dashboard-port\n"
    assert not (tmp_path / ".goqueue" / "postgres").exists()


def test_one_port_for_two_is_refused(run):
    port = str(find_free_port())
    _, _, err = run("up", "--port", port, "--dashboard-port", port)
    assert err == f"goqueue: port {port} cannot be of both API and dashboard: choose another by --dashboard-port\n"


def test_an_unreadable_secret_file_is_named(run, monkeypatch):
    monkeypatch.setenv("DATABASE_URL_FILE", "/nowhere")
    assert run("up")[2] == "goqueue: DATABASE_URL_FILE: cannot read /nowhere: No such file or directory\n"


def test_services_that_are_not_installed_are_named(run, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("goqueue_cli.local.stack.require_services.__defaults__", (lambda name: None,))
    code, _, err = run("up")
    assert code == 2
    assert "pip install 'goqueue[api,worker,scheduler,embedded]'" in err


class Recorder:
    """Stands in for the stack and keeps what it was asked for."""

    options = None

    def __init__(self, options, settings, output, interrupts) -> None:
        Recorder.options = options

    def run(self) -> None:
        pass


@pytest.mark.parametrize(
    ("words", "passed_on"),
    [
        ([], ()),
        (["--queues", "a,b", "--processes", "2"], ("--queues", "a,b", "--processes", "2")),
        (["--handlers", "shop"], ("--handlers", "shop", "--app-dir", ".")),
        (["--handlers", "shop", "--app-dir", "src"], ("--handlers", "shop", "--app-dir", "src")),
    ],
    ids=["nothing", "queues", "handlers-from-here", "handlers-elsewhere"],
)
def test_options_of_the_worker_are_passed_on(run, monkeypatch, words, passed_on):
    monkeypatch.setattr(up, "Stack", Recorder)
    assert run("up", *words)[0] == 0
    assert Recorder.options.worker_words == passed_on


@pytest.mark.parametrize(
    ("words", "port"), [([], 3000), (["--dashboard-port", "3001"], 3001), (["--no-dashboard"], None)], ids=str
)
def test_port_of_the_dashboard_is_passed_on(run, monkeypatch, words, port):
    monkeypatch.setattr(up, "Stack", Recorder)
    assert run("up", *words)[0] == 0
    assert Recorder.options.dashboard_port == port


def test_a_file_of_schedules_is_passed_on(run, monkeypatch, tmp_path):
    monkeypatch.setattr(up, "Stack", Recorder)
    (tmp_path / "mine.yaml").write_text("[]")
    assert run("up", "--schedules", "mine.yaml")[0] == 0
    assert (Recorder.options.with_scheduler, Recorder.options.schedules.name) == (True, "mine.yaml")
    assert run("up", "--no-scheduler")[0] == 0
    assert (Recorder.options.with_scheduler, Recorder.options.schedules) == (False, None)
    code, _, err = run("up", "--schedules", "nowhere.yaml")
    assert (code, err.count("\n")) == (2, 1)
    assert "nowhere.yaml" in err


@pytest.mark.parametrize(
    ("word", "says"),
    [("submitt", "did you mean submit?"), ("queue", "did you mean queues?"), ("xyz", "goqueue --help lists them")],
)
def test_a_command_that_there_is_not_leads_to_one_that_there_is(run, word, says):
    code, _, err = run(word)
    assert code == 2
    assert err == f"goqueue: there is no command {word!r}: {says}\n"


def test_a_demo_on_a_taken_port_starts_nothing(run, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, err = run("demo", "--port", str(port))
    assert (code, err) == (2, f"goqueue: port {port} is taken: free it, or choose another by --port\n")
    assert not (tmp_path / ".goqueue").exists()
