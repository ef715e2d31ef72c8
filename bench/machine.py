"""What a measurement ran on, and whether it had that for itself."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any, Final

DISTURBED_CORES: Final = 0.4
"""What others may use of the machine meanwhile: more, and it is measured once more."""


def facts() -> dict[str, Any]:
    """For JSON; Linux only."""
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        "",
    )
    return {
        "cores": os.cpu_count(),
        "cpu": model,
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }
