"""Pay for results: what each reading costs a team, what a tier tempts to, and how effort answers."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.incentives import (
    READINGS,
    effort_factor,
    expected_rest_cny,
    goal_effort_factor,
    has_recognition,
    leaving_factor,
    moved_by_effort,
    reward_in_sight_cny,
    shift_gain_cny,
    signing_day,
    tier_reward_cny,
    year_reward_cny,
)
from playbook.parameters import Parameters


def plan_of(reading):
    return partial(
        tier_reward_cny,
        commission_share=0.01,
        tier_attainment_share=1.10,
        tier_uplift_share=0.05,
        tier_step_share=0.10,
        tier_reading=reading,
    )


PLAN = plan_of("whole_reward")


@pytest.mark.parametrize(
    ("reading", "costs"),
    [
        ("whole_reward", [9900, 10990, 11550, 12600]),
        ("every_step", [9900, 10990, 11550, 13200]),
        ("excess_only", [9900, 10990, 11000, 12050]),
        ("commission_points", [9900, 10990, 66000, 72000]),
    ],
)
def test_what_each_reading_of_q6b_costs_below_at_and_above_the_tier(reading, costs):
    team = [[share * 100_000 / 12] * 12 for share in (0.99, 1.099, 1.10, 1.20)]
    targets = [[100_000 / 12] * 12]
    paid = [year_reward_cny(plan_of(reading), [months] * 10, targets * 10, "year") for months in team]
    assert paid == pytest.approx(costs, abs=0.1)


def test_a_short_period_pays_for_good_months_that_a_year_evens_out():
    months, targets = [80.0] * 6 + [120.0] * 6, [100.0] * 12
    paid = {period: year_reward_cny(PLAN, [months], [targets], period) for period in ("month", "half_year", "year")}
    assert paid == {"month": 12.36, "half_year": 12.36, "year": 12.0}


@pytest.mark.parametrize(("moved", "gain"), [(9_999.98, 0), (10_000, 55), (10_001, 55.0)])
def test_moving_a_signing_pays_from_where_the_next_period_reaches_the_tier(moved, gain):
    assert shift_gain_cny(PLAN, moved, 95_000, 100_000, 100_000) == pytest.approx(gain, abs=0.01)


def test_moving_a_signing_out_of_a_period_that_is_above_the_tier_can_lose():
    assert shift_gain_cny(PLAN, 1, 110_000, 50_000, 100_000) == pytest.approx(-55, abs=0.01)


@given(st.floats(0, 50_000), st.sampled_from(sorted(READINGS)))
def test_without_a_tier_in_reach_moving_gains_nothing(moved, reading):
    assert shift_gain_cny(plan_of(reading), moved, 50_000, 50_000, 1_000_000) == pytest.approx(0, abs=0.011)


@pytest.mark.parametrize(
    ("ready", "last", "gain", "shift", "day"),
    [
        (88, 120, 1, 2, 88),
        (88, 120, 1, 3, 91),
        (88, 120, 1, 4, 91),
        (88, 120, 0, 4, 88),
        (88, 90, 1, 4, 88),
        (88, 91, 1, 4, 91),
        (91, 120, 1, 4, 91),
        (95, 120, 1, 4, 95),
        (88, 120, 1, 0, 88),
    ],
)
def test_a_signing_is_held_back_only_so_far_only_for_gain_and_never_past_the_last_day(ready, last, gain, shift, day):
    assert signing_day(ready, 91, last, gain, shift) == day


@pytest.mark.parametrize(
    ("booked", "sight"), [(80_000, 20), (85_999, 20), (86_000, 47.5), (89_999, 48.5), (90_000, 21)]
)
def test_a_tier_is_in_sight_only_where_a_stretch_decides_on_it(booked, sight):
    assert reward_in_sight_cny(PLAN, booked, 20_000, 0.20, 2_000, 100_000) == pytest.approx(sight, abs=0.01)


def test_nothing_is_in_sight_where_nothing_more_can_be_done():
    assert reward_in_sight_cny(PLAN, 80_000, 0, 0.20, 2_000, 100_000) == 0


def effort(reward, most=0.15, recognition=0.0, rank=1.0):
    return effort_factor(reward, 28, most, 40, recognition, rank)


def test_effort_is_one_under_ordinary_pay_below_it_under_less_and_above_under_more():
    assert effort(28) == 1
    assert effort(0) < effort(27.9) < 1 < effort(28.1)


@given(st.floats(0, 500), st.floats(0.1, 100))
def test_effort_is_concave_in_money_and_bounded(reward, step):
    first, second = effort(reward + step) - effort(reward), effort(reward + 2 * step) - effort(reward + step)
    assert first >= second - 1e-12 and second >= 0
    assert effort(reward) <= 1.15


def test_effort_without_gain_from_money_is_always_one():
    assert [effort(reward, most=0) for reward in (0, 28, 1000)] == [1, 1, 1]


def test_recognition_and_rank_multiply_effort():
    assert effort(28, recognition=0.03) == pytest.approx(1.03)
    assert effort(28, rank=0.9) == pytest.approx(0.9)


@pytest.mark.parametrize(("share", "recognised"), [(1.049, False), (1.05, True), (1.051, True)])
def test_whoever_reaches_the_mark_is_recognised(share, recognised):
    assert has_recognition(share, 1.05) == recognised


def test_coaching_and_recognition_change_how_likely_somebody_is_to_leave():
    cases = [(False, False), (True, False), (False, True), (True, True)]
    assert [leaving_factor(*each, 2.0, 0.8) for each in cases] == [1.0, 2.0, 0.8, 1.6]


def test_each_allowed_reading_of_q6b_has_its_function():
    assert set(Parameters.load().about("incentives.tier_reading").allowed) == set(READINGS)


@pytest.mark.parametrize(
    ("booked", "reach", "effort"),
    [
        (0, 100, 1.0),
        (50, 100, 1.05),
        (99.99, 100, 1.1),
        (100, 100, 0.96),
        (100.01, 200, 0.96),
        (50, 99.99, 0.95),
        (50, 100.01, 1.05),
    ],
)
def test_a_goal_pulls_the_more_the_nearer_and_not_at_all_when_booked_or_out_of_reach(booked, reach, effort):
    assert goal_effort_factor(booked, reach, 100, 0.10, 0.05, 0.04) == pytest.approx(effort, abs=1e-4)
    assert goal_effort_factor(booked, reach, 100, 0, 0, 0) == 1
    assert goal_effort_factor(booked, reach, 0, 0.10, 0.05, 0.04) == 1


@given(st.floats(0.1, 2), st.floats(-1, 1))
def test_effort_moves_a_thing_by_its_part_and_nothing_by_none(effort, part):
    assert moved_by_effort(effort, 0) == moved_by_effort(1.0, part) == 1
    assert moved_by_effort(effort, part) - 1 == pytest.approx(part * (effort - 1))


@given(st.floats(0, 1), st.floats(0, 1e6))
def test_whoever_is_on_pace_expects_to_reach_the_target(elapsed, target):
    booked = elapsed * target
    assert booked + expected_rest_cny(booked, target, elapsed) == pytest.approx(target)
