"""A number fitted to records: its value, its interval, how many records speak for it, and what they cannot say."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtri

CONFIDENCE = 0.95
FEWEST_RECORDS = 30  # below which a fit is told with a warning
FEWEST_EVENTS = 10  # of the rarer kind, below which a share or a patience is told with a warning


@dataclass(frozen=True)
class Fitted:
    """`value` in `low` to `high` at 95 % from `count` records; `warning` says in a sentence what the records cannot say."""

    name: str
    value: float
    low: float
    high: float
    count: int
    unit: str
    warning: str = ""

    def holds(self, truth: float) -> bool:
        """Whether the interval holds a value."""
        return self.low <= truth <= self.high


def normal_quantile(confidence: float = CONFIDENCE) -> float:
    """How many standard errors an interval reaches to either side.

    >>> round(normal_quantile(0.95), 3)
    1.96
    """
    return float(ndtri((1 + confidence) / 2))


def fitted_share(name: str, hits: int, count: int, unit: str = "share") -> Fitted:
    """A share with the exact interval of Clopper and Pearson (1934), which never covers too seldom.

    >>> found = fitted_share("answered", 35, 100)
    >>> round(found.low, 3), round(found.high, 3)
    (0.257, 0.452)
    """
    if count == 0:
        return Fitted(name, float("nan"), 0.0, 1.0, 0, unit, "no record speaks of it")
    tail = (1 - CONFIDENCE) / 2
    low = float(betaincinv(hits, count - hits + 1, tail)) if hits else 0.0
    high = float(betaincinv(hits + 1, count - hits, 1 - tail)) if hits < count else 1.0
    few = min(hits, count - hits) < FEWEST_EVENTS
    return Fitted(name, hits / count, low, high, count, unit, f"only {hits} of {count}" if few else "")


def fitted_mean(name: str, values: NDArray[np.float64], unit: str) -> Fitted:
    """A mean with its normal interval."""
    count = len(values)
    if count < 2:
        only = float(values[0]) if count else float("nan")
        return Fitted(name, only, float("nan"), float("nan"), count, unit, "too few records for an interval")
    mean, half = float(values.mean()), normal_quantile() * float(values.std(ddof=1)) / sqrt(count)
    warning = f"only {count} records" if count < FEWEST_RECORDS else ""
    return Fitted(name, mean, mean - half, mean + half, count, unit, warning)
