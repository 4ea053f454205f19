"""Warm-up: whether the desk's lead-in is long enough, by Welch's picture and MSER-5 over replications.

The year has a season, so a level that moves is no sign of a beginning. What is looked at is the number of renewal steps
waiting on a day less the same weekday a year later: the season falls out, and what is left at the start is the beginning.
"""

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playbook.clock import MINUTES_A_DAY
from simulation.study.measures import STEPS
from simulation.study.replicate import completed, run_record
from simulation.study.scenario import Setting

WEEKS_A_YEAR, DAYS_A_WEEK = 52, 7
YEAR_OF_WEEKDAYS = WEEKS_A_YEAR * DAYS_A_WEEK  # the same weekday, a year later
BATCH = 5
SMOOTHING_DAYS = 15  # on either side
YEARS: dict[str, Any] = {"clock.holiday_calendar": "none", "experiment.measured_days": 2 * YEAR_OF_WEEKDAYS}


@dataclass(frozen=True)
class WarmUp:
    """The evidence: `waiting[replication, day]` from the first day of the run, its differences from a year later averaged
    over the replications, their moving average, where MSER-5 would cut, and from which day on the desk measures."""

    waiting: NDArray[np.float64]
    differences: NDArray[np.float64]
    smooth: NDArray[np.float64]
    cut_day: int
    measured_from_day: int

    @property
    def is_long_enough(self) -> bool:
        """Whether the desk measures only after the beginning has passed."""
        return self.cut_day <= self.measured_from_day


def warm_up(setting: Setting, replications: int, seed: int, executor: Executor | None = None) -> WarmUp:
    """Two years without holidays, seen day by day."""
    setting = replace(setting, parameters=setting.parameters.changed(YEARS))
    calls = {number: (setting, seed, number) for number in range(replications)}
    found = dict(completed(waiting_by_day, calls, executor))
    waiting = np.array([found[number][0] for number in range(replications)])
    differences = (waiting[:, :YEAR_OF_WEEKDAYS] - waiting[:, YEAR_OF_WEEKDAYS : 2 * YEAR_OF_WEEKDAYS]).mean(axis=0)
    return WarmUp(waiting, differences, welch(differences, SMOOTHING_DAYS), mser(differences, BATCH), found[0][1])


def waiting_by_day(setting: Setting, seed: int, replication: int) -> tuple[NDArray[np.float64], int]:
    """Renewal steps waiting at noon of each day of the run, and the first measured day."""
    record = run_record(setting, seed, replication)
    chosen = np.isin(record.stay("kind"), STEPS)
    begun, ended = record.stay("begun")[chosen], record.stay("ended")[chosen]
    left = np.where(np.isnan(begun), ended, begun)
    days = int(record.horizon.measured_to_minute) // MINUTES_A_DAY
    noon = record.horizon.calendar.to_working((np.arange(days) + 0.5) * MINUTES_A_DAY)
    came, gone = np.sort(record.stay("queued")[chosen]), np.sort(left)
    waiting = np.searchsorted(came, noon, side="right") - np.searchsorted(gone, noon, side="right")
    return waiting.astype(float), record.horizon.first_measured_day


def welch(series: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Welch's moving average: over `window` values on either side, over fewer near the beginning, none at the end (Welch,
    1983; Law, Simulation Modeling and Analysis, 9.5.1).

    >>> welch(np.array([0.0, 3.0, 6.0, 9.0]), 1).tolist()
    [0.0, 3.0, 6.0]
    """
    sums = np.concatenate([[0.0], np.cumsum(series)])
    places = np.arange(len(series) - window)
    reach = np.minimum(places, window)
    return (sums[places + reach + 1] - sums[places - reach]) / (2 * reach + 1)


def mser(series: NDArray[np.float64], batch: int) -> int:
    """How many values MSER would cut off at the beginning: in batches, the cut that makes the squared standard error of
    what is left smallest, looked for in the first half (White, Cobb and Spratt, 2000, for batches of five).

    >>> mser(np.array([9.0] * 10 + [0.0, 1.0] * 45), 5)
    10
    """
    means = series[: len(series) // batch * batch].reshape(-1, batch).mean(axis=1)
    errors = [float(np.var(means[cut:])) / (len(means) - cut) for cut in range(max(1, len(means) // 2))]
    return int(np.argmin(errors)) * batch
