"""What e-signing, reminders and a data interface free, and whether that pays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.cooperation import (
    freed_hours,
    payback_years,
    proposal_mean_minutes,
    reminder_mean_minutes,
    signing_mean_minutes,
)
from playbook.parameters import Parameters

SHARES = st.floats(0, 1)


@given(SHARES)
def test_a_signature_takes_between_the_minutes_of_both_ways(share):
    assert 3 <= signing_mean_minutes(6, 3, share) <= 6


def test_a_switch_that_is_off_changes_nothing():
    parameters = Parameters.load()
    cooperation, demand = parameters.cooperation, parameters.demand
    assert signing_mean_minutes(demand.signing_minutes, demand.e_signing_minutes, 0) == demand.signing_minutes
    assert reminder_mean_minutes(demand.message_minutes, cooperation.automatic_reminder_share) == demand.message_minutes
    for minutes in demand.proposal_minutes.values():
        assert proposal_mean_minutes(minutes, cooperation.look_up_share, cooperation.data_interface_share) == minutes


def test_a_switch_that_is_full_on_leaves_what_only_people_can_do():
    assert signing_mean_minutes(6, 3, 1) == 3
    assert reminder_mean_minutes(1, 1) == 0
    assert proposal_mean_minutes(20, 0.25, 1) == 15


def test_a_way_that_takes_longer_frees_negative_hours():
    assert freed_hours(60, 5, 6) == -1


@pytest.mark.parametrize("hours", [0, -1])
def test_a_project_that_frees_nothing_never_pays(hours):
    assert payback_years(1, hours, 60, 0.5) is None


def test_time_that_nobody_fills_is_worth_nothing():
    assert payback_years(60_000, 500, 60, 0) is None
    assert payback_years(60_000, 500, 60, 0.5) == 2 * payback_years(60_000, 500, 60, 1)
