"""Control charts of weekly figures (S2.2.1, S3.1.2): what is usual, and which weeks are not.

Values, shares of counted cases and rates are all held against what the first weeks lead one to expect. The spread between
those weeks counts: where counted cases differ more than luck makes them (Laney 2002), the limits are as much wider.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc

from playbook.errors import InputError
from playbook.monitoring import luck_share
from simulation.study.alarm_limits import AlarmLimits, alarm_limits, weeks_until_found

Floats = NDArray[np.float64]
VALUE, SHARE, RATE = "value", "share", "rate"
YEAR_WEEKS = 365.25 / 7
SEASON_WEEKS = 104  # of baseline before a yearly season is looked for
SEASON_CHANCE = 0.01  # below which a season is believed
FEWEST_WEEKS = 12
FEWEST_CASES = 5.0  # expected of the rarer kind in a week, below which limits are rough
ODD_DISTANCE = 4.0  # of a week of the baseline that the reader should look at
MUCH_WIDER = 1.3  # times the spread of luck alone, from which it is said


@dataclass(frozen=True)
class Indicator:
    """A weekly figure: `values` by week, as they are, or counts out of (`share`) or per (`rate`) `sizes`."""

    name: str
    weeks: tuple[str, ...]
    values: Floats
    kind: str = VALUE
    sizes: Floats | None = None

    @property
    def figures(self) -> Floats:
        """What is drawn: the values, or counts over sizes."""
        return self.values if self.sizes is None else self.values / self.sizes


@dataclass(frozen=True)
class Chart:
    """An indicator with what was expected of each week, the limits and the alarms; the first `learnt_weeks` are never alarms.

    `dispersion` is the weeks' spread over that of luck alone (1 for plain values); `follows` how far a week follows the one
    before (autocorrelation, 0 where none was modelled).
    """

    indicator: Indicator
    learnt_weeks: int
    limits: AlarmLimits
    expected: Floats
    low: Floats
    high: Floats
    distance: Floats
    is_beyond: NDArray[np.bool_]
    is_run: NDArray[np.bool_]
    dispersion: float
    follows: float
    has_season: bool
    warnings: tuple[str, ...]

    @property
    def is_alarm(self) -> NDArray[np.bool_]:
        """The weeks that raise an alarm."""
        return self.is_beyond | self.is_run

    def weeks_until_found(self, shift: float) -> float:
        """The median of the weeks until a lasting shift of so many usual spreads is found."""
        return weeks_until_found(self.limits, self.learnt_weeks, shift)


def control_chart(indicator: Indicator, baseline_weeks: int, false_alarm_weeks: float) -> Chart:
    """The chart of an indicator; InputError where there are too few weeks to learn from or nothing after them."""
    count = len(indicator.values)
    if baseline_weeks < FEWEST_WEEKS or count <= baseline_weeks:
        raise InputError(
            f"{indicator.name}: {count} weeks with a figure, the first {baseline_weeks} of which tell what is usual; "
            f"there must be at least {FEWEST_WEEKS} of those, and one week after them"
        )
    learnt = slice(0, baseline_weeks)
    figures, unit = indicator.figures, _spread_of_luck(indicator, learnt)
    columns, has_season = _columns(figures, unit, baseline_weeks)
    expected, reach = _predicted(columns, figures, unit, learnt)
    residual = (figures - expected) / unit
    follows = _follows(residual[learnt])
    if follows:
        expected[1:] += follows * residual[:-1] * unit[1:]
        residual = (figures - expected) / unit
        residual[0], reach = 0.0, np.full(count, np.sqrt(1 + 1 / baseline_weeks))
    learnt_count = columns.shape[1] + (1 if follows else 0)
    spread = float(np.sqrt((residual[learnt] ** 2).sum() / max(1, baseline_weeks - learnt_count - bool(follows))))
    if indicator.kind != VALUE:
        spread = max(
            1.0, spread
        )  # counted cases cannot differ less than luck makes them; where they seem to, that is luck
    if not spread > 0:
        raise InputError(f"{indicator.name}: the first {baseline_weeks} weeks are all alike, and tell no usual spread")
    limits = alarm_limits(baseline_weeks, learnt_count, false_alarm_weeks)
    distance = residual / (spread * reach)
    beyond, half = np.abs(distance) > limits.distance, limits.distance * spread * reach * unit
    runs = np.zeros(count, dtype=bool)
    runs[baseline_weeks:] = limits.alarms(distance[baseline_weeks:])[1]
    beyond[learnt] = False
    dispersion = 1.0 if indicator.kind == VALUE else spread
    return Chart(
        indicator, baseline_weeks, limits, expected, *_within(indicator, expected - half, expected + half), distance,
        beyond, runs, dispersion, follows, has_season,
        tuple(_warnings(indicator, baseline_weeks, distance, dispersion, follows, has_season)),
    )  # fmt: skip


def _spread_of_luck(indicator: Indicator, learnt: slice) -> Floats:
    """What luck alone makes of a week's figure, by its size; 1 for plain values."""
    if indicator.sizes is None:
        return np.ones(len(indicator.values))
    usual = indicator.values[learnt].sum() / indicator.sizes[learnt].sum()
    if not usual or (indicator.kind == SHARE and usual == 1):
        raise InputError(f"{indicator.name}: every one of the first weeks is {usual:.0%}; there is no spread to learn")
    return luck_share(usual, indicator.sizes) if indicator.kind == SHARE else np.sqrt(usual / indicator.sizes)


def _columns(figures: Floats, unit: Floats, baseline_weeks: int) -> tuple[Floats, bool]:
    """What the usual course is made of: its level, and a wave of a year where two years or more show one."""
    week = np.arange(len(figures)) * 2 * np.pi / YEAR_WEEKS
    plain = np.ones((len(figures), 1))
    wave = np.column_stack([plain, np.sin(week), np.cos(week)])
    if baseline_weeks < SEASON_WEEKS:
        return plain, False
    left = []
    for columns in (plain, wave):
        expected, _ = _predicted(columns, figures, unit, slice(0, baseline_weeks))
        left.append(float((((figures - expected) / unit)[:baseline_weeks] ** 2).sum()))
    freedom = baseline_weeks - wave.shape[1]
    has_season = left[1] > 0 and fdtrc(2, freedom, (left[0] - left[1]) / 2 / (left[1] / freedom)) < SEASON_CHANCE
    return (wave, True) if has_season else (plain, False)


def _predicted(columns: Floats, figures: Floats, unit: Floats, learnt: slice) -> tuple[Floats, Floats]:
    """What the first weeks lead to expect of every week, and how much wider a new week's spread is for their being few."""
    weighted = columns / unit[:, None]
    inverse = np.linalg.inv(weighted[learnt].T @ weighted[learnt])
    expected = columns @ (inverse @ weighted[learnt].T @ (figures / unit)[learnt])
    return expected, np.sqrt(1 + np.einsum("ij,jk,ik->i", weighted, inverse, weighted))


def _follows(residual: Floats) -> float:
    """How far a week follows the one before: the correlation, freed of its known lean, where it is clear; else 0."""
    count, centred = len(residual), residual - residual.mean()
    correlation = float(centred[1:] @ centred[:-1] / (centred @ centred)) if centred.any() else 0.0
    if abs(correlation) <= 2 / np.sqrt(count):
        return 0.0
    return float(np.clip(correlation + (1 + 3 * correlation) / count, -0.9, 0.9))


def _within(indicator: Indicator, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    if indicator.kind == VALUE:
        return low, high
    return np.maximum(low, 0.0), np.minimum(high, 1.0) if indicator.kind == SHARE else high


def _warnings(
    indicator: Indicator, baseline_weeks: int, distance: Floats, dispersion: float, follows: float, has_season: bool
):
    """Sentences on how far this chart can be trusted."""
    if baseline_weeks < SEASON_WEEKS:
        yield "Fewer than two years of usual weeks: a yearly season cannot be told from a change, so ask the calendar first."
    elif has_season:
        yield "A yearly wave was found in the usual weeks and is expected again."
    if follows:
        yield (
            f"Each week follows the one before (correlation {follows:.2f}): it is held against what the week before leads to "
            "expect. A change shows in its first weeks or not at all, and false alarms may come twice as often as stated."
        )
    if dispersion > MUCH_WIDER:
        yield (
            f"Weeks differ {dispersion:.1f} times as much as luck alone would make them; the limits are as much wider, and "
            "false alarms may come half as often again as stated."
        )
    odd = np.flatnonzero(np.abs(distance[:baseline_weeks]) > ODD_DISTANCE)
    if len(odd):
        yield (
            f"Of the usual weeks {indicator.weeks[odd[0]]} is odd itself; if you know why, begin after it, for it "
            "widens the limits."
        )
    if indicator.sizes is not None:
        counts = indicator.values[:baseline_weeks]
        rarer = np.minimum(counts, indicator.sizes[:baseline_weeks] - counts) if indicator.kind == SHARE else counts
        if rarer.mean() < FEWEST_CASES:
            yield f"Only {rarer.mean():.1f} of the rarer cases a week: false alarms come at another rate than stated."
    if gaps := [later for earlier, later in pairwise(indicator.weeks) if later <= earlier]:
        yield f"The weeks are not in order at {gaps[0]}."
