"""One fault under load: what goes on before, during and after it, and the row that comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Final

from goqueue import Client
from goqueue_cli.local.processes import wait_until
from tests.faults.loader import Loader
from tests.faults.rig import Rig
from tests.faults.service import Service, children_of
from tests.faults.verdict import Evidence, Expectation, Row, judge
from tests.processes import eventually

_WARM_JOBS: Final = 8
_BACKLOG: Final = 60
_BACKLOG_JOB: Final = {"type": "fault.work", "payload": {"n": -1, "seconds": 0.05}}
_LOAD_AFTER_SECONDS: Final = 1.0
_ACCEPT_AGAIN_SECONDS: Final = 15.0
_DYING_SECONDS: Final = 0.1
"""Until a child has ended whose parent was killed."""


class Injection:
    """A fault that begins, with ids waiting in Redis and jobs in the workers' hands.

    `end` says when it is over, else it is over with its block. `row` is there afterwards.
    """

    def __init__(self, rig: Rig, loader: Loader, expected: Expectation) -> None:
        self.expected = expected
        self.row: Row | None = None
        self._rig = rig
        self._loader = loader
        self._others: dict[str, float] = {}
        self.submit([_BACKLOG_JOB] * _BACKLOG)
        self._completed_before = rig.observer.completed(loader.accepted())
        self._recorded: dict[str, float] = {}
        self._victims: dict[int, float] = {}
        self._began_at = time.monotonic()
        self._ended_at: float | None = None

    @property
    def accepted(self) -> dict[str, float]:
        """Id -> when it was answered with 201, so far."""
        return self._loader.accepted() | self._others

    def submit(self, jobs: Sequence[Mapping[str, object]]) -> list[str]:
        """Submit more, at once; they count with the load. Their ids."""
        with Client(f"http://127.0.0.1:{self._rig.api_port}") as client:
            ids = [job.id for job in client.submit_many(jobs)]
        self._others |= dict.fromkeys(ids, time.monotonic())
        return ids

    def poison(self, job_id: str) -> None:
        """This job must fail as poison."""
        self.expected = replace(self.expected, poison=self.expected.poison | {job_id})

    def end(self) -> None:
        """The fault is over now."""
        self._ended_at = time.monotonic()

    def strike(self, worker: Service, deed: Callable[[], None]) -> None:
        """Kill or pause a worker by `deed`: what it was at may run again, unless Redis has its outcome just after."""
        pids = children_of(worker.pid)
        deed()
        self._victims |= dict.fromkeys(pids, time.monotonic() + _DYING_SECONDS)
        self.note_records()

    def struck(self, victims: Mapping[int, float]) -> None:
        """These processes died (pid -> when) as the fault wants it."""
        self._victims |= victims

    def note_records(self) -> None:
        """Look which outcomes are recorded in Redis now; none of these jobs may run again."""
        recorded = self._rig.observer.recorded()
        self._recorded = dict.fromkeys(recorded, time.monotonic()) | self._recorded

    def load_on(self) -> None:
        """A second of load after the fault, and until a job is accepted again."""
        ended_at = self._ended_at = self._ended_at or time.monotonic()
        wait_until(lambda: any(at > ended_at for at in self._loader.accepted().values()), _ACCEPT_AGAIN_SECONDS)
        time.sleep(max(0.0, ended_at + _LOAD_AFTER_SECONDS - time.monotonic()))

    def evidence(self) -> Evidence:
        """What was seen; call when all has come to rest."""
        effects = self._rig.effects.read()
        ids = self.accepted.keys() | {effect.job_id for effect in effects}
        return Evidence(
            accepted=self.accepted,
            answers=self._loader.answers,
            outcomes=self._rig.observer.outcomes(ids),
            effects=effects,
            began_at=self._began_at,
            ended_at=self._ended_at or self._began_at,
            completed_before=self._completed_before,
            recorded=self._recorded,
            victims=self._victims,
            miscounted=self._rig.observer.miscounted(),
        )


@contextmanager
def injected(rig: Rig, fault: str, expected: Expectation, jobs_per_second: float) -> Iterator[Injection]:
    """The block does the fault and undoes it, under a load of so many jobs; `row` is there after it."""
    rig.make_ready()
    rig.is_sound = False
    rig.effects.mark()
    loader = Loader(rig.api_port, jobs_per_second)
    loader.start()
    try:
        eventually(lambda: len(rig.observer.completed(loader.accepted())) >= _WARM_JOBS, "the load runs")
        injection = Injection(rig, loader, expected)
        yield injection
        injection.load_on()
    finally:
        loader.stop()
    wait_until(lambda: not rig.observer.unfinished(), rig.form.patience, interval_seconds=0.1)
    injection.row = judge(fault, injection.evidence(), injection.expected)
    rig.is_sound = not injection.row.problems
