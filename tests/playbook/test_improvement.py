"""Comparison tests of shares: against published values, by simulation, and under each reading of Q12."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from playbook.errors import InputError
from playbook.improvement import (
    COMPARISONS,
    Comparison,
    cases_needed,
    compare_shares,
    costliest_first,
    design_effect_factor,
    effect_of_change,
    is_report_month,
    policies_needed,
    share_interval,
    slip_share_left,
    verdict,
)
from playbook.parameters import Parameters


@pytest.mark.parametrize(
    ("sample", "interval"),
    [
        ((81, 263), (0.2553, 0.3662)),
        ((15, 148), (0.0624, 0.1605)),
        ((0, 20), (0.0, 0.1611)),
        ((1, 29), (0.0061, 0.1718)),
    ],
)
def test_the_interval_of_a_share_is_newcombes_published_one(sample, interval):
    """Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3."""
    assert tuple(round(limit, 4) for limit in share_interval(sample, 0.95)) == interval


@pytest.mark.parametrize(
    ("changed", "unchanged", "interval"),
    [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((6, 7), (2, 7), (0.0582, 0.8062)),
        ((5, 56), (0, 29), (-0.0381, 0.1926)),
        ((0, 10), (0, 20), (-0.1611, 0.2775)),
        ((10, 10), (0, 20), (0.6791, 1.0)),
    ],
)
def test_the_interval_of_a_difference_is_newcombes_published_one(changed, unchanged, interval):
    """Newcombe, Statistics in Medicine 17 (1998) 873-890, table II, method 10."""
    found = compare_shares(changed, unchanged, 0.95)
    assert (round(found.low_share, 4), round(found.high_share, 4)) == interval


def test_the_chance_is_that_of_the_textbooks_chi_squared():
    """Agresti, Categorical Data Analysis: 189 of 11,034 against 104 of 11,037, chi-squared 25.01."""
    found = compare_shares((189, 11_034), (104, 11_037), 0.95)
    assert special.ndtri(found.chance_share / 2) ** 2 == pytest.approx(25.01, abs=0.01)


@given(st.integers(1, 200), st.integers(1, 200), st.data())
def test_the_interval_holds_the_difference_and_turns_with_the_sides(size, other_size, data):
    changed = data.draw(st.integers(0, size)), size
    unchanged = data.draw(st.integers(0, other_size)), other_size
    found, turned = compare_shares(changed, unchanged, 0.9), compare_shares(unchanged, changed, 0.9)
    assert found.low_share - 1e-12 <= found.difference_share <= found.high_share + 1e-12
    assert found.low_share == pytest.approx(-turned.high_share)
    assert found.chance_share == pytest.approx(turned.chance_share)


def test_the_interval_covers_the_truth_as_often_as_it_says():
    luck = np.random.default_rng(3)
    samples = zip(luck.binomial(120, 0.8, 2_000), luck.binomial(90, 0.7, 2_000), strict=True)
    found = [compare_shares((int(one), 120), (int(other), 90), 0.95) for one, other in samples]
    covered = np.mean([each.low_share <= 0.1 <= each.high_share for each in found])
    assert covered == pytest.approx(0.95, abs=0.015)


HALVES = {
    "changed_before": (1_350, 1_800),
    "changed_after": (1_404, 1_800),
    "control_before": (1_368, 1_800),
    "control_after": (1_422, 1_800),
}


@pytest.mark.parametrize(
    ("reading", "difference"),
    [("before_after", 0.03), ("concurrent_control", -0.01), ("difference_in_differences", 0.0)],
)
def test_what_is_compared_under_each_reading_of_q12(reading, difference):
    found = effect_of_change(**HALVES, test_confidence_share=0.95, comparison_reading=reading)
    assert found.difference_share == pytest.approx(difference)


def test_the_difference_of_differences_covers_the_truth_and_pays_with_width():
    luck = np.random.default_rng(4)
    shares, size = (0.75, 0.80, 0.74, 0.77), 400
    found = [
        effect_of_change(*((int(each), size) for each in row), 0.95, "difference_in_differences")
        for row in luck.binomial(size, shares, (2_000, 4))
    ]
    assert np.mean([each.low_share <= 0.02 <= each.high_share for each in found]) == pytest.approx(0.95, abs=0.015)
    plain = effect_of_change(**HALVES, test_confidence_share=0.95, comparison_reading="concurrent_control")
    wide = effect_of_change(**HALVES, test_confidence_share=0.95, comparison_reading="difference_in_differences")
    assert wide.high_share - wide.low_share > 1.3 * (plain.high_share - plain.low_share)


def test_a_trend_that_everybody_shares_passes_for_an_effect_only_before_and_after():
    rising = ((700, 1_000), (800, 1_000)) * 2
    said = {reading: verdict(effect_of_change(*rising, 0.95, reading), 0.05) for reading in COMPARISONS}
    assert said == {"before_after": "keep", "concurrent_control": "drop", "difference_in_differences": "go on"}


def test_the_options_of_the_comparison_are_those_that_the_parameter_allows():
    assert Parameters.load().about("improvement.comparison_reading").allowed == list(COMPARISONS)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.031, 0.05, "keep"),
        (0.03, 0.05, "keep"),
        (0.029, 0.05, "go on"),
        (-0.01, 0.03, "go on"),
        (-0.01, 0.029, "drop"),
        (-0.02, 0.0, "drop"),
        (-0.02, -0.0001, "undo"),
    ],
)
def test_the_verdict_reads_the_ends_of_the_interval(low, high, said):
    assert verdict(Comparison(0.0, low, high, 0.5), 0.03) == said
    assert verdict(Comparison(0.0, -high, -low, 0.5), 0.03, is_more_better=False) == said


@pytest.mark.parametrize(
    ("base", "difference", "confidence", "power", "policies"),
    [(0.50, 0.25, 0.95, 0.90, 77), (0.25, 0.15, 0.95, 0.80, 152), (0.60, 0.10, 0.99, 0.95, 808)],
)
def test_the_policies_needed_are_those_of_fleiss_without_correction(base, difference, confidence, power, policies):
    """The first is R's power.prop.test (76.7)."""
    assert policies_needed(base, difference, confidence, power) == policies


@pytest.mark.parametrize(("arguments", "corrected"), [((0.60, 0.10, 0.99, 0.95), 827), ((0.25, 0.15, 0.95, 0.80), 165)])
def test_with_the_correction_for_continuity_they_are_those_of_fleisss_table(arguments, corrected):
    """Fleiss, Statistical Methods for Rates and Proportions (1981), table A.3, to within one policy."""
    plain, difference = policies_needed(*arguments), arguments[1]
    assert ((sqrt(plain) + sqrt(plain + 4 / difference)) / 2) ** 2 == pytest.approx(corrected, abs=1.1)


def test_with_so_many_policies_the_difference_is_found_as_often_as_it_says():
    size = policies_needed(0.75, 0.10, 0.95, 0.80)
    luck = np.random.default_rng(5)
    samples = zip(luck.binomial(size, 0.85, 3_000), luck.binomial(size, 0.75, 3_000), strict=True)
    found = [compare_shares((int(one), size), (int(other), size), 0.95).chance_share < 0.05 for one, other in samples]
    assert np.mean(found) == pytest.approx(0.80, abs=0.03)


@pytest.mark.parametrize("arguments", [(0.75, 0, 0.95, 0.8), (0.75, 0.25, 0.95, 0.8), (0.0, 0.1, 0.95, 0.8)])
def test_a_difference_that_cannot_be_is_refused(arguments):
    with pytest.raises(InputError, match="must lie between 0 and 1 and must differ"):
        policies_needed(*arguments)


@pytest.mark.parametrize("sample", [(3, 2), (-1, 2), (0, 0)])
def test_a_sample_that_cannot_be_is_refused(sample):
    with pytest.raises(InputError, match=r"a sample is a count"):
        compare_shares(sample, (1, 2), 0.95)


def test_people_in_the_halves_cost_more_policies_than_customers_do():
    assert design_effect_factor(375, 0) == 1
    assert design_effect_factor(375, 0.005) == pytest.approx(2.87)
    assert design_effect_factor(375, 1) == 375


def test_the_report_comes_at_the_end_of_each_quarter():
    assert [month for month in range(1, 13) if is_report_month(month, 3)] == [3, 6, 9, 12]


@pytest.mark.parametrize(("automated", "left"), [(0, 0.03), (0.5, 0.0195), (1, 0.009)])
def test_a_tool_prevents_slips_only_where_it_works(automated, left):
    assert slip_share_left(0.03, automated, 0.7) == pytest.approx(left)


def test_what_is_rare_and_dear_comes_before_what_is_often_and_cheap():
    assert list(costliest_first({"often": 100, "rare": 2}, {"often": 1, "rare": 60})) == ["rare", "often"]


def test_cases_for_a_mean_grow_with_the_square_of_the_spread_and_are_enough():
    assert cases_needed(2, 0.5, 0.95, 0.8) == pytest.approx(4 * cases_needed(1, 0.5, 0.95, 0.8), abs=4)
    count = cases_needed(1, 0.5, 0.95, 0.8)
    luck = np.random.default_rng(1)
    gained = luck.standard_normal((2_000, count)).mean(axis=1) + 0.5 - luck.standard_normal((2_000, count)).mean(axis=1)
    assert (gained > 1.96 * sqrt(2 / count)).mean() == pytest.approx(0.8, abs=0.03)


@pytest.mark.parametrize(("spread", "difference"), [(0, 0.5), (-1, 0.5), (1, 0)])
def test_no_number_of_cases_finds_nothing(spread, difference):
    with pytest.raises(InputError, match="neither may be 0"):
        cases_needed(spread, difference, 0.95, 0.8)
