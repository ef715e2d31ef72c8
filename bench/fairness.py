"""Whether short jobs wait behind long ones: their way from the POST to the handler with one free thread, and with all."""

from __future__ import annotations

import argparse
import http.client
import json
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from rich.console import Console
from rich.table import Table

from bench import stack, throughput
from bench.latency import percentile
from bench.targets import Target, said, shown, table
from goqueue import Client, JobRequest, WrongStatus
from goqueue_common.database import Database

_LONG_SECONDS: Final = 10.0
_WARM_SECONDS: Final = 1.0
_BATCHES: Final = 3
"""One after the other: which process claims how much of one is chance."""
_TIMES: Final = 2.0
"""What the p99 may be of that without the long ones."""
_LEAST_LONG: Final = 0.98
"""Of the long jobs must run all the time; a little is lost while one takes another's place."""
_COLUMNS: Final = {"p50_ms": "p50 ms", "p99_ms": "p99 ms", "max_ms": "slowest ms", "long_running": "long ones running"}
Figures = dict[str, Any]
Posted = dict[bytes, float]
"""Id of a short job -> when its POST began."""


@dataclass(frozen=True, slots=True)
class _Site:
    """Servers with an API, which the workers of all cases use one after the other."""

    servers: stack.Servers
    database: Database
    client: Client
    url: str
    options: argparse.Namespace

    def runs(self) -> dict[bytes, list[float]]:
        """Id -> when its handler wrote a record: a short one as it starts, a long one also as it ends."""
        found: dict[bytes, list[float]] = {}
        for raw, at in self.servers.records():
            found.setdefault(raw, []).append(at)
        return found


@dataclass(frozen=True, slots=True)
class _Case:
    """One way to submit short jobs to one worker, so many times. long: how many threads have long ones."""

    text: str
    submit: Callable[[_Site, int], Posted]
    turns: int
    long: int
    processes: int
    threads: int


@dataclass(frozen=True, slots=True)
class _Turn:
    """waits: seconds of each short job; long_running: how many long ones ran meanwhile, on average; once: each job did."""

    waits: list[float]
    long_running: float
    once: bool


def add_arguments(command: argparse.ArgumentParser, positive: Callable[[str], int]) -> None:
    """positive: reads a number from 1."""
    command.add_argument("--rate", type=positive, default=50, help="short jobs a second, one by one; default 50")
    command.add_argument("--seconds", type=positive, default=10, help="of these; default 10")
    command.add_argument("--batch", type=positive, default=100, help="short jobs of one request; default 100")
    command.add_argument("--processes", type=positive, default=2, help="of the worker; default 2")
    command.add_argument("--threads", type=positive, default=8, help="in each; default 8")
    command.add_argument("--rounds", type=positive, default=3, help="each on new servers; default 3")
    command.add_argument("--json", action="store_true", help="all rounds, as JSON")


def main(options: argparse.Namespace) -> int:
    """0: short jobs hardly wait for long ones, and each ran once; 1: not so."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs is stopped
    cases, console = _cases(options), Console(stderr=True)
    found: list[Figures] = []
    for number in range(1, options.rounds + 1):
        turn = list(cases) if number % 2 else list(reversed(cases))
        with _site(options) as site:
            for name in turn:
                figures = _measured(site, cases[name])
                console.print(f"round {number}: {cases[name].text}: {said(figures)}", highlight=False, soft_wrap=True)
                found.append({"case": name, "round": number, **figures})
    reached = targets(found, (options.processes * options.threads - 1) * _LEAST_LONG)
    if options.json:
        sizes = {name: getattr(options, name) for name in ("rate", "seconds", "batch", "processes", "threads")}
        document = {"command": "fairness", **sizes, "cases": found, "targets": [target.document() for target in reached]}
        print(json.dumps(document, indent=2))
    else:
        screen = Console(width=None if sys.stdout.isatty() else 100)
        screen.print(_case_table(cases, found))
        screen.print(table(reached))
    return 0 if all(target.met for target in reached) else 1


def targets(found: Sequence[Figures], least_long: float) -> list[Target]:
    """Of medians. least_long: so many long jobs must have run on average, or nothing was measured."""
    long_running = min(one["long_running"] for one in found if one["case"] == "stream_beside")
    return [
        Target(
            "p99 beside long ones, by that without", _times(found, "stream_beside", "stream_alone"), _TIMES, at_most=True
        ),
        Target(
            "p99 in a batch with them, by that of one thread",
            _times(found, "batch_beside", "batch_one"),
            _TIMES,
            at_most=True,
        ),
        Target("long ones running meanwhile", long_running, least_long),
        Target("share of measurements in which each job ran once", sum(one["once"] for one in found) / len(found), 1),
    ]


def _times(found: Sequence[Figures], case: str, other: str) -> float:
    return _median(found, case, "p99_ms") / _median(found, other, "p99_ms")


def _median(found: Sequence[Figures], case: str, figure: str) -> float:
    return float(statistics.median(one[figure] for one in found if one["case"] == case))


def _cases(options: argparse.Namespace) -> dict[str, _Case]:
    """A batch on one thread says what the long ones cost beyond the threads that they take."""
    size = (options.processes, options.threads)
    long = options.processes * options.threads - 1
    return {
        "stream_alone": _Case("one by one", _one_by_one, 1, 0, *size),
        "stream_beside": _Case(f"one by one, {long} long ones run", _one_by_one, 1, long, *size),
        "batch_alone": _Case("a batch", _batch, _BATCHES, 0, *size),
        "batch_one": _Case("a batch, one thread", _batch, _BATCHES, 0, 1, 1),
        "batch_beside": _Case(f"a batch, {long} long ones at its head", _batch, _BATCHES, long, *size),
    }


@contextmanager
def _site(options: argparse.Namespace) -> Iterator[_Site]:
    with (
        tempfile.TemporaryDirectory() as folder,
        stack.servers(Path(folder)) as servers,
        throughput.opened(servers) as database,
        stack.api({**servers.environment, "GOQUEUE_LOG_LEVEL": "error"}) as url,
        Client(url) as client,
    ):
        yield _Site(servers, database, client, url, options)


def _measured(site: _Site, case: _Case) -> Figures:
    """On a worker of its own."""
    sizes = ("--processes", str(case.processes), "--concurrency", str(case.processes * case.threads))
    with stack.process(site.servers.environment, *stack.WORKER, *sizes):
        turns = [_turn(site, case) for _ in range(case.turns)]
    waits = sorted(wait * 1000 for turn in turns for wait in turn.waits)
    return {
        "p50_ms": percentile(waits, 0.5),
        "p99_ms": percentile(waits, 0.99),
        "max_ms": waits[-1],
        "long_running": statistics.mean(turn.long_running for turn in turns),
        "once": float(all(turn.once for turn in turns)),
    }


def _turn(site: _Site, case: _Case) -> _Turn:
    """Warm before: the worker has learned how short the short ones are, and claims ahead."""
    before = site.runs()
    warm = _stream(site, _WARM_SECONDS)
    stack.until(lambda: warm.keys() <= site.runs().keys())
    posted = case.submit(site, case.long)
    stack.until(lambda: posted.keys() <= site.runs().keys())
    stack.until(lambda: _has_ended(site))
    runs = site.runs()
    short = {raw: runs[raw] for raw in posted}
    long = [spans for raw, spans in runs.items() if raw not in before | warm | posted]
    first, last = min(posted.values()), max(spans[0] for spans in short.values())
    return _Turn(
        waits=[spans[0] - posted[raw] for raw, spans in short.items()],
        long_running=sum(_overlap(spans, first, last) for spans in long) / (last - first),
        once=all(len(spans) == 1 for spans in short.values())
        and all(len(spans) == 2 for spans in long)
        and len(long) >= case.long,
    )


def _overlap(spans: Sequence[float], first: float, last: float) -> float:
    """Seconds of that time in which a long job ran."""
    return max(0.0, min(spans[-1], last) - max(spans[0], first))


def _has_ended(site: _Site) -> bool:
    """Whether nothing is left; cancels what is. Again and again: a long job that ends just now submits the next."""
    for job in site.client.jobs(type="bench.long", status=["queued", "processing"]):
        with suppress(WrongStatus):
            site.client.cancel(job.id)
    return not throughput.unfinished(site.database)


def _one_by_one(site: _Site, long: int) -> Posted:
    """The long ones run first, and end one after the other: each is followed by another, so as many run all the time."""
    ids = {
        UUID(job.id).bytes
        for job in site.client.submit_many(
            JobRequest("bench.long", {"seconds": _LONG_SECONDS * (number + 1) / long}) for number in range(long)
        )
    }
    stack.until(lambda: ids <= site.runs().keys())
    return _stream(site, site.options.seconds)


def _stream(site: _Site, seconds: float) -> Posted:
    """One by one over one connection, at the rate; later than that only if an answer takes longer."""
    connection = http.client.HTTPConnection(site.url.removeprefix("http://"))
    body = json.dumps({"type": "bench.brief", "payload": stack.PAYLOAD})
    posted: Posted = {}
    first = time.monotonic()
    for number in range(int(seconds * site.options.rate)):
        time.sleep(max(0.0, first + number / site.options.rate - time.monotonic()))
        began = time.time()
        connection.request("POST", "/jobs", body, {"Content-Type": "application/json"})
        posted[UUID(json.loads(connection.getresponse().read())["id"]).bytes] = began
    connection.close()
    return posted


def _batch(site: _Site, long: int) -> Posted:
    """All by one request, the long ones before the short ones: who claims them together has short ones behind long ones."""
    jobs = [JobRequest("bench.long", {"seconds": _LONG_SECONDS})] * long
    began = time.time()
    submitted = site.client.submit_many([*jobs, *[JobRequest("bench.brief", stack.PAYLOAD)] * site.options.batch])
    return {UUID(job.id).bytes: began for job in submitted[long:]}


def _case_table(cases: Mapping[str, _Case], found: Sequence[Figures]) -> Table:
    """Medians."""
    drawn = Table("short jobs submitted", box=None, pad_edge=False)
    for title in _COLUMNS.values():
        drawn.add_column(title, justify="right")
    for name, case in cases.items():
        drawn.add_row(case.text, *(shown(_median(found, name, figure)) for figure in _COLUMNS))
    return drawn
