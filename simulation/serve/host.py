"""The host of a drill: the session, who sits where, the process that keeps the tables, and what the wall shows.

The host itself holds no table: what teams say goes into the store at once, and what their desks show comes as outlooks from
one worker process, which is replaced when it dies. So pages are answered while a turn is played.
"""

import asyncio
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from time import time
from typing import Any

from playbook.errors import InputError
from simulation.drill import outlook as tables
from simulation.drill.outlook import Outlook
from simulation.drill.session import Session, open_session
from simulation.drill.store import Store
from simulation.serve.attempts import Attempts
from simulation.serve.debriefing import Debriefing
from simulation.serve.seats import Seat, Seats
from simulation.study.replicate import process_pool

MOST_TIMER_MINUTES = 480


@dataclass
class Host:
    """A session that is being served."""

    session: Session
    seats: Seats
    debriefing: Debriefing
    address: str = ""  # that players type
    attempts: Attempts = field(default_factory=Attempts)
    pool: ProcessPoolExecutor | None = None  # of one process, which keeps the tables
    _seen: tuple[Any, Outlook] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def store(self) -> Path:
        """The file of the sessions."""
        return self.session.store.path

    # Seats.

    def join(self, code: str, member: str) -> str:
        """Sit down where a code says; returns the browser's token."""
        seat = self.seats.offered(code)
        member = seat.member or " ".join(member.split())
        self._take_in(seat, member)
        return self.seats.take(seat, member)

    def _take_in(self, seat: Seat, member: str) -> None:
        """The session knows that this member sits in the seat's role."""
        team = self.session.refresh().state.teams.get(seat.team)
        if team is None or member not in team.members:
            self.session.join(seat.team, member, seat.role)

    def role_of(self, seat: Seat) -> str | None:
        """The role of a seat in the turn ahead, None where it has all of them. Asked by the session's own events, so that a
        joining that was undone shows nothing."""
        teams = self.session.refresh().state.teams
        if seat.team not in teams or seat.member not in teams[seat.team].members:
            raise InputError("the facilitator has undone your joining; ask for a new code")
        return self.session.role_of(seat.team, seat.member)

    # What the tables show.

    async def outlook(self) -> Outlook:
        """What the tables show now; worked out once for each state of the session that they depend on."""
        key = self._key()
        if self._seen is None or self._seen[0] != key:
            found = await self._work(tables.outlook, self.store, self.session.name)
            self.session.refresh()
            self._seen = (key, found)
        return self._seen[1]

    async def resolve(self, is_forced: bool) -> None:
        """Play the turn ahead in the worker; one at a time, and twice at once plays one turn."""
        turn = self.session.refresh().state.turn
        async with self._turn:
            if self.session.refresh().state.turn != turn:
                return
            found = await self._work(tables.resolve, self.store, self.session.name, is_forced)
            self.session.refresh()
            self._seen = (self._key(), found)
        self.stop_timer()

    def _key(self) -> Any:
        """What outlooks depend on: what was played, who plays, and what the trainer has directed."""
        state = self.session.refresh().state
        played = [each.number for each in state.taken if each.kind == "resolved"]
        return played, list(state.teams), dict(state.directions), list(state.improvised)

    async def _work(self, function: Any, *words: Any) -> Any:
        """The result of a call in the worker, made again once where the worker has died."""
        for is_last in (False, True):
            self.pool = self.pool or process_pool(1)
            try:
                return await asyncio.get_running_loop().run_in_executor(self.pool, partial(function, *words))
            except BrokenProcessPool:
                self.pool = None
                if is_last:
                    raise
        raise AssertionError("unreachable")

    # The wall.

    def start_timer(self, minutes: float) -> None:
        """Count down on every page; advisory, nothing happens at its end."""
        if not 0 < minutes <= MOST_TIMER_MINUTES:
            raise InputError(f"{minutes:g} minutes: a timer runs for up to {MOST_TIMER_MINUTES}")
        self.show("timer_until", time() + 60 * minutes)

    def stop_timer(self) -> None:
        """Count no more."""
        if self.seats.wall.get("timer_until"):
            self.show("timer_until", 0)

    def seconds_left(self) -> int | None:
        """Of the timer; None where none runs."""
        until = self.seats.wall.get("timer_until")
        return max(0, int(until - time())) if until else None

    def show(self, what: str, value: Any) -> None:
        """Put something on the wall: timer_until, is_score_shown, is_debrief_shown."""
        self.seats.wall[what] = value
        self.seats.keep()

    def is_shown(self, what: str, by_itself: bool = False) -> bool:
        """Whether the facilitator has put something on the wall."""
        return bool(self.seats.wall.get(what, by_itself))

    def close(self) -> None:
        """End the worker and what is being worked out."""
        self.debriefing.stop()
        if self.pool:
            self.pool.shutdown(wait=False, cancel_futures=True)


def host_of(store: Store, what: str, name: str | None, seed: int | None, teams: list[str]) -> Host:
    """A host of a session that there is, or of a new one of a drill; each of `teams` that is not there yet gets a seat."""
    known = store.sessions()
    if name is None and what in known:
        session = Session(store, what)
    elif name in known:
        raise InputError(f"there is a session {name!r} already; serve it by its name")
    else:
        session = open_session(store, what, name or _free(Path(what).stem, known), seed)
    beside = store.path.parent / f"{store.path.stem}-{session.name}"
    seats = Seats.of(beside.with_name(beside.name + ".seats.json"))
    for team in dict.fromkeys(teams):
        if team not in session.state.teams and team not in {each.team for each in seats.seats}:
            seats.add(team)
    return Host(session, seats, Debriefing(store.path, session.name, beside))


def _free(stem: str, known: list[str]) -> str:
    """The first of outage-1, outage-2, ... that no session has."""
    return next(found for number in count(1) if (found := f"{stem}-{number}") not in known)
