"""Dynamic priority (S2.1.2): which case comes first, from days left, customer grade and line."""

from collections.abc import Mapping

from playbook.rules import rule


def urgency(days_left: float, urgency_by_days_left_points: Mapping[int, float]) -> float:
    """The points of the nearest threshold at or above the days left; 1 where the due date is farther than all.

    >>> [urgency(days, {7: 4, 15: 3, 30: 2}) for days in (31, 30, 8, 7, 0, -5)]
    [1, 2, 3, 4, 4, 4]
    """
    for threshold in sorted(urgency_by_days_left_points):
        if days_left <= threshold:
            return urgency_by_days_left_points[threshold]
    return 1


@rule("S2.1.2a")
def priority(
    days_left: float,
    tier_weight_factor: float,
    line_weight_factor: float,
    urgency_by_days_left_points: Mapping[int, float],
) -> float:
    """A task's priority in points; more comes first.

    >>> priority(12, 1.5, 1.0, {7: 4, 15: 3, 30: 2})
    4.5
    """
    return urgency(days_left, urgency_by_days_left_points) * tier_weight_factor * line_weight_factor
