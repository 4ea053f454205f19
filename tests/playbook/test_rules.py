"""Each rule below, at and above its thresholds, and under each of its readings."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.allocation import priority, urgency
from playbook.incentives import READINGS, tier_reward_cny
from playbook.monitoring import silence_runs
from playbook.parameters import Parameters
from playbook.staffing import (
    AWAITING,
    consultants_needed,
    coordinators_needed,
    leaders_needed,
    specialists_needed,
    team_heads,
)
from playbook.structure import in_group_a, volume_by_customer


@pytest.mark.parametrize(("policies", "heads"), [(0, 0), (1, 1), (1499, 1), (1500, 1), (1501, 2), (30_000, 20)])
def test_a_part_of_the_ratio_asks_for_a_whole_consultant(policies, heads):
    assert consultants_needed(policies, 1500, "annual_book") == heads


def test_each_reading_of_q1_counts_what_it_says():
    counts = {reading: AWAITING[reading](12_000) for reading in AWAITING}
    assert counts == {"annual_book": 12_000, "quarter_stock": 3_000, "month_list": 1_000}


@pytest.mark.parametrize(
    ("rounding", "heads"), [("up", [1, 1, 2, 2, 2]), ("nearest", [1, 1, 1, 2, 2]), ("down", [1, 1, 1, 1, 2])]
)
def test_coordinators_under_each_rounding(rounding, heads):
    assert [coordinators_needed(count, 5, rounding, 3) for count in (4, 5, 6, 8, 10)] == heads


@pytest.mark.parametrize(("consultants", "coordinators"), [(2, 0), (3, 1), (4, 1)])
def test_a_small_team_has_no_coordinator(consultants, coordinators):
    assert coordinators_needed(consultants, 5, "up", 3) == coordinators


def specialists(
    consultants, coordinators, reading="one_of_each", size="consultants_and_coordinators", rounding="nearest"
):
    return specialists_needed(consultants, coordinators, 20, reading, size, rounding, 10)


@pytest.mark.parametrize(("consultants", "posts"), [(8, 0), (9, 1), (28, 1), (29, 2)])
def test_specialists_below_at_and_above_their_thresholds(consultants, posts):
    assert specialists(consultants, 1) == (posts, posts)


def test_specialists_under_the_other_readings_of_q3():
    assert specialists(25, 5, reading="one_shared") == (2, 0)
    assert specialists(25, 5, size="consultants") == (1, 1)
    assert specialists(29, 0, size="all_heads") == (2, 2)
    assert specialists(21, 0, rounding="up") == (2, 2)


def test_the_worked_example_of_thirty_thousand_policies():
    heads = team_heads(30_000, Parameters.load())
    assert heads == {"consultant": 20, "coordinator": 4, "analyst": 1, "trainer": 1, "leader": 2}
    one_leader = team_heads(30_000, Parameters.load().changed({"staffing.heads_per_leader_count": 26}))
    assert one_leader["leader"] == 1


@pytest.mark.parametrize(("heads", "leaders"), [(0, 1), (24, 1), (25, 1), (26, 2)])
def test_one_leader_for_so_many_heads(heads, leaders):
    assert leaders_needed(heads, 25) == leaders


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=50), st.floats(0, 1))
def test_group_a_is_the_largest_and_never_more_than_its_share(volumes, share):
    chosen = in_group_a(volumes, share)
    assert chosen.sum() == int(len(volumes) * share)
    if chosen.any() and not chosen.all():
        assert np.array(volumes)[chosen].min() >= np.array(volumes)[~chosen].max()


def test_volume_is_summed_over_all_policies_of_a_customer():
    assert volume_by_customer([0, 1, 0], [1.0, 5.0, 2.0], "premium").tolist() == [3.0, 5.0]
    assert volume_by_customer([0, 1, 0], [1.0, 5.0, 2.0], "policies").tolist() == [2.0, 1.0]


@pytest.mark.parametrize(("days", "points"), [(7.01, 3), (7, 4), (6.99, 4), (-3, 4), (30, 2), (31, 1)])
def test_urgency_steps_at_its_thresholds(days, points):
    assert urgency(days, {7: 4, 15: 3, 30: 2}) == points


def test_priority_is_urgency_times_both_weights():
    assert priority(7, 1.5, 1.2, {7: 4}) == pytest.approx(7.2)


@pytest.mark.parametrize(
    ("reading", "runs"),
    [
        ("next_step_due", [True, True, False, False]),
        ("last_contact", [True, True, True, True]),
        ("first_touch", [True, False, False, False]),
    ],
)
def test_when_silence_runs_under_each_reading_of_q20(reading, runs):
    states = [(True, True), (True, False), (False, True), (False, False)]
    assert [silence_runs(reading, due, first) for due, first in states] == runs


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
