"""Pay plans as data: names are checked, every element can be switched, and nothing but pay can be changed."""

import pytest
import yaml

from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.plans import ELEMENTS, OF_PAY, plan_names, read_plan

GOOD = {"title": "Mine", "question": "?", "elements": ["commission", "tier"]}


def written(folder, **change):
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(GOOD | change))
    return str(path)


@pytest.mark.parametrize("name", plan_names())
def test_each_shipped_plan_fits_together(name):
    changed = Parameters.load().changed(read_plan(name).parameter_changes())
    assert [changed[each] for each in ELEMENTS.values()] == [each in read_plan(name).elements for each in ELEMENTS]


def test_all_readings_of_q6b_are_shipped_as_plans():
    of_tier = {read_plan(name).changes.get("incentives.tier_reading") for name in plan_names()}
    assert set(Parameters.load().about("incentives.tier_reading").allowed) <= of_tier


def test_every_parameter_of_pay_is_there():
    assert all(name in Parameters.load() for name in [*ELEMENTS.values(), *OF_PAY])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"elements": ["comission"]}, "did you mean 'commission'?"),
        ({"elements": ["tier"]}, "'commission' is missing"),
        ({"elements": ["pool", "pool"]}, "stands twice"),
        ({"changes": {"demand.talk_minutes": 1}}, "demand.talk_minutes is no parameter of pay"),
        ({"changes": {"incentives.tier_uplift_shares": 0.1}}, "did you mean 'incentives.tier_uplift_share'?"),
        ({"changes": {"incentives.tier_uplift_share": 5}}, "must lie between 0 and 0.5"),
        ({"changes": {"incentives.tier_reading": "whole_rewards"}}, "did you mean 'whole_reward'?"),
        ({"changes": {"incentives.commission_share.C": 0.1}}, "has no entry 'C'"),
        ({"element": []}, "unknown key 'element', did you mean 'elements'?"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(tmp_path, change, says):
    with pytest.raises(InputError) as refused:
        read_plan(written(tmp_path, **change))
    assert says in str(refused.value) and "mine.yaml" in str(refused.value)


def test_an_unknown_plan_is_answered_with_the_nearest_name():
    with pytest.raises(InputError, match="did you mean 'commission'"):
        read_plan("comission")
