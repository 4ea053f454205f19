"""The talk between two people."""

from math import inf

import pytest

from playbook.sharing import is_one_to_one_due, one_to_one_share


@pytest.mark.parametrize(("months", "is_due"), [(0, True), (7.99, True), (8, False), (8.01, False)])
def test_somebody_is_new_until_the_months_are_full(months, is_due):
    assert is_one_to_one_due(months, 1.0, inf, 8, 0.9, 14) is is_due


@pytest.mark.parametrize(("attainment", "is_due"), [(0.899, True), (0.9, False), (0.901, False)])
def test_somebody_lags_below_the_share_and_not_at_it(attainment, is_due):
    assert is_one_to_one_due(24, attainment, inf, 8, 0.9, 14) is is_due


@pytest.mark.parametrize(("days", "is_due"), [(13.9, False), (14, True), (14.1, True)])
def test_a_talk_is_due_when_the_interval_has_passed(days, is_due):
    assert is_one_to_one_due(2, 0.5, days, 8, 0.9, 14) is is_due


def test_nobody_who_is_neither_new_nor_lagging_is_ever_due():
    assert not is_one_to_one_due(8, 0.9, inf, 8, 0.9, 14)


def test_the_leaders_time_grows_with_people_and_shrinks_with_the_interval():
    assert one_to_one_share(1, 60, 7, 40) == 1 / 40
    assert one_to_one_share(6, 60, 14, 40) == pytest.approx(3 / 40)
