"""What the customers of a season bring to the desk of their own accord: enquiries and complaints."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playbook.clock import MINUTES_A_DAY
from playbook.parameters import Parameters
from simulation.desk.book import Floats, Whole, gamma_factors
from simulation.desk.season import Horizon, Season
from simulation.desk.streams import Luck

HOUR = 60.0
HOURS_A_DAY = 24
MOST_EVENTS = 12  # of one kind in one policy's window; a Poisson count above it is taken as this many


@dataclass(frozen=True)
class Arrivals:
    """When customers ask or complain: calendar minutes, the season's row that each comes from, and its ordinal there."""

    minutes: Floats
    case: Whole
    ordinal: Whole

    def __len__(self) -> int:
        return len(self.minutes)


def poisson_counts(uniform: Floats, mean: float) -> Whole:
    """Poisson counts by inversion: the smallest number whose cumulative probability reaches the uniform."""
    if mean <= 0:
        return np.zeros(len(uniform), dtype=np.int64)
    reached = np.cumsum(np.exp(-mean + np.arange(MOST_EVENTS) * np.log(mean) - _log_factorials()))
    return np.searchsorted(reached, uniform).astype(np.int64)


def _log_factorials() -> Floats:
    return np.concatenate(([0.0], np.cumsum(np.log(np.arange(1, MOST_EVENTS)))))


class Hours:
    """How much of a customer's demand falls into each hour of the run, within opening hours and outside them."""

    def __init__(self, parameters: Parameters, days: Horizon, last_minute: float, luck: Luck):
        """`last_minute` is the end of the last window; beyond the run, whose calendar ends, every day is an average one."""
        count = int(days.measured_to_minute) // MINUTES_A_DAY
        self._end = days.measured_to_minute
        beyond = max(0, int(last_minute // MINUTES_A_DAY) + 1 - count)
        edges = np.arange((count + beyond) * HOURS_A_DAY + 1) * HOUR
        is_open = np.diff(days.calendar.to_working(edges[: count * HOURS_A_DAY + 1])) / HOUR
        factor = gamma_factors(luck.row("day rate", "demand", count), parameters.demand.day_spread_factor)
        weight = np.tile(np.array(parameters.demand.hour_index, dtype=float), count) * np.repeat(factor, HOURS_A_DAY)
        self._edges = edges
        self._inside = _reached(weight * is_open, beyond)
        self._outside = _reached(weight * (1 - is_open), beyond)

    def at(self, place: Floats, is_outside: NDArray[np.bool_], begin: Floats, end: Floats) -> Floats:
        """The minutes at which a share `place` of the demand between `begin` and `end` has come; nan where none comes
        in the run."""
        minutes = np.full(len(place), np.nan)
        for reached, chosen in ((self._outside, is_outside), (self._inside, ~is_outside)):
            low, high = (np.interp(edge[chosen], self._edges, reached) for edge in (begin, end))
            wanted = low + place[chosen] * (high - low)
            minutes[chosen] = np.where(high > low, np.interp(wanted, reached, self._edges), np.nan)
        return np.where(minutes < self._end, minutes, np.nan)


def _reached(weight_by_hour: Floats, days_beyond: int) -> Floats:
    """How much demand has come by each hour, the days beyond the run having the average of those in it."""
    average_day = weight_by_hour.reshape(-1, HOURS_A_DAY).mean(axis=0)
    return np.concatenate(([0.0], np.cumsum(np.concatenate([weight_by_hour, np.tile(average_day, days_beyond)]))))


def arrivals(
    purpose: str, per_policy: float, outside_share: float, season: Season, hours: Hours, luck: Luck
) -> Arrivals:
    """What the season's customers bring between the release of their list and their due date."""
    size = len(season)
    counts = poisson_counts(luck.column(f"{purpose} count", size), per_policy)
    found = []
    for ordinal in range(int(counts.max(initial=0))):
        case = np.flatnonzero(counts > ordinal)
        place = luck.column(f"{purpose} hour", size, ordinal)[case]
        is_outside = luck.column(f"{purpose} outside", size, ordinal)[case] < outside_share
        minutes = hours.at(place, is_outside, season.release[case], season.due[case])
        keep = np.isfinite(minutes)
        found.append((minutes[keep], case[keep], np.full(keep.sum(), ordinal)))
    if not found:
        return Arrivals(np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    return Arrivals(*(np.concatenate(column) for column in zip(*found, strict=True)))
