"""What a stream is about: the values of `topics=`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple
from uuid import UUID

from goqueue_common.live_events import Topic

STATS: Final = "stats"
JOB_PREFIX: Final = "job:"
MOST_TOPICS: Final = 20
NAMES: Final = (STATS, *map(str, Topic))
"""Topics that are wanted by their name alone."""


class Topics(NamedTuple):
    """shared: those of the stream in Redis; jobs: ids of single jobs."""

    shared: frozenset[str]
    stats: bool
    jobs: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """As they are written in `topics=`, each once."""
        return sorted([*self.shared, *([STATS] if self.stats else []), *(f"{JOB_PREFIX}{job_id}" for job_id in self.jobs)])


def read_topics(values: Sequence[str]) -> Topics:
    """Raises ValueError with a sentence that says what is wrong."""
    names = set(values)
    unknown = sorted(name for name in names if name not in NAMES and not name.startswith(JOB_PREFIX))
    if unknown:
        raise ValueError(f"{unknown[0]!r:.80} is no topic: choose of {', '.join(NAMES)}, and {JOB_PREFIX}<id> for one job")
    if not names:
        raise ValueError(f"is missing: choose of {', '.join(NAMES)}, and {JOB_PREFIX}<id> for one job")
    jobs = {_job_id(name.removeprefix(JOB_PREFIX)) for name in names if name.startswith(JOB_PREFIX)}
    if len(values) > MOST_TOPICS:
        raise ValueError(f"{len(values)} topics are too many: {MOST_TOPICS} at most")
    return Topics(frozenset(names & {str(topic) for topic in Topic}), STATS in names, tuple(sorted(jobs)))


def of_job(job_id: str) -> Topics:
    """One job alone."""
    return Topics(frozenset(), stats=False, jobs=(job_id,))


def _job_id(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError as error:
        raise ValueError(
            f"{text!r:.80} is no job id: after {JOB_PREFIX} comes a UUID, as POST /jobs answered it"
        ) from error
