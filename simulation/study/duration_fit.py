"""Lengths of time fitted to records of which some were cut short: handling times and patience.

Families and their two numbers, the mean and the coefficient of variation, are those of the desk
(`simulation.desk.streams.durations`). A length that was cut short (a customer who was served before the patience ended, work
that was still open when the log ended) says only that the full length is longer; it enters the likelihood with its survival
function (Kalbfleisch and Prentice, The Statistical Analysis of Failure Time Data, 2002, chapter 3).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import minimize
from scipy.special import chdtri

from playbook.errors import InputError
from simulation.study.fitted import CONFIDENCE, FEWEST_EVENTS, Fitted, normal_quantile

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
FAMILIES = ("exponential", "lognormal", "gamma")
LEAST_VARIATION, MOST_VARIATION = 0.05, 10.0
STEP = 1e-4  # for the second derivatives of the log-likelihood, in the logs of mean and variation
MUCH_CUT_SHORT = 0.5


@dataclass(frozen=True)
class DurationFit:
    """A family with its mean and coefficient of variation; `log_likelihood` compares families on the same records."""

    family: str
    mean: Fitted
    variation: Fitted
    log_likelihood: float

    @property
    def akaike(self) -> float:
        """Akaike's criterion: the smaller, the better the family for its number of parameters."""
        return 2 * (1 if self.family == "exponential" else 2) - 2 * self.log_likelihood


def lognormal(mean: float, variation: float):
    """The distribution with that mean and coefficient of variation."""
    spread = sqrt(log(1 + variation**2))
    return stats.lognorm(spread, scale=mean * exp(-(spread**2) / 2))


def gamma(mean: float, variation: float):
    """The distribution with that mean and coefficient of variation."""
    return stats.gamma(1 / variation**2, scale=mean * variation**2)


DISTRIBUTIONS: dict[str, Callable] = {"lognormal": lognormal, "gamma": gamma}


def fit_durations(name: str, minutes: Floats, is_cut_short: Flags, family: str, unit: str = "minutes") -> DurationFit:
    """Mean and variation of one family by maximum likelihood, with 95 % intervals.

    minutes: above 0. is_cut_short: which of them ended for another reason. InputError where nothing ended by itself.
    The exponential interval is exact for uncut records (chi-square); the others come from the second derivatives at the
    maximum, in logs. A warning says where most records were cut short: then the mean rests on the family.
    """
    minutes, is_cut_short = np.asarray(minutes, dtype=float), np.asarray(is_cut_short, dtype=bool)
    ended, cut = minutes[~is_cut_short], minutes[is_cut_short]
    if not len(ended) or ended.min() <= 0:
        raise InputError(f"{name}: no record of a length above 0 that ended by itself")
    if family == "exponential":
        return _exponential(name, ended, cut, unit)
    distribution = DISTRIBUTIONS[family]

    def unlikelihood(logs: Floats) -> float:
        found = distribution(exp(logs[0]), float(np.clip(exp(logs[1]), LEAST_VARIATION, MOST_VARIATION)))
        return -float(found.logpdf(ended).sum() + found.logsf(cut).sum())

    begin = np.log([minutes.sum() / len(ended), max(float(ended.std() / ended.mean()), LEAST_VARIATION)])
    best = minimize(unlikelihood, begin, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-6})
    errors = _standard_errors(unlikelihood, best.x)
    mean, variation = (
        _from_log(f"{name}: {what}", at, error, len(minutes), in_unit, _warning(ended, cut))
        for what, at, error, in_unit in zip(("mean", "variation"), best.x, errors, (unit, "factor"), strict=True)
    )
    return DurationFit(family, mean, variation, -float(best.fun))


def best_family(name: str, minutes: Floats, is_cut_short: Flags, unit: str = "minutes") -> DurationFit:
    """The family with the smallest Akaike criterion."""
    return min(
        (fit_durations(name, minutes, is_cut_short, family, unit) for family in FAMILIES), key=lambda x: x.akaike
    )


def still_there(minutes: Floats, is_cut_short: Flags) -> tuple[Floats, Floats]:
    """The share that lasts longer than each length at which something ended (Kaplan and Meier 1958).

    >>> at, share = still_there(np.array([1.0, 2.0, 2.0, 3.0]), np.array([False, True, False, False]))
    >>> at.tolist(), share.round(3).tolist()
    ([1.0, 2.0, 3.0], [0.75, 0.5, 0.0])
    """
    at, ended = np.unique(minutes[~is_cut_short], return_counts=True)
    at_risk = len(minutes) - np.searchsorted(np.sort(minutes), at, side="left")
    return at, np.cumprod(1 - ended / at_risk)


def _exponential(name: str, ended: Floats, cut: Floats, unit: str) -> DurationFit:
    total, count = float(ended.sum() + cut.sum()), len(ended)
    tail = (1 - CONFIDENCE) / 2
    low, high = (2 * total / float(chdtri(2 * count, each)) for each in (tail, 1 - tail))
    mean = Fitted(f"{name}: mean", total / count, low, high, count + len(cut), unit, _warning(ended, cut))
    variation = Fitted(f"{name}: variation", 1.0, 1.0, 1.0, count + len(cut), "factor")
    return DurationFit("exponential", mean, variation, -count * log(total / count) - count)


def _warning(ended: Floats, cut: Floats) -> str:
    if len(ended) < FEWEST_EVENTS:
        return f"only {len(ended)} lengths ended by themselves"
    share = len(cut) / (len(ended) + len(cut))
    return (
        f"{share:.0%} of the lengths were cut short, so the mean rests on the family" if share > MUCH_CUT_SHORT else ""
    )


def _standard_errors(unlikelihood: Callable[[Floats], float], at: Floats) -> Floats:
    """From the inverse of the matrix of second differences; nan where that has no inverse."""
    size = len(at)
    step = np.eye(size) * STEP
    second = (
        np.array(
            [
                [
                    unlikelihood(at + step[i] + step[j])
                    - unlikelihood(at + step[i] - step[j])
                    - unlikelihood(at - step[i] + step[j])
                    + unlikelihood(at - step[i] - step[j])
                    for j in range(size)
                ]
                for i in range(size)
            ]
        )
        / (2 * STEP) ** 2
    )
    try:
        spread = np.diag(np.linalg.inv(second))
    except np.linalg.LinAlgError:
        return np.full(size, np.nan)
    return np.where(spread > 0, np.sqrt(np.abs(spread)), np.nan)


def _from_log(name: str, at: float, error: float, count: int, unit: str, warning: str) -> Fitted:
    half = normal_quantile() * error
    return Fitted(name, exp(at), exp(at - half), exp(at + half), count, unit, warning)
