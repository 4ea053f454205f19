"""Outlooks: what a session's tables have to show before the turn ahead, as plain data that travels between processes.

Tables cannot be copied, so one process keeps them and answers with outlooks; a server that shows pages holds no table. An
outlook holds spoilers: whoever shows it to players picks out what is theirs.
"""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from simulation.drill.session import Session
from simulation.drill.store import Store
from simulation.drill.table import Table, Turn


@dataclass(frozen=True)
class TeamOutlook:
    """What a team's table shows: boards by role before each turn up to the one ahead, news by role, the points it stands at
    more than the policy that moves nothing."""

    boards: dict[str, list[list[dict[str, Any]]]]
    news: dict[str, list[dict[str, Any]]]
    ahead_of_nothing: float


@dataclass(frozen=True)
class Outlook:
    """What all tables show, and the injects that lie ahead (spoilers)."""

    turn: int
    teams: dict[str, TeamOutlook]
    injects_ahead: list[dict[str, Any]]


@dataclass
class Tables:
    """A session with its tables kept alive, and one table at which nothing is moved."""

    session: Session
    nothing: Table | None = None
    played: list[Turn] = field(default_factory=list)

    def outlook(self) -> Outlook:
        """What the tables show now."""
        session = self.session.refresh()
        turn, by_nothing = session.state.turn, self._points_of_nothing()
        return Outlook(
            turn, {name: self._team(name, by_nothing) for name in session.state.teams}, session.injects_ahead()
        )

    def _team(self, name: str, by_nothing: float) -> TeamOutlook:
        session, roles = self.session, list(self.session.drill.roles)
        turns = range(1, session.state.turn + 1)
        return TeamOutlook(
            {role: [session.board(name, role, turn) for turn in turns] for role in roles},
            {role: session.news(name, role) for role in roles},
            session.table(name).points() - by_nothing,
        )

    def _points_of_nothing(self) -> float:
        """The points of the table at which nothing is moved, played as far as the teams are."""
        session = self.session
        if not session.state.teams:
            return 0.0
        turns = [replace(each, moves={}) for each in session.state.turns_of(next(iter(session.state.teams)))]
        if self.nothing is None or self.played != turns[: len(self.played)]:
            self.nothing, self.played = Table(session.stage, session.seed), []
        for each in turns[len(self.played) :]:
            self.nothing.play(each)
            self.played.append(each)
        return self.nothing.points()


@lru_cache(maxsize=2)
def tables(store: Path, name: str) -> Tables:
    """The tables that this process keeps for a session."""
    return Tables(Session(Store(store), name))


def outlook(store: Path, name: str) -> Outlook:
    """What a session's tables show, from the process that keeps them."""
    return tables(store, name).outlook()


def resolve(store: Path, name: str, is_forced: bool) -> Outlook:
    """The turn ahead played in the process that keeps the tables; what they show then."""
    kept = tables(store, name)
    kept.session.resolve(is_forced)
    return kept.outlook()
