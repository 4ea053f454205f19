"""Choosing with a guarantee: the best by Kim and Nelson's procedure, or the cheapest within limits by tests in a fixed order.

Both take any source of replications: who is asked for values of a system in numbered replications, all systems under the
same luck.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import ceil, floor, inf
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from playbook.errors import InputError
from simulation.study.estimates import one_sided_half_width

FEWEST_FIRST_STAGE = 5
FIRST_STAGE = 10  # replications before the first screening
PILOT = 5  # replications that plan a test within limits; few, because they are not used again
SURE_SHARE = 0.9  # of sample sizes: how often a system that is as good as its pilot shall pass
SPREAD_MARGIN = 1.2  # on a pilot's spread, which few runs tell badly


class Source(Protocol):
    """Where values come from; replication r of all systems has the same luck."""

    def __len__(self) -> int:
        """How many systems there are."""
        ...

    def need(self, wanted: Mapping[int, Iterable[int]]) -> None:
        """Make these replications by system, side by side where that is possible."""
        ...

    def of(self, which: int, measure: str, numbers: Iterable[int]) -> NDArray[np.float64]:
        """A measure's values of one system in these replications."""
        ...


@dataclass(frozen=True)
class Best:
    """The best of several systems.

    chosen: position of the best. is_guaranteed: False where the runs ended first. out_after: for each system that fell
    out, after how many replications. used: replications by system. means: of the runs used. alone: about how many
    replications a system the same procedure would have used with independent luck, from the first stage's variances;
    shared: the same forecast with the same luck.
    """

    chosen: int
    is_guaranteed: bool
    out_after: dict[int, int]
    used: list[int]
    means: list[float]
    shared: int
    alone: int
    smallest_correlation: float


def best(
    source: Source,
    measure: str,
    is_more_better: bool,
    smallest_difference: float,
    confidence: float,
    first: int = FIRST_STAGE,
    most: int = 1000,
    step: int = 1,
) -> Best:
    """The system with the best mean, with probability `confidence` whenever it leads by the smallest difference or more.

    Kim and Nelson's fully sequential procedure with common random numbers and c = 1 (Kim and Nelson, 2001, ACM TOMACS 11,
    section 3): eta = ((2 alpha / (k - 1))^(-2 / (n0 - 1)) - 1) / 2, h2 = 2 eta (n0 - 1), and the variance of each pair's
    *differences* over the first n0. A system falls out as soon as it trails another by more than
    max(0, delta / (2 r) (h2 S2 / delta^2 - r)). Looking only every `step` replications keeps the guarantee: it is the
    same walk seen at fewer moments (Jennison, Johnstone and Turnbull, 1982).
    """
    if not smallest_difference > 0:
        raise InputError(f"the smallest difference that matters must be above 0, not {smallest_difference:g}")
    if not FEWEST_FIRST_STAGE <= first <= most:
        raise InputError(f"the first stage has {first} replications; {FEWEST_FIRST_STAGE} to {most} are allowed")
    count, sign = len(source), 1.0 if is_more_better else -1.0
    if count < 2:
        raise InputError("choosing needs at least two scenarios")
    source.need({which: range(first) for which in range(count)})
    start = {which: sign * source.of(which, measure, range(first)) for which in range(count)}
    spread = {}
    for one, two in combinations(range(count), 2):
        spread[one, two] = spread[two, one] = float(np.var(start[one] - start[two], ddof=1))
    h2 = bound_squared(count, first, confidence)
    alive, out_after, reached = set(range(count)), {}, first
    while True:
        means = {which: sign * float(source.of(which, measure, range(reached)).mean()) for which in alive}
        for which in fallen(means, spread, reached, smallest_difference, h2):
            alive.discard(which)
            out_after[which] = reached
        if len(alive) == 1 or reached >= most or reached > _longest(alive, spread, smallest_difference, h2):
            break
        further = min(reached + step, most)
        source.need({which: range(reached, further) for which in alive})
        reached = further
    used = [out_after.get(which, reached) for which in range(count)]
    values = [source.of(which, measure, range(used[which])) for which in range(count)]
    is_over = len(alive) == 1 or reached > _longest(alive, spread, smallest_difference, h2)
    return Best(
        chosen=max(alive, key=means.__getitem__),
        is_guaranteed=is_over,
        out_after=out_after,
        used=used,
        means=[float(each.mean()) for each in values],
        shared=_forecast(start, spread, smallest_difference, h2, first),
        alone=_forecast(start, _apart(start), smallest_difference, h2, first),
        smallest_correlation=_smallest_correlation(start),
    )


def bound_squared(systems: int, first: int, confidence: float) -> float:
    """Kim and Nelson's h2 for c = 1.

    >>> round(bound_squared(2, 10, 0.95), 3)  # eta = ((0.1) ** (-2 / 9) - 1) / 2
    6.013
    """
    eta = ((2 * (1 - confidence) / (systems - 1)) ** (-2 / (first - 1)) - 1) / 2
    return 2 * eta * (first - 1)


def fallen(
    means: Mapping[int, float], spread: Mapping[tuple[int, int], float], reached: int, delta: float, h2: float
) -> list[int]:
    """Which systems trail another by more than the width of the continuation region at this replication."""

    def width(one: int, two: int) -> float:
        return max(0.0, delta / (2 * reached) * (h2 * spread[one, two] / delta**2 - reached))

    return [one for one in means if any(means[one] < means[two] - width(one, two) for two in means if two != one)]


def _longest(alive: Iterable[int], spread: Mapping[tuple[int, int], float], delta: float, h2: float) -> int:
    """The replication after which the mean decides between those that are left."""
    return max((floor(h2 * spread[pair] / delta**2) for pair in combinations(sorted(alive), 2)), default=0)


def _apart(start: dict[int, NDArray[np.float64]]) -> dict[tuple[int, int], float]:
    """What the variances of the differences would be with luck of its own for each system."""
    own = {which: float(np.var(values, ddof=1)) for which, values in start.items()}
    return {(one, two): own[one] + own[two] for one in own for two in own if one != two}


def _forecast(
    start: dict[int, NDArray[np.float64]], spread: Mapping[tuple[int, int], float], delta: float, h2: float, first: int
) -> int:
    """All replications of all systems, if each falls out where its first-stage mean meets the region's edge against the
    leader: at r with h2 S2 / (2 delta r) - delta / 2 = gap, so r = h2 S2 / (2 delta gap + delta^2)."""
    means = {which: float(values.mean()) for which, values in start.items()}
    leader = max(means, key=means.__getitem__)
    ends = [
        max(first, ceil(h2 * spread[leader, which] / (2 * delta * (means[leader] - means[which]) + delta**2)))
        for which in means
        if which != leader
    ]
    return sum(ends) + max(ends)


def _smallest_correlation(start: dict[int, NDArray[np.float64]]) -> float:
    pairs = [(one, two) for one, two in combinations(start.values(), 2) if np.ptp(one) > 0 and np.ptp(two) > 0]
    return min((float(np.corrcoef(one, two)[0, 1]) for one, two in pairs), default=1.0)


@dataclass(frozen=True)
class Limit:
    """A promise: a measure's mean stays at or below a value (or at or above it, where more is better)."""

    measure: str
    value: float
    is_upper: bool = True

    def room(self, mean: float) -> float:
        """How far a mean is on the right side of the limit."""
        return self.value - mean if self.is_upper else mean - self.value


@dataclass(frozen=True)
class Tried:
    """What became of one candidate under one limit.

    pilot: mean of the pilot. mean, bound: of the fresh runs, with the one-sided confidence bound on the side of the
    limit; None where it was not tested. holds: whether the bound keeps the limit.
    """

    limit: Limit
    pilot: float
    mean: float | None = None
    bound: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the confidence bound of the fresh runs keeps the limit."""
        return self.bound is not None and self.limit.room(self.bound) >= 0


@dataclass(frozen=True)
class Candidate:
    """One candidate's way through the test: its cost, what was planned for it and what it came to.

    state: passed, failed, not tested (after a failure), hopeless (the pilot's mean breaks a limit), too close (the pilot
    says that more runs than allowed would be needed). runs: fresh runs planned, or those that would be needed.
    """

    which: int
    cost: float
    state: str
    runs: int
    tried: list[Tried]


@dataclass(frozen=True)
class Cheapest:
    """The cheapest candidate whose limits hold, None where none does; all candidates from dearest to cheapest, and the
    nearest miss: the one whose worst limit was missed by the smallest part of it."""

    chosen: int | None
    candidates: list[Candidate]
    nearest_miss: int | None = None
    pilot_runs: int = 0


def cheapest(
    source: Source,
    cost: list[float],
    limits: list[Limit],
    confidence: float,
    pilot: int = PILOT,
    most: int = 200,
) -> Cheapest:
    """The cheapest system whose limits hold at the one-sided confidence bound.

    With probability `confidence` or more the chosen one keeps all its limits: the candidates are tested from dearest to
    cheapest, each at the full level, and the first that fails ends it (fixed-sequence testing: Maurer, Hothorn and
    Lehmacher, 1995; Westfall and Krishen, 2001). Order, sample sizes and who takes part come from a pilot whose runs are
    not used again. Several limits of one candidate need no correction, because all must hold (Berger, 1982).
    """
    if not limits:
        raise InputError("choosing the cheapest needs a limit")
    if not FEWEST_FIRST_STAGE <= pilot < most:
        raise InputError(f"the pilot has {pilot} replications; {FEWEST_FIRST_STAGE} to {most - 1} are allowed")
    count = len(source)
    source.need({which: range(pilot) for which in range(count)})
    piloted = {which: [_piloted(source, which, limit, pilot) for limit in limits] for which in range(count)}
    sizes = {which: max(_runs_needed(source, which, limit, pilot, confidence) for limit in limits) for which in piloted}
    order = sorted(range(count), key=lambda which: (-cost[which], -_room(piloted[which])))
    states = {which: "hopeless" if sizes[which] == inf else "too close" for which in order if sizes[which] > most}
    found, has_failed = [], False
    for which in order:
        tried, runs = piloted[which], int(min(sizes[which], 10**9))
        if which not in states and has_failed:
            states[which] = "not tested"
        elif which not in states:
            numbers = range(pilot, pilot + runs)
            source.need({which: numbers})
            tried = [_tested(source, which, each, numbers, confidence) for each in tried]
            has_failed = not all(each.holds for each in tried)
            states[which] = "failed" if has_failed else "passed"
        found.append(Candidate(which, cost[which], states[which], runs, tried))
    passed = [each for each in found if each.state == "passed"]
    if passed:
        return Cheapest(
            min(passed, key=lambda each: (each.cost, -_room(each.tried))).which, found, pilot_runs=pilot * count
        )
    return Cheapest(None, found, max(found, key=lambda each: _room(each.tried)).which, pilot * count)


def _piloted(source: Source, which: int, limit: Limit, pilot: int) -> Tried:
    return Tried(limit, float(source.of(which, limit.measure, range(pilot)).mean()))


def _tested(source: Source, which: int, tried: Tried, numbers: range, confidence: float) -> Tried:
    values = source.of(which, tried.limit.measure, numbers)
    mean, half = float(values.mean()), one_sided_half_width(values, confidence)
    return Tried(tried.limit, tried.pilot, mean, mean + half if tried.limit.is_upper else mean - half)


def _room(tried: list[Tried]) -> float:
    """The worst limit's room, as a part of the limit; above 0 where all are kept."""
    return min(
        each.limit.room(each.pilot if each.mean is None else each.mean) / (abs(each.limit.value) or 1.0)
        for each in tried
    )


def _runs_needed(source: Source, which: int, limit: Limit, pilot: int, confidence: float) -> float:
    """How many fresh runs let the bound keep the limit nine times in ten, if mean and spread are the pilot's; infinite
    where the pilot's mean breaks it.

    Runs that all agree show no spread; they still need as many as make the agreement itself unlikely to be chance.
    """
    values = source.of(which, limit.measure, range(pilot))
    room = limit.room(float(values.mean()))
    if room < 0 or (room == 0 and np.ptp(values) > 0):
        return inf
    fewest = max(FEWEST_FIRST_STAGE, ceil(np.log(1 - confidence) / np.log(0.5)))
    if np.ptp(values) == 0:
        return fewest
    spread = SPREAD_MARGIN * float(values.std(ddof=1))
    runs = fewest
    for _ in range(50):
        quantiles = float(stdtrit(runs - 1, confidence) + stdtrit(runs - 1, SURE_SHARE))
        wanted = max(fewest, ceil((quantiles * spread / room) ** 2))
        if wanted <= runs:
            return runs
        runs = wanted
    return runs
