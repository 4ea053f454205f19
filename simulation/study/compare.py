"""Paired comparison: two settings under the same luck, with simultaneous intervals for the measures that decide, the calls
of their family, what became of single customers, and the margin at which money turns."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import inf

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from playbook.errors import InputError
from simulation.study.estimates import Estimate, estimate, half_width, two_sided_p
from simulation.study.measures import BY_NAME
from simulation.study.replicate import Precision, Replications

MOST_MARGIN_SHARE = 0.5  # of renewed premium; no line earns more
MARGIN_STEPS = 500


@dataclass(frozen=True)
class Difference:
    """Other less base in one measure.

    estimate: the mean difference with its interval, simultaneous over the deciding measures. year_low, year_high: what
    a single year may bring. gain: variance of the difference had the luck been independent, over the realised one.
    is_called: whether Holm's procedure over the deciding measures names a direction. adjusted_p: its p-value.
    confidence: of all deciding intervals together; own_confidence: of this one alone.
    """

    measure: str
    base: float
    other: float
    estimate: Estimate
    year_low: float
    year_high: float
    gain: float
    is_called: bool
    adjusted_p: float
    confidence: float
    own_confidence: float

    @property
    def is_better(self) -> bool | None:
        """Whether the other is better, where that can be called and the measure has a better side."""
        better = BY_NAME[self.measure].better
        if not self.is_called or better is None:
            return None
        return (self.estimate.mean > 0) == (better == "more")

    @property
    def is_direction_only(self) -> bool:
        """Whether Holm's later steps call a direction while the joint interval still reaches 0."""
        return self.is_called and self.estimate.low <= 0 <= self.estimate.high


@dataclass(frozen=True)
class Customers:
    """What became of single customers under the same luck, as shares of the book.

    won: renewed with the other and not with the base. lost: the reverse. year_low, year_high of their difference are in
    the comparison itself; these say how many customers it is made of.
    """

    won: Estimate
    lost: Estimate


@dataclass(frozen=True)
class Margin:
    """At which margins on renewed premium the other's contribution is called above the base's, and at which below.

    premium_cny, cost_cny: mean differences a year. even_share: the margin at which the means are equal, None where there
    is none up to MOST_MARGIN_SHARE. pays, loses: the lowest and the highest margin at which a direction is called, None
    where at no margin.
    """

    assumed_share: float
    premium_cny: float
    cost_cny: float
    even_share: float | None
    pays: tuple[float, float] | None
    loses: tuple[float, float] | None


def compare(base: Replications, other: Replications, deciding: tuple[str, ...], confidence: float) -> list[Difference]:
    """The differences of the deciding measures, pair by pair of replications.

    With m deciding measures each interval has the confidence 1 - (1 - confidence) / m (Bonferroni), so that all hold
    together with the stated confidence. Calls follow Holm's step-down procedure over the same family (Holm, 1979,
    Scandinavian Journal of Statistics 6), which calls whatever its intervals call, and sometimes more.
    """
    if base.seed != other.seed or len(base.values) != len(other.values):
        raise InputError("a paired comparison needs the same seed and as many replications on both sides")
    each = 1 - (1 - confidence) / len(deciding)
    adjusted = holm([two_sided_p(other.of(name) - base.of(name)) for name in deciding])
    return [
        replace(_difference(base, other, name, each, confidence), adjusted_p=p, is_called=p <= 1 - confidence)
        for name, p in zip(deciding, adjusted, strict=True)
    ]


def widening(intervals_count: int, replications: int, confidence: float) -> float:
    """How many times as wide an interval is that holds together with so many (Bonferroni) as it would be alone.

    >>> round(widening(600, 2, 0.95)), round(widening(600, 10, 0.95), 1)
    (601, 3.0)
    """
    each = 1 - (1 - confidence) / intervals_count
    together, alone = (float(stdtrit(replications - 1, (1 + of) / 2)) for of in (each, confidence))
    return together / alone


def holm(p_values: list[float]) -> list[float]:
    """Holm's adjusted p-values, in the order given.

    >>> [round(p, 3) for p in holm([0.04, 0.01, 0.03])]
    [0.06, 0.03, 0.06]
    """
    order = np.argsort(p_values, kind="stable")
    found, largest = [0.0] * len(p_values), 0.0
    for step, place in enumerate(order.tolist()):
        largest = max(largest, min(1.0, (len(p_values) - step) * p_values[place]))
        found[place] = largest
    return found


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
        gain=apart / spread**2 if spread else inf,
        is_called=False,
        adjusted_p=1.0,
        confidence=confidence,
        own_confidence=each,
    )


def replications_to_call(difference: Difference) -> int | None:
    """About how many replications would make the interval leave out 0, if mean and spread stay; None where the runs
    agree to the last bit. Student's quantile shrinks as runs are added, so that a few may be enough after two."""
    found = difference.estimate
    if found.mean == 0 or found.half_width == 0:
        return None
    tail = (1 + difference.own_confidence) / 2
    now = float(stdtrit(found.replications - 1, tail))
    errors = abs(found.mean) / (
        found.half_width / now * float(np.sqrt(found.replications))
    )  # the mean in standard deviations
    return next(count for count in _growing_counts() if float(stdtrit(count - 1, tail)) <= errors * np.sqrt(count))


def _growing_counts() -> Iterator[int]:
    """Every count up to a hundred, then in steps of a hundredth: a forecast is no better than that."""
    count = 2
    while True:
        yield count
        count += max(1, count // 100)


def are_precise(wanted: Precision) -> Callable[[list[Replications]], bool]:
    """Whether the differences of all settings from the first are as precise as asked: the half-width of a share's
    difference, and for all else one relative to the base's mean, which a difference near 0 can reach as well."""

    def are_enough(runs: list[Replications]) -> bool:
        base, *others = runs
        return all(_is_precise(base, other, measure, wanted) for other in others for measure in wanted.measures)

    return are_enough


def _is_precise(base: Replications, other: Replications, measure: str, wanted: Precision) -> bool:
    each = 1 - (1 - wanted.confidence) / len(wanted.measures)
    half = half_width(other.of(measure) - base.of(measure), each)
    level = float(base.of(measure).mean())
    return wanted.is_met(Estimate(level, level - half, level + half, len(base)), measure)


def customers(base: Replications, other: Replications, policies_count: int, confidence: float) -> Customers | None:
    """Customers renewed on one side and not on the other; None where the sides do not share their book, or their runs
    were read back without their customers."""
    if not base.renewed or [*map(len, base.renewed)] != [*map(len, other.renewed)] or not policies_count:
        return None
    first, second = (np.frombuffer(b"".join(side.renewed), np.uint8).reshape(len(side), -1) for side in (base, other))

    def share_of(bits: NDArray[np.uint8]) -> Estimate:
        return estimate(np.unpackbits(bits, axis=1).sum(axis=1) / policies_count, confidence)

    return Customers(share_of(second & ~first), share_of(first & ~second))


def margin(base: Replications, other: Replications, assumed_share: float, confidence: float) -> Margin:
    """Where money turns: at each margin m the paired interval of m times the premium's difference less the cost's. The
    margins that are not called are Fieller's set for the ratio of cost to premium (Fieller, 1954, Journal of the Royal
    Statistical Society B 16)."""
    premium = other.of("premium_renewed_cny") - base.of("premium_renewed_cny")
    cost = sum(other.of(name) - base.of(name) for name in ("payroll_cny", "bonus_cny"))
    shares = np.linspace(0, MOST_MARGIN_SHARE, MARGIN_STEPS + 1)
    called = [_sign(share * premium - cost, confidence) for share in shares]
    kept, paid = float(premium.mean()), float(cost.mean())
    even = paid / kept if kept else -1.0
    return Margin(
        assumed_share=assumed_share,
        premium_cny=kept,
        cost_cny=paid,
        even_share=even if 0 < even <= MOST_MARGIN_SHARE else None,
        pays=_ends(shares, called, 1),
        loses=_ends(shares, called, -1),
    )


def _sign(values: NDArray[np.float64], confidence: float) -> int:
    """1 or -1 where the interval of the mean leaves out 0 on that side, else 0."""
    mean, half = float(values.mean()), half_width(values, confidence)
    return int(np.sign(mean)) if abs(mean) > half else 0


def _ends(shares: NDArray[np.float64], called: list[int], sign: int) -> tuple[float, float] | None:
    """The first and the last share called so; they are one stretch, because the bound is a concave function of it."""
    own = [float(share) for share, each in zip(shares, called, strict=True) if each == sign]
    return (own[0], own[-1]) if own else None
