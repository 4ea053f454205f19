"""Structure: groups, who may serve them, whose turn it is to swap, how newcomers grow, and how the pool is shared."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import InputError
from playbook.structure import (
    GRADES,
    POOLS,
    ROTATIONS,
    VOLUMES,
    in_group_a,
    may_serve_group_a,
    pool_payouts_cny,
    pool_score,
    ramp_speed_factor,
    regroup_days,
    rotated_speed_factor,
    rotation_days,
    rotation_swaps,
    swap_hours,
    volume_by_customer,
)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50), st.floats(0, 1))
def test_group_a_is_the_largest_and_never_more_than_its_share(volumes, share):
    is_in_a = in_group_a(volumes, share)
    assert is_in_a.sum() == int(len(volumes) * share)
    if is_in_a.any() and not is_in_a.all():
        assert np.array(volumes)[is_in_a].min() >= np.array(volumes)[~is_in_a].max()


def test_volume_is_summed_over_all_policies_of_a_customer_under_each_reading_of_q5():
    volumes = {name: volume_by_customer([0, 1, 0], [1.0, 5.0, 2.0], name).tolist() for name in VOLUMES}
    assert volumes == {
        "premium": [3.0, 5.0],
        "policies": [2.0, 1.0],
        "premium_and_policies": pytest.approx([3 / 4 + 4 / 3, 5 / 4 + 2 / 3]),
    }


def test_the_readings_of_q5_can_put_different_customers_into_group_a():
    customer, premium = [0, 0, 0, 1, 2, 2], [100.0, 100.0, 100.0, 900.0, 500.0, 300.0]
    first = {name: int(np.argmax(volume_by_customer(customer, premium, name))) for name in VOLUMES}
    assert first == {"premium": 1, "policies": 0, "premium_and_policies": 2}


@pytest.mark.parametrize("name", VOLUMES)
def test_a_book_without_premium_or_customers_has_volumes_all_the_same(name):
    assert volume_by_customer([0, 1], [0.0, 0.0], name).tolist() in ([0.0, 0.0], [1.0, 1.0])
    assert volume_by_customer([], [], name).tolist() == []


@pytest.mark.parametrize(
    ("least", "allowed"),
    [("junior", [True, True, True]), ("senior", [False, True, True]), ("expert", [False, False, True])],
)
def test_group_a_is_served_from_a_grade_up(least, allowed):
    assert [may_serve_group_a(grade, least) for grade in GRADES] == allowed


def test_an_unknown_grade_is_told_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'senior'"):
        may_serve_group_a("seniour", "junior")


COORDINATORS, CONSULTANTS = ["K1", "K2", "K3"], ["C1", "C2", "C3", "C4", "C5", "C6", "C7"]


@pytest.mark.parametrize(("reading", "pairs"), [("one_each", 3), ("every_other", 2), ("everybody", 5)])
def test_who_swaps_under_each_reading_of_q13(reading, pairs):
    swaps = rotation_swaps(COORDINATORS, CONSULTANTS, reading)
    people = [person for pair in swaps for person in pair]
    assert len(swaps) == pairs and len(set(people)) == 2 * pairs
    assert swaps[0] == ("K1", "C1")


@pytest.mark.parametrize("reading", ROTATIONS)
def test_nobody_swaps_with_nobody(reading):
    assert rotation_swaps([], [], reading) == []
    assert rotation_swaps(["K1"], [], reading) == []


def test_more_coordinators_than_consultants_leave_some_where_they_are():
    assert rotation_swaps(["K1", "K2"], ["C1"], "one_each") == [("K1", "C1")]


def test_places_are_exchanged_on_the_first_of_each_quarter_over_the_turn_of_the_year():
    days = rotation_days(date(2026, 11, 15), date(2027, 8, 1), 3)
    assert days == [date(2027, 2, 1), date(2027, 5, 1), date(2027, 8, 1)]
    assert rotation_days(date(2026, 1, 1), date(2026, 3, 31), 3) == []
    assert rotation_days(date(2026, 1, 1), date(2026, 4, 1), 3) == [date(2026, 4, 1)]


def test_customers_are_grouped_anew_each_month():
    assert regroup_days(date(2026, 12, 5), date(2027, 1, 31), 1) == [date(2027, 1, 1)]


@pytest.mark.parametrize(("days", "speed"), [(27.9, 0.85), (28, 1.03), (28.1, 1.03)])
def test_the_dip_after_a_swap_ends_on_its_day(days, speed):
    assert rotated_speed_factor(days, 0.15, 28, 0.03) == pytest.approx(speed)


def test_a_swap_without_dip_costs_the_hand_over_alone():
    assert swap_hours(100, 0, 28, 3, 40) == 5
    assert swap_hours(0, 0.15, 28, 3, 40) == pytest.approx(48)


@pytest.mark.parametrize(("days", "speed"), [(239, 0.998), (240, 1.0), (241, 1.0)])
def test_a_newcomer_is_settled_on_the_last_day_of_the_ramp_and_not_before(days, speed):
    assert ramp_speed_factor(days, False, 0.53, 240, 0.75) == pytest.approx(speed, abs=0.0005)


@given(st.floats(0, 400))
def test_a_mentor_never_makes_a_newcomer_slower(days):
    alone, mentored = (ramp_speed_factor(days, has_mentor, 0.53, 240, 0.75) for has_mentor in (False, True))
    assert 0.53 <= alone <= mentored <= 1


WEIGHTS = {"renewal": 0.6, "satisfaction": 0.3, "compliance_and_teamwork": 0.1}


@pytest.mark.parametrize("satisfaction", [0.2999, 0.3001])
def test_weights_that_do_not_sum_to_one_are_refused(satisfaction):
    achieved = dict.fromkeys(WEIGHTS, 0.8)
    assert pool_score(achieved, WEIGHTS) == pytest.approx(0.8)
    with pytest.raises(InputError, match=r"structure.pool_weight_share: .* must sum to 1"):
        pool_score(achieved, WEIGHTS | {"satisfaction": satisfaction})


def test_an_indicator_that_was_not_measured_is_told():
    with pytest.raises(InputError, match="nothing was measured for 'satisfaction'"):
        pool_score({"renewal": 0.8, "compliance_and_teamwork": 1.0}, WEIGHTS)


@pytest.mark.parametrize("reading", POOLS)
@given(scores=st.lists(st.floats(0.61, 1), min_size=1, max_size=20), pool=st.integers(0, 10**8))
def test_the_pool_is_shared_out_to_the_last_cent(reading, scores, pool):
    payouts = pool_payouts_cny(pool / 100, scores, reading, 0.6)
    assert round(sum(payouts) * 100) == pool and min(payouts) >= 0


@pytest.mark.parametrize(("score", "paid"), [(0.59, 0.0), (0.6, 0.0), (0.61, 47.62)])
def test_at_the_floor_nothing_is_earned(score, paid):
    assert pool_payouts_cny(1_000, [score, 0.8], "above_floor", 0.6)[0] == paid


def test_a_pool_that_nobody_has_earned_stays_where_it_is():
    assert pool_payouts_cny(1_000, [0.5, 0.6], "above_floor", 0.6) == [0.0, 0.0]
    assert pool_payouts_cny(1_000, [], "equal", 0.6) == []
