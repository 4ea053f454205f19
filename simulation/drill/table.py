"""A table: one team's desk in play, stopped between turns.

What happens at it depends on the drill, the luck and the turns alone: the same turns at another table give the same boards.
A desk cannot be copied; to go back, set a new table and play the turns again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import fsum
from typing import Any

from playbook.clock import MINUTES_A_DAY
from playbook.errors import InputError
from simulation.desk.desk import Desk
from simulation.desk.streams import Luck
from simulation.desk.team import Row, Structure, checked_structure
from simulation.drill.boards import BOARD, measured, seen, turn_reading
from simulation.drill.conditions import read_condition
from simulation.drill.drill_file import NOTHING, Drill, Effect, Inject
from simulation.drill.levers import Levers, Moves, in_force, rows_in_force
from simulation.study.measures import Reading
from simulation.study.scenario import Setting, read_scenario, setting

DAYS_AFTER = 7
DIGITS = 9  # of a measure in a board's fingerprint


@dataclass(frozen=True)
class Turn:
    """What a team and the trainer put into one turn: levers moved, injects sent to a turn (None: skipped), improvised ones."""

    moves: Moves = field(default_factory=dict)
    directions: Mapping[str, int | None] = field(default_factory=dict)
    improvised: Mapping[str, Inject] = field(default_factory=dict)


@dataclass(frozen=True)
class Stage:
    """A drill with all that its desks need but luck: made once, played by many tables in any process."""

    drill: Drill
    setting: Setting

    @classmethod
    def of(cls, drill: Drill) -> "Stage":
        """The drill's start laid out; its measured days are the turns and the weeks after them."""
        days = drill.turns * drill.days_a_turn + drill.weeks_after * DAYS_AFTER
        scenario = read_scenario(drill.start.scenario).with_changes(
            drill.start.changes | {"experiment.measured_days": days}
        )
        found = setting(scenario)
        team = team_with_rows(found.structure, drill.start.serves)
        return cls(drill, replace(found, structure=team))

    def needed(self) -> list[str]:
        """The measures that boards, predictions and conditions of the drill read, in one order."""
        drill = self.drill
        names = {sight.measure for role in drill.roles.values() for sight in role.sees} | {drill.predict}
        texts = [each.when for each in drill.injects.values()]
        texts += [move.when for robot in drill.robots.values() for move in robot.moves]
        names |= {word for text in texts for word in text.split()[:1] if "_" in word}
        return sorted(names)


class Table:
    """A team's desk between turns. `due` tells what comes in the turn ahead, `play` resolves it, `finish` runs the weeks
    after the last turn, `points` values the whole."""

    def __init__(self, stage: Stage, seed: int, replication: int = 0):
        self.stage, self.drill = stage, stage.drill
        self.luck = Luck(seed, replication)
        given = stage.setting
        self.desk = Desk(given.parameters, given.structure, given.book, self.luck)
        self.first = self.desk.horizon.first_measured_day
        self.turn = 1  # the turn ahead
        self.levers = Levers(stage.drill)
        self.came: dict[str, int] = {}  # injects that have come, and in which turn
        self.looked_into: set[str] = set()
        self.measured: list[dict[str, float]] = []
        self.digests: list[str] = []
        self._effects: list[tuple[float, float, Effect]] = []
        self._from: dict[
            str, tuple[float, str]
        ] = {}  # levers whose position works only from a minute on, and the one before
        self._applied: dict[str, Any] = {}
        self._rows: dict[str, Any] = {}
        self.desk.advance(self._minute(0))
        self._read(-self.drill.days_a_turn, 0)  # the days before play, so that the first board is not empty

    # What comes.

    def due(self, turn: Turn = Turn()) -> dict[str, Inject]:
        """The injects that come in the turn ahead, as the desk stands and as the trainer has directed."""
        found, known, moved = {}, self.measured[-1], self.levers.moved
        for name, inject in (self.drill.injects | dict(turn.improvised)).items():
            at = turn.directions.get(name, inject.turn)
            if name in self.came or at != self.turn:
                continue
            is_directed = name in turn.directions or name in turn.improvised
            if is_directed or self._condition(inject.when).holds(known, moved):
                found[name] = inject
        return found

    def moves_of(self, robot: str) -> dict[str, str]:
        """What a robot does in the turn ahead; what is not allowed it leaves."""
        found: dict[str, str] = {}
        if robot == NOTHING:
            return found
        for move in self.drill.robots[robot].moves:
            is_its_turn = move.turn <= self.turn <= (move.until_turn or move.turn)
            if is_its_turn and self._condition(move.when).holds(self.measured[-1], self.levers.moved):
                found |= move.set
        return self.levers.allowed(found)

    def _condition(self, text: str):
        return read_condition(text, set(self.measured[-1]), set(self.drill.levers))

    # Play.

    def play(self, turn: Turn = Turn()) -> dict[str, Inject]:
        """Resolve the turn ahead; returns the injects that came. InputError where a move is not allowed."""
        if self.turn > self.drill.turns:
            raise InputError(f"the drill has {self.drill.turns} turns, and all have been played")
        self.levers.check(turn.moves)
        due = self.due(turn)
        for name, inject in due.items():
            self.came[name] = self.turn
            for effect in inject.effects:
                self._effects.append(self._span(effect))
        self._go(turn.moves, self.drill.days_a_turn)
        for name in self.drill.levers:
            self.looked_into |= set(self.levers.option(name).reveals) & set(self.came)
        return due

    def finish(self) -> "Table":
        """The weeks after the last turn, run by the drill's named robot from levers that stand as they always did."""
        for week in range(self.drill.weeks_after):
            moves = self.levers.release() if week == 0 else {}
            self._go(moves | self.moves_of(self.drill.afterwards), DAYS_AFTER)
        return self

    def _go(self, moves: Moves, days: int) -> None:
        begin = self._day_of(self.turn)
        before = self._positions(self._minute(begin))
        for name in self.levers.move(moves):
            self._from[name] = (self._minute(begin + self.levers.option(name).lead_days), before[name])
        end = self._minute(begin + days)
        for minute in sorted({each for each in self._boundaries() if self._minute(begin) <= each < end}):
            self.desk.advance(minute)
            self._apply(minute)
        self.desk.advance(min(end, self.desk.horizon.end_minute))
        self._read(begin, begin + days)
        self.turn += 1

    def _boundaries(self) -> Iterable[float]:
        yield from (minute for begin, end, _ in self._effects for minute in (begin, end))
        yield from (minute for minute, _ in self._from.values())

    def _apply(self, minute: float) -> None:
        """Let what is in force at a minute hold: injects in the order in which they came, levers over them."""
        wanted: dict[str, Any] = {}
        rows: dict[str, Any] = {}
        for begin, end, effect in self._effects:
            if begin <= minute < end:
                wanted |= effect.changes
                rows |= effect.serves
        position = self._positions(minute)
        wanted |= in_force(self.drill, position)
        rows |= rows_in_force(self.drill, position)
        given = self.stage.setting.parameters
        back = {name: given.value_at(name) for name in self._applied if name not in wanted}
        changes = back | {name: value for name, value in wanted.items() if self._applied.get(name, self) != value}
        if changes or rows != self._rows:
            self.desk.change(changes, team_with_rows(self.stage.setting.structure, rows))
        self._applied, self._rows = wanted, rows

    def _positions(self, minute: float) -> dict[str, str]:
        """The options that work at a minute; what was decided and has not come into force yet is not among them."""
        waiting = {name: before for name, (since, before) in self._from.items() if minute < since}
        return self.levers.position | waiting

    # Time: days are counted from the first day of play.

    def _day_of(self, turn: int) -> int:
        played = min(turn - 1, self.drill.turns)
        return played * self.drill.days_a_turn + (turn - 1 - played) * DAYS_AFTER

    def _minute(self, day: int) -> float:
        """The working minute at which a day of play opens, or the next open day."""
        return float(self.desk.calendar.to_working((self.first + day) * float(MINUTES_A_DAY)))

    def _span(self, effect: Effect) -> tuple[float, float, Effect]:
        day = self._day_of(self.turn) + effect.day
        begin = self._minute(day) + effect.after_hours * 60
        end = float("inf")
        if effect.for_hours is not None:
            end = begin + effect.for_hours * 60
        elif effect.for_days is not None:
            end = self._minute(day + effect.for_days) + effect.after_hours * 60
        return begin, end, effect

    # What is read.

    def _read(self, begin: int, end: int) -> None:
        minutes = ((self.first + day) * float(MINUTES_A_DAY) for day in (begin, end))
        reading = turn_reading(self.desk.record(), self.stage.setting.parameters, *minutes)
        self.measured.append(measured(reading, self.stage.needed()))
        told = {name: f"{value:.{DIGITS}g}" for name, value in self.measured[-1].items()}
        told |= {"points": f"{self.levers.points:.{DIGITS}g}"}
        self.digests.append(hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest())

    def board(self, role: str, turn: int | None = None) -> dict[str, float | None]:
        """What a role sees before a turn (by default the one ahead): by measure, None where nothing has come in yet."""
        turn = self.turn if turn is None else turn
        found: dict[str, float | None] = {}
        for sight in self.drill.roles[role].sees:
            of = turn - 1 - sight.delay_turns  # 0: the days before play
            found[sight.measure] = (
                None if of < 0 else
                seen(self.measured[of][sight.measure], sight.measure, sight.noise_share, self.luck, of)
            )  # fmt: skip
        return found

    def reading(self) -> Reading:
        """All that has happened since play began, read as it would be without any change."""
        return Reading(self.desk.record(), self.stage.setting.parameters)

    def findings(self) -> dict[str, str]:
        """The true causes that the team has learned, by inject: of what came, once a lever has looked into it for a turn."""
        known = {name: inject.cause for name, inject in self.drill.injects.items() if name in self.came}
        return {name: known[name] for name in sorted(self.looked_into) if name in known}

    def points(self) -> float:
        """The weighted measures of all days since play began, less what levers have cost."""
        reading = self.reading()
        won = [weight * BOARD[name].read(reading) for name, weight in self.drill.weights.items()]
        return fsum([*won, -self.levers.points])  # plain sums differ in the last bit between editions of Python


def team_with_rows(structure: Structure, rows: Mapping[str, Any]) -> Structure:
    """The team whose named posts take these rows of work instead of their own."""
    if not rows:
        return structure
    serves = {post: [row if isinstance(row, Row) else Row(work=row) for row in given] for post, given in rows.items()}
    unknown = [post for post in serves if post not in structure.posts]
    if unknown:
        raise InputError(f"serves: unknown post {unknown[0]!r}; known: {', '.join(structure.posts)}")
    return checked_structure(structure.model_copy(update={"serves": structure.serves | serves}), "serves")


def set_up(stage: Stage, seed: int, turns: Iterable[Turn], replication: int = 0) -> Table:
    """A new table at which these turns have been played."""
    table = Table(stage, seed, replication)
    for turn in turns:
        table.play(turn)
    return table


def as_robot(stage: Stage, seed: int, robot: str, replication: int = 0, directed: Sequence[Turn] = ()) -> Table:
    """A new table at which a robot has played the whole drill under the trainer's directions, and the weeks after it have
    passed."""
    table = Table(stage, seed, replication)
    for turn in range(stage.drill.turns):
        given = directed[turn] if turn < len(directed) else Turn()
        table.play(replace(given, moves=table.moves_of(robot)))
    return table.finish()
