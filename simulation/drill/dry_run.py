"""The dry run: robots play a drill before people do, and tell whether it is worth playing.

It is playable where par beats nothing by a clear margin, and a sensible policy lies between: above nothing and below par, each
by two standard errors.
"""

from concurrent.futures import Executor
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from simulation.drill.drill_file import NOTHING, Drill
from simulation.drill.score import FEWEST_ERRORS, SCALE, SEEDS, Gap, gap_of, points_of, robot_points
from simulation.drill.table import Stage, Table, Turn
from simulation.study.replicate import Progress


@dataclass(frozen=True)
class DryRun:
    """What robots reached: points by robot and seed, the three gaps, and the seconds that a turn of one team takes."""

    drill: Drill
    points: dict[str, NDArray[np.float64]]
    par_less_nothing: Gap
    sensible_less_nothing: Gap
    par_less_sensible: Gap
    turn_seconds: float
    came: dict[str, int]  # injects that came to the robot that does nothing, and in which turn

    @property
    def sensible_ratio(self) -> float:
        """The sensible policy's score, of 100 for par."""
        return SCALE * self.sensible_less_nothing.mean / self.par_less_nothing.mean

    def complaints(self) -> list[str]:
        """Why the drill should not be played, in words; none where it may."""
        gaps = {
            f"par ({self.drill.par}) less nothing": self.par_less_nothing,
            f"the sensible policy ({self.drill.sensible}) less nothing": self.sensible_less_nothing,
            f"par less the sensible policy ({self.drill.sensible})": self.par_less_sensible,
        }
        return [
            f"{what} is {gap.mean:.2f} points with a standard error of {gap.error:.2f}; it should be {FEWEST_ERRORS:g} errors"
            for what, gap in gaps.items()
            if not gap.has_ratio
        ]


def dry_run(
    drill: Drill, executor: Executor | None = None, seeds: int = SEEDS, progress: Progress | None = None
) -> DryRun:
    """Nothing, the sensible policy, par and every other robot of the drill, over the seeds of its score."""
    stage, luck = Stage.of(drill), drill.start.score_seed
    names = [NOTHING, *drill.robots]
    calls = {(name, n): (robot_points, stage, luck, n, name, ()) for n in range(seeds) for name in names}
    found = points_of(calls, executor, progress)
    points = {name: np.array([found[name, n] for n in range(seeds)]) for name in names}
    nothing, sensible, par = (points[name] for name in (NOTHING, drill.sensible, drill.par))
    seconds, came = _one_play(stage)
    return DryRun(
        drill, points, gap_of(nothing, par), gap_of(nothing, sensible), gap_of(sensible, par), seconds, came,
    )  # fmt: skip


def _one_play(stage: Stage) -> tuple[float, dict[str, int]]:
    """The mean seconds of a turn in this process, and which injects came, where nobody moves a lever."""
    table = Table(stage, stage.drill.start.seed)
    begun = perf_counter()
    for _ in range(stage.drill.turns):
        table.play(Turn())
    return (perf_counter() - begun) / stage.drill.turns, dict(table.came)
