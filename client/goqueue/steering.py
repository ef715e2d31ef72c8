"""What operators do by the client: pause queues, limit what runs at once, look at workers and drain them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from goqueue.answers import read_items, read_value
from goqueue.retrying import Repeatable
from goqueue.submission import encode
from goqueue.transport import Request, Transport, path_word
from goqueue.values import QueueInfo
from goqueue.workers import LimitInfo, WorkerInfo

LimitKind = Literal["queue", "type"]


class Steering:
    """The part of Client for operators."""

    _transport: Transport

    def queue(self, name: str) -> QueueInfo:
        """One queue. Raises NotFound."""
        return read_value(QueueInfo.from_json, self._transport.call(Request("GET", _path("queues", name))).document)

    def pause_queue(self, name: str) -> QueueInfo:
        """Have no worker start a job of this queue from within a second on; it may have none yet. Submits go on."""
        return read_value(
            QueueInfo.from_json, self._transport.call(Request("POST", _path("queues", name, "pause"))).document
        )

    def resume_queue(self, name: str) -> QueueInfo:
        """Have workers run its jobs again. Raises NotFound."""
        return read_value(
            QueueInfo.from_json, self._transport.call(Request("POST", _path("queues", name, "resume"))).document
        )

    def limits(self) -> list[LimitInfo]:
        """How many jobs of which queues and types may run at once, and how many do."""
        return read_items(LimitInfo.from_json, self._transport.call(Request("GET", "/limits")))

    def set_limit(self, kind: LimitKind, name: str, max_running: int) -> LimitInfo:
        """Have at most so many jobs of a queue or a type run at once, over all workers."""
        request = Request("PUT", _path("limits", kind, name), body=encode({"max_running": max_running}))
        return read_value(LimitInfo.from_json, self._transport.call(request).document)

    def remove_limit(self, kind: LimitKind, name: str) -> LimitInfo:
        """Take a limit away; returns what it was. Raises NotFound."""
        request = Request("DELETE", _path("limits", kind, name), repeatable=Repeatable.IF_NOT_DONE)
        return read_value(LimitInfo.from_json, self._transport.call(request).document)

    def workers(self, states: str | Iterable[str] = ()) -> list[WorkerInfo]:
        """Worker processes and what each runs, the live ones first.

        states: alive, draining, drained, lost, stopped; by default all but stopped, and of the lost those of the last hour.
        """
        wanted = [states] if isinstance(states, str) else list(states)
        request = Request("GET", "/workers", [("state", state) for state in wanted])
        return read_items(WorkerInfo.from_json, self._transport.call(request))

    def worker(self, worker_id: str) -> WorkerInfo:
        """One of them. Raises NotFound."""
        return read_value(WorkerInfo.from_json, self._transport.call(Request("GET", _path("workers", worker_id))).document)

    def drain_worker(self, worker_id: str) -> WorkerInfo:
        """Have a worker claim nothing more and finish what it runs; for good. Raises NotFound, Conflict (it has ended)."""
        request = Request("POST", _path("workers", worker_id, "drain"))
        return read_value(WorkerInfo.from_json, self._transport.call(request).document)


def _path(*words: str) -> str:
    return "".join(f"/{path_word(word)}" for word in words)
