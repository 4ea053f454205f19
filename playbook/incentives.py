"""Pay for results (S3.3): the tiered bonus under each reading of its one line (Q6b), what it tempts to, and effort."""

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from playbook.errors import chosen
from playbook.rules import rule
from playbook.targets import by_period

CENTS = 100


def exact(amount: float | Fraction) -> Fraction:
    """A number as it is written, without the rest that its binary form carries.

    >>> exact(0.1) * 3 == exact(0.3), 0.1 * 3 == 0.3
    (True, False)
    """
    return amount if isinstance(amount, Fraction) else Fraction(str(float(amount)))


def in_cents(amount: Fraction | int) -> float:
    """An exact amount to the cent, half a cent counting as one.

    >>> in_cents(exact(200.50) * exact(0.01)), round(200.50 * 0.01, 2)
    (2.01, 2.0)
    """
    return math.floor(Fraction(amount) * CENTS + Fraction(1, 2)) / CENTS


def has_reached_tier(
    produced_cny: float | Fraction, target_cny: float | Fraction, tier_attainment_share: float | Fraction
) -> bool:
    """Whether production has reached the tier, compared to the cent.

    >>> [has_reached_tier(produced, 100_000, 1.10) for produced in (109_999.99, 110_000, 110_000.01)]
    [False, True, True]
    """
    return in_cents(exact(produced_cny)) >= in_cents(exact(tier_attainment_share) * exact(target_cny))


def _commission_points(
    produced: Fraction, target: Fraction, commission: Fraction, tier: Fraction, uplift: Fraction, _: Fraction
) -> Fraction:
    return produced * (commission + uplift * has_reached_tier(produced, target, tier))


def _whole_reward(
    produced: Fraction, target: Fraction, commission: Fraction, tier: Fraction, uplift: Fraction, _: Fraction
) -> Fraction:
    return produced * commission * (1 + uplift * has_reached_tier(produced, target, tier))


def _every_step(
    produced: Fraction, target: Fraction, commission: Fraction, _: Fraction, uplift: Fraction, step: Fraction
) -> Fraction:
    steps = max(0, math.floor((produced / target - 1) / step))
    steps += has_reached_tier(produced, target, 1 + (steps + 1) * step)  # half a cent short of a step is on it
    return produced * commission * (1 + uplift * steps)


def _excess_only(
    produced: Fraction, target: Fraction, commission: Fraction, tier: Fraction, uplift: Fraction, _: Fraction
) -> Fraction:
    return produced * commission + max(Fraction(0), produced - tier * target) * commission * uplift


READINGS: dict[str, Callable[..., Fraction]] = {
    "commission_points": _commission_points,
    "whole_reward": _whole_reward,
    "every_step": _every_step,
    "excess_only": _excess_only,
}


@rule("S3.3.3")
def tier_reward_cny(
    produced_cny: float | Fraction,
    target_cny: float | Fraction,
    commission_share: float | Fraction,
    tier_attainment_share: float,
    tier_uplift_share: float,
    tier_step_share: float,
    tier_reading: str,
) -> float:
    """The reward for renewed premium, exact to the cent, with the uplift that attainment of the target brings.

    `whole_reward` pays the commission times one and the uplift from the tier on; `commission_points` adds the uplift
    to the rate of commission; `every_step` adds one uplift for each full step above target; `excess_only` pays the
    uplift on the part beyond the tier alone.

    >>> [tier_reward_cny(produced, 100_000, 0.01, 1.10, 0.05, 0.10, "whole_reward")
    ...  for produced in (109_999.99, 110_000, 110_000.01)]
    [1100.0, 1155.0, 1155.0]
    >>> tier_reward_cny(110_000, 100_000, 0.01, 1.10, 0.05, 0.10, "commission_points")
    6600.0
    >>> tier_reward_cny(120_000, 100_000, 0.01, 1.10, 0.05, 0.10, "every_step")
    1320.0
    >>> tier_reward_cny(120_000, 100_000, 0.01, 1.10, 0.05, 0.10, "excess_only")
    1205.0
    """
    produced, target, commission, tier, uplift, step = map(
        exact,
        (produced_cny, target_cny, commission_share, tier_attainment_share, tier_uplift_share, tier_step_share),
    )
    if target <= 0:
        return in_cents(produced * commission)
    return in_cents(
        chosen("incentives.tier_reading", READINGS, tier_reading)(produced, target, commission, tier, uplift, step)
    )


# What a person is paid for premium produced against a target, the rest of the plan being fixed.
Plan = Callable[[float, float], float]


@rule("S3.3.3")
def year_reward_cny(
    plan: Plan,
    produced_by_month_cny: Iterable[Sequence[float]],
    target_by_month_cny: Iterable[Sequence[float]],
    pay_period: str,
) -> float:
    """What a team earns in a year: one row of months a person, attainment being taken anew in each pay period.

    >>> plan = lambda produced, target: tier_reward_cny(produced, target, 0.01, 1.10, 0.05, 0.10, "whole_reward")
    >>> months, targets = [90_000] * 6 + [112_000] * 6, [100_000] * 12
    >>> [year_reward_cny(plan, [months], [targets], period) for period in ("month", "quarter", "year")]
    [12456.0, 12456.0, 12120.0]
    """
    total = 0.0
    for person, wanted in zip(produced_by_month_cny, target_by_month_cny, strict=True):
        periods = zip(by_period(person, pay_period), by_period(wanted, pay_period), strict=True)
        total += sum(plan(produced, target) for produced, target in periods)
    return round(total, 2)


@rule("S3.3.3")
def shift_gain_cny(
    plan: Plan, moved_cny: float, produced_cny: float, next_produced_cny: float, target_cny: float
) -> float:
    """What a person gains by booking `moved_cny` of this period's premium in the next one; below 0, what they lose.

    A negative `moved_cny` is premium of the next period that is brought forward into this one.

    >>> plan = lambda produced, target: tier_reward_cny(produced, target, 0.01, 1.10, 0.05, 0.10, "whole_reward")
    >>> [shift_gain_cny(plan, moved, 95_000, 100_000, 100_000) for moved in (9_999, 10_000, -15_000)]
    [0.0, 55.0, 55.0]
    """
    honest = plan(produced_cny, target_cny) + plan(next_produced_cny, target_cny)
    shifted = plan(produced_cny - moved_cny, target_cny) + plan(next_produced_cny + moved_cny, target_cny)
    return round(shifted - honest, 2)


@rule("S3.3.3")
def signing_day(
    ready_day: float, next_period_day: float, last_day: float, gain_cny: float, gaming_shift_days: float
) -> float:
    """The day on which a signing is booked: held back to the next period where that pays its consultant.

    It is held back by `gaming_shift_days` at most, and never past `last_day`, the last on which the policy can renew.

    >>> [signing_day(88, 91, 120, gain, 5) for gain in (0, 55)]
    [88, 91]
    >>> signing_day(85, 91, 120, 55, 5), signing_day(88, 91, 90, 55, 5), signing_day(88, 91, 120, 55, 0)
    (85, 88, 88)
    """
    pays = gain_cny > 0 and ready_day < next_period_day <= min(ready_day + gaming_shift_days, last_day)
    return next_period_day if pays else ready_day


@rule("S3.3.2")
def reward_in_sight_cny(
    plan: Plan,
    produced_cny: float,
    expected_cny: float,
    stretch_share: float,
    policy_premium_cny: float,
    target_cny: float,
) -> float:
    """What one policy more is worth to a person now: the reward of a stretch beyond today's pace, a policy of it.

    `produced_cny` is booked, `expected_cny` is what the rest of the period brings at today's pace, `stretch_share` how
    much more of it a person can see themselves do. The tier counts only where the stretch decides on it: not where it
    is out of reach, and not where it is safe.

    >>> plan = lambda produced, target: tier_reward_cny(produced, target, 0.01, 1.10, 0.05, 0.10, "whole_reward")
    >>> [reward_in_sight_cny(plan, produced, 20_000, 0.20, 2_000, 100_000) for produced in (80_000, 88_000, 92_000)]
    [20.0, 48.0, 21.0]
    """
    paced, stretched = produced_cny + expected_cny, produced_cny + expected_cny * (1 + stretch_share)
    policies = (stretched - paced) / policy_premium_cny
    return round((plan(stretched, target_cny) - plan(paced, target_cny)) / policies, 2) if policies > 0 else 0.0


@rule("S3.3.2")
def effort_factor(
    reward_cny: float,
    ordinary_reward_cny: float,
    effort_gain_most_share: float,
    effort_scale_cny: float,
    recognition_effort_share: float,
    rank_feedback_factor: float,
) -> float:
    """How hard a person works, 1 under ordinary pay: concave in what one policy more is worth to them.

    Money adds at most `effort_gain_most_share` to the effort of somebody whom results pay nothing, and 1 - 1/e of that
    at `effort_scale_cny`. The caller passes a `recognition_effort_share` of 0 where no recognition is in sight, and a
    `rank_feedback_factor` of 1 where nobody is told their rank.

    >>> [round(effort_factor(reward, 28, 0.15, 40, 0, 1), 3) for reward in (0, 28, 56, 112, 224)]
    [0.93, 1.0, 1.035, 1.061, 1.069]
    >>> round(effort_factor(28, 28, 0.15, 40, 0.03, 1), 3), round(effort_factor(28, 28, 0.15, 40, 0, 0.9), 3)
    (1.03, 0.9)
    """

    def with_money(cny: float) -> float:
        return 1 + effort_gain_most_share * (1 - math.exp(-cny / effort_scale_cny))

    money = with_money(reward_cny) / with_money(ordinary_reward_cny)
    return money * (1 + recognition_effort_share) * rank_feedback_factor


@rule("S3.3.3")
def goal_effort_factor(
    booked_cny: float,
    reach_cny: float,
    goal_cny: float,
    goal_gradient_share: float,
    give_up_share: float,
    coasting_share: float,
) -> float:
    """What a goal of the period does to effort, beside the money in sight: more the nearer it is, less once it is booked,
    less where it is out of reach.

    `reach_cny` is what the period brings at today's pace with a stretch.

    >>> [round(goal_effort_factor(booked, 110_000, 110_000, 0.10, 0.05, 0.04), 3)
    ...  for booked in (0, 55_000, 109_999.99, 110_000)]
    [1.0, 1.05, 1.1, 0.96]
    >>> [goal_effort_factor(55_000, reach, 110_000, 0.10, 0.05, 0.04) for reach in (109_999.99, 110_000)]
    [0.95, 1.05]
    """
    if goal_cny <= 0:
        return 1.0
    if booked_cny >= goal_cny:
        return 1 - coasting_share
    return 1 - give_up_share if reach_cny < goal_cny else 1 + goal_gradient_share * booked_cny / goal_cny


@rule("S3.3.2")
def moved_by_effort(effort: float, part_share: float) -> float:
    """What an effort does to one thing (speed, the effect of a talk, slips) into which such a part of its change goes.

    >>> [round(moved_by_effort(effort, 0.5), 3) for effort in (0.9, 1.0, 1.1)], moved_by_effort(1.1, 0)
    ([0.95, 1.0, 1.05], 1.0)
    """
    return 1 + part_share * (effort - 1)


@rule("S3.3.2")
def expected_rest_cny(booked_cny: float, target_cny: float, elapsed_share: float) -> float:
    """What the rest of a period brings at today's pace; early in it the pace is taken to be the target's.

    >>> [round(expected_rest_cny(booked, 100, elapsed), 2) for booked, elapsed in ((0, 0), (60, 0.5), (110, 1))]
    [100.0, 55.0, 0.0]
    """
    return float((1 - elapsed_share) * (booked_cny + (1 - elapsed_share) * target_cny))


@rule("S3.3.2")
def has_recognition(attainment_share: float, recognition_attainment_share: float) -> bool:
    """Whether somebody is recognised: everybody who reaches the mark, however many they are.

    >>> [has_recognition(share, 1.05) for share in (1.04, 1.05, 1.06)]
    [False, True, True]
    """
    return attainment_share >= recognition_attainment_share


@rule("S3.3.2")
def leaving_factor(
    is_coached: bool, is_recognised: bool, coached_leaving_factor: float, recognised_leaving_factor: float
) -> float:
    """How many times as likely as others somebody is to leave.

    >>> [leaving_factor(coached, recognised, 2.0, 0.8) for coached, recognised in
    ...  ((False, False), (True, False), (False, True))]
    [1.0, 2.0, 0.8]
    """
    return (coached_leaving_factor if is_coached else 1.0) * (recognised_leaving_factor if is_recognised else 1.0)
