"""What a handler may say about its job instead of returning a result. Raise one, or return it."""

from __future__ import annotations


class Verdict(Exception):
    """Base of what ends an attempt neither by a result nor by an error."""

    @property
    def reason(self) -> str | None:
        """What the handler said, for the job's `error`."""
        return str(self.args[0]) if self.args else None


class Retry(Verdict):
    """Try again `after` seconds instead of by backoff. It counts as a failure: with no retry left the job fails."""

    def __init__(self, after: float, reason: str | None = None) -> None:
        super().__init__(*([] if reason is None else [reason]))
        self.after = _seconds(after, "Retry(after)")


class Snooze(Verdict):
    """Run again in `seconds`; nothing is counted."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = _seconds(seconds, "Snooze(seconds)")


class Discard(Verdict):
    """Trying again is useless: the job fails now, with `failure_reason` discarded."""

    def __init__(self, reason: str | None = None) -> None:
        super().__init__(*([] if reason is None else [reason]))


class Cancel(Verdict):
    """Nobody wants this job any more: it ends `cancelled`."""

    def __init__(self, reason: str | None = None) -> None:
        super().__init__(*([] if reason is None else [reason]))


def _seconds(value: float, name: str) -> float:
    if not 0 <= value <= 10 * 366 * 86_400:
        raise ValueError(f"{name} wants 0 to ten years in seconds, got {value!r}")
    return float(value)
