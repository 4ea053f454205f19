"""Payouts are what the formula says, to the cent, below, at and above every boundary, and their sums are exact."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.incentives import READINGS, tier_reward_cny
from playbook.parameters import Parameters
from playbook.payouts import (
    Pay,
    YearOfWork,
    certificate_of,
    commission_and_tier_cny,
    payouts_cny,
    pool_parts_cny,
    salary_and_steps_cny,
)
from playbook.plans import plan_names, read_plan

CENT = 0.01
GOOD = {"renewal": 0.8, "satisfaction": 0.8, "compliance_and_teamwork": 1.0}


def under(plan, **changes):
    changes = {name.replace("__", "."): value for name, value in changes.items()}
    return Parameters.load().changed(read_plan(plan).parameter_changes() | changes)


def year(produced, target=100_000.0, grades=None):
    """Persons with premium of group B, one amount a person or a list of amounts by period."""
    made = np.array([[np.zeros(np.size(each)), np.atleast_1d(each)] for each in produced], dtype=float)
    goal = np.zeros_like(made)
    goal[:, 1] = target
    grades = grades or ["senior"] * len(produced)
    return YearOfWork(grades, [110_000.0] * len(produced), made, goal, [GOOD] * len(produced))


def by_hand(reading, produced_cents, target_cents, commission, tier, uplift, step):
    """The reward in whole cents, in whole numbers from end to end: shares come in hundredths of a per cent."""
    produced, target = Fraction(produced_cents), Fraction(target_cents)
    commission, tier, uplift, step = (Fraction(each, 10_000) for each in (commission, tier, uplift, step))

    def reached(share):
        return produced_cents >= int(share * target + Fraction(1, 2))

    whole = {
        "commission_points": produced * (commission + (uplift if reached(tier) else 0)),
        "whole_reward": produced * commission * (1 + (uplift if reached(tier) else 0)),
        "excess_only": produced * commission + max(Fraction(0), produced - tier * target) * commission * uplift,
    }
    steps = 0
    while reading == "every_step" and reached(1 + (steps + 1) * step):
        steps += 1
    whole["every_step"] = produced * commission * (1 + uplift * steps)
    return int(whole[reading] + Fraction(1, 2))


@given(
    st.sampled_from(sorted(READINGS)),
    st.integers(0, 3_000_000),
    st.integers(1_000_000, 2_000_000),
    st.integers(0, 2_000),
    st.integers(10_000, 20_000),
    st.integers(0, 5_000),
    st.integers(100, 5_000),
)
def test_a_reward_is_the_formula_in_whole_numbers(reading, produced, target, commission, tier, uplift, step):
    shares = [each / 10_000 for each in (commission, tier, uplift, step)]
    paid = tier_reward_cny(produced / 100, target / 100, *shares, reading)
    assert paid == by_hand(reading, produced, target, commission, tier, uplift, step) / 100


@pytest.mark.parametrize(
    ("plan", "below", "at", "above"),
    [
        ("tier_whole_reward", 0, 55.0, 55.0),
        ("tier_commission_points", 0, 5_500.0, 5_500.0),
        ("tier_every_step", 0, 55.0, 55.0),
        ("tier_excess_only", 0, 0, 0.01),
    ],
)
def test_the_tier_of_each_reading_below_at_and_above_its_boundary(plan, below, at, above):
    parameters = under(plan)
    beyond = 20.0 if plan == "tier_excess_only" else CENT  # 20 of premium earn one cent of uplift
    made = [110_000 - CENT, 110_000, 110_000 + beyond]
    assert [pay.tier for pay in payouts_cny(year(made), parameters)] == [below, at, above]


def test_a_second_step_pays_from_a_fifth_above_target():
    made = [120_000 - CENT, 120_000]
    assert [pay.tier for pay in payouts_cny(year(made), under("tier_every_step"))] == [60.0, 120.0]


def test_by_the_teams_attainment_the_uplift_is_divided_by_what_each_produced_and_sums_exactly():
    made = [150_000.0, 100_000.0, 80_000.0]
    paid = payouts_cny(year(made), under("tier_team"))
    assert sum(Fraction(str(pay.tier)) for pay in paid) == Fraction("165")
    assert [pay.tier for pay in paid] == [75.0, 50.0, 40.0]
    assert [pay.tier for pay in payouts_cny(year([150_000.0, 100_000.0, 79_999.0]), under("tier_team"))] == [0, 0, 0]


def test_attainment_is_taken_anew_in_each_period():
    parameters = under("tier_whole_reward")
    assert payouts_cny(year([[90_000, 112_000]]), parameters)[0].tier == 56.0
    assert payouts_cny(year([202_000], 200_000), parameters)[0].tier == 0


def test_groups_are_paid_at_their_own_rates_and_attain_together():
    made = np.array([[[50_000.0], [60_000.0]]])
    paid = commission_and_tier_cny(made, np.array([[[40_000.0], [60_000.0]]]), under("tier_whole_reward"))
    assert paid == [(1350.0, 67.5)]


@pytest.mark.parametrize(("made", "trained"), [(104_999, 0), (105_000, 2_000), (105_001, 2_000)])
def test_a_training_place_is_earned_from_the_mark_on(made, trained):
    assert payouts_cny(year([made]), under("recognition"))[0].training == trained


def test_certificates_are_paid_by_grade_and_only_where_the_plan_has_them():
    grades = ["junior", "senior", "expert"]
    steps = [pay.certificate for pay in payouts_cny(year([0] * 3, grades=grades), under("certificates"))]
    assert steps == [0.0, 8_800.0, 19_800.0]
    assert {pay.certificate for pay in payouts_cny(year([0] * 3, grades=grades), under("commission"))} == {0.0}


def test_each_grade_has_its_certificate_and_its_step():
    assert [certificate_of(grade) for grade in ("junior", "senior", "expert")] == ["junior", "intermediate", "advanced"]
    assert salary_and_steps_cny("senior", 2.0, 100_000, under("certificates")) == (8_000, 0)
    assert salary_and_steps_cny("senior", 2.0, 100_000, under("recognition")) == (0, 2_000)


def test_salary_alone_pays_nothing_for_results():
    (pay,) = payouts_cny(year([1_000_000]), under("salary_only"))
    assert (pay.variable, pay.total) == (0, 110_000)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
def test_the_pool_is_paid_out_to_the_last_cent(cents):
    made = [each / 100 for each in cents]
    paid = payouts_cny(year(made), under("team_pool"))
    pool = Fraction(sum(cents), 100) * Fraction(1, 100)
    assert sum(Fraction(str(pay.pool)) for pay in paid) == Fraction(int(pool * 100 + Fraction(1, 2)), 100)


def test_satisfaction_moves_money_in_the_pool_by_its_weight():
    parameters = under("team_pool", structure__pool_reading="above_floor")
    kind, rough = GOOD | {"satisfaction": 0.9}, GOOD | {"satisfaction": 0.7}
    first, second = pool_parts_cny(3_000_000, [kind, rough], parameters)
    assert first > second and first + second == 30_000


@pytest.mark.parametrize("name", plan_names())
def test_the_total_is_the_sum_of_its_elements(name):
    for pay in payouts_cny(year([123_456.78, 98_765.43], grades=["junior", "expert"]), under(name)):
        parts = (pay.salary, pay.certificate, pay.commission, pay.tier, pay.pool, pay.training)
        assert Fraction(str(pay.total)) == sum(Fraction(str(part)) for part in parts)


def test_sums_of_cents_are_exact():
    assert Pay(0.1, 0.2).total == 0.3


def test_arrays_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match=r"\[person, group, period\]"):
        YearOfWork(["senior"], [1.0], np.zeros((1, 2, 1)), np.zeros((1, 2, 4)), [GOOD])
