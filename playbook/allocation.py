"""Allocation (S2.1): which case comes first, who is asked to take it, which tasks may not be late, what a card saves."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playbook.errors import InputError, chosen, refuse_unless_whole
from playbook.rules import rule

SCORED = ("skill", "history", "load")  # what S2.1.1 names

# Reading Q8: which tasks are key tasks, from whether the customer is in group A and whether the due date is near.
KEY_TASKS: dict[str, Callable[[bool, bool], bool]] = {
    "group_a_or_near_due": lambda is_in_a, is_near: is_in_a or is_near,
    "group_a": lambda is_in_a, _: is_in_a,
    "near_due": lambda _, is_near: is_near,
    "group_a_and_near_due": lambda is_in_a, is_near: is_in_a and is_near,
}


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


@rule("S2.1.2b")
def is_key_task(is_in_group_a: bool, days_left: float, key_reading: str, key_days: float) -> bool:
    """Whether a task is one of those that may not be late, under each reading of Q8.

    >>> [is_key_task(False, days, "group_a_or_near_due", 7) for days in (8, 7, 6)]
    [False, True, True]
    >>> [is_key_task(True, 8, reading, 7) for reading in KEY_TASKS]
    [True, True, False, False]
    """
    return chosen("allocation.key_reading", KEY_TASKS, key_reading)(is_in_group_a, days_left <= key_days)


@rule("S2.1.2b")
def zero_delay_share(late_key_tasks_count: ArrayLike) -> float | None:
    """The share of months without a single late key task, from the late ones of each month; None without months.

    >>> zero_delay_share([0, 3, 0, 1])
    0.5
    """
    counts = np.asarray(late_key_tasks_count)
    return float((counts == 0).mean()) if counts.size else None


@rule("S2.1.2b")
def zero_delay_chance_share(late_share: float, key_tasks_count: int) -> float:
    """The probability that of so many key tasks none is late, where each is late with the same small probability.

    >>> round(zero_delay_chance_share(0.01, 100), 3)
    0.366
    """
    return (1 - late_share) ** key_tasks_count


@rule("S2.1.2b")
def late_share_allowed(key_tasks_count: int, zero_delay_target_share: float) -> float:
    """How rarely a single key task may be late if a month without delay is to come about that often.

    >>> f"{late_share_allowed(100, 0.9):.3%}"
    '0.105%'
    """
    return 1 - zero_delay_target_share ** (1 / key_tasks_count)


@rule("S2.1.1")
def credible_history_share(
    successes_count: ArrayLike, tries_count: ArrayLike, team_share: float, history_credibility_count: float
) -> NDArray[np.float64]:
    """A person's past success, drawn to the team's where there is little of it; a newcomer has the team's.

    The weight of the person's own cases is tries / (tries + credibility), Bühlmann's formula.

    >>> credible_history_share([0, 90, 900], [0, 100, 1000], 0.8, 100).round(3).tolist()
    [0.8, 0.85, 0.891]
    >>> credible_history_share([0, 90], [0, 100], 0.8, 0).tolist()
    [0.8, 0.9]
    """
    successes, tries = np.asarray(successes_count, dtype=float), np.asarray(tries_count, dtype=float)
    known = tries + history_credibility_count
    found = (successes + history_credibility_count * team_share) / np.where(known > 0, known, 1)
    return np.where(known > 0, found, team_share)


@rule("S2.1.1")
def allocation_scores(
    skill_factor: ArrayLike, history_share: ArrayLike, load_share: ArrayLike, score_weight_share: Mapping[str, float]
) -> NDArray[np.float64]:
    """Each person's score for a piece of work, of at most 1; the highest takes it, the first among equals.

    Skill at this kind of work and history count in units of the best person's, load as the free part of the day (a load
    above 1 leaves nothing free). The weights must sum to 1.

    >>> weights = {"skill": 0.4, "history": 0.2, "load": 0.4}
    >>> allocation_scores([1.0, 0.8], [0.8, 0.8], [0.5, 0.5], weights).round(2).tolist()
    [0.8, 0.72]
    >>> allocation_scores([1.0, 0.8], [0.8, 0.8], [0.75, 0.5], weights).round(2).tolist()
    [0.7, 0.72]
    """
    refuse_unless_whole("allocation.score_weight_share", score_weight_share)
    if set(score_weight_share) != set(SCORED):
        raise InputError(
            f"allocation.score_weight_share: weighs {', '.join(SCORED)}, not {', '.join(score_weight_share)}"
        )
    free = 1 - np.clip(np.asarray(load_share, dtype=float), 0, 1)
    parts = {"skill": _of_the_best(skill_factor), "history": _of_the_best(history_share), "load": free}
    return sum((score_weight_share[name] * parts[name] for name in SCORED), np.zeros_like(free))


@rule("S2.1.3")
def rework_chance_share(unclear_rework_share: float, has_task_card: bool, task_card_rework_factor: float) -> float:
    """The probability that a task comes back because it was not clear, lower where a card says what is wanted.

    >>> rework_chance_share(0.06, True, 0.5), rework_chance_share(0.06, False, 0.5)
    (0.03, 0.06)
    """
    return unclear_rework_share * task_card_rework_factor if has_task_card else unclear_rework_share


@rule("S2.1.3")
def task_card_balance_minutes(
    unclear_rework_share: float, task_card_rework_factor: float, rework_minutes: float, task_card_minutes: float
) -> float:
    """Minutes that a card saves a task on average, less those of writing it; below 0 it costs more than it saves.

    >>> [task_card_balance_minutes(0.05, 0.5, minutes, 1) for minutes in (20, 40, 60)]
    [-0.5, 0.0, 0.5]
    """
    return unclear_rework_share * (1 - task_card_rework_factor) * rework_minutes - task_card_minutes


def _of_the_best(values: ArrayLike) -> NDArray[np.float64]:
    """Each value in units of the largest; as they are where none is above 0."""
    amounts = np.asarray(values, dtype=float)
    best = amounts.max(initial=0)
    return amounts / best if best > 0 else amounts
