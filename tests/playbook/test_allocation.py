"""Allocation: the order of cases, who takes one, which may not be late, and what a task card saves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.allocation import (
    KEY_TASKS,
    allocation_scores,
    credible_history_share,
    is_key_task,
    late_share_allowed,
    priority,
    rework_chance_share,
    task_card_balance_minutes,
    urgency,
    value_at_risk_per_minute,
    zero_delay_chance_share,
    zero_delay_share,
)
from playbook.errors import InputError


@pytest.mark.parametrize(("days", "points"), [(7.01, 3), (7, 4), (6.99, 4), (-3, 4), (30, 2), (31, 1)])
def test_urgency_steps_at_its_thresholds(days, points):
    assert urgency(days, {7: 4, 15: 3, 30: 2}) == points


def test_priority_is_urgency_times_both_weights():
    assert priority(7, 1.5, 1.2, {7: 4}) == pytest.approx(7.2)


@pytest.mark.parametrize(
    ("reading", "keys"),
    [
        ("group_a_or_near_due", [True, True, True, False]),
        ("group_a", [True, True, False, False]),
        ("near_due", [True, False, True, False]),
        ("group_a_and_near_due", [True, False, False, False]),
    ],
)
def test_which_tasks_are_key_under_each_reading_of_q8(reading, keys):
    tasks = [(True, 7), (True, 8), (False, 7), (False, 8)]
    assert reading in KEY_TASKS
    assert [is_key_task(is_in_a, days, reading, 7) for is_in_a, days in tasks] == keys


@pytest.mark.parametrize(("days", "is_key"), [(7.1, False), (7, True), (6.9, True), (-1, True)])
def test_a_task_becomes_key_at_its_day(days, is_key):
    assert is_key_task(False, days, "near_due", 7) is is_key


def test_an_unknown_reading_is_told_with_the_nearest():
    with pytest.raises(InputError, match=r"allocation.key_reading: .*did you mean 'near_due'"):
        is_key_task(True, 1, "near_du", 7)


def test_months_without_delay_are_counted_and_none_is_told_where_there_is_no_month():
    assert zero_delay_share([0, 1, 0, 0]) == 0.75
    assert zero_delay_share([]) is None


@given(st.integers(1, 5_000), st.floats(0.01, 0.99))
def test_the_late_share_allowed_gives_back_the_chance_it_was_asked_for(tasks, target):
    assert zero_delay_chance_share(late_share_allowed(tasks, target), tasks) == pytest.approx(target, rel=1e-6)


def test_one_task_more_makes_a_month_without_delay_rarer():
    assert zero_delay_chance_share(0.01, 0) == 1
    assert zero_delay_chance_share(0.01, 1) == pytest.approx(0.99)
    assert zero_delay_chance_share(0.01, 2) < 0.99


def test_history_lies_between_the_team_and_the_person_and_moves_with_the_cases():
    few, many = credible_history_share([9, 900], [10, 1000], 0.8, 100)
    assert 0.8 < few < many < 0.9
    assert credible_history_share([9], [10], 0.8, 0) == pytest.approx(0.9)


WEIGHTS = {"skill": 0.4, "history": 0.2, "load": 0.4}


@pytest.mark.parametrize(("load_of_the_best", "takes"), [(0.59, 0), (0.6, 0), (0.61, 1)])
def test_the_best_takes_it_until_they_are_so_much_busier(load_of_the_best, takes):
    scores = allocation_scores([1.0, 0.75], [0.8, 0.8], [load_of_the_best, 0.35], WEIGHTS).round(9)
    assert int(scores.argmax()) == takes


def test_all_weight_on_load_gives_to_the_least_busy_and_all_on_skill_to_the_best():
    skill, history, load = [1.0, 0.8], [0.9, 0.7], [0.9, 0.1]
    assert allocation_scores(skill, history, load, {"skill": 0, "history": 0, "load": 1}).argmax() == 1
    assert allocation_scores(skill, history, load, {"skill": 1, "history": 0, "load": 0}).argmax() == 0


@given(st.lists(st.tuples(st.floats(0, 2), st.floats(0, 1), st.floats(0, 3)), min_size=1, max_size=20))
def test_a_score_lies_between_zero_and_one(people):
    skill, history, load = zip(*people, strict=True)
    scores = allocation_scores(skill, history, load, WEIGHTS)
    assert scores.min() >= 0 and scores.max() <= 1 + 1e-12


@pytest.mark.parametrize(
    ("weights", "says"),
    [
        ({"skill": 0.5, "history": 0.2, "load": 0.4}, "must sum to 1"),
        ({"skill": 0.5, "load": 0.5}, "weighs skill, history, load"),
        ({"skill": 0.4, "history": 0.2, "lode": 0.4}, "not skill, history, lode"),
    ],
)
def test_weights_that_cannot_be_are_refused(weights, says):
    with pytest.raises(InputError, match=says):
        allocation_scores([1.0], [1.0], [0.5], weights)


def test_a_card_halves_what_comes_back():
    assert rework_chance_share(0.06, True, 0.5) == 0.03
    assert rework_chance_share(0.06, False, 0.5) == 0.06


@pytest.mark.parametrize(("minutes", "sign"), [(39, -1), (40, 0), (41, 1)])
def test_a_card_pays_from_the_rework_on_that_makes_up_for_writing_it(minutes, sign):
    balance = task_card_balance_minutes(0.05, 0.5, minutes, 1)
    assert (balance > 1e-9) - (balance < -1e-9) == sign


def test_a_minute_keeps_more_where_premium_and_risk_are_high_and_the_work_is_short():
    at_risk = value_at_risk_per_minute(3000, 0.25, 6)
    assert at_risk == 125
    assert value_at_risk_per_minute(6000, 0.25, 6) == value_at_risk_per_minute(3000, 0.5, 6) == 2 * at_risk
    assert value_at_risk_per_minute(3000, 0.25, 12) == at_risk / 2
    assert value_at_risk_per_minute(3000, 0, 6) == 0
