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


@rule("S2.1.2a")
def value_at_risk_per_minute(premium_cny: float, loss_share: float, handling_minutes: float) -> float:
    """The premium that a minute of work stands to keep: an order for teams that count money rather than days.

    Another order than the handbook's own, to be tried against it: the rule of serving first what loses most by waiting,
    by the time that it takes (the c-mu rule; Cox and Smith 1961, Queues, section 3.3).

    >>> value_at_risk_per_minute(premium_cny=3000, loss_share=0.25, handling_minutes=6)
    125.0
    """
    return premium_cny * loss_share / handling_minutes


@rule("S2.1.1")
def assignment_points(
    skill_factor: float,
    speed_factor: float,
    load_share: float,
    assignment_skill_weight_points: float,
    assignment_speed_weight_points: float,
    assignment_load_weight_points: float,
) -> float:
    """Whoever is skilled, quick and has done little today comes first; more points are asked first.

    load_share: the part of a day's work that somebody has done already.

    >>> assignment_points(1.15, 1.0, 0.50, 1, 1, 2), assignment_points(0.85, 1.0, 0.25, 1, 1, 2)
    (1.15, 1.35)
    """
    return (
        assignment_skill_weight_points * skill_factor
        + assignment_speed_weight_points * speed_factor
        - assignment_load_weight_points * load_share
    )
