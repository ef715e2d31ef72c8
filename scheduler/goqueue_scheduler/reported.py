"""A loop whose unexpected errors are reported, where reports are on."""

from __future__ import annotations

from goqueue_common.background.runner import Stepper
from goqueue_common.telemetry.telemetry import Telemetry


class Reported:
    """`step` is that of the loop; its runner logs what it raises, and goes on."""

    def __init__(self, loop: Stepper, telemetry: Telemetry) -> None:
        self._loop = loop
        self._telemetry = telemetry

    def step(self) -> float:
        """See Stepper."""
        try:
            return self._loop.step()
        except Exception as error:
            if self._telemetry.error_reports is not None:
                self._telemetry.error_reports.report(error)
            raise
