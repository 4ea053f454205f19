"""Each rule below, at and above its thresholds, and under each of its readings."""

import pytest

from playbook.incentives import READINGS, tier_reward_cny


def reward(produced, reading, target=100_000, commission=0.01):
    return tier_reward_cny(produced, target, commission, 1.10, 0.05, 0.10, reading)


@pytest.mark.parametrize("reading", READINGS)
def test_below_the_tier_every_reading_pays_the_plain_commission(reading):
    assert reward(109_999.99, reading) == pytest.approx(1100.0)
    assert reward(0, reading) == 0


@pytest.mark.parametrize(
    ("reading", "at", "above"),
    [
        ("whole_reward", 1155.0, 1155.0),
        ("commission_points", 6600.0, 6600.0),
        ("every_step", 1155.0, 1155.0),
        ("excess_only", 1100.0, 1100.0),
    ],
)
def test_at_the_tier_and_a_cent_above(reading, at, above):
    assert reward(110_000, reading) == at
    assert reward(110_000.01, reading) == pytest.approx(above, abs=0.01)


@pytest.mark.parametrize(("produced", "uplifts"), [(119_999.99, 1), (120_000, 2), (130_000, 3)])
def test_every_step_pays_one_uplift_for_each_full_step(produced, uplifts):
    assert reward(produced, "every_step") == round(produced * 0.01 * (1 + 0.05 * uplifts), 2)


def test_without_a_target_the_plain_commission_is_paid():
    assert reward(5000, "whole_reward", target=0) == 50.0
