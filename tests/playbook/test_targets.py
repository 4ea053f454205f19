"""Targets: the three figures, and the three ways to split a team's target."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.targets import (
    PERIOD_MONTHS,
    RENEWAL_MEASURES,
    SPLITS,
    attainment_share,
    by_period,
    complaints_in_time_share,
    personal_targets_cny,
    renewal_share,
)


def test_attainment_is_production_over_target():
    assert [attainment_share(produced, 200) for produced in (0, 199, 200, 220)] == [0, 0.995, 1, 1.1]


@pytest.mark.parametrize("target", [0, -1])
def test_attainment_without_a_target_is_refused(target):
    with pytest.raises(InputError, match="above 0"):
        attainment_share(100, target)


def test_the_renewal_rate_by_policies_and_by_premium_differ_where_the_large_leave():
    assert renewal_share([900, 100], [False, True], "policies") == 0.5
    assert renewal_share([900, 100], [False, True], "premium") == 0.1


@given(st.lists(st.tuples(st.booleans(), st.floats(1, 1e6)), min_size=1, max_size=50))
def test_a_rate_is_a_share_and_equal_premiums_make_both_measures_one(policies):
    renewed, premium = zip(*policies, strict=True)
    assert 0 <= renewal_share(premium, renewed, "premium") <= 1
    same = renewal_share([100] * len(policies), renewed, "premium")
    assert same == pytest.approx(renewal_share(premium, renewed, "policies"))


def test_a_renewal_rate_of_nothing_is_told_as_none():
    assert renewal_share([], [], "policies") is None
    assert renewal_share([0], [True], "premium") is None


@pytest.mark.parametrize(("days", "in_time"), [(14.9, 1.0), (15, 1.0), (15.1, 0.0)])
def test_a_closed_complaint_below_at_and_above_the_limit(days, in_time):
    assert complaints_in_time_share([days], [True], 15) == in_time


def test_an_open_complaint_counts_once_its_limit_has_passed():
    assert complaints_in_time_share([3, 15], [True, False], 15) == 1.0
    assert complaints_in_time_share([3, 15.1], [True, False], 15) == 0.5
    assert complaints_in_time_share([15], [False], 15) is None


DUE, HISTORY, BENCHMARK = [300.0, 100.0], [0.9, 0.6], [0.8, 0.8]


def split(reading, weight=0.5):
    return personal_targets_cny(1000, DUE, HISTORY, BENCHMARK, weight, reading).tolist()


def test_equal_targets_ignore_the_book_and_targets_by_book_ignore_the_person():
    assert split("equal") == [500, 500]
    assert split("by_book") == [750, 250]


@pytest.mark.parametrize(("weight", "first"), [(0, 240 / 320), (0.5, 255 / 325), (1, 270 / 330)])
def test_history_raises_the_target_of_who_did_better(weight, first):
    assert split("history_and_benchmark", weight)[0] == pytest.approx(1000 * first)


@given(
    st.lists(st.tuples(st.floats(1, 1e7), st.floats(0.1, 1), st.floats(0.1, 1)), min_size=1, max_size=30),
    st.floats(0, 1),
    st.sampled_from(sorted(SPLITS)),
)
def test_personal_targets_sum_to_the_teams(people, weight, reading):
    due, history, benchmark = zip(*people, strict=True)
    parts = personal_targets_cny(1e6, due, history, benchmark, weight, reading)
    assert parts.sum() == pytest.approx(1e6) and np.all(parts > 0)


def test_a_target_is_not_split_where_nothing_falls_due():
    with pytest.raises(InputError, match="no premium falls due"):
        personal_targets_cny(1000, [0, 0], HISTORY, BENCHMARK, 0.5, "by_book")


def test_months_are_summed_into_each_period():
    months = list(range(1, 13))
    assert {period: by_period(months, period) for period in PERIOD_MONTHS} == {
        "month": months,
        "quarter": [6, 15, 24, 33],
        "half_year": [21, 57],
        "year": [78],
    }
    with pytest.raises(InputError, match="do not fill whole periods"):
        by_period([1, 2], "quarter")


def test_each_allowed_measure_split_and_period_has_its_function():
    parameters = Parameters.load()
    assert set(parameters.about("targets.target_split").allowed) == set(SPLITS)
    assert set(parameters.about("targets.renewal_measure").allowed) == set(RENEWAL_MEASURES)
    for name in ("incentives.pay_period", "appraisal.appraisal_period"):
        assert set(parameters.about(name).allowed) == set(PERIOD_MONTHS)


def test_an_unknown_word_for_a_reading_is_told_with_the_nearest():
    with pytest.raises(InputError, match=r"targets.target_split: unknown option 'by_bok', did you mean 'by_book'"):
        split("by_bok")
    with pytest.raises(InputError, match=r"targets.renewal_measure: unknown option 'policy', did you mean 'policies'"):
        renewal_share([1], [True], "policy")
    with pytest.raises(InputError, match=r"period: unknown option 'quater', did you mean 'quarter'"):
        by_period([1, 2, 3], "quater")
