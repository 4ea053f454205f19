"""Whether a policy renews, fitted to records: a logit with intervals, and how well it tells and how well it ranks.

Coefficients are of the logit of renewal, as params/decision.yaml has them. They describe who renewed, not what would happen
if a price or a contact were changed: whoever is called may have been called because they were likely to leave. What a
contact does is learnt by a comparison test (S6.2.3).
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.special import expit
from scipy.stats import rankdata
from statsmodels.tools.sm_exceptions import ConvergenceWarning, PerfectSeparationWarning

from playbook.errors import InputError
from simulation.study.fitted import FEWEST_EVENTS, Fitted, normal_quantile

Floats = NDArray[np.float64]
BASE = "base"
FEWEST_A_COLUMN = 10  # of the rarer outcome, for each coefficient (Peduzzi and others, J Clin Epidemiol 1996)
CALIBRATION_GROUPS = 10
MOST_LOGIT = 10.0  # a coefficient beyond it is no measurement


@dataclass(frozen=True)
class RenewalFit:
    """Coefficients by name, with `base` for the level; what was left out and why stands in `left_out`."""

    coefficients: dict[str, Fitted]
    left_out: dict[str, str]

    def chance(self, columns: Mapping[str, Floats]) -> Floats:
        """The probability of renewal for each row of the columns that the fit used."""
        names = [name for name in self.coefficients if name != BASE]
        logit = np.full(len(next(iter(columns.values()))), self.coefficients[BASE].value)
        return expit(logit + sum(self.coefficients[name].value * columns[name] for name in names))


@dataclass(frozen=True)
class CalibrationGroup:
    """Policies of about the same predicted chance: how many, what was predicted, what came, and its 95 % half-width."""

    count: int
    predicted: float
    observed: float
    half_width: float

    @property
    def is_held(self) -> bool:
        """Whether what came lies within the half-width of what was predicted."""
        return abs(self.observed - self.predicted) <= self.half_width


def fit_renewal(columns: Mapping[str, Floats], renewed: NDArray[np.bool_]) -> RenewalFit:
    """The logit of renewal on the columns, with 95 % intervals from the second derivatives.

    A column that never varies is left out and named. InputError where nobody renewed, or everybody. A warning stands at
    each coefficient where the rarer outcome is too rare for so many columns.
    """
    renewed = np.asarray(renewed, dtype=bool)
    rarer = int(min(renewed.sum(), (~renewed).sum()))
    if rarer < FEWEST_EVENTS:
        raise InputError(f"a renewal fit needs at least {FEWEST_EVENTS} policies of either outcome, found {rarer}")
    left_out = {name: "is the same everywhere" for name, column in columns.items() if np.ptp(column) == 0}
    used = {name: np.asarray(column, dtype=float) for name, column in columns.items() if name not in left_out}
    design = np.column_stack([np.ones(len(renewed)), *used.values()])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            found = sm.Logit(renewed.astype(float), design).fit(disp=0, maxiter=100)
        except np.linalg.LinAlgError:
            raise InputError(f"the columns {', '.join(used)} say the same twice; leave one of them out") from None
    few = rarer < FEWEST_A_COLUMN * len(used)
    warning = f"only {rarer} of the rarer outcome for {len(used)} columns" if few else ""
    coefficients = {}
    for name, value, error in zip([BASE, *used], found.params, found.bse, strict=True):
        half = normal_quantile() * float(error)
        unsure = "one outcome never comes with it" if not np.isfinite(half) or abs(value) > MOST_LOGIT else warning
        low, high = float(value - half), float(value + half)
        coefficients[name] = Fitted(name, float(value), low, high, len(renewed), "logit", unsure)
    return RenewalFit(coefficients, left_out)


def area_under_curve(chance: Floats, renewed: NDArray[np.bool_]) -> float:
    """How often who renewed was given a higher chance than who did not; 0.5 is no ranking at all (Mann and Whitney 1947).

    >>> area_under_curve(np.array([0.9, 0.8, 0.3]), np.array([True, False, False]))
    1.0
    """
    ones, zeros = int(renewed.sum()), int((~renewed).sum())
    return float((rankdata(chance)[renewed].sum() - ones * (ones + 1) / 2) / (ones * zeros))


def calibration(chance: Floats, renewed: NDArray[np.bool_], groups: int = CALIBRATION_GROUPS) -> list[CalibrationGroup]:
    """Predicted against observed renewal in groups of equal size, from the lowest chance to the highest."""
    order = np.argsort(chance, kind="stable")
    found = []
    for part in np.array_split(order, groups):
        predicted = float(chance[part].mean())
        half = normal_quantile() * float(np.sqrt(predicted * (1 - predicted) / len(part)))
        found.append(CalibrationGroup(len(part), predicted, float(renewed[part].mean()), half))
    return found
