"""Estimates: a mean over independent runs with its interval, plain or sharpened by a control whose mean is known."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from playbook.errors import InputError

FEWEST_WITH_CONTROL = 6  # one run tells the slope; below this the lost degree of freedom costs more than it can bring


@dataclass(frozen=True)
class Estimate:
    """A mean over replications with its interval. Where every run gave the same value, the interval is that value and
    `is_identical` says that it is no measurement of spread."""

    mean: float
    low: float
    high: float
    replications: int

    @property
    def is_identical(self) -> bool:
        """Whether all replications agreed to the last bit."""
        return self.low == self.high

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2

    def differs_at_most_share(self, confidence: float) -> float:
        """In how many years at most another value can be expected, where all runs agreed (Clopper and Pearson, 1934,
        Biometrika 26, one-sided, for none among n).

        >>> round(Estimate(0.0, 0.0, 0.0, 10).differs_at_most_share(0.95), 3)
        0.259
        """
        return 1 - (1 - confidence) ** (1 / self.replications)


def estimate(values: NDArray[np.float64], confidence: float) -> Estimate:
    """Mean and Student interval of independent values, from two on."""
    if len(values) < 2:
        raise InputError(f"an interval needs at least 2 replications, found {len(values)}")
    half = half_width(values, confidence)
    mean = float(values.mean())
    return Estimate(mean, mean - half, mean + half, len(values))


def half_width(values: NDArray[np.float64], confidence: float) -> float:
    """Half the width of the Student interval of the mean."""
    if np.ptp(values) == 0:
        return 0.0
    quantile = float(stdtrit(len(values) - 1, (1 + confidence) / 2))
    return quantile * float(values.std(ddof=1)) / float(np.sqrt(len(values)))


def controlled(
    values: NDArray[np.float64], deviations: NDArray[np.float64], confidence: float
) -> tuple[Estimate, float]:
    """The estimate sharpened by a control variate, and its gain: how many times as many plain runs it is worth.

    `deviations` are the control less its known mean, run by run. The mean is the regression's value at deviation 0 and
    its interval has n - 2 degrees of freedom, exact for jointly normal values (Lavenberg and Welch, 1981, Management
    Science 27, equations 9 to 13). Too few runs, or a control that never moved, give the plain estimate and gain 1.
    """
    plain, count = estimate(values, confidence), len(values)
    centred = deviations - deviations.mean()
    spread = float(centred @ centred)
    if count < FEWEST_WITH_CONTROL or spread == 0 or plain.is_identical:
        return plain, 1.0
    slope = float(centred @ values) / spread
    rest = values - values.mean() - slope * centred
    variance = float(rest @ rest) / (count - 2)
    mean = float(values.mean() - slope * deviations.mean())
    error = np.sqrt(variance * (1 / count + float(deviations.mean()) ** 2 / spread))
    half = float(stdtrit(count - 2, (1 + confidence) / 2) * error)
    gain = float(values.var(ddof=1)) / variance if variance else float("inf")
    return Estimate(mean, mean - half, mean + half, count), gain


def two_sided_p(values: NDArray[np.float64]) -> float:
    """The p-value of the mean being 0: Student's, or, where all values agree, that of the signs alone.

    >>> two_sided_p(np.zeros(5)), two_sided_p(np.ones(5))
    (1.0, 0.0625)
    """
    if np.ptp(values) == 0:
        return 1.0 if values[0] == 0 else 2.0 ** (1 - len(values))
    error = float(values.std(ddof=1)) / float(np.sqrt(len(values)))
    return float(2 * stdtr(len(values) - 1, -abs(float(values.mean())) / error))


def one_sided_half_width(values: NDArray[np.float64], confidence: float) -> float:
    """How far the one-sided Student bound of the mean lies from it."""
    return half_width(values, 2 * confidence - 1)
