"""Grouping (S1.2.1): which customers belong to group A, the few large ones, and which to group B."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playbook.rules import rule

GROUPS = ("A", "B")


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
    chosen = np.zeros(len(volumes), dtype=bool)
    chosen[np.argsort(-volumes, kind="stable")[: int(len(volumes) * group_a_share)]] = True
    return chosen


def volume_by_customer(customer: ArrayLike, premium_cny: ArrayLike, grouping_measure: str) -> NDArray[np.float64]:
    """The volume of each customer, in the order of their numbers 0, 1, 2, ...: premium in all, or policies held.

    >>> volume_by_customer([0, 1, 0], [100, 250, 50], "premium").tolist()
    [150.0, 250.0]
    >>> volume_by_customer([0, 1, 0], [100, 250, 50], "policies").tolist()
    [2.0, 1.0]
    """
    weights = np.asarray(premium_cny, dtype=float) if grouping_measure == "premium" else None
    return np.bincount(np.asarray(customer, dtype=int), weights=weights).astype(float)
