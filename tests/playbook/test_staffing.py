"""Staffing: heads from a book under each reading, how full they are, what they cost, and who may apply."""

import pytest

from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.staffing import (
    AWAITING,
    EXPERIENCE,
    consultant_day_share,
    consultants_needed,
    coordinators_needed,
    cost_by_reading,
    has_passed_screen,
    leaders_needed,
    specialists_needed,
    team_heads,
    yearly_payroll_cny,
)


@pytest.mark.parametrize(("policies", "heads"), [(0, 0), (1, 1), (1499, 1), (1500, 1), (1501, 2), (30_000, 20)])
def test_a_part_of_the_ratio_asks_for_a_whole_consultant(policies, heads):
    assert consultants_needed(policies, 1500, "annual_book") == heads


def test_each_reading_of_q1_counts_what_it_says():
    counts = {reading: AWAITING[reading](12_000) for reading in AWAITING}
    assert counts == {"annual_book": 12_000, "quarter_stock": 3_000, "month_list": 1_000}


@pytest.mark.parametrize(("reading", "full"), [("annual_book", 0.63), ("quarter_stock", 2.52), ("month_list", 7.56)])
def test_only_the_annual_reading_of_q1_can_be_worked(reading, full):
    assert consultant_day_share(1500, reading, 35, 1_388.8) == pytest.approx(full, abs=0.005)


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
    assert specialists(39, 0, rounding="down") == (1, 1)


def test_the_worked_example_of_thirty_thousand_policies():
    heads = team_heads(30_000, Parameters.load())
    assert heads == {"consultant": 20, "coordinator": 4, "analyst": 1, "trainer": 1, "leader": 2}
    one_leader = team_heads(30_000, Parameters.load().changed({"staffing.heads_per_leader_count": 26}))
    assert one_leader["leader"] == 1


@pytest.mark.parametrize(("heads", "leaders"), [(0, 1), (24, 1), (25, 1), (26, 2)])
def test_one_leader_for_so_many_heads(heads, leaders):
    assert leaders_needed(heads, 25) == leaders


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: consultants_needed(1, 1500, "anual_book"), "did you mean 'annual_book'"),
        (lambda: coordinators_needed(5, 5, "upp", 3), "staffing.coordinator_rounding: unknown option 'upp'"),
        (lambda: specialists(9, 1, reading="one_of"), "did you mean 'one_of_each'"),
        (lambda: specialists(9, 1, size="heads"), "staffing.team_size_reading"),
        (lambda: specialists(9, 1, rounding="nearst"), "did you mean 'nearest'"),
        (lambda: has_passed_screen(True, 2, 0, 2, "together"), "staffing.hire_experience_measure"),
        (lambda: yearly_payroll_cny({"leader": 1, "trainr": 1}, {"leader": 1.0, "trainer": 1.0}), "'trainer'"),
    ],
)
def test_an_unknown_word_is_told_with_its_place_and_the_nearest(call, says):
    with pytest.raises(InputError, match=says):
        call()


@pytest.mark.parametrize(("years", "passed"), [(1.99, False), (2, True), (2.01, True)])
def test_experience_below_at_and_above_the_screen(years, passed):
    assert has_passed_screen(True, years, 0, 2, "both_together") is passed
    assert has_passed_screen(True, 0, years, 2, "one_line") is passed
    assert not has_passed_screen(False, years, years, 2, "both_together")


def test_motor_and_life_count_together_or_apart():
    assert {measure: has_passed_screen(True, 1.5, 0.5, 2, measure) for measure in EXPERIENCE} == {
        "both_together": True,
        "one_line": False,
    }


def test_every_reading_of_a_parameter_is_costed_in_heads_and_money():
    costs = cost_by_reading(30_000, Parameters.load(), "staffing.awaiting_reading")
    assert costs == {"annual_book": (28, 3_300_000), "quarter_stock": (7, 847_000), "month_list": (3, 396_000)}
