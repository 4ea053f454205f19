"""The back-test: fitted on the earlier part of the records, the desk foretells the later part, and how often the truth fell
inside is counted.

A foretold interval is that of a single realisation: the smallest and the largest of n simulated futures hold one more, drawn
alike, with chance (n - 1) / (n + 1), whatever its distribution (David and Nagaraja, Order Statistics, 2003, 7.2). Each future
has luck of its own and its own draw of the fitted parameters from their intervals, so the fit's uncertainty is inside.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray

from playbook.errors import InputError
from playbook.parameters import problem
from simulation.desk.record import LAPSED, OUTCOMES
from simulation.study.calibrate import (
    Calibration,
    allowed_value,
    calibrate,
    first_day_to_simulate,
    put,
    setting_of,
    with_rates,
)
from simulation.study.contact_fit import ANSWERED
from simulation.study.fitted import normal_quantile
from simulation.study.replicate import completed
from simulation.study.team_records import TeamRecords
from simulation.study.weekly import DAYS_A_WEEK, WEEKLY, by_week, weekly_run

Floats = NDArray[np.float64]
FIT_SHARE = 0.65  # of the log's days, on which is fitted
FUTURES = 39  # 38 of 40: their extremes hold the truth with 95 %
FEWEST_FIT_DAYS, FEWEST_WEEKS = 90, 4
MADE_BY_THE_LIST = (
    "book.",
    "staffing.",
    "people.grade_mix_share",
)  # what the list itself gives, and no draw is made of
PACED = "_minutes"  # parameters whose common uncertainty is the level of the people: they move together


@dataclass(frozen=True)
class Forecast:
    """One measure by week: what was foretold (middle, low, high) and what came; `holds` says in which weeks it fell inside."""

    measure: str
    words: str
    unit: str
    middle: Floats
    low: Floats
    high: Floats
    truth: Floats

    @property
    def holds(self) -> NDArray[np.bool_]:
        """Whether the truth of each week fell inside."""
        return (self.low <= self.truth) & (self.truth <= self.high)


@dataclass(frozen=True)
class BackTest:
    """Fitted up to a day, foretold from the next on by so many futures; what was fitted then."""

    fitted_until: date
    first_week: date
    futures_count: int
    forecasts: tuple[Forecast, ...]
    calibration: Calibration

    @property
    def promised_share(self) -> float:
        """How often the truth is to fall inside."""
        return (self.futures_count - 1) / (self.futures_count + 1)

    @property
    def held_share(self) -> float:
        """How often it did, over all measures and weeks."""
        return float(np.mean([each.holds.mean() for each in self.forecasts]))

    def sentence(self) -> str:
        """One sentence of trust."""
        told = (
            f"Of {len(self.forecasts[0].truth)} weeks that the fit had not seen, {self.held_share:.0%} of "
            f"{len(self.forecasts)} weekly figures fell inside what was foretold; {self.promised_share:.0%} was promised"
        )
        worst = min(self.forecasts, key=lambda each: each.holds.mean())
        if self.held_share >= self.promised_share - SLACK:
            return f"{told}: on these records the desk can be trusted for weekly figures."
        side = "more" if (worst.truth > worst.high).sum() > (worst.truth < worst.low).sum() else "fewer"
        return (f"{told}: trust it with care, least of all for {worst.words[0].lower()}{worst.words[1:]} "
                f"({worst.holds.mean():.0%} inside; mostly {side} came than was foretold).")  # fmt: skip


SLACK = 0.05  # below the promise at which a back-test still counts as held


def back_test(
    records: TeamRecords,
    team: str,
    executor=None,
    seed: int = 1,
    futures: int = FUTURES,
    progress: Callable[[int, int], None] | None = None,
) -> BackTest:
    """Fit on the earlier part, foretell the later one; InputError where the log is too short for both."""
    fitted_until, first, weeks = split(records)
    found = with_rates(calibrate(records.until(fitted_until)), team, executor, seed)
    last = first + timedelta(days=weeks * DAYS_A_WEEK - 1)
    setting = setting_of(records, found.parameters, team, first, last)
    draws = [drawn(found, seed, number) for number in range(futures)]
    calls = {number: (setting, draws[number], seed + 1, number) for number in range(futures)}
    runs = []
    for _, run in completed(weekly_run, calls, executor):
        runs.append(run.counts)
        if progress:
            progress(len(runs), futures)
    truth = weekly_truth(records, first, weeks)
    all_runs = np.array(runs)
    forecasts = [
        Forecast(each.name, each.words, each.unit, np.median(all_runs[:, row], axis=0), all_runs[:, row].min(axis=0),
                 all_runs[:, row].max(axis=0), truth[row])
        for row, each in enumerate(WEEKLY)
        if np.isfinite(truth[row]).all()
    ]  # fmt: skip
    return BackTest(fitted_until, first, futures, tuple(forecasts), found)


def split(records: TeamRecords) -> tuple[date, date, int]:
    """The last day on which is fitted, the first that is foretold, and for how many whole weeks."""
    days = max(round(records.days_count * FIT_SHARE), FEWEST_FIT_DAYS)
    fitted_until = records.first + timedelta(days=days - 1)
    first = max(fitted_until + timedelta(days=1), first_day_to_simulate(records))
    weeks = ((records.last - first).days + 1) // DAYS_A_WEEK
    if weeks < FEWEST_WEEKS:
        raise InputError(
            f"the log reaches from {records.first} to {records.last}: a back-test needs {FEWEST_FIT_DAYS} days to fit on and "
            f"{FEWEST_WEEKS} weeks after them"
        )
    return fitted_until, first, weeks


def drawn(found: Calibration, seed: int, number: int) -> dict:
    """A draw of every fitted parameter from its interval, as changes: logs are normal, lengths of work move together."""
    parameters, changes = found.records.parameters, {}
    generator = Generator(Philox(key=[seed, number]))
    together = float(generator.standard_normal())
    for name, fitted in sorted(found.fits.items()):
        own = float(generator.standard_normal())
        if name in found.kept or name.startswith(MADE_BY_THE_LIST) or fitted.high <= fitted.low:
            continue
        is_paced = name.partition(".")[2].partition(".")[0].endswith(PACED)
        value = _at(fitted.value, fitted.low, fitted.high, together if is_paced else own)
        put(changes, name, allowed_value(name, value, parameters), found.parameters)
    return {name: value for name, value in changes.items() if problem(value, parameters.about(name)) is None}


def _at(value: float, low: float, high: float, z: float) -> float:
    """A fit so many standard errors from its value: on the log's scale where the interval lies above 0."""
    end = high if z > 0 else low
    reach = abs(z) / normal_quantile()
    if min(value, end) > 0:
        return exp(log(value) + reach * (log(end) - log(value)))
    return value + reach * (end - value)


def weekly_truth(records: TeamRecords, first: date, weeks: int) -> Floats:
    """The log counted as `weekly.counted` counts a run; nan throughout for what the log does not tell."""
    log, calendar = records.log, records.calendar
    begin = float((first - records.first).days * 1440)
    begun, ended, came = (records.minutes_of(log[name]) for name in ("begin", "end", "came"))
    activity, result = log["activity"], log["result"]
    feedback = records.parameters.feedback
    calls, asked, did = activity.eq("follow_up"), activity.eq("enquiry"), np.isfinite(begun)
    born = np.where(np.isfinite(came), came, begun)
    due = calendar.deadlines(
        np.where(np.isfinite(born), born, 0.0), feedback.enquiry_reply_hours, feedback.enquiry_reply_clock
    )
    late = (asked & ((begun > due) | result.eq("given_up"))).to_numpy()
    signed = activity.isin(OUTCOMES[:LAPSED])
    closed = (records.closed - np.datetime64(records.first)).astype("timedelta64[D]").astype(float) * 1440 + 1439
    lapsed = records.policies["lapsed"].eq(1).to_numpy()
    never = np.full(weeks, np.nan)
    return np.array([
        by_week(begun[calls & did], begin, weeks),
        by_week(ended[calls & result.isin(ANSWERED)], begin, weeks) if result[calls].notna().any() else never,
        by_week(ended[activity.eq("proposal") & did], begin, weeks),
        by_week(born[asked], begin, weeks) if asked.any() else never,
        by_week(born[late], begin, weeks) if asked.any() and np.isfinite(came[asked]).any() else never,
        by_week(ended[signed], begin, weeks) if signed.any() else never,
        by_week(closed[lapsed], begin, weeks) if records.policies["lapsed"].notna().any() else never,
        by_week(ended[did], begin, weeks, log["minutes"].to_numpy(dtype=float)[did] / 60),
    ])  # fmt: skip
