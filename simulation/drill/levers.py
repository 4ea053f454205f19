"""Levers: where each stands, what may be moved, what that costs, and which changes of the desk are in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playbook.errors import InputError, did_you_mean
from simulation.drill.drill_file import Drill, Option

Moves = Mapping[str, str]  # lever: option


@dataclass
class Levers:
    """The levers of one team: positions, when each was moved, for how many turns it has been away, and the bill."""

    drill: Drill
    position: dict[str, str] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    away_turns: dict[str, int] = field(default_factory=dict)
    points: float = 0.0

    def __post_init__(self) -> None:
        self.position = {name: lever.standing for name, lever in self.drill.levers.items()} | self.position

    def option(self, name: str) -> Option:
        """The option in which a lever stands."""
        return self.drill.levers[name].options[self.position[name]]

    def check(self, moves: Moves) -> None:
        """InputError where one of the moves of a turn is not allowed."""
        for name, option in moves.items():
            self.check_one(name, option)
        made = [name for name, option in moves.items() if option != self.position[name]]
        if len(made) > self.drill.moves_a_turn:
            raise InputError(
                f"{len(made)} levers moved in one turn ({', '.join(made)}): this drill allows {self.drill.moves_a_turn}"
            )

    def allowed(self, wanted: Moves) -> dict[str, str]:
        """Those of some moves that may be made in the turn ahead, in their order."""
        found: dict[str, str] = {}
        for name, option in wanted.items():
            try:
                self.check(found | {name: option})
                found[name] = option
            except InputError:
                continue
        return found

    def check_one(self, name: str, option: str) -> None:
        """InputError where there is no such lever or option, or the lever is used up."""
        levers = self.drill.levers
        if name not in levers:
            raise InputError(f"unknown lever {name!r:.80}{did_you_mean(name, levers)}")
        lever = levers[name]
        if option not in lever.options:
            raise InputError(f"{name}: unknown option {option!r:.80}{did_you_mean(option, lever.options)}")
        if option != lever.standing and not self.turns_left(name):
            raise InputError(f"{name}: used up; it may be away from {lever.standing!r} for {lever.at_most_turns} turns")

    def turns_left(self, name: str) -> float:
        """For how many turns more a lever may be away from where it stands by itself."""
        most = self.drill.levers[name].at_most_turns
        return float("inf") if most is None else most - self.away_turns.get(name, 0)

    def move(self, moves: Moves) -> list[str]:
        """Move the levers for a turn; what is used up goes back by itself first. Returns the levers that stand anew."""
        before = dict(self.position)
        for name, lever in self.drill.levers.items():
            if self.position[name] != lever.standing and not self.turns_left(name):
                self.position[name] = lever.standing
        self.position |= moves
        anew = [name for name in self.drill.levers if self.position[name] != before[name]]
        self.moved |= {name for name in moves if moves[name] != before[name]}
        for name, lever in self.drill.levers.items():
            option = self.option(name)
            self.points += option.cost_a_turn_points + (option.cost_once_points if name in anew else 0.0)
            if self.position[name] != lever.standing:
                self.away_turns[name] = self.away_turns.get(name, 0) + 1
        return anew

    def release(self) -> dict[str, str]:
        """The moves that put every lever back to where it stands by itself."""
        return {
            name: lever.standing for name, lever in self.drill.levers.items() if self.position[name] != lever.standing
        }


def in_force(drill: Drill, position: Mapping[str, str]) -> dict[str, Any]:
    """The changes of parameters of all levers in these positions, later levers of the file over earlier ones."""
    found: dict[str, Any] = {}
    for name, lever in drill.levers.items():
        found |= lever.options[position[name]].changes
    return found


def rows_in_force(drill: Drill, position: Mapping[str, str]) -> dict[str, Any]:
    """The rows of work by post that levers in these positions set."""
    found: dict[str, Any] = {}
    for name, lever in drill.levers.items():
        found |= lever.options[position[name]].serves
    return found
