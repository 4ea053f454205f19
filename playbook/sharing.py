"""Sharing inside the team (S5.1): the rhythm of the regular meeting, and who is due for a talk with the leader."""

from playbook.rules import rule

DAYS_A_WEEK = 7

# The two rhythms that S5.1.1 leaves open, in weeks from one meeting to the next.
WEEKS_BETWEEN_MEETINGS: dict[str, int] = {"weekly": 1, "fortnightly": 2}


@rule("S5.1.1")
def is_meeting_week(week_number: int, team_meeting_rhythm: str) -> bool:
    """Whether the team meets in a week, counted from 0, the first week of the plan.

    >>> [is_meeting_week(week, "weekly") for week in (0, 1, 2, 3)]
    [True, True, True, True]
    >>> [is_meeting_week(week, "fortnightly") for week in (0, 1, 2, 3)]
    [True, False, True, False]
    """
    return week_number % WEEKS_BETWEEN_MEETINGS[team_meeting_rhythm] == 0


@rule("S5.1.1")
def meeting_share(meeting_minutes: float, team_meeting_rhythm: str, paid_hours_per_week: float) -> float:
    """The part of everybody's paid time that the regular meeting takes.

    >>> meeting_share(60, "weekly", 40), meeting_share(60, "fortnightly", 40)
    (0.025, 0.0125)
    """
    return meeting_minutes / (WEEKS_BETWEEN_MEETINGS[team_meeting_rhythm] * paid_hours_per_week * 60)


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
