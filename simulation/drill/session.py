"""A session: a drill played by teams, kept event by event, its boards made by replay through the desk.

Whoever shows or leads a drill (terminal, pages, kit) goes through these doors and no others:

- `open_session(store, drill, name, seed)`, `Session(store, name)`; `store.sessions()` names them all
- a team: `join`, `predict`, `decide`, `lock`, `undo(team)`, `board(team, role)`, `news(team)`, `levers(team, role)`,
  `standing(team)` (predicted, decided, locked), `role_of(team, member)`
- the trainer: `injects_ahead()`, `fire`, `delay`, `skip`, `improvise`, `not_locked()`, `resolve()`, `undo()`, `note`,
  `rate`, `promise`, `branch(name, turn)`
- everybody: `state` (simulation/drill/state.py: turn, is_over, teams, notes), `refresh()` before reading what others did
- afterwards: `simulation.drill.score.scored(session)`, `simulation.drill.debrief.debrief(session)`
- as a file: `simulation.drill.exchange.exported(session)` and `imported(store, text, name)`

Every method that changes something checks it against the events of all processes and commits it, or raises InputError and
changes nothing. A table is kept alive in this process and played on; after undo, crash or branch it is set anew.
Nothing here knows of join codes and keys: who may call what is the page's own matter. `board`, `news` and `levers` give a
team its own data without hidden causes; `injects_ahead` and `debrief` are for the trainer's eyes.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from playbook.errors import InputError, did_you_mean
from simulation.drill.boards import BOARD
from simulation.drill.check import drill_from_text, text_of
from simulation.drill.drill_file import Drill, Inject, drill_path
from simulation.drill.events import Event, event
from simulation.drill.state import State, Team
from simulation.drill.store import Store
from simulation.drill.table import Stage, Table, Turn
from simulation.study.provenance import edition

SESSION_NAME = re.compile(r"^[\w][\w.-]{0,59}$")


def open_session(store: Store, drill: str, name: str, seed: int | None = None) -> "Session":
    """A new session of a drill (by name or path); InputError where the name is taken or the drill does not fit together."""
    path = drill_path(drill)
    text = text_of(path)
    checked_drill = drill_from_text(text, str(path))
    seed = checked_drill.start.seed if seed is None else seed
    opened = event("opened", drill=path.stem, text=text, seed=seed, edition=edition())
    return begin(store, name, [opened])


def begin(store: Store, name: str, events: list[Event]) -> "Session":
    """A session of that name holding these events; InputError where there is one already or they do not fit."""
    if not SESSION_NAME.match(name):
        raise InputError(f"{name!r:.80}: a session's name has 1 to 60 letters, digits, dots and dashes")

    def make(before: list[Event]) -> list[Event]:
        if before:
            raise InputError(f"there is a session {name!r} already")
        State.of(Event(each.kind, each.team, each.body, number) for number, each in enumerate(events, start=1))
        return events

    store.append(name, 0, make)
    return Session(store, name)


class Session:
    """One session of a store; InputError where the store has none of that name."""

    def __init__(self, store: Store, name: str):
        self.store, self.name = store, name
        self.state, self._last = State(), 0
        self._tables: dict[str, tuple[list[Turn], Table]] = {}
        self.refresh()
        if self.state.drill is None:
            raise InputError(f"unknown session {name!r:.80}{did_you_mean(name, store.sessions())}")
        self._stage: Stage | None = None

    @property
    def drill(self) -> Drill:
        """The drill that is played."""
        return self.state.drill

    @property
    def stage(self) -> Stage:
        """The drill with its book laid out."""
        if self._stage is None:
            self._stage = Stage.of(self.drill)
        return self._stage

    @property
    def seed(self) -> int:
        """The luck of the play."""
        return self.state.opened["seed"]

    def refresh(self) -> "Session":
        """Take in what other processes have written."""
        self._take_in(self.store.events(self.name, self._last))
        return self

    def _take_in(self, events: list[Event]) -> None:
        for each in events:
            self.state = self.state.after(each)
            self._last = each.number

    def _append(self, make: Callable[[State], list[Event]]) -> None:
        """Commit what `make` answers to the state as it is now; an error leaves store and state as they were."""

        def checked(others: list[Event]) -> list[Event]:
            self._take_in(others)
            made = make(self.state)
            trial = State.of([*self.state.taken])
            for place, each in enumerate(made, start=1):
                trial = trial.after(Event(each.kind, each.team, each.body, self._last + place))
            return made

        found = self.store.append(self.name, self._last, checked)
        self._take_in([each for each in found if each.number > self._last])

    def _say(self, kind: str, team: str = "", **body: Any) -> None:
        said = event(kind, team, **body)
        self._append(lambda _: [said])

    # A team.

    def join(self, team: str, member: str, role: str | None = None, robot: str | None = None) -> None:
        """A member sits down, in a role or, without one, in all of them; or a robot plays the team."""
        self._say("joined", team, member=member, role=role, robot=robot)

    def predict(self, team: str, value: float, low: float | None = None, high: float | None = None) -> None:
        """What the drill's measure will be in the turn ahead; before anything is decided for it."""
        self._say("predicted", team, turn=self.state.turn, value=value, low=low, high=high)

    def decide(self, team: str, lever: str, option: str, member: str = "", turn: int | None = None) -> None:
        """Move a lever in the turn ahead, or, with the option in which it stands, take that back."""
        turn = self.state.turn if turn is None else turn
        self._say("decided", team, turn=turn, lever=lever, option=option, member=member)

    def lock(self, team: str, turn: int | None = None) -> None:
        """The team has decided for the turn ahead."""
        self._say("locked", team, turn=self.state.turn if turn is None else turn)

    def undo(self, team: str = "") -> Event:
        """Undo the last event: a team its own since the last turn, the trainer (no team) the last of all."""
        undone: list[Event] = []

        def make(state: State) -> list[Event]:
            number = state.undoable(team)
            if number is None:
                raise InputError("there is nothing to undo")
            undone[:] = [each for each in state.taken if each.number == number]
            return [event("undone", team, number=number)]

        self._append(make)
        return undone[0]

    def role_of(self, team: str, member: str) -> str | None:
        """A member's role in the turn ahead; None where all roles are theirs."""
        return self.state.role_of(team, member)

    def standing(self, team: str) -> dict[str, Any]:
        """What a team has said for the turn ahead: prediction, moves, whether it has locked, and its robot."""
        own, turn = self.state.team(team), self.state.turn
        return {
            "turn": turn,
            "prediction": own.predictions.get(turn),
            "moves": dict(own.moves.get(turn, {})),
            "is_locked": turn in own.locked,
            "robot": own.robot,
        }

    def levers(self, team: str, role: str | None = None) -> list[dict[str, Any]]:
        """The levers of a role (or all): where each stands, what it may be moved to, costs, lead times and turns left."""
        own = self.state.team(team)
        return [
            _told_lever(self.drill, own, name)
            for name, lever in self.drill.levers.items()
            if role in (None, lever.role)
        ]

    def board(self, team: str, role: str, turn: int | None = None) -> list[dict[str, Any]]:
        """What a role of a team sees before a turn (by default the one ahead): name, words, unit, value or None."""
        table = self.table(team)
        if role not in self.drill.roles:
            raise InputError(f"unknown role {role!r:.80}{did_you_mean(role, self.drill.roles)}")
        return [_told_value(name, value) for name, value in table.board(role, turn).items()]

    def news(self, team: str, role: str | None = None) -> list[dict[str, Any]]:
        """The injects that have come in to a team and those that come in the turn ahead, latest first, as players read
        them; with the finding where the team has looked into it."""
        table, found = self.table(team), []
        due = table.due(self.state.turn_of(team)) if not self.state.is_over else {}
        known = self.drill.injects | self.state.improvised
        came = table.came | dict.fromkeys(due, table.turn)
        for name, turn in sorted(came.items(), key=lambda each: -each[1]):
            inject = known[name]
            if role in (None, inject.to) or inject.to == "all":
                found.append(_told_inject(name, inject, turn) | {"finding": table.findings().get(name)})
        return found

    # The trainer.

    def not_locked(self) -> list[str]:
        """The teams that still decide."""
        return self.state.not_locked()

    def injects_ahead(self) -> list[dict[str, Any]]:
        """The injects that have not come to every team: when they will, on what condition, and all that the trainer knows.
        Spoilers."""
        known = self.drill.injects | self.state.improvised
        tables = {name: self.table(name) for name in self.state.teams}
        due = (
            {name: table.due(self.state.turn_of(name)) for name, table in tables.items()}
            if not self.state.is_over
            else {}
        )
        return [
            _told_inject(name, inject, self.state.directions.get(name, inject.turn))
            | _told_to_trainer(inject)
            | {"comes_now_to": [team for team in due if name in due[team]]}
            for name, inject in known.items()
            if any(name not in table.came for table in tables.values()) or not tables
        ]

    def fire(self, inject: str) -> None:
        """An inject comes in the turn ahead, whatever its condition says."""
        self._say("directed", inject=inject, turn=self.state.turn)

    def delay(self, inject: str, turn: int) -> None:
        """An inject comes in a later turn."""
        self._say("directed", inject=inject, turn=turn)

    def skip(self, inject: str) -> None:
        """An inject does not come."""
        self._say("directed", inject=inject, turn=None)

    def improvise(self, name: str, inject: Inject) -> None:
        """An inject that the trainer made up comes in its turn."""
        self._say("improvised", name=name, inject=inject.model_dump(mode="json"))

    def note(self, text: str, team: str = "") -> None:
        """Write something down, for a team or for the trainer."""
        self._say("noted", team, text=text)

    def rate(self, team: str, by: str, marks: Mapping[str, float], is_jury: bool = False) -> None:
        """An observer's marks by the rubric (1 to 5), or a juror's by the jury's criteria (1 to 10)."""
        self._say("rated", team, by=by, marks=dict(marks), is_jury=is_jury)

    def promise(self, action: str, owner: str, by: str, team: str = "") -> None:
        """An action that comes out of the debrief: what, who, and by which day (2026-01-31)."""
        self._say("promised", team, action=action, owner=owner, by=by)

    def resolve(self, is_forced: bool = False) -> dict[str, str]:
        """Play the turn ahead for all teams; a team that has not locked plays what it has said so far if `is_forced`.

        Returns each board's fingerprint. What robots do is written down as decided by them.
        """
        while True:
            self.refresh()
            self._check_resolvable(is_forced)
            if robots := self._robots_decide():
                self._append(lambda _, robots=robots: robots)
            inputs = self._inputs(self.state)
            boards = {name: self._played(name).digests[-1] for name in self.state.teams}

            def make(state: State, inputs=inputs, boards=boards) -> list[Event]:
                is_same = self._inputs(state) == inputs
                return [event("resolved", turn=state.turn, boards=boards)] if is_same else []

            before = self.state.turn
            self._append(make)
            if self.state.turn > before:  # else somebody wrote something that matters while the turn was played
                return boards

    @staticmethod
    def _inputs(state: State) -> tuple[int, dict[str, Turn]]:
        """What the turn ahead depends on."""
        return state.turn, {name: state.turn_of(name) for name in state.teams}

    def _check_resolvable(self, is_forced: bool) -> None:
        state = self.state
        if state.is_over:
            raise InputError("all turns have been played")
        if not state.teams:
            raise InputError("no team has joined")
        if state.drill.kind == "competition" and (unmarked := state.not_marked()):
            raise InputError(f"the jury marks first: no marks yet for {', '.join(unmarked)}")
        if not is_forced and (waiting := state.not_locked()):
            raise InputError(f"not locked yet: {', '.join(waiting)}")

    def _robots_decide(self) -> list[Event]:
        found = []
        for name, team in self.state.teams.items():
            if team.robot and self.state.turn not in team.locked:
                moves = self.table(name).moves_of(team.robot)
                found += [
                    event("decided", name, turn=self.state.turn, lever=lever, option=option)
                    for lever, option in moves.items()
                ]
                found.append(event("locked", name, turn=self.state.turn))
        return found

    def _played(self, name: str) -> Table:
        """The team's table after the turn ahead."""
        turns, table = self.state.turns_of(name), self.table(name)
        turn = self.state.turn_of(name)
        table.play(turn)
        self._tables[name] = ([*turns, turn], table)
        return table

    # Tables.

    def table(self, team: str) -> Table:
        """A team's desk before the turn ahead: the one kept alive, played on, or a new one at which all was played again."""
        turns = self.state.turns_of(team)
        played, table = self._tables.get(team, ([], None))
        if table is None or played != turns[: len(played)]:
            played, table = [], Table(self.stage, self.seed)
        for turn in turns[len(played) :]:
            table.play(turn)
        self._tables[team] = (turns, table)
        return table

    def check_boards(self) -> list[str]:
        """Where a replay gives other boards than were seen in play, in words; none where all agree."""
        found = []
        for name in self.state.teams:
            digests = self.table(name).digests[1:]
            for turn, (seen, again) in enumerate(zip(self.state.boards, digests, strict=True), start=1):
                if seen[name] != again:
                    found.append(f"{name}, turn {turn}: a replay gives another board than was seen in play")
        return found

    # Branches.

    def branch(self, name: str, turn: int) -> "Session":
        """A new session that is this one up to before a turn, to be played on with other decisions."""
        self.refresh()
        if not 1 <= turn <= self.state.turn:
            raise InputError(f"a branch begins before one of the turns 1 to {self.state.turn}, not {turn}")
        kept, at = [], 1
        for each in self.state.taken:
            if each.kind in ("predicted", "decided", "locked") and at >= turn:
                continue
            if each.kind == "resolved":
                at = each.read().turn + 1
                if at > turn:
                    break
            kept.append(each)
        opened = dict(kept[0].body) | {"branched_from": self.name, "branched_turn": turn}
        return begin(
            self.store,
            name,
            [event("opened", **opened), *(Event(each.kind, each.team, each.body) for each in kept[1:])],
        )


def _told_value(name: str, value: float | None) -> dict[str, Any]:
    about = BOARD[name]
    return {"name": name, "says": about.says, "unit": about.unit, "better": about.better, "value": value}


def _told_inject(name: str, inject: Inject, turn: int | None) -> dict[str, Any]:
    fields = ("channel", "sender", "to", "title", "text")
    return {"name": name, "turn": turn} | {field: getattr(inject, field) for field in fields}


def _told_to_trainer(inject: Inject) -> dict[str, Any]:
    fields = ("when", "cause", "note", "expected", "hint", "objective", "question", "rules")
    return {field: getattr(inject, field) for field in fields}


def _told_lever(drill: Drill, team: Team, name: str) -> dict[str, Any]:
    lever = drill.levers[name]
    left = team.levers.turns_left(name)
    return {
        "name": name,
        "role": lever.role,
        "title": lever.title,
        "text": lever.text,
        "stands": team.levers.position[name],
        "standing": lever.standing,
        "turns_left": None if left == float("inf") else int(left),
        "options": {
            option: {
                "title": about.title,
                "cost_once_points": about.cost_once_points,
                "cost_a_turn_points": about.cost_a_turn_points,
                "lead_days": about.lead_days,
            }
            for option, about in lever.options.items()
        },
    }
