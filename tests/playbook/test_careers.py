"""Careers: two ladders, certificates and their pay, placements, mentors, and getting up to speed."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.careers import (
    CERTIFICATES,
    GRADES,
    LADDERS,
    certified_pay_cny,
    grade_after,
    has_earned,
    mentor_seats,
    mentoring_balance_days,
    mentoring_share,
    outside_delay_hours,
    placement_cost_share,
    ramp_loss_days,
)
from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.structure import ramp_speed_factor

YEARS = {"junior": 0, "intermediate": 1, "advanced": 3}


def test_one_to_one_maps_each_certificate_to_its_grade():
    assert [grade_after("senior", each, "one_to_one") for each in CERTIFICATES] == list(GRADES)


@pytest.mark.parametrize(
    ("grade", "certificate", "after"),
    [
        ("senior", "junior", "junior"),
        ("senior", "intermediate", "senior"),
        ("senior", "advanced", "senior"),
        ("expert", "intermediate", "senior"),
    ],
)
def test_where_the_certificate_is_needed_it_caps_the_grade(grade, certificate, after):
    assert grade_after(grade, certificate, "certificate_needed") == after


@pytest.mark.parametrize("certificate", CERTIFICATES)
def test_where_the_ladders_stand_apart_the_grade_stays(certificate):
    assert [grade_after(grade, certificate, "apart") for grade in GRADES] == list(GRADES)


def test_an_unknown_grade_or_certificate_is_told_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'senior'"):
        grade_after("senor", "junior", "apart")
    with pytest.raises(InputError, match="did you mean 'advanced'"):
        grade_after("senior", "advance", "apart")


def earned(certificate="intermediate", held="junior", points=(90, 80), service=1.0):
    return has_earned(certificate, held, dict(enumerate(points)), service, 80, YEARS)


@pytest.mark.parametrize(("points", "passed"), [((100, 79.9), False), ((80, 80), True), ((80.1, 80.1), True)])
def test_each_test_must_be_passed(points, passed):
    assert earned(points=points) == passed


@pytest.mark.parametrize(("service", "passed"), [(0.99, False), (1, True), (1.01, True)])
def test_a_certificate_has_its_years_of_service(service, passed):
    assert earned(service=service) == passed


@pytest.mark.parametrize(("held", "passed"), [("junior", False), ("intermediate", True), ("advanced", False)])
def test_only_the_next_certificate_up_can_be_earned(held, passed):
    assert earned("advanced", held, service=5) == passed


def test_a_certificate_without_any_test_is_refused():
    with pytest.raises(InputError, match="at least one test"):
        earned(points=())


def test_pay_rises_by_the_step_of_the_certificate_held():
    steps = {"junior": 0, "intermediate": 0.1, "advanced": 0.2}
    assert [certified_pay_cny(100, each, steps) for each in CERTIFICATES] == pytest.approx([100, 110, 120])


def test_each_who_returned_takes_the_same_share_off_what_is_left_of_a_wait():
    assert [outside_delay_hours(100, heads, 0.1) for heads in (0, 1, 2)] == pytest.approx([100, 90, 81])
    assert outside_delay_hours(100, 5, 0) == 100


def test_placements_cost_their_days():
    assert placement_cost_share(0, 20, 10, 250) == 0
    assert placement_cost_share(3, 10, 10, 300) == pytest.approx(0.01)


def test_everybody_below_the_experts_of_the_default_team_has_a_mentor():
    mentors = mentor_seats(["junior"] * 4 + ["senior"] * 4 + ["expert"] * 2, 2)
    assert mentors == [4, 5, 6, 7, 8, 9, 8, 9, None, None]


@given(st.lists(st.sampled_from(GRADES), max_size=20), st.integers(1, 4))
def test_a_mentor_is_of_a_higher_grade_and_never_has_too_many(grades, limit):
    mentors = mentor_seats(grades, limit)
    for seat, mentor in enumerate(mentors):
        assert mentor is None or GRADES.index(grades[mentor]) > GRADES.index(grades[seat])
    taken = Counter(mentor for mentor in mentors if mentor is not None)
    assert all(count <= limit for count in taken.values())
    for seat, mentor in enumerate(mentors):
        if mentor is None:
            above = [other for other, grade in enumerate(grades) if GRADES.index(grade) > GRADES.index(grades[seat])]
            assert all(taken[other] == limit for other in above)


@pytest.mark.parametrize(
    ("days", "alone", "led"),
    [(0, 0.5, 0.5), (60, 0.75, 1.0), (90, 0.875, 1), (119, 0.9958, 1), (120, 1, 1), (121, 1, 1)],
)
def test_a_new_person_gets_up_to_speed_evenly_and_sooner_with_a_mentor(days, alone, led):
    assert ramp_speed_factor(days, False, 0.5, 120, 0.5) == pytest.approx(alone, abs=1e-4)
    assert ramp_speed_factor(days, True, 0.5, 120, 0.5) == pytest.approx(led)


@pytest.mark.parametrize("has_mentor", [True, False])
def test_the_days_lost_are_the_area_above_the_ramp(has_mentor):
    lost = sum(1 - ramp_speed_factor(day + 0.5, has_mentor, 0.53, 240, 0.75) for day in range(400))
    assert ramp_loss_days(has_mentor, 0.53, 240, 0.75) == pytest.approx(lost)


def test_a_mentors_week_is_taken_mentee_by_mentee_and_by_stage():
    minutes = {"newcomer": 120, "settled": 30}
    assert [mentoring_share({"settled": mentees}, minutes, 40) for mentees in (0, 1, 4)] == [0, 0.0125, 0.05]
    assert mentoring_share({"newcomer": 1, "settled": 2}, minutes, 40) == 0.075
    assert mentoring_share({}, minutes, 40) == 0
    with pytest.raises(InputError, match=r"careers.mentoring_minutes: .*did you mean 'newcomer'"):
        mentoring_share({"newcomr": 1}, minutes, 40)


def test_mentoring_breaks_even_where_the_faster_growth_pays_for_the_mentors_time():
    def balance(minutes, mentored):
        return mentoring_balance_days({"newcomer": minutes}, 40, 0.53, 240, mentored)

    assert balance(0, 1.0) == 0
    assert balance(240, 0.60) > 0 > balance(240, 0.80)
    saved = ramp_loss_days(False, 0.53, 240, 0.75) - ramp_loss_days(True, 0.53, 240, 0.75)
    assert balance(240, 0.75) == pytest.approx(saved - 0.1 * 180)


def test_each_allowed_reading_of_q10_has_its_function_and_each_table_its_names():
    parameters = Parameters.load()
    assert set(parameters.about("careers.ladder_reading").allowed) == set(LADDERS)
    assert tuple(parameters.careers.certificate_from_years) == CERTIFICATES
    assert tuple(parameters.careers.certificate_pay_share) == CERTIFICATES
    assert set(parameters.people.speed_factor) == set(GRADES)
