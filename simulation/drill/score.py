"""The score: a team's decisions under many kinds of luck, beside nothing and the drill's named par under the same.

0 is nothing (no lever moved, injects still come), 100 is par, and more is possible. The decisions are held fixed as they were
made, and so are the trainer's directions; injects with a condition come where their condition holds. Work that is open after
the last turn counts by what four more weeks make of it, run by a named robot for everybody.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.drill.drill_file import NOTHING
from simulation.drill.session import Session
from simulation.drill.table import Stage, Turn, as_robot, set_up
from simulation.study.estimates import Estimate, estimate
from simulation.study.replicate import Progress, completed

SEEDS = 30
CONFIDENCE = 0.95
FEWEST_ERRORS = 2.0  # par less nothing must be this many standard errors, else there is no ratio
SCALE = 100.0

Course = tuple[Turn, ...]


@dataclass(frozen=True)
class Gap:
    """Par less nothing on the same seeds, in points: its mean, its standard error, and whether a ratio may be given."""

    mean: float
    error: float

    @property
    def has_ratio(self) -> bool:
        """Whether par beats nothing by a clear margin."""
        return self.mean >= FEWEST_ERRORS * self.error and self.mean > 0


@dataclass(frozen=True)
class Calibration:
    """How a team's predictions held: how many, the mean error, that of saying `as last turn`, and how often its ranges,
    meant to hold four times in five, did."""

    count: int
    error: float
    error_of_last: float
    ranges_count: int
    held_share: float


@dataclass(frozen=True)
class TeamScore:
    """A team's score: `ratio` is the main one with its interval (None where par is not clear of nothing), `points` its points
    over the seeds, `played` those of the play itself, `luck_share` the part of seeds on which the same decisions did worse."""

    team: str
    points: NDArray[np.float64]
    surplus: Estimate
    ratio: Estimate | None
    played: float
    played_ratio: float | None
    luck_share: float
    calibration: Calibration | None
    rubric: dict[str, float]


@dataclass(frozen=True)
class Scores:
    """The scores of a session's teams, with nothing and par on the same seeds."""

    nothing: NDArray[np.float64]
    par: NDArray[np.float64]
    gap: Gap
    teams: dict[str, TeamScore]
    turns: int  # that were played
    seeds: tuple[int, ...]


def course_points(stage: Stage, seed: int, replication: int, course: Course) -> float:
    """The points of fixed decisions under one luck, the weeks afterwards included; turns not played move no lever."""
    table = set_up(stage, seed, course, replication)
    while table.turn <= stage.drill.turns:
        table.play(Turn())
    return table.finish().points()


def robot_points(stage: Stage, seed: int, replication: int, robot: str, directed: Course) -> float:
    """The points of a robot under one luck and the same directions of the trainer, turn by turn."""
    return as_robot(stage, seed, robot, replication, directed).points()


def without_moves(course: Sequence[Turn]) -> Course:
    """The same turns with no lever moved."""
    return tuple(replace(each, moves={}) for each in course)


def gap_of(nothing: NDArray[np.float64], par: NDArray[np.float64]) -> Gap:
    """Par less nothing, paired."""
    difference = par - nothing
    return Gap(float(difference.mean()), float(difference.std(ddof=1) / np.sqrt(len(difference))))


def scored(
    session: Session, executor: Executor | None = None, seeds: int = SEEDS, progress: Progress | None = None
) -> Scores:
    """Every team of a session scored; takes about a second a team and seed on a drill's book, less with an executor."""
    session.refresh()
    stage, teams = session.stage, list(session.state.teams)
    courses = {name: tuple(session.state.turns_of(name)) for name in teams}
    directed = without_moves(next(iter(courses.values()), ()))
    luck = session.drill.start.score_seed
    calls: dict[tuple[str, str, int], tuple[Any, ...]] = {}
    for n in range(seeds):
        calls[("nothing", "", n)] = (course_points, stage, luck, n, directed)
        calls[("par", "", n)] = (robot_points, stage, luck, n, session.drill.par, directed)
        for name in teams:
            calls[("team", name, n)] = (course_points, stage, luck, n, courses[name])
    for name in teams:
        calls[("played", name, 0)] = (course_points, stage, session.seed, 0, courses[name])
    calls[("played", NOTHING, 0)] = (course_points, stage, session.seed, 0, directed)
    calls[("played par", "", 0)] = (robot_points, stage, session.seed, 0, session.drill.par, directed)
    found = points_of(calls, executor, progress)

    def column(what: str, team: str = "") -> NDArray[np.float64]:
        return np.array([found[what, team, n] for n in range(seeds)])

    nothing, par = column("nothing"), column("par")
    gap = gap_of(nothing, par)
    played_gap = found["played par", "", 0] - found["played", NOTHING, 0]
    return Scores(
        nothing,
        par,
        gap,
        {
            name: _team_score(
                session, name, column("team", name), nothing, gap, found["played", name, 0],
                (found["played", name, 0] - found["played", NOTHING, 0]) / played_gap if played_gap > 0 else None,
            )
            for name in teams
        },
        session.state.turn - 1,
        tuple(range(seeds)),
    )  # fmt: skip


def points_of(
    calls: Mapping[Any, tuple], executor: Executor | None, progress: Progress | None = None
) -> dict[Any, float]:
    """The results of (function, stage, words...) by key, in this process or over an executor's; equal calls are made once."""
    same: dict[str, list[Any]] = {}
    for key, (function, _, *words) in calls.items():
        same.setdefault(repr((function.__name__, words)), []).append(key)
    found: dict[Any, float] = {}
    once = {keys[0]: calls[keys[0]] for keys in same.values()}
    others = {keys[0]: keys for keys in same.values()}
    for key, value in completed(_called, once, executor):
        found |= dict.fromkeys(others[key], value)
        if progress:
            progress(len(found), len(calls))
    return found


def _called(function: Any, *words: Any) -> float:
    return function(*words)


def _team_score(
    session: Session, name: str, points: NDArray[np.float64], nothing: NDArray[np.float64], gap: Gap, played: float,
    played_ratio: float | None,
) -> TeamScore:  # fmt: skip
    surplus = estimate(points - nothing, CONFIDENCE)
    ratio = None
    if gap.has_ratio:
        low, high = (SCALE * each / gap.mean for each in (surplus.low, surplus.high))
        ratio = Estimate(SCALE * surplus.mean / gap.mean, low, high, surplus.replications)
    return TeamScore(
        name,
        points,
        surplus,
        ratio,
        played,
        SCALE * played_ratio if gap.has_ratio and played_ratio is not None else None,
        float(np.mean(points < played)),
        calibration(session, name),
        rubric_means(session, name),
    )


def calibration(session: Session, team: str) -> Calibration | None:
    """How the team's predictions held against its own desk; None where it made none that could be checked."""
    table, predictions = session.table(team), session.state.teams[team].predictions
    errors, of_last, held = [], [], []
    for turn, said in sorted(predictions.items()):
        if turn >= table.turn:
            continue
        came, last = (table.measured[n][session.drill.predict] for n in (turn, turn - 1))
        errors.append(abs(said["value"] - came))
        of_last.append(abs(last - came))
        if said["low"] is not None:
            held.append(said["low"] <= came <= said["high"])
    if not errors:
        return None
    held_share = float(np.mean(held)) if held else float("nan")
    return Calibration(len(errors), float(np.mean(errors)), float(np.mean(of_last)), len(held), held_share)


def rubric_means(session: Session, team: str) -> dict[str, float]:
    """The observers' mean mark by criterion; empty where nobody has marked."""
    marks = [each["marks"] for each in session.state.teams[team].ratings if not each["is_jury"]]
    return {name: sum(each[name] for each in marks) / len(marks) for name in session.drill.rubric} if marks else {}
