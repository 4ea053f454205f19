"""Targets (S3.1): the three indicators, and the team's target split among its people."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playbook.errors import InputError, chosen
from playbook.rules import rule
from playbook.staffing import MONTHS_A_YEAR

Floats = NDArray[np.float64]

# How many months of results are counted together.
PERIOD_MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": MONTHS_A_YEAR}


@rule("S3.1.1")
def attainment_share(produced_cny: float, target_cny: float) -> float:
    """Premium attainment: renewed premium over its target; InputError where there is no target above 0.

    >>> [attainment_share(produced, 100_000) for produced in (99_000, 100_000, 110_000)]
    [0.99, 1.0, 1.1]
    """
    if target_cny <= 0:
        raise InputError(f"target_cny = {target_cny}: attainment needs a target above 0")
    return produced_cny / target_cny


# What a policy counts in the renewal rate.
RENEWAL_MEASURES: dict[str, Callable[[Floats], Floats]] = {
    "premium": lambda premium: premium,
    "policies": lambda premium: np.ones_like(premium),
}


@rule("S1.1.3c", "S3.1.1")
def renewal_share(premium_due_cny: ArrayLike, is_renewed: ArrayLike, renewal_measure: str) -> float | None:
    """The renewal rate of policies whose window has closed, by the premium that fell due or by number; None without any.

    >>> renewal_share([8_000, 1_000, 1_000], [False, True, True], "policies")
    0.6666666666666666
    >>> renewal_share([8_000, 1_000, 1_000], [False, True, True], "premium")
    0.2
    """
    weigh = chosen("targets.renewal_measure", RENEWAL_MEASURES, renewal_measure)
    weights, renewed = weigh(np.asarray(premium_due_cny, dtype=float)), np.asarray(is_renewed, dtype=bool)
    return float(weights[renewed].sum() / weights.sum()) if weights.sum() else None


@rule("S3.1.1")
def complaints_in_time_share(
    days_since_arrival: ArrayLike, is_closed: ArrayLike, complaint_closing_days: float
) -> float | None:
    """Timeliness of complaint handling: those closed within the limit, of all whose fate or limit has come.

    `days_since_arrival` runs to the closing, or to today where a complaint is still open. An open complaint within
    the limit is not counted yet; one beyond it is late. None where none is counted.

    >>> complaints_in_time_share([14, 15, 16], [True, True, True], 15)
    0.6666666666666666
    >>> complaints_in_time_share([14, 15, 16], [True, False, False], 15)
    0.5
    """
    days, closed = np.asarray(days_since_arrival, dtype=float), np.asarray(is_closed, dtype=bool)
    in_time = closed & (days <= complaint_closing_days)
    counted = closed | (days > complaint_closing_days)
    return float(in_time.sum() / counted.sum()) if counted.any() else None


# What each person's part of the team's target is in proportion to: premium falling due to them, the share that they
# renewed before, the share that is usual for such a book, and the weight of the former.
SPLITS: dict[str, Callable[[Floats, Floats, Floats, float], Floats]] = {
    "equal": lambda due, history, benchmark, weight: np.ones_like(due),
    "by_book": lambda due, history, benchmark, weight: due,
    "history_and_benchmark": lambda due, history, benchmark, weight: (
        due * (weight * history + (1 - weight) * benchmark)
    ),
}


@rule("S3.1.3")
def personal_targets_cny(
    team_target_cny: float,
    due_premium_cny: ArrayLike,
    history_share: ArrayLike,
    benchmark_share: ArrayLike,
    history_weight_share: float,
    target_split: str,
) -> Floats:
    """Each person's part of the team's target, one number a person; the parts sum to the whole.

    `equal` gives everybody the same, `by_book` goes by the premium falling due to each, `history_and_benchmark`
    weighs that premium with the share that can be expected of it: between the person's own past share and the usual
    share of such a book.

    >>> book, own, usual = [4_000_000, 2_000_000], [0.90, 0.60], [0.80, 0.80]
    >>> personal_targets_cny(4_200_000, book, own, usual, 0.5, "equal").tolist()
    [2100000.0, 2100000.0]
    >>> personal_targets_cny(4_200_000, book, own, usual, 0.5, "by_book").tolist()
    [2800000.0, 1400000.0]
    >>> personal_targets_cny(4_200_000, book, own, usual, 0.5, "history_and_benchmark").round().tolist()
    [2975000.0, 1225000.0]
    """
    due, history, benchmark = (
        np.asarray(each, dtype=float) for each in (due_premium_cny, history_share, benchmark_share)
    )
    parts = chosen("targets.target_split", SPLITS, target_split)(due, history, benchmark, history_weight_share)
    if not parts.sum() > 0:
        raise InputError(f"due_premium_cny = {due.tolist()}: a target cannot be split where no premium falls due")
    return team_target_cny * parts / parts.sum()


def by_period(monthly: ArrayLike, period: str) -> list[float]:
    """Twelve monthly amounts, or any whole number of periods of them, summed period by period.

    >>> by_period([1, 2, 3, 4, 5, 6], "quarter"), by_period([1, 2, 3, 4, 5, 6], "half_year")
    ([6.0, 15.0], [21.0])
    """
    amounts, months = np.asarray(monthly, dtype=float), chosen("period", PERIOD_MONTHS, period)
    if len(amounts) % months:
        raise InputError(f"{len(amounts)} monthly amounts do not fill whole periods of {months} ({period})")
    return amounts.reshape(-1, months).sum(axis=1).tolist()
