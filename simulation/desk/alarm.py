"""The alarm: the agenda is read whenever somebody asks for work, and by a timer of the engine while somebody is idle."""

from collections.abc import Callable
from math import inf, nextafter, ulp
from typing import Any

from simulation.desk.agenda import CALL, OWNER_WAIT, PATIENCE


class Alarm:
    """Reads a desk's agenda, each entry by what happens at its kind, and sees that none is read late."""

    def __init__(self, desk: Any, happens: dict[int, Callable[[int, float, Any], None]]):
        self.desk, self.env, self.agenda, self._happens = desk, desk.env, desk.agenda, happens
        self._minute = inf

    def read(self, before: float | None = None) -> None:
        """Everything on the agenda up to now, or before a minute, happens in order."""
        agenda, desk = self.agenda, self.desk
        last = self.env.now if before is None else nextafter(before, -inf)
        while agenda.next_minute <= last:
            at, stamp, kind, number, _, concern = agenda.pop()
            desk.turn_to(at, stamp)
            self._happens[kind](number, stamp, concern)
        if desk.dispatch.idle_count:
            self.set()

    def set(self) -> None:
        """While somebody is idle, a timer waits for the next entry of the agenda that still matters."""
        self.agenda.drop_past(_is_past)
        at = self.agenda.next_minute
        if at < self._minute and at < self.desk.horizon.end_minute:
            self._minute = at
            delay = at - self.env.now
            if self.env.now + delay < at:  # rounding must not let it ring before its minute: nobody would set another
                delay += ulp(at)
            self.env.timeout(delay).callbacks.append(self._ring)

    def _ring(self, _: object) -> None:
        if self.env.now >= self._minute:
            self._minute = inf
        if self.env.now >= self.desk.closing:  # what is finished at this closing comes before the next morning
            self.env.timeout(0).callbacks.append(self._wake)
        else:
            self._wake(None)

    def _wake(self, _: object) -> None:
        if self.desk.dispatch.idle_count:
            self.read()


def _is_past(kind: int, concern: Any) -> bool:
    """Whether an entry can no longer change anything: its piece waits no more, or its person is awake."""
    if kind in (PATIENCE, OWNER_WAIT):
        return not concern.is_waiting
    return kind == CALL and concern.triggered
