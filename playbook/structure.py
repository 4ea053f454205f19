"""Structure (S1.2): who belongs to group A, who may serve it, who swaps places, how newcomers grow, who shares the pool."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playbook.errors import InputError, chosen, did_you_mean, refuse_unless_whole
from playbook.rules import rule

Floats = NDArray[np.float64]

GROUPS = ("A", "B")
GRADES = ("junior", "senior", "expert")  # from the lowest
MONTHS_A_YEAR, DAYS_A_WEEK, CENTS = 12, 7, 100


def _in_units_of_the_mean(amounts: Floats) -> Floats:
    mean = amounts.mean() if len(amounts) else 0
    return amounts / mean if mean else amounts


def _policies(customer: NDArray[np.int_], _: Floats) -> Floats:
    return np.bincount(customer).astype(float)


def _premium(customer: NDArray[np.int_], premium_cny: Floats) -> Floats:
    return np.bincount(customer, weights=premium_cny).astype(float)


# Reading Q5: what a customer's volume is. The last adds both, each as a multiple of its average.
VOLUMES: dict[str, Callable[[NDArray[np.int_], Floats], Floats]] = {
    "premium": _premium,
    "policies": _policies,
    "premium_and_policies": lambda customer, premium: (
        _in_units_of_the_mean(_premium(customer, premium)) + _in_units_of_the_mean(_policies(customer, premium))
    ),
}


@rule("S1.2.1a")
def in_group_a(volume: ArrayLike, group_a_share: float) -> NDArray[np.bool_]:
    """Which customers are in group A: the share of them with the largest volume, ties going to the earlier one.

    `volume` is one number a customer: premium, or policies held. The number of customers in A is the share of all,
    rounded down, so that a share of 0 puts everybody in group B.

    >>> in_group_a([100, 900, 300, 200], 0.25).tolist()
    [False, True, False, False]
    >>> in_group_a([100, 900, 300, 200], 0.5).tolist()
    [False, True, True, False]
    >>> in_group_a([100, 900, 300, 200], 0.24).tolist()
    [False, False, False, False]
    """
    volumes = np.asarray(volume, dtype=float)
    is_in_a = np.zeros(len(volumes), dtype=bool)
    is_in_a[np.argsort(-volumes, kind="stable")[: int(len(volumes) * group_a_share)]] = True
    return is_in_a


@rule("S1.2.1a")
def volume_by_customer(customer: ArrayLike, premium_cny: ArrayLike, grouping_measure: str) -> Floats:
    """The volume of each customer, in the order of their numbers 0, 1, 2, ..., under each reading of Q5.

    >>> volume_by_customer([0, 1, 0], [100, 250, 50], "premium").tolist()
    [150.0, 250.0]
    >>> volume_by_customer([0, 1, 0], [100, 250, 50], "policies").tolist()
    [2.0, 1.0]
    >>> volume_by_customer([0, 1, 0], [100, 250, 50], "premium_and_policies").round(2).tolist()
    [2.08, 1.92]
    """
    measure = chosen("structure.grouping_measure", VOLUMES, grouping_measure)
    return measure(np.asarray(customer, dtype=int), np.asarray(premium_cny, dtype=float))


@rule("S1.2.1a")
def regroup_days(first_day: date, last_day: date, regroup_months: int) -> list[date]:
    """The days after `first_day` on which customers are put into their groups anew, each the first of a month.

    >>> [str(day) for day in regroup_days(date(2026, 1, 1), date(2026, 3, 1), 1)]
    ['2026-02-01', '2026-03-01']
    """
    return _firsts_of_month(first_day, last_day, regroup_months)


@rule("S1.2.1b")
def may_serve_group_a(grade: str, group_a_from_grade: str) -> bool:
    """Whether somebody of a grade may serve customers of group A: from the stated grade up (reading Q17).

    >>> [may_serve_group_a(grade, "senior") for grade in ("junior", "senior", "expert")]
    [False, True, True]
    """
    for each in (grade, group_a_from_grade):
        if each not in GRADES:
            raise InputError(f"unknown grade {each!r}{did_you_mean(each, GRADES)}")
    return GRADES.index(grade) >= GRADES.index(group_a_from_grade)


def _one_each(coordinators: Sequence[str], consultants: Sequence[str]) -> list[tuple[str, str]]:
    return list(zip(coordinators, consultants, strict=False))


def _every_other(coordinators: Sequence[str], consultants: Sequence[str]) -> list[tuple[str, str]]:
    return _one_each(coordinators[: (len(coordinators) + 1) // 2], consultants)


def _everybody(coordinators: Sequence[str], consultants: Sequence[str]) -> list[tuple[str, str]]:
    left = consultants[len(coordinators) :]
    return _one_each(coordinators, consultants) + _one_each(left[0::2], left[1::2])


# Reading Q13: who exchanges places at a turn.
ROTATIONS: dict[str, Callable[[Sequence[str], Sequence[str]], list[tuple[str, str]]]] = {
    "one_each": _one_each,
    "every_other": _every_other,
    "everybody": _everybody,
}


@rule("S1.2.2")
def rotation_swaps(
    coordinators: Sequence[str], consultants: Sequence[str], rotation_reading: str
) -> list[tuple[str, str]]:
    """The pairs who exchange places at a turn, from those whose turn it is: both lists begin with the longest in post.

    `one_each` swaps every coordinator with one consultant; `every_other` leaves half of the coordinators where they
    are; under `everybody` the consultants who are left over exchange their customers with a neighbour.

    >>> rotation_swaps(["Q1", "Q2"], ["C1", "C2", "C3", "C4", "C5"], "one_each")
    [('Q1', 'C1'), ('Q2', 'C2')]
    >>> rotation_swaps(["Q1", "Q2"], ["C1", "C2", "C3", "C4", "C5"], "every_other")
    [('Q1', 'C1')]
    >>> rotation_swaps(["Q1", "Q2"], ["C1", "C2", "C3", "C4", "C5"], "everybody")
    [('Q1', 'C1'), ('Q2', 'C2'), ('C3', 'C4')]
    """
    return chosen("structure.rotation_reading", ROTATIONS, rotation_reading)(coordinators, consultants)


@rule("S1.2.2")
def rotation_days(first_day: date, last_day: date, rotation_months: int) -> list[date]:
    """The days after `first_day` on which places are exchanged, each the first of a month; an office that is closed
    then exchanges on its next open day.

    >>> [str(day) for day in rotation_days(date(2026, 1, 1), date(2026, 12, 31), 3)]
    ['2026-04-01', '2026-07-01', '2026-10-01']
    """
    return _firsts_of_month(first_day, last_day, rotation_months)


@rule("S1.2.2")
def rotated_speed_factor(
    days_since_swap: float, rotation_dip_share: float, rotation_dip_days: float, cross_skill_share: float
) -> float:
    """The speed of somebody who has swapped, against before: slower for some weeks, then a little quicker.

    >>> [rotated_speed_factor(days, 0.15, 28, 0.03) for days in (0, 27, 28, 100)]
    [0.85, 0.85, 1.03, 1.03]
    """
    return 1 - rotation_dip_share if days_since_swap < rotation_dip_days else 1 + cross_skill_share


@rule("S1.2.2")
def swap_hours(
    open_cases_count: float,
    rotation_dip_share: float,
    rotation_dip_days: float,
    handover_minutes: float,
    paid_hours_per_week: float,
) -> float:
    """Working hours that one swap costs: the slow weeks of both people, and the hand-over of the open cases.

    >>> swap_hours(250, 0.15, 28, 3, 40)
    60.5
    """
    slow_hours = 2 * rotation_dip_share * rotation_dip_days / DAYS_A_WEEK * paid_hours_per_week
    return slow_hours + open_cases_count * handover_minutes / 60


@rule("S1.2.3c", "S4.2.3")
def ramp_speed_factor(
    days_in_post: float, has_mentor: bool, ramp_start_factor: float, ramp_days: float, mentored_ramp_factor: float
) -> float:
    """The speed of a newcomer against somebody settled: it grows by the day to 1, sooner with a mentor.

    >>> [ramp_speed_factor(days, False, 0.5, 200, 0.75) for days in (0, 100, 200, 300)]
    [0.5, 0.75, 1.0, 1.0]
    >>> [ramp_speed_factor(days, True, 0.5, 200, 0.75) for days in (0, 75, 150)]
    [0.5, 0.75, 1.0]
    """
    length = ramp_days * (mentored_ramp_factor if has_mentor else 1)
    return min(1.0, ramp_start_factor + (1 - ramp_start_factor) * days_in_post / length)


@rule("S1.2.4")
def pool_score(achieved_share: Mapping[str, float], pool_weight_share: Mapping[str, float]) -> float:
    """A person's score for the bonus pool: what was achieved of each indicator, weighted; the weights must sum to 1.

    >>> pool_score({"renewal": 0.8, "satisfaction": 0.6}, {"renewal": 0.5, "satisfaction": 0.5})
    0.7
    >>> pool_score({"renewal": 0.8, "satisfaction": 0.9}, {"renewal": 0.6, "satisfaction": 0.3})
    Traceback (most recent call last):
    ...
    playbook.errors.InputError: structure.pool_weight_share: renewal 0.6, satisfaction 0.3 sum to 0.9, and must sum to 1
    """
    refuse_unless_whole("structure.pool_weight_share", pool_weight_share)
    for name in pool_weight_share:
        if name not in achieved_share:
            raise InputError(f"structure.pool_weight_share: nothing was measured for {name!r}")
    return sum(weight * achieved_share[name] for name, weight in pool_weight_share.items())


# Reading Q6: how much of the pool a score earns, before it is scaled to the pool.
POOLS: dict[str, Callable[[Floats, float], Floats]] = {
    "by_score": lambda scores, _: scores,
    "above_floor": lambda scores, floor: np.maximum(0, scores - floor),
    "equal": lambda scores, _: np.ones_like(scores),
}


@rule("S1.2.4")
def pool_payouts_cny(pool_cny: float, scores: ArrayLike, pool_reading: str, pool_floor_share: float) -> list[float]:
    """What each person gets of the pool, to the cent; the payouts sum to the pool, unless nobody has earned any.

    >>> pool_payouts_cny(1_000, [0.8, 0.7], "by_score", 0.6)
    [533.33, 466.67]
    >>> pool_payouts_cny(1_000, [0.8, 0.7], "above_floor", 0.6)
    [666.67, 333.33]
    >>> pool_payouts_cny(1_000, [0.8, 0.7], "equal", 0.6)
    [500.0, 500.0]
    """
    split = chosen("structure.pool_reading", POOLS, pool_reading)
    parts = split(np.asarray(scores, dtype=float), pool_floor_share)
    return divided_cny(pool_cny, parts)


def divided_cny(amount_cny: float, weights: ArrayLike) -> list[float]:
    """An amount divided by weight, to the cent; the parts sum to the amount, unless all weights are 0.

    >>> divided_cny(100, [1, 1, 1]), divided_cny(100, [0, 0])
    ([33.33, 33.34, 33.33], [0.0, 0.0])
    """
    parts = np.asarray(weights, dtype=float)
    if parts.sum() <= 0:
        return [0.0] * len(parts)
    edges = np.rint(np.concatenate(([0.0], np.cumsum(parts))) / parts.sum() * round(amount_cny * CENTS)).tolist()
    return [(after - before) / CENTS for before, after in pairwise(edges)]


def _firsts_of_month(first_day: date, last_day: date, months: int) -> list[date]:
    """The first of every so-manieth month after the month of `first_day`, up to `last_day`."""
    first, last = (day.year * MONTHS_A_YEAR + day.month - 1 for day in (first_day, last_day))
    return [
        date(month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1) for month in range(first + months, last + 1, months)
    ]
