"""Appraisal: raters in groups, weights that sum to one under each reading, and raters' severity taken out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.appraisal import (
    SCORE_RESTS,
    attainment_points,
    calibrated_points,
    rated_points,
    rater_shift_points,
    score_weights,
    weighted_score_points,
)
from playbook.errors import InputError
from playbook.parameters import Parameters

WEIGHTS = {"superior": 0.5, "colleagues": 0.25, "customers": 0.25}
LEAST = {"superior": 1, "colleagues": 3, "customers": 5}


@pytest.mark.parametrize(("share", "points"), [(-0.1, 0), (0, 0), (0.6, 50), (1.19, 99.17), (1.2, 100), (1.21, 100)])
def test_points_for_performance_grow_with_attainment_up_to_full(share, points):
    assert attainment_points(share, 1.2) == pytest.approx(points, abs=0.01)


def test_a_large_group_of_raters_does_not_outvote_a_small_one():
    few = rated_points({"superior": [40], "colleagues": [80] * 3, "customers": [80] * 5}, WEIGHTS, LEAST)
    many = rated_points({"superior": [40], "colleagues": [80] * 30, "customers": [80] * 50}, WEIGHTS, LEAST)
    assert few == many == 60


@pytest.mark.parametrize(("colleagues", "points"), [(2, 260 / 3), (3, 70), (4, 70)])
def test_a_group_is_heard_from_its_least_number_on(colleagues, points):
    given_points = {"superior": [90], "colleagues": [20] * colleagues, "customers": [80] * 5}
    assert rated_points(given_points, WEIGHTS, LEAST) == pytest.approx(points)


def test_raters_are_refused_where_no_group_is_left_or_weights_are_not_whole():
    with pytest.raises(InputError, match="no group of raters is large enough"):
        rated_points({"colleagues": [50, 50]}, WEIGHTS, LEAST)
    with pytest.raises(InputError, match=r"rater_weight_share: .* sum to 0.75, and must sum to 1"):
        rated_points({"superior": [50]}, {"superior": 0.5, "colleagues": 0.25}, LEAST)


@pytest.mark.parametrize(
    ("reading", "weights"),
    [
        ("third_bucket", (0.6, 0.3, 0.1)),
        ("scaled_up", (2 / 3, 1 / 3, 0)),
        ("to_performance", (0.7, 0.3, 0)),
        ("to_attitude", (0.6, 0.4, 0)),
    ],
)
def test_the_weight_left_over_under_each_reading_of_q6(reading, weights):
    assert list(score_weights(0.6, 0.3, reading).values()) == pytest.approx(list(weights))


@given(st.floats(0.01, 1), st.floats(0, 1), st.sampled_from(sorted(SCORE_RESTS)))
def test_weights_sum_to_one_under_each_reading(performance, part, reading):
    weights = score_weights(performance, (1 - performance) * part, reading)
    assert weighted_score_points(dict.fromkeys(weights, 50.0), weights) == pytest.approx(50)


@pytest.mark.parametrize(("performance", "attitude"), [(0.6, 0.41), (1.1, 0), (0, 0)])
def test_weights_that_leave_less_than_nothing_are_refused(performance, attitude):
    with pytest.raises(InputError, match="performance_weight_share"):
        score_weights(performance, attitude, "third_bucket")


def test_weights_that_are_whole_already_leave_nothing_over():
    for reading in SCORE_RESTS:
        assert list(score_weights(0.7, 0.3, reading).values()) == pytest.approx([0.7, 0.3, 0])


@pytest.mark.parametrize(("rest", "says"), [(0.39, "sum to 0.99"), (0.41, "sum to 1.01")])
def test_weights_just_below_and_above_one_are_refused(rest, says):
    assert weighted_score_points({"a": 50, "b": 60}, {"a": 0.6, "b": 0.4}) == pytest.approx(54)
    with pytest.raises(InputError, match=says):
        weighted_score_points({"a": 50, "b": 60}, {"a": 0.6, "b": rest})


def test_a_weight_below_zero_and_a_part_without_points_are_refused():
    with pytest.raises(InputError, match="may not be below 0"):
        weighted_score_points({"a": 50, "b": 60}, {"a": 1.2, "b": -0.2})
    with pytest.raises(InputError, match="none for attitude"):
        weighted_score_points({"performance": 50}, {"performance": 0.6, "attitude": 0.4})


@pytest.mark.parametrize(("removed", "points"), [(0, [80, 60]), (0.5, [75, 65]), (1, [70, 70])])
def test_a_meeting_takes_out_so_much_of_a_raters_severity(removed, points):
    shifts = rater_shift_points([90, 70], [0, 1])
    assert shifts.tolist() == [10, -10]
    assert calibrated_points([80, 60], [0, 1], shifts, removed).tolist() == points


def test_calibration_keeps_the_order_within_a_raters_people_and_the_mean_of_raters_means():
    points, rater = np.array([72, 76, 80, 78, 80, 82]), np.array([0, 0, 0, 1, 1, 1])
    after = calibrated_points(points, rater, rater_shift_points(points, rater), 1.0)
    assert np.all(np.diff(after[:3]) > 0) and np.all(np.diff(after[3:]) > 0)
    assert after.mean() == pytest.approx(points.mean())
    assert after[:3].mean() == pytest.approx(after[3:].mean())


def test_points_stay_on_the_sheet_and_a_silent_rater_is_told():
    assert calibrated_points([98, 3], [0, 1], [-5, 5], 1.0).tolist() == [100, 0]
    with pytest.raises(InputError, match="each rater from 0 to 2"):
        rater_shift_points([80, 60], [0, 2])


def test_the_shipped_weights_are_whole_and_each_reading_is_allowed():
    parameters = Parameters.load()
    appraisal = parameters.appraisal
    assert sum(appraisal.rater_weight_share.values()) == pytest.approx(1)
    assert set(appraisal.rater_weight_share) == set(appraisal.rater_least_count)
    assert set(parameters.about("appraisal.score_rest_reading").allowed) == set(SCORE_RESTS)
    weights = score_weights(
        appraisal.performance_weight_share, appraisal.attitude_weight_share, appraisal.score_rest_reading
    )
    assert weights == {"performance": 0.6, "attitude": 0.3, "compliance_and_teamwork": 0.1}
