"""Three levels of inspection: who finds a slip, how many conversations must be heard, what that takes."""

from math import comb, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.quality import (
    LEVELS,
    conversations_to_hear,
    first_finding,
    found_share,
    inspection_hours,
    largest_unseen_share,
    sampled_share_of_person,
    violations_until_found,
)

QUALITY = Parameters.load().quality
TABLES = (QUALITY.inspected_share, QUALITY.recognised_share, QUALITY.found_after_days)


def test_every_table_has_the_three_levels_and_each_later_level_sees_less_knows_more_and_is_slower():
    for table in (*TABLES, QUALITY.inspection_minutes):
        assert tuple(table) == LEVELS
    inspected, recognised, days = (list(table.values()) for table in TABLES)
    assert inspected == sorted(inspected, reverse=True)
    assert recognised == sorted(recognised) and days == sorted(days)


@pytest.mark.parametrize(("uniform", "finds"), [(0.0139, True), (0.014, False), (0.0141, False)])
def test_the_sample_finds_what_it_hears_and_recognises(uniform, finds):
    found = first_finding((0.99, uniform, 0.99), 100, *TABLES)
    assert found == (("leader_sample", 107) if finds else None)


def test_the_earliest_finding_counts_even_where_a_later_level_is_quicker():
    slow_sample = {"self_check": 0, "leader_sample": 50, "risk_audit": 10}
    assert first_finding((0.99, 0, 0), 0, *TABLES[:2], slow_sample) == ("risk_audit", 10)
    assert first_finding((0, 0, 0), 0, *TABLES) == ("self_check", 0)


def test_a_uniform_is_needed_for_each_level():
    with pytest.raises(ValueError):
        first_finding((0.5, 0.5), 0, *TABLES)


def test_shares_found_by_lot_are_those_that_the_formula_says():
    inspected = {"self_check": 1.0, "leader_sample": 0.4, "risk_audit": 0.2}
    luck = np.random.default_rng(6).random((30_000, 3))
    found = [first_finding(tuple(row), 0, inspected, *TABLES[1:]) for row in luck]
    expected = found_share(inspected, QUALITY.recognised_share)
    for level in LEVELS:
        seen = np.mean([each is not None and each[0] == level for each in found])
        assert seen == pytest.approx(expected[level], abs=0.01)
    assert sum(expected.values()) == pytest.approx(1)


def test_a_habit_is_repeated_once_where_everything_is_heard_and_for_ever_where_nothing_is():
    assert violations_until_found(1, 1) == 1
    assert violations_until_found(0, 1) == violations_until_found(1, 0) == inf
    assert violations_until_found(0.1, 0.5) == 20


@pytest.mark.parametrize(
    ("count", "needed"), [(100, 95), (500, 226), (1_000, 259), (5_000, 291), (10_000, 296), (None, 299)]
)
def test_the_conversations_to_hear_are_those_that_are_published(count, needed):
    """RSurveillance, n.freedom and n.hypergeo, at 1 % and 95 %."""
    assert conversations_to_hear(0.01, 0.95, 1, count) == needed


@given(st.floats(0.005, 0.5), st.floats(0.5, 0.99), st.floats(0.3, 1))
def test_so_many_and_not_one_fewer_find_at_least_one(share, confidence, recognised):
    needed = conversations_to_hear(share, confidence, recognised)
    missed = 1 - share * recognised
    assert missed**needed <= 1 - confidence + 1e-9
    assert needed == 1 or missed ** (needed - 1) > 1 - confidence - 1e-9


@given(st.integers(20, 300), st.floats(0.02, 0.3), st.floats(0.5, 0.99))
def test_of_a_finite_number_the_formula_never_asks_for_too_few(count, share, confidence):
    violations = int(np.ceil(share * count))
    needed = conversations_to_hear(share, confidence, 1, count)
    missed = comb(count - violations, needed) / comb(count, needed)
    assert missed <= 1 - confidence + 1e-9


def test_where_even_all_of_them_would_not_do_there_is_no_number():
    assert conversations_to_hear(0.01, 0.95, 0.9, 100) is None
    assert conversations_to_hear(0.01, 0.95, 0.96, 100) is not None


def test_where_every_conversation_is_wrong_one_is_enough():
    assert conversations_to_hear(1, 0.95, 1) == 1


@pytest.mark.parametrize(
    ("share", "confidence", "recognised"), [(0, 0.95, 1), (1.1, 0.95, 1), (0.1, 1, 1), (0.1, 0.95, 0)]
)
def test_what_cannot_be_asked_is_refused(share, confidence, recognised):
    with pytest.raises(InputError, match="the first two must lie above 0"):
        conversations_to_hear(share, confidence, recognised)


def test_a_clean_sample_leaves_possible_what_would_have_been_found_with_less_confidence():
    assert largest_unseen_share(0, 0.95, 1) == 1
    assert largest_unseen_share(1, 0.95, 0.5) == 1
    assert largest_unseen_share(299, 0.95, 1) <= 0.01 < largest_unseen_share(298, 0.95, 1)


@pytest.mark.parametrize("heard", [30, 100, 1_000])
def test_a_clean_sample_follows_the_rule_of_three(heard):
    assert largest_unseen_share(heard, 0.95, 1) == pytest.approx(3 / heard, rel=0.06)


@pytest.mark.parametrize(("share", "sampled"), [(0.02, 0.06), (1 / 3, 1), (0.34, 1)])
def test_who_is_watched_is_sampled_more_and_never_more_than_always(share, sampled):
    assert sampled_share_of_person(share, True, 3) == pytest.approx(sampled)
    assert sampled_share_of_person(share, False, 3) == share


def test_a_level_that_looks_at_nothing_takes_no_time():
    none = dict.fromkeys(LEVELS, 0)
    assert inspection_hours(1_000, none, QUALITY.inspection_minutes) == none
    assert inspection_hours(600, {**none, "leader_sample": 0.1}, QUALITY.inspection_minutes)["leader_sample"] == 8
