"""Appraisal (S3.2): three groups of raters, one weighted score, and raters' own severity taken out of it."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playbook.errors import InputError, chosen, refuse_unless_whole
from playbook.rules import rule

FULL_SCORE_POINTS = 100
DIGITS = 12  # weights are rounded so far, so that a rest of one tenth reads as one tenth


@rule("S3.2.1")
def attainment_points(attainment_share: float, full_attainment_share: float) -> float:
    """Attainment as points for performance: in proportion, 100 from full attainment on.

    >>> [attainment_points(share, 1.2) for share in (0, 0.9, 1.2, 1.5)]
    [0.0, 75.0, 100.0, 100.0]
    """
    return FULL_SCORE_POINTS * min(max(attainment_share / full_attainment_share, 0.0), 1.0)


@rule("S3.2.1")
def rated_points(
    points_by_group: Mapping[str, Sequence[float]],
    rater_weight_share: Mapping[str, float],
    rater_least_count: Mapping[str, int],
) -> float:
    """All-round points: the mean within each group of raters, then the weighted mean of the groups.

    A group with fewer raters than its least number is left out and its weight goes to the others in proportion, so
    that nobody's single opinion can be read off. InputError where no group is left or the weights do not sum to 1.

    >>> weights = {"superior": 0.5, "colleagues": 0.25, "customers": 0.25}
    >>> least = {"superior": 1, "colleagues": 3, "customers": 5}
    >>> rated_points({"superior": [80], "colleagues": [60, 70, 80], "customers": [90] * 5}, weights, least)
    80.0
    >>> rated_points({"superior": [80], "colleagues": [20, 20], "customers": [90] * 5}, weights, least)
    83.33333333333333
    """
    refuse_unless_whole("rater_weight_share", rater_weight_share)
    heard = {
        group: weight
        for group, weight in rater_weight_share.items()
        if len(points_by_group.get(group, ())) >= max(1, rater_least_count[group])
    }
    if not sum(heard.values()):
        raise InputError(f"no group of raters is large enough: {dict(rater_least_count)} are the least numbers")
    means = {group: sum(points_by_group[group]) / len(points_by_group[group]) for group in heard}
    return sum(means[group] * weight for group, weight in heard.items()) / sum(heard.values())


# Reading Q6: what becomes of the weight that the handbook's two weights, performance and attitude, leave over.
SCORE_RESTS: dict[str, Callable[[float, float], tuple[float, float, float]]] = {
    "third_bucket": lambda performance, attitude: (performance, attitude, 1 - performance - attitude),
    "scaled_up": lambda performance, attitude: (
        performance / (performance + attitude),
        attitude / (performance + attitude),
        0,
    ),
    "to_performance": lambda performance, attitude: (1 - attitude, attitude, 0),
    "to_attitude": lambda performance, attitude: (performance, 1 - performance, 0),
}
PARTS = ("performance", "attitude", "compliance_and_teamwork")


@rule("S3.2.2")
def score_weights(
    performance_weight_share: float, attitude_weight_share: float, score_rest_reading: str
) -> dict[str, float]:
    """The weights of the score sheet, which sum to 1 under each reading of Q6.

    `third_bucket` gives the rest to compliance and teamwork; `scaled_up` enlarges both weights in proportion;
    `to_performance` and `to_attitude` give the rest to one of them. InputError where the two exceed 1 together.

    >>> score_weights(0.6, 0.3, "third_bucket")
    {'performance': 0.6, 'attitude': 0.3, 'compliance_and_teamwork': 0.1}
    >>> score_weights(0.6, 0.3, "to_performance")
    {'performance': 0.7, 'attitude': 0.3, 'compliance_and_teamwork': 0}
    >>> score_weights(0.6, 0.5, "third_bucket")
    Traceback (most recent call last):
    ...
    playbook.errors.InputError: performance_weight_share + attitude_weight_share = 0.6 + 0.5: they may not exceed 1
    """
    both = performance_weight_share + attitude_weight_share
    if both <= 0 or (both > 1 and not math.isclose(both, 1)):
        says = "they may not exceed 1" if both > 1 else "at least one must be above 0"
        told = f"{performance_weight_share} + {attitude_weight_share}"
        raise InputError(f"performance_weight_share + attitude_weight_share = {told}: {says}")
    reading = chosen("appraisal.score_rest_reading", SCORE_RESTS, score_rest_reading)
    weights = reading(performance_weight_share, attitude_weight_share)
    return {part: round(weight, DIGITS) for part, weight in zip(PARTS, weights, strict=True)}


@rule("S3.2.2")
def weighted_score_points(points: Mapping[str, float], weight_share: Mapping[str, float]) -> float:
    """The score: each part's points times its weight; refused unless the weights sum to 1 and each part has points.

    >>> weighted_score_points({"performance": 80, "attitude": 90}, {"performance": 0.6, "attitude": 0.4})
    84.0
    >>> weighted_score_points({"performance": 80, "attitude": 90}, {"performance": 0.6, "attitude": 0.3})
    Traceback (most recent call last):
    ...
    playbook.errors.InputError: weight_share: performance 0.6, attitude 0.3 sum to 0.9, and must sum to 1
    """
    refuse_unless_whole("weight_share", weight_share)
    if min(weight_share.values()) < 0:
        raise InputError(f"weight_share = {dict(weight_share)}: a weight may not be below 0")
    missing = [part for part, weight in weight_share.items() if weight and part not in points]
    if missing:
        raise InputError(f"points: there are none for {', '.join(missing)}")
    return sum(points[part] * weight for part, weight in weight_share.items() if weight)


@rule("S3.2.2")
def rater_shift_points(points: ArrayLike, rater: ArrayLike) -> NDArray[np.float64]:
    """How far each rater 0, 1, 2, ... is above (kinder) or below (stricter) the mean of all raters' means.

    Taken over cases that all raters have scored it is their severity; taken over their own people it also holds what
    is true of those people.

    >>> rater_shift_points([80, 70, 60, 50], [0, 0, 1, 1]).tolist()
    [10.0, -10.0]
    """
    given, by = np.asarray(points, dtype=float), np.asarray(rater, dtype=int)
    counts = np.bincount(by)
    if not counts.all():
        raise InputError(f"rater = {by.tolist()}: each rater from 0 to {len(counts) - 1} must have given points")
    means = np.bincount(by, weights=given) / counts
    return means - means.mean()


@rule("S3.2.2")
def calibrated_points(
    points: ArrayLike, rater: ArrayLike, shift_points: ArrayLike, calibration_removed_share: float
) -> NDArray[np.float64]:
    """The points after the calibration meeting, which takes so much of each rater's shift out; within 0 to 100.

    >>> calibrated_points([80, 70, 60, 50], [0, 0, 1, 1], [10, -10], 1.0).tolist()
    [70.0, 60.0, 70.0, 60.0]
    >>> calibrated_points([80, 70, 60, 50], [0, 0, 1, 1], [10, -10], 0.5).tolist()
    [75.0, 65.0, 65.0, 55.0]
    """
    shifts = np.asarray(shift_points, dtype=float)[np.asarray(rater, dtype=int)]
    return np.clip(np.asarray(points, dtype=float) - calibration_removed_share * shifts, 0, FULL_SCORE_POINTS)
