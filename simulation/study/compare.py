"""Paired comparison: two settings under the same luck, with simultaneous intervals for the measures that decide."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from playbook.errors import InputError
from simulation.study.estimates import Estimate, half_width
from simulation.study.measures import BY_NAME
from simulation.study.replicate import Replications


@dataclass(frozen=True)
class Difference:
    """Other less base in one measure.

    estimate: the mean difference with its interval, simultaneous over the deciding measures. year_low, year_high: what
    a single year may bring. correlation: of the two settings' values, which is what pairing lives on. gain: variance
    of the difference had the luck been independent, over the realised one.
    """

    measure: str
    base: float
    other: float
    estimate: Estimate
    year_low: float
    year_high: float
    gain: float

    @property
    def is_called(self) -> bool:
        """Whether the interval leaves out 0, so that a direction can be named."""
        return self.estimate.low > 0 or self.estimate.high < 0

    @property
    def is_better(self) -> bool | None:
        """Whether the other is better, where that can be called and the measure has a better side."""
        better = BY_NAME[self.measure].better
        if not self.is_called or better is None:
            return None
        return (self.estimate.mean > 0) == (better == "more")


def compare(base: Replications, other: Replications, deciding: tuple[str, ...], confidence: float) -> list[Difference]:
    """The differences of the deciding measures, pair by pair of replications.

    With m deciding measures each interval has the confidence 1 - (1 - confidence) / m (Bonferroni), so that all hold
    together with the stated confidence.
    """
    if base.seed != other.seed or len(base.values) != len(other.values):
        raise InputError("a paired comparison needs the same seed and as many replications on both sides")
    each = 1 - (1 - confidence) / len(deciding)
    return [_difference(base, other, measure, each, confidence) for measure in deciding]


def _difference(base: Replications, other: Replications, measure: str, each: float, confidence: float) -> Difference:
    first, second = base.of(measure), other.of(measure)
    differences = second - first
    mean, half, count = float(differences.mean()), half_width(differences, each), len(differences)
    spread = float(differences.std(ddof=1))
    year = float(stdtrit(count - 1, (1 + confidence) / 2)) * spread * float(np.sqrt(1 + 1 / count))
    apart = float(first.var(ddof=1) + second.var(ddof=1))
    return Difference(
        measure=measure,
        base=float(first.mean()),
        other=float(second.mean()),
        estimate=Estimate(mean, mean - half, mean + half, count),
        year_low=mean - year,
        year_high=mean + year,
        gain=apart / spread**2 if spread else float("inf"),
    )


def replications_to_call(difference: Difference) -> int | None:
    """About how many replications would make the interval leave out 0, if mean and spread stay; None where the runs
    agree to the last bit."""
    half = difference.estimate.high - difference.estimate.mean
    if difference.estimate.mean == 0 or half == 0:
        return None
    return int(np.ceil(difference.estimate.replications * (half / difference.estimate.mean) ** 2)) + 1
