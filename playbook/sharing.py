"""Sharing inside the team (S5.1): who is due for a talk with the leader, and what the talks take."""

from playbook.rules import rule

DAYS_A_WEEK = 7


@rule("S5.1.4")
def is_one_to_one_due(
    months_in_post: float,
    attainment_share: float,
    days_since_talk: float,
    one_to_one_new_months: float,
    one_to_one_attainment_share: float,
    one_to_one_interval_days: float,
) -> bool:
    """Whether a person who is new or lags behind target has waited long enough for the next talk with the leader.

    Somebody who has not been talked to yet has waited for ever (`math.inf`).

    >>> [is_one_to_one_due(months, 1.0, 14, 8, 0.9, 14) for months in (7.9, 8, 8.1)]     # new, no longer new
    [True, False, False]
    >>> [is_one_to_one_due(24, attainment, 14, 8, 0.9, 14) for attainment in (0.89, 0.9, 0.91)]     # lagging or not
    [True, False, False]
    >>> [is_one_to_one_due(2, 1.0, days, 8, 0.9, 14) for days in (13, 14, 15)]     # not yet, due
    [False, True, True]
    """
    is_new = months_in_post < one_to_one_new_months
    is_lagging = attainment_share < one_to_one_attainment_share
    return (is_new or is_lagging) and days_since_talk >= one_to_one_interval_days


@rule("S5.1.4")
def one_to_one_share(
    people_count: int, one_to_one_minutes: float, one_to_one_interval_days: float, paid_hours_per_week: float
) -> float:
    """The part of the leader's paid time that the talks with so many people take.

    >>> one_to_one_share(4, 30, 14, 40)
    0.025
    >>> one_to_one_share(0, 30, 14, 40)
    0.0
    """
    hours_between_talks = one_to_one_interval_days / DAYS_A_WEEK * paid_hours_per_week
    return people_count * one_to_one_minutes / (hours_between_talks * 60)
