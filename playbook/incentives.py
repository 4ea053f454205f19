"""The tiered bonus (S3.3.3), under each of the four readings of its one line (Q6b)."""

from collections.abc import Callable

from playbook.rules import rule


def has_reached_tier(produced_cny: float, target_cny: float, tier_attainment_share: float) -> bool:
    """Whether production has reached the tier, compared to the cent.

    >>> [has_reached_tier(produced, 100_000, 1.10) for produced in (109_999.99, 110_000, 110_000.01)]
    [False, True, True]
    """
    return round(produced_cny, 2) >= round(tier_attainment_share * target_cny, 2)


def _commission_points(
    produced: float, target: float, commission: float, tier: float, uplift: float, _: float
) -> float:
    return produced * (commission + uplift * has_reached_tier(produced, target, tier))


def _whole_reward(produced: float, target: float, commission: float, tier: float, uplift: float, _: float) -> float:
    return produced * commission * (1 + uplift * has_reached_tier(produced, target, tier))


def _every_step(produced: float, target: float, commission: float, _: float, uplift: float, step: float) -> float:
    steps = 0
    while has_reached_tier(produced, target, 1 + (steps + 1) * step):
        steps += 1
    return produced * commission * (1 + uplift * steps)


def _excess_only(produced: float, target: float, commission: float, tier: float, uplift: float, _: float) -> float:
    return produced * commission + max(0, produced - tier * target) * commission * uplift


READINGS: dict[str, Callable[..., float]] = {
    "commission_points": _commission_points,
    "whole_reward": _whole_reward,
    "every_step": _every_step,
    "excess_only": _excess_only,
}


@rule("S3.3.3")
def tier_reward_cny(
    produced_cny: float,
    target_cny: float,
    commission_share: float,
    tier_attainment_share: float,
    tier_uplift_share: float,
    tier_step_share: float,
    tier_reading: str,
) -> float:
    """The reward for renewed premium, to the cent, with the uplift that attainment of the target brings.

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
    if target_cny <= 0:
        return round(produced_cny * commission_share, 2)
    reward = READINGS[tier_reading](
        produced_cny, target_cny, commission_share, tier_attainment_share, tier_uplift_share, tier_step_share
    )
    return round(reward, 2)
