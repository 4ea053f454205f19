"""State: what the events of a session amount to, by replay; every rule of who may do what when stands here."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from playbook.errors import InputError, did_you_mean
from simulation.drill.check import check_inject, named_drill
from simulation.drill.drill_file import NOTHING, Drill
from simulation.drill.events import OF_A_TEAM, Event
from simulation.drill.jury import jury_criteria
from simulation.drill.levers import Levers
from simulation.drill.table import Turn

MOST_TEAMS = 24
MARKS = {True: (1, 10), False: (1, 5)}  # lowest and highest, of the jury and of an observer


@dataclass
class Team:
    """A team by its name: who sits where, which robot plays it, and what it has said turn by turn."""

    name: str
    members: dict[str, str | None] = field(default_factory=dict)  # member: role taken at the beginning
    robot: str | None = None
    moves: dict[int, dict[str, str]] = field(default_factory=dict)
    predictions: dict[int, dict[str, Any]] = field(default_factory=dict)
    locked: set[int] = field(default_factory=set)
    levers: Levers | None = None  # as they stand before the turn ahead
    ratings: list[dict[str, Any]] = field(default_factory=list)


class State:
    """A session as it stands. `take` an event to bring it further; InputError where the event is not allowed."""

    def __init__(self) -> None:
        self.drill: Drill | None = None
        self.opened: dict[str, Any] = {}
        self.teams: dict[str, Team] = {}
        self.turn = 1
        self.directions: dict[str, int | None] = {}
        self.improvised: dict[str, Any] = {}
        self.boards: list[dict[str, str]] = []
        self.notes: list[tuple[str, int, str]] = []
        self.promised: list[dict[str, Any]] = []
        self.taken: list[Event] = []  # what counts, in order
        self._turn_inputs: dict[str, list[Turn]] = {}

    @classmethod
    def of(cls, events: Iterable[Event]) -> "State":
        """The state after these events; those that were undone are left out, which is what undoing means."""
        state = cls()
        for each in events:
            state = state.after(each)
        return state

    def after(self, event: Event) -> "State":
        """The state one event later: this one brought further, or, where something is undone, one made anew without it."""
        if event.kind != "undone":
            return self.take(event)
        number = event.read().number
        if self.undoable(event.team) != number:
            raise InputError(f"event {number} cannot be undone: {self._what_can_be_undone(event.team)}")
        return State.of(each for each in self.taken if each.number != number)

    def undoable(self, team: str = "") -> int | None:
        """The number of the event that may be undone now: the last of all for the trainer (no team), a team's own last one
        since the last turn was played; None where there is none."""
        for each in reversed(self.taken):
            if each.kind == "opened" or (team and each.kind == "resolved"):
                return None
            if not team or each.team == team:
                return each.number
        return None

    def _what_can_be_undone(self, team: str) -> str:
        number = self.undoable(team)
        return "there is nothing to undo" if number is None else f"the last one is event {number}"

    def take(self, event: Event) -> "State":
        """The same state one event further."""
        body = event.read()
        if (self.drill is None) != (event.kind == "opened"):
            raise InputError("a session begins with its opening, once")
        if event.kind in OF_A_TEAM and not event.team:
            raise InputError(f"{event.kind}: the team's name is missing")
        getattr(self, f"_{event.kind}")(event.team, body)
        self.taken.append(event)
        return self

    @property
    def is_over(self) -> bool:
        """Whether all turns have been played."""
        return self.drill is not None and self.turn > self.drill.turns

    def team(self, name: str) -> Team:
        """The team of that name; InputError offers the nearest."""
        if name not in self.teams:
            raise InputError(f"unknown team {name!r:.80}{did_you_mean(name, self.teams)}")
        return self.teams[name]

    def role_of(self, team: str, member: str) -> str | None:
        """The role in which a member sits in the turn ahead: roles go round before the turns that the drill names."""
        own = self.team(team).members.get(member)
        if own is None:
            return None
        roles = list(self.drill.roles)
        swaps = sum(turn <= self.turn for turn in self.drill.swap_before_turns)
        return roles[(roles.index(own) + swaps) % len(roles)]

    def turn_of(self, team: str) -> Turn:
        """What a team and the trainer have put into the turn ahead so far."""
        return Turn(dict(self.teams[team].moves.get(self.turn, {})), dict(self.directions), dict(self.improvised))

    def turns_of(self, team: str) -> list[Turn]:
        """What went into each turn that was played."""
        self.team(team)
        return list(self._turn_inputs.get(team, []))

    def not_locked(self) -> list[str]:
        """The teams that have not decided for the turn ahead; robots always have."""
        return [name for name, team in self.teams.items() if self.turn not in team.locked and not team.robot]

    def not_marked(self) -> list[str]:
        """The teams whose plan the jury has not marked."""
        return [name for name, team in self.teams.items() if not any(each["is_jury"] for each in team.ratings)]

    # One function an event.

    def _opened(self, _: str, body: Any) -> None:
        self.drill = _drill(body.text, body.drill)
        self.opened = body.model_dump()

    def _joined(self, name: str, body: Any) -> None:
        _check_name(name)
        is_new = name not in self.teams
        if is_new and self.turn > 1:
            raise InputError(f"{name}: a team joins before the first turn is played")
        if is_new and len(self.teams) >= MOST_TEAMS:
            raise InputError(f"{name}: a session has room for {MOST_TEAMS} teams")
        if body.role is not None and body.role not in self.drill.roles:
            raise InputError(f"unknown role {body.role!r}{did_you_mean(body.role, self.drill.roles)}")
        if body.robot is not None and body.robot not in (*self.drill.robots, NOTHING):
            raise InputError(f"unknown robot {body.robot!r}{did_you_mean(body.robot, (*self.drill.robots, NOTHING))}")
        team = self.teams.setdefault(name, Team(name, levers=Levers(self.drill)))
        if body.member in team.members:
            raise InputError(f"{name}: {body.member} sits here already")
        if body.robot is not None:
            team.robot = body.robot
        team.members[body.member] = body.role

    def _predicted(self, name: str, body: Any) -> None:
        team = self._open_turn(name, body.turn, "predict")
        if team.moves.get(body.turn):
            raise InputError(f"{name}: predictions come before decisions, and turn {body.turn} has one already")
        if (body.low is None) != (body.high is None) or (
            body.low is not None and not body.low <= body.value <= body.high
        ):
            raise InputError("a range has both ends, and the predicted value lies between them")
        team.predictions[body.turn] = body.model_dump()

    def _decided(self, name: str, body: Any) -> None:
        team = self._open_turn(name, body.turn, "decide")
        if body.member and body.member not in team.members:
            raise InputError(
                f"{name}: nobody called {body.member!r} sits here{did_you_mean(body.member, team.members)}"
            )
        role = self.role_of(name, body.member) if body.member else None
        lever = self.drill.levers.get(body.lever)
        if lever is not None and role is not None and lever.role != role:
            raise InputError(f"{body.lever}: this lever is the {lever.role}'s, and {body.member} is the {role}")
        moves = team.moves.get(body.turn, {}) | {body.lever: body.option}
        team.levers.check(moves)
        team.moves[body.turn] = {each: option for each, option in moves.items() if option != team.levers.position[each]}

    def _locked(self, name: str, body: Any) -> None:
        self._open_turn(name, body.turn, "lock").locked.add(body.turn)

    def _directed(self, _: str, body: Any) -> None:
        known = self.drill.injects | self.improvised
        if body.inject not in known:
            raise InputError(f"unknown inject {body.inject!r:.80}{did_you_mean(body.inject, known)}")
        if body.turn is not None and not self.turn <= body.turn <= self.drill.turns:
            raise InputError(f"{body.inject}: turns {self.turn} to {self.drill.turns} lie ahead, not {body.turn}")
        self.directions[body.inject] = body.turn

    def _improvised(self, _: str, body: Any) -> None:
        if body.name in self.drill.injects or body.name in self.improvised:
            raise InputError(f"{body.name}: there is an inject of that name")
        check_inject(self.drill, body.name, body.inject)
        if not self.turn <= body.inject.turn <= self.drill.turns:
            raise InputError(f"{body.name}: turns {self.turn} to {self.drill.turns} lie ahead, not {body.inject.turn}")
        self.improvised[body.name] = body.inject

    def _resolved(self, _: str, body: Any) -> None:
        if self.is_over or body.turn != self.turn:
            raise InputError(f"turn {body.turn} cannot be resolved: {self._where()}")
        if self.drill.kind == "competition" and (unmarked := self.not_marked()):
            raise InputError(f"the jury marks first: no marks yet for {', '.join(unmarked)}")
        if set(body.boards) != set(self.teams):
            raise InputError(
                f"turn {body.turn}: boards of {', '.join(body.boards)}, and teams are {', '.join(self.teams)}"
            )
        for name, team in self.teams.items():
            self._turn_inputs.setdefault(name, []).append(self.turn_of(name))
            team.levers.move(team.moves.get(self.turn, {}))
        self.boards.append(dict(body.boards))
        self.turn += 1

    def _noted(self, name: str, body: Any) -> None:
        if name:
            self.team(name)
        self.notes.append((name, self.turn, body.text))

    def _rated(self, name: str, body: Any) -> None:
        self.team(name)
        low, high = MARKS[body.is_jury]
        criteria = self.criteria(body.is_jury)
        for criterion, mark in body.marks.items():
            if criterion not in criteria:
                raise InputError(f"unknown criterion {criterion!r:.80}{did_you_mean(criterion, criteria)}")
            if not low <= mark <= high:
                raise InputError(f"{criterion} = {mark}: marks go from {low} to {high}")
        if missing := [each for each in criteria if each not in body.marks]:
            raise InputError(f"no mark for {', '.join(missing)}")
        self.teams[name].ratings.append(body.model_dump())

    def _promised(self, name: str, body: Any) -> None:
        if name:
            self.team(name)
        try:
            date.fromisoformat(body.by)
        except ValueError:
            raise InputError(f"{body.by}: there is no such day") from None
        self.promised.append({"team": name, **body.model_dump()})

    # What several of them ask.

    def criteria(self, is_jury: bool) -> list[str]:
        """By what an observer marks a team, or the jury a plan."""
        return jury_criteria() if is_jury else list(self.drill.rubric)

    def _open_turn(self, name: str, turn: int, what: str) -> Team:
        team = self.team(name)
        if self.is_over or turn != self.turn:
            raise InputError(f"{name} cannot {what} for turn {turn}: {self._where()}")
        if turn in team.locked:
            raise InputError(f"{name} has locked turn {turn}")
        return team

    def _where(self) -> str:
        return "all turns have been played" if self.is_over else f"turn {self.turn} is the one ahead"


@lru_cache(maxsize=16)
def _drill(text: str, place: str) -> Drill:
    return named_drill(text, place)


def _check_name(name: str) -> None:
    if not name.strip() or len(name) > 40 or not name.isprintable():
        raise InputError(f"{name!r:.60}: a team's name has 1 to 40 letters")
