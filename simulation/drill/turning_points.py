"""Turning points: the turns whose decisions mattered most, found by playing the same drill again with that turn otherwise.

Each turn is tried twice: as if the team had moved nothing in it, and as if it had moved what par would have. All else stays:
what is no longer allowed then is left out. Effects are means over seeds, paired, with their interval.
"""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from simulation.drill.levers import Levers
from simulation.drill.score import CONFIDENCE, Course, course_points, points_of
from simulation.drill.session import Session
from simulation.drill.table import Stage, Table, Turn, set_up
from simulation.study.estimates import Estimate, estimate
from simulation.study.replicate import Progress

MOST = 3
SEEDS = 10
WITHOUT, LIKE_PAR = "without", "like par"


@dataclass(frozen=True)
class TurningPoint:
    """A turn played otherwise: what was moved, what would have been, and how many points the real decision was worth more.

    `curves` hold each measure of the drill turn by turn under the luck of the play, as it was and as it would have been;
    position 0 are the days before play.
    """

    team: str
    turn: int
    branch: str
    moved: Mapping[str, str]
    instead: Mapping[str, str]
    effect: Estimate
    curves: dict[str, tuple[list[float], list[float]]]


def turning_points(
    session: Session, team: str, executor: Executor | None = None, seeds: int = SEEDS, progress: Progress | None = None
) -> list[TurningPoint]:
    """The three turns of a team with the largest effect, largest first; fewer where fewer could have gone otherwise."""
    stage, course = session.stage, tuple(session.state.turns_of(team))
    branches = branches_of(session, course)
    luck = session.drill.start.score_seed
    calls: dict[Any, tuple] = {("", 0, n): (course_points, stage, luck, n, course) for n in range(seeds)}
    for (branch, turn), other in branches.items():
        calls |= {(branch, turn, n): (course_points, stage, luck, n, other) for n in range(seeds)}
    found = points_of(calls, executor, progress)
    base = np.array([found["", 0, n] for n in range(seeds)])
    effects = {
        key: estimate(base - np.array([found[*key, n] for n in range(seeds)]), CONFIDENCE) for key in branches
    }  # fmt: skip
    best: dict[int, tuple[str, int]] = {}
    for key in sorted(effects, key=lambda key: (-abs(effects[key].mean), key[1], key[0])):
        best.setdefault(key[1], key)  # a turn is told once, by its larger effect
    chosen = list(best.values())[:MOST]
    return [
        TurningPoint(
            team, turn, branch, dict(course[turn - 1].moves), dict(branches[branch, turn][turn - 1].moves),
            effects[branch, turn], curves(stage, session.seed, course, branches[branch, turn]),
        )
        for branch, turn in chosen
    ]  # fmt: skip


def branches_of(session: Session, course: Course) -> dict[tuple[str, int], Course]:
    """Every turn played otherwise, by branch and turn; ways that are no other are left out."""
    stage, found = session.stage, {}
    table = Table(stage, session.seed)
    for turn, given in enumerate(course, start=1):
        by_par = table.moves_of(session.drill.par)
        for branch, moves in ((WITHOUT, {}), (LIKE_PAR, by_par)):
            if moves != given.moves and (branch, moves) != (LIKE_PAR, {}):
                other = list(course)
                other[turn - 1] = replace(given, moves=moves)
                found[branch, turn] = _as_allowed(stage, session.seed, other)
        table.play(given)
    return found


def _as_allowed(stage: Stage, seed: int, course: list[Turn]) -> Course:
    """The turns without moves that the levers would not allow one after the other."""
    levers, found = Levers(stage.drill), []
    for turn in course:
        moves = levers.allowed(turn.moves)
        levers.move(moves)
        found.append(replace(turn, moves=moves))
    return tuple(found)


def curves(stage: Stage, seed: int, course: Course, other: Course) -> dict[str, tuple[list[float], list[float]]]:
    """Each measure turn by turn under one luck, as it was and as it would have been."""
    tables = [set_up(stage, seed, each) for each in (course, other)]
    return {
        name: tuple([each[name] for each in table.measured] for table in tables) for name in stage.needed()
    }  # fmt: skip
