"""When a weekly figure is alarming: limits and runs that together give one false alarm in a stated number of weeks.

The limits know that the usual course was itself learnt from few weeks: a new week is held against a prediction interval, and
the run's false alarms are averaged over where the true middle may lie.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtrit

from playbook.monitoring import ends_run, run_alarm_share

SHORTEST_RUN, LONGEST_RUN = 5, 40
NODES = 40  # of the quadrature over where the true middle lies
TRIED_SERIES, TRIED_WEEKS = 800, 160  # of the simulation that tells how soon a shift is found
LUCK = 20261


@dataclass(frozen=True)
class AlarmLimits:
    """A week alarms beyond `distance` of its usual spread, or when it ends a run of `run_weeks` on one side.

    `false_alarm_weeks`: one false alarm in so many weeks; of these alarms `run_part` come from runs.
    """

    distance: float
    run_weeks: int
    false_alarm_weeks: float
    run_part: float

    def alarms(self, distance: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """Which weeks lie beyond the limits, and which end a run."""
        return np.abs(distance) > self.distance, ends_run(distance, self.run_weeks)


@cache
def alarm_limits(learnt_weeks: int, learnt_count: int, false_alarm_weeks: float) -> AlarmLimits:
    """Limits after a baseline of so many weeks, from which so many figures beside the spread were learnt.

    At most half of the false alarms come from runs, the shortest that keep to it.
    """
    wanted = 1 / false_alarm_weeks
    run_weeks = next(
        (each for each in range(SHORTEST_RUN, LONGEST_RUN) if _run_share(each, learnt_weeks) <= wanted / 2), LONGEST_RUN
    )
    runs = _run_share(run_weeks, learnt_weeks)
    freedom = max(1, learnt_weeks - learnt_count)
    return AlarmLimits(
        float(stdtrit(freedom, 1 - (wanted - runs) / 2)), run_weeks, false_alarm_weeks, float(runs / wanted)
    )


def _run_share(run_weeks: int, learnt_weeks: int) -> float:
    """How often a run ends by luck, over the places where a middle learnt from so many weeks may lie."""
    places, weights = np.polynomial.hermite_e.hermegauss(NODES)
    above = ndtr(places / np.sqrt(learnt_weeks))
    return float(
        sum(weight * run_alarm_share(run_weeks, each) for weight, each in zip(weights, above.tolist(), strict=True))
        / weights.sum()
    )


@cache
def weeks_until_found(limits: AlarmLimits, learnt_weeks: int, shift: float) -> float:
    """The median of the weeks until a lasting shift of so many usual spreads raises the alarm, by simulation."""
    luck = np.random.default_rng(LUCK)
    learnt = luck.standard_normal((TRIED_SERIES, learnt_weeks))
    middle, spread = learnt.mean(axis=1), learnt.std(axis=1, ddof=1) * np.sqrt(1 + 1 / learnt_weeks)
    seen = luck.standard_normal((TRIED_SERIES, TRIED_WEEKS)) + shift
    distance = (seen - middle[:, None]) / spread[:, None]
    found = []
    for own in distance:
        beyond, runs = limits.alarms(own)
        at = np.flatnonzero(beyond | runs)
        found.append(float(at[0] + 1) if len(at) else np.inf)
    return float(np.median(found))
