"""What is done to schedulers and to what they need, one after the other, while schedules fire every second."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from tests.faults.fault_proxy import FaultProxy
from tests.faults.fires import Seen, Strike
from tests.faults.schedulers import Replica, SchedulerRig
from tests.processes import eventually

HANDOVER_SECONDS: Final = 1.0
"""Within which another leads when the leader was asked to end."""
_LEASE_END_SECONDS: Final = 0.5
"""From the end of a lease until another has the lock, on a machine that others use as well."""
_READ_SECONDS: Final = 2.0
"""In which a new leader reads all schedules, and has made the jobs that are due."""
_PAUSE_SECONDS: Final = 8.0
"""Until the API is asked again after it could not be reached: the longest wait for an answer, and the pause after it."""
_ANSWERS_LOST_SECONDS: Final = 3.0
_SCHEDULE: Final = {"catch_up": "all", "catch_up_window": 86_400.0, "catch_up_limit": 10_000, "queue": "instants"}


class ScheduleFaults:
    """Makes the schedules at once. Each method does a fault, undoes it, and returns after its time."""

    def __init__(self, rig: SchedulerRig) -> None:
        self._rig = rig
        self._form = rig.form
        self._strikes: list[Strike] = []
        with rig.client() as client:
            made = [
                client.create_schedule("demo.noop", "* * * * * *", name=f"every-second-{number:02}", **_SCHEDULE)  # type: ignore[arg-type]
                for number in range(self._form.schedules)
            ]
        self._first = {one.name: int(one.due_after.timestamp()) + 1 for one in made if one.due_after is not None}
        assert len(self._first) == self._form.schedules
        self._wait_until_dealt_with(max(self._first.values()) + 1)

    def kill_leader(self) -> None:
        """-9, and another replica starts in its place, as a supervisor would have it."""

        def deed(leader: Replica) -> None:
            leader.service.kill()
            self._rig.replace(leader)

        self._strike_leader("leader killed -9", deed)

    def pause_leader(self) -> None:
        """It stands still for longer than its lease, and does not know of it when it goes on."""

        def deed(leader: Replica) -> None:
            leader.service.pause()
            time.sleep(self._form.longer_than_lease)
            leader.service.resume()

        self._strike_leader("leader stands still", deed)

    def refuse_leader(self) -> None:
        """Redis refuses it alone."""
        self._cut_off("leader refused by Redis", FaultProxy.refuse)

    def silence_leader(self) -> None:
        """It hears nothing more of Redis, nor Redis of it."""
        self._cut_off("leader hears nothing of Redis", FaultProxy.black_hole)

    def end_leader(self) -> None:
        """SIGTERM, and another replica starts in its place."""

        def deed(leader: Replica) -> None:
            assert leader.service.stop() == 0
            self._rig.replace(leader)

        self._strike_leader("leader ended by SIGTERM", deed, leads_within=HANDOVER_SECONDS)

    def restart_redis(self) -> None:
        """Killed, and started again at once."""
        began_at = time.time()
        self._rig.stores.valkey.kill()
        self._rig.stores.valkey.start()
        self._struck("Redis killed -9 + restart", began_at, _READ_SECONDS)

    def take_redis_away(self) -> None:
        """For longer than a lease: every replica fires."""
        began_at = time.time()
        self._rig.stores.valkey.kill()
        eventually(lambda: set(self._rig.roles()) == {"alone"}, "every replica fires", self._form.longer_than_lease + 5.0)
        time.sleep(max(0.0, began_at + self._form.longer_than_lease + 2.0 - time.time()))
        self._rig.stores.valkey.start()
        self._struck("Redis away, every replica fires", began_at, self._form.lease + _READ_SECONDS)

    def restart_api(self, away: float = 0.0) -> None:
        """Killed, and started again, after so many seconds."""
        began_at = time.time()
        self._rig.api.kill()
        time.sleep(away)
        self._rig.start_api()
        fault = f"API away {away:g} s" if away else "API killed -9 + restart"
        self._struck(fault, began_at, time.time() - began_at + _PAUSE_SECONDS)

    def lose_answers(self) -> None:
        """What the leader asks of the API is done, but it hears nothing of it, and asks again."""
        leader = self._rig.leader()
        began_at = time.time()
        leader.api.lose_replies()
        time.sleep(_ANSWERS_LOST_SECONDS)
        leader.api.heal()
        self._struck("API's answers to the leader lost", began_at, _ANSWERS_LOST_SECONDS + _PAUSE_SECONDS)

    def restart_postgres(self) -> None:
        """Stopped, and started again at once."""
        began_at = time.time()
        self._rig.stores.postgres.stop()
        self._rig.stores.postgres.start()
        self._struck("PostgreSQL restarted", began_at, time.time() - began_at + _PAUSE_SECONDS)

    def end(self) -> Seen:
        """Let everything due until now be fired, have all replicas end, and look."""
        self._rig.wait_until_settled()
        until = int(time.time())
        self._wait_until_dealt_with(until)
        assert set(self._rig.stop_replicas()) == {0}
        return Seen(
            first=self._first,
            until=until,
            runs=self._rig.observer.runs(),
            jobs=self._rig.observer.jobs_of_instants(),
            said=self._rig.said(),
            strikes=self._strikes,
        )

    def _cut_off(self, fault: str, cut: Callable[[FaultProxy], None]) -> None:
        def deed(leader: Replica) -> None:
            cut(leader.redis)
            time.sleep(self._form.longer_than_lease)
            leader.redis.heal()

        self._strike_leader(fault, deed)

    def _strike_leader(self, fault: str, deed: Callable[[Replica], None], leads_within: float | None = None) -> None:
        leader = self._rig.leader()
        within = leads_within or self._form.lease + _LEASE_END_SECONDS
        began_at = time.time()
        deed(leader)
        self._struck(fault, began_at, within + _READ_SECONDS, victim=leader.name, leads_within=within)

    def _struck(
        self, fault: str, began_at: float, late_by: float, victim: str | None = None, leads_within: float | None = None
    ) -> None:
        self._strikes.append(Strike(fault=fault, at=began_at, late_by=late_by, victim=victim, leads_within=leads_within))
        time.sleep(max(0.0, began_at + self._form.period - time.time()))
        self._rig.wait_until_settled()

    def _wait_until_dealt_with(self, second: int) -> None:
        eventually(lambda: self._rig.observer.slowest_schedule() >= second, "all that was due has been fired", 60.0)
