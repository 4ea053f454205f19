"""Each option that a reading offers has its small function, and each shipped set of weights is whole."""

import pytest

from playbook import allocation, escalation, monitoring, staffing, structure
from playbook.errors import InputError, chosen, refuse_unless_whole
from playbook.parameters import Parameters

OPTIONS = {
    "staffing.awaiting_reading": staffing.AWAITING,
    "staffing.coordinator_rounding": staffing.ROUNDING,
    "staffing.specialist_rounding": staffing.ROUNDING,
    "staffing.specialist_reading": staffing.SPECIALISTS,
    "staffing.team_size_reading": staffing.TEAM_SIZES,
    "staffing.hire_experience_measure": staffing.EXPERIENCE,
    "structure.grouping_measure": structure.VOLUMES,
    "structure.rotation_reading": structure.ROTATIONS,
    "structure.pool_reading": structure.POOLS,
    "structure.group_a_from_grade": structure.GRADES,
    "allocation.key_reading": allocation.KEY_TASKS,
    "monitoring.silence_reading": monitoring.SILENCES,
    "monitoring.meeting_reading": monitoring.MEETINGS,
    "escalation.complaint_reading": escalation.COMPLAINTS,
    "escalation.register_reading": escalation.REGISTERS,
    "escalation.level_by_kind": escalation.LEVELS,
}


@pytest.mark.parametrize("name", OPTIONS)
def test_what_a_parameter_offers_is_what_the_rules_know(name):
    assert set(Parameters.load().about(name).allowed) == set(OPTIONS[name])


@pytest.mark.parametrize(
    "name",
    [
        "structure.pool_weight_share",
        "allocation.score_weight_share",
        "roles.value_tier_share",
        "escalation.issue_level_share",
    ],
)
def test_the_shipped_weights_are_whole(name):
    refuse_unless_whole(name, Parameters.load()[name])


@pytest.mark.parametrize("last", [0.0999, 0.1001])
def test_weights_a_little_off_are_refused_with_their_name_and_sum(last):
    refuse_unless_whole("some.weights", {"a": 0.6, "b": 0.3, "c": 0.1})
    with pytest.raises(InputError, match=rf"some.weights: .* sum to {0.9 + last:g}, and must sum to 1"):
        refuse_unless_whole("some.weights", {"a": 0.6, "b": 0.3, "c": last})


def test_an_option_is_found_or_the_nearest_is_offered():
    assert chosen("some.reading", {"first": 1, "second": 2}, "second") == 2
    with pytest.raises(InputError, match="did you mean 'second'"):
        chosen("some.reading", {"first": 1, "second": 2}, "secnd")
