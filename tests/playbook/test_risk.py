"""Risk indicators: what is unusual, how often that is wrong, and what a sample of recordings finds."""

from math import comb, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.risk import (
    LIMITS,
    answers_count,
    cancellation_rate,
    chance_of_alarm,
    chance_of_any_alarm,
    complaint_rate,
    control_limits,
    detection_share,
    excess_spread_factor,
    is_unusual,
    place_in_benchmark,
    satisfaction_bounds,
    weak_steps,
)

RISK = Parameters.load().risk


def test_a_rate_without_policies_does_not_exist():
    assert complaint_rate(0, 0) is None
    assert cancellation_rate([], [], 100, 60) is None


@pytest.mark.parametrize(("today", "rate"), [(59.9, None), (60, 1.0), (60.1, 1.0)])
def test_a_policy_counts_only_when_its_window_has_passed(today, rate):
    assert cancellation_rate([0], [10], today, 60) == rate


@pytest.mark.parametrize(("cancelled", "rate"), [(59, 1.0), (60, 1.0), (61, 0.0), (nan, 0.0)])
def test_a_cancellation_counts_up_to_the_end_of_the_window(cancelled, rate):
    assert cancellation_rate([0], [cancelled], 200, 60) == rate


def binomial(n, p):
    return [comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)]


@given(st.integers(5, 60), st.floats(0.02, 0.98), st.floats(0.001, 0.2))
def test_the_exact_limits_keep_their_false_alarm_rate_and_are_as_narrow_as_that_allows(size, base, false_alarm):
    low, high = (round(limit * size) for limit in control_limits(base, size, false_alarm, "exact"))
    chances = binomial(size, base)
    tolerance = 1e-9
    assert sum(chances[:low]) <= false_alarm / 2 + tolerance < sum(chances[: low + 1]) + 2 * tolerance
    assert sum(chances[high + 1 :]) <= false_alarm / 2 + tolerance < sum(chances[high:]) + 2 * tolerance


def test_the_normal_limits_are_the_p_chart_of_the_textbook():
    """Montgomery, Introduction to Statistical Quality Control: 30 samples of 50 cans, 347 of them faulty."""
    low, high = control_limits(347 / 1_500, 50, 0.0026997960632601965, "normal")
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.4102)


def test_the_normal_limits_never_leave_the_shares_that_there_are():
    assert control_limits(0.01, 50, 0.0027, "normal")[0] == 0
    assert control_limits(0.99, 50, 0.0027, "normal")[1] == 1


@pytest.mark.parametrize("method", LIMITS)
def test_limits_widen_with_fewer_policies_with_less_false_alarm_and_with_more_spread(method):
    def width(size=2_000, false_alarm=0.01, spread=1.0):
        low, high = control_limits(0.2, size, false_alarm, method, spread)
        return high - low

    assert width() < width(size=500) and width() < width(false_alarm=0.001) and width() < width(spread=2)
    assert width(spread=2) == pytest.approx(width(size=500))


def test_a_share_on_a_limit_is_not_unusual():
    assert [is_unusual(share, (0.1, 0.3)) for share in (0.0999, 0.1, 0.3, 0.3001)] == [True, False, False, True]


def test_the_chance_of_an_alarm_is_the_sum_of_what_lies_outside():
    chances = binomial(40, 0.3)
    assert chance_of_alarm(0.3, 40, (0.2, 0.5)) == pytest.approx(sum(chances[:8]) + sum(chances[21:]))


@pytest.mark.parametrize("size", [100, 375, 1_250, 3_750])
def test_false_alarms_of_the_shipped_rule_stay_within_their_share(size):
    for base in (0.01, 0.2, 0.8):
        limits = control_limits(base, size, RISK.false_alarm_share, RISK.limits_method)
        assert chance_of_alarm(base, size, limits) <= RISK.false_alarm_share


def test_many_looks_make_a_false_alarm_likely():
    assert chance_of_any_alarm(0.01, 0) == 0
    assert chance_of_any_alarm(0.01, 1) == pytest.approx(0.01)
    assert chance_of_any_alarm(0.5, 2) == 0.75


def test_luck_alone_spreads_by_a_factor_near_one_and_a_season_by_more():
    luck = np.random.default_rng(1)
    sizes = np.full(400, 1_000)
    assert excess_spread_factor(luck.binomial(sizes, 0.2), sizes) == pytest.approx(1, abs=0.1)
    season = np.where(np.arange(400) % 2, 0.17, 0.23)
    assert excess_spread_factor(luck.binomial(sizes, season), sizes) > 2


@pytest.mark.parametrize("counts", [[5], [0, 0], [10, 10]])
def test_where_nothing_can_be_told_of_the_spread_it_is_one(counts):
    assert excess_spread_factor(counts, [10] * len(counts)) == 1


@pytest.mark.parametrize(
    ("share", "place"), [(0.0049, "below"), (0.005, "within"), (0.020, "within"), (0.0201, "above")]
)
def test_the_ends_of_a_benchmark_belong_to_it(share, place):
    assert place_in_benchmark(share, "complaint", RISK.benchmark_low_share, RISK.benchmark_high_share) == place


def test_every_benchmark_has_two_ends_in_order_and_an_unknown_one_is_told():
    assert RISK.benchmark_low_share.keys() == RISK.benchmark_high_share.keys()
    assert all(RISK.benchmark_low_share[each] < RISK.benchmark_high_share[each] for each in RISK.benchmark_low_share)
    with pytest.raises(InputError, match="no benchmark for 'complaints', did you mean 'complaint'"):
        place_in_benchmark(0.01, "complaints", RISK.benchmark_low_share, RISK.benchmark_high_share)


def test_answers_are_asked_times_response():
    assert answers_count({"online_form": 50}, {"call_back": 0.3, "online_form": 0.1}) == 5
    assert answers_count({}, {}) == 0


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_bounds_of_satisfaction_hold_what_was_seen_and_are_as_wide_as_the_silence(satisfied, response):
    low, high = satisfaction_bounds(satisfied, response)
    assert low - 1e-12 <= satisfied <= high + 1e-12
    assert high - low == pytest.approx(1 - response)


def test_a_step_is_weak_by_its_rate_and_not_by_its_number():
    assert weak_steps({"often": 10, "seldom": 5}, {"often": 1_000, "seldom": 10}) == ["seldom", "often"]
    assert weak_steps({"good": 0}, {"good": 0}) == []


def test_detection_agrees_with_drawing_recordings_by_lot():
    luck = np.random.default_rng(2)
    found = luck.random((20_000, 20)) < 0.1 * 0.7
    assert detection_share(20, 0.1, 0.7) == pytest.approx(found.any(axis=1).mean(), abs=0.01)


def test_detection_agrees_with_published_values():
    """RSurveillance, sep.hypergeo: half of the herd tested, a test that finds four in five."""
    assert detection_share([1, 2, 3, 4, 5], 0.5, 0.8).round(5).tolist() == [0.4, 0.64, 0.784, 0.8704, 0.92224]
