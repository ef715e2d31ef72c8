"""CPU and memory of processes and all their descendants, from /proc; Linux only."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

IS_KNOWN = Path("/proc/self/stat").exists()


def seconds(roots: Iterable[int]) -> float:
    """User and system time so far, that of children who have ended and were waited for included."""
    table = _table()
    return sum(table[pid][1] for pid in _family(table, roots)) / os.sysconf("SC_CLK_TCK")


def megabytes(roots: Iterable[int]) -> float:
    """Of memory now; what several share counts once."""
    return sum(map(_proportional_kib, _family(_table(), roots))) / 1000


def machine_seconds() -> float:
    """Of all cores, by everything that runs here and by what the host takes."""
    user, nice, system, _idle, _iowait, irq, softirq, steal = (
        int(ticks) for ticks in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    )
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def descendants(root: int) -> set[int]:
    """Processes that this one has started, and those that they have, itself included."""
    return _family(_table(), [root])


def _family(table: dict[int, tuple[int, int]], roots: Iterable[int]) -> set[int]:
    family = {pid for pid in roots if pid in table}
    while more := {pid for pid, (parent, _) in table.items() if parent in family} - family:
        family |= more
    return family


def _proportional_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _table() -> dict[int, tuple[int, int]]:
    """pid -> (parent, clock ticks)."""
    found = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            found[int(entry)] = (int(fields[1]), sum(map(int, fields[11:15])))
    return found
