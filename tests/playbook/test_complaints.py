"""Complaints: their grades, clocks, and the monthly review."""

import pytest

from playbook.complaints import (
    GRADED,
    causes_for_review,
    complaint_closing_limit_days,
    complaint_first_reply_hours,
    complaint_severity,
    is_review_month,
)
from playbook.errors import InputError
from playbook.escalation import SEVERITIES
from playbook.parameters import Parameters

FEEDBACK = Parameters.load().feedback


def test_the_options_of_the_reading_are_those_that_the_parameter_allows():
    assert Parameters.load().about("feedback.severity_reading").allowed == list(GRADED)


@pytest.mark.parametrize(("claimed", "grade"), [(2_999.99, "ordinary"), (3_000, "serious"), (3_000.01, "serious")])
def test_a_complaint_is_serious_from_the_sum_on(claimed, grade):
    assert complaint_severity(False, False, claimed, 3_000) == grade


def test_what_has_gone_outside_is_serious_and_what_is_contested_disputed_whatever_the_sum():
    assert complaint_severity(False, True, 0, 3_000) == "serious"
    assert complaint_severity(True, False, 0, 3_000) == "disputed"
    assert complaint_severity(True, True, 10_000, 3_000) == "disputed"


@pytest.mark.parametrize("reading", GRADED)
def test_a_graver_complaint_never_waits_longer(reading):
    for ordinary in (0.25, 1, 2, 24):
        hours = [
            complaint_first_reply_hours(severity, ordinary, FEEDBACK.graver_complaint_reply_hours, reading)
            for severity in SEVERITIES
        ]
        assert hours[0] == ordinary and max(hours) == ordinary


def test_the_table_holds_only_under_the_reading_by_severity():
    graver = {"serious": 1, "disputed": 0.5}
    by = [complaint_first_reply_hours(severity, 2, graver, "by_severity") for severity in SEVERITIES]
    same = [complaint_first_reply_hours(severity, 2, graver, "same_for_all") for severity in SEVERITIES]
    assert (by, same) == ([2, 1, 0.5], [2, 2, 2])


def test_the_statutory_days_are_fifteen_thirty_and_sixty():
    days = {
        case: complaint_closing_limit_days(case, FEEDBACK.complaint_closing_days, FEEDBACK.closing_extension_days)
        for case in ("plain", "complex", "special")
    }
    assert days == {"plain": 15, "complex": 30, "special": 60}


def test_an_unknown_grade_is_told_with_the_nearest():
    with pytest.raises(InputError, match="unknown severity 'seriuos', did you mean 'serious'"):
        complaint_first_reply_hours("seriuos", 2, {}, "by_severity")
    with pytest.raises(InputError, match="unknown case 'simple'"):
        complaint_closing_limit_days("simple", 15, {"plain": 0})


@pytest.mark.parametrize(("interval", "months"), [(1, [1, 2, 3, 4]), (2, [2, 4]), (3, [3])])
def test_complaints_are_reviewed_at_their_interval(interval, months):
    assert [month for month in range(1, 5) if is_review_month(month, interval)] == months


def test_the_review_takes_the_most_frequent_causes_and_no_more_than_there_are():
    assert causes_for_review("abcbcc", 2) == ["c", "b"]
    assert causes_for_review("ab", 5) == ["a", "b"]
