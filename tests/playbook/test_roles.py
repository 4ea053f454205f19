"""Roles: rates and tiers that the analyst reports, scores that know little, the coordinator's day, tests and coaching."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.clock import office_calendar
from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.roles import (
    coached_skill_factor,
    coaching_hours,
    consultant_duty_hours,
    coordinator_hours_per_day,
    exception_deadline,
    leavers_found_share,
    rates_by_reading,
    risk_scores,
    separation,
    value_tiers,
    weak_topics,
)

LINES, KEPT, PREMIUM = ["motor", "health", "life"], [True, False, True], [1_000, 1_000, 1_000]


def test_life_is_counted_apart_or_among_the_renewals_as_q18_is_read():
    reading = Parameters.load().roles.line_reading
    assert rates_by_reading(LINES, KEPT, PREMIUM, reading, "policies") == {"renewal": 0.5, "persistency": 1.0}
    together = dict(reading) | {"life": "renewal"}
    assert rates_by_reading(LINES, KEPT, PREMIUM, together, "policies") == {"renewal": pytest.approx(2 / 3)}


def test_a_kind_of_line_that_the_book_lacks_is_told_as_none():
    reading = Parameters.load().roles.line_reading
    assert rates_by_reading(["motor"], [True], [100], reading, "policies") == {"renewal": 1.0, "persistency": None}


def test_a_line_without_a_reading_is_told_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'motor'"):
        rates_by_reading(["moter"], [True], [100], {"motor": "renewal"}, "policies")


def test_tiers_are_cut_by_rank_and_their_shares_must_sum_to_one():
    tiers = value_tiers([50, 40, 30, 20, 10], {"high": 0.2, "middle": 0.4, "low": 0.4})
    assert tiers == ["high", "middle", "middle", "low", "low"]
    assert value_tiers([], {"high": 0.5, "low": 0.5}) == []
    with pytest.raises(InputError, match="value_tier_share"):
        value_tiers([1, 2], {"high": 0.2, "low": 0.7})


@pytest.mark.parametrize("area", [0.5, 0.61, 0.9])
def test_a_score_ranks_as_well_as_its_area_says(area):
    random = np.random.default_rng(1)
    scores = risk_scores(np.arange(20_000) < 10_000, random.standard_normal(20_000), area)
    leavers, stayers = scores[:10_000], random.permutation(scores[10_000:])
    assert (leavers > stayers).mean() == pytest.approx(area, abs=0.015)


def test_a_score_finds_more_leavers_than_chance_and_fewer_than_a_crystal_ball():
    assert leavers_found_share(0.2, 0.5) == pytest.approx(0.2)
    assert 0.2 < leavers_found_share(0.2, 0.61) < leavers_found_share(0.2, 0.9) < 1
    assert separation(0.5) == 0


def test_an_idle_book_leaves_the_coordinator_the_standing_work_alone():
    assert coordinator_hours_per_day(0, 2, 248, 2, 0.01, 45, 0.04, 25) == 2
    one, two = (coordinator_hours_per_day(15_000, heads, 248, 0, 0.01, 45, 0.04, 25) for heads in (1, 2))
    assert one == pytest.approx(2 * two)


def test_an_exception_is_due_after_its_calendar_days():
    calendar = office_calendar(Parameters.load(), date(2026, 1, 5), 14)
    assert exception_deadline(600, 3, calendar) == 600 + 3 * 1440


def test_duties_that_come_half_as_often_take_half_the_hours():
    assert consultant_duty_hours(60, 1, 0, 3) == 12
    assert consultant_duty_hours(60, 2, 0, 3) == 6


@pytest.mark.parametrize(("points", "topics"), [(69.9, ["terms"]), (70, []), (70.1, [])])
def test_a_topic_is_weak_below_the_pass_mark_alone(points, topics):
    assert weak_topics({"terms": points}, 70) == topics


@given(st.floats(0.1, 1.5), st.integers(0, 20))
def test_coaching_never_harms_and_never_passes_the_ceiling(skill, sessions):
    coached = coached_skill_factor(skill, sessions, 0.1, 1.0)
    assert skill <= coached <= max(skill, 1.0) + 1e-12
    assert coached <= coached_skill_factor(skill, sessions + 1, 0.1, 1.0)


def test_coaching_takes_the_hours_of_both():
    assert coaching_hours(1, 1, 60) == 2
    assert coaching_hours(0, 4, 60) == 0
