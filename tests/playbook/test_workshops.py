"""Workshops: run sheets that add up, and a jury whose weights are whole."""

from itertools import pairwise

import pytest

from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.workshops import WORKSHOPS, best_plans, jury_points, minute_plan


@pytest.mark.parametrize("workshop", WORKSHOPS)
def test_a_run_sheet_has_each_step_at_its_minute_and_an_end(workshop):
    parameters = Parameters.load()
    steps = parameters[f"workshops.{WORKSHOPS[workshop]}"]
    plan = minute_plan(workshop, parameters)
    assert [step for _, step in plan] == [*steps, "end"]
    assert [later - earlier for (earlier, _), (later, _) in pairwise(plan)] == list(steps.values())


def test_a_changed_length_changes_the_run_sheet():
    longer = Parameters.load().changed({"workshops.emergency_drill_minutes.play": 40})
    assert minute_plan("S4.3.3", longer)[-2:] == [(45, "debrief"), (65, "end")]


def test_a_debrief_is_never_shorter_than_the_play():
    workshops = Parameters.load().workshops
    assert workshops.emergency_drill_minutes["debrief"] >= workshops.emergency_drill_minutes["play"]
    assert workshops.sandbox_minutes["debrief"] >= workshops.sandbox_minutes["play_with_roles_swapped"]


def test_an_unknown_workshop_is_told_with_the_nearest():
    with pytest.raises(InputError, match=r"did you mean 'S4\.3\."):
        minute_plan("S4.3", Parameters.load())


def test_a_plan_is_marked_by_the_mean_of_the_jury_and_the_weights():
    assert jury_points({"cause": [4, 6], "effect": [9]}, {"cause": 0.5, "effect": 0.5}) == 7


@pytest.mark.parametrize(
    ("marks", "weights", "says"),
    [
        ({"cause": [5], "effect": [5]}, {"cause": 0.5, "effect": 0.4}, "sum to 0.9"),
        ({"cause": [5], "effect": []}, {"cause": 0.5, "effect": 0.5}, "nobody has marked effect"),
        ({"cause": [5]}, {"cause": 0.5, "effect": 0.5}, "none for effect"),
    ],
)
def test_marks_that_cannot_be_weighed_are_refused(marks, weights, says):
    with pytest.raises(InputError, match=says):
        jury_points(marks, weights)


@pytest.mark.parametrize(("second", "chosen"), [(7.0, 1), (7.1, 2), (7.2, 2), (7.3, 2)])
def test_a_plan_below_at_and_within_the_margin_of_the_best(second, chosen):
    plans = best_plans({"first": 7.3, "second": second}, 0.2)
    assert len(plans) == chosen and plans[0] == "first"


def test_without_plans_there_is_nothing_to_choose():
    with pytest.raises(InputError, match="no plan"):
        best_plans({}, 0.2)


def test_the_shipped_jury_weights_are_whole():
    assert sum(Parameters.load().workshops.jury_weight_share.values()) == pytest.approx(1)
