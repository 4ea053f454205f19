"""Replies, call-backs and care: each clock below, at and above its limit, and under each reading."""

from datetime import date

import pytest

from playbook.clock import MINUTES_A_DAY, OfficeCalendar
from playbook.feedback import (
    CALL_BACK_CLOCKS,
    CALL_BACK_STARTS,
    CALLERS,
    MEETS_CALL_BACK,
    QUOTES_TOGETHER,
    call_back_deadline,
    call_back_work_hours,
    has_call_back_ended,
    is_call_back_met,
    is_care_due,
    is_late,
    may_call_back,
    reply_deadline,
)
from playbook.parameters import Parameters

# From Monday, 5 January 2026: Monday to Friday twice, nine to six.
OPEN_DAYS = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)
WEEKS = OfficeCalendar(date(2026, 1, 5), [(day * 1440 + 540, day * 1440 + 1080) for day in OPEN_DAYS])
FRIDAY_FIVE = 4 * MINUTES_A_DAY + 17 * 60


def at(day, hour):
    return day * MINUTES_A_DAY + hour * 60


def test_the_options_of_each_reading_are_those_that_the_parameters_allow():
    about = Parameters.load().about
    for name, options in {
        "call_back_clock": CALL_BACK_CLOCKS,
        "call_back_start": CALL_BACK_STARTS,
        "call_back_caller": CALLERS,
        "call_back_met_reading": MEETS_CALL_BACK,
        "care_reading": QUOTES_TOGETHER,
    }.items():
        assert about(f"feedback.{name}").allowed == list(options)


@pytest.mark.parametrize(
    ("asked", "due"), [(at(0, 9), at(0, 11)), (at(0, 16), at(0, 18)), (at(0, 17), at(1, 10)), (at(5, 12), at(7, 11))]
)
def test_an_enquiry_is_due_two_office_hours_later(asked, due):
    assert reply_deadline(asked, 2, "working", WEEKS) == due


@pytest.mark.parametrize(("minute", "late"), [(719.9, False), (720, False), (720.1, True)])
def test_a_reply_at_the_deadline_is_in_time(minute, late):
    assert is_late(minute, 720) is late


@pytest.mark.parametrize(("clock", "due"), [("calendar", at(5, 17)), ("open_day", at(7, 17)), ("working", at(9, 14))])
def test_a_request_closed_on_friday_is_called_back_under_each_clock(clock, due):
    assert call_back_deadline(FRIDAY_FIVE, None, 24, clock, "request_closed", WEEKS) == due


@pytest.mark.parametrize("clock", ["calendar", "open_day"])
def test_between_two_open_days_the_calendar_and_the_open_day_agree(clock):
    assert call_back_deadline(at(1, 10), None, 24, clock, "request_closed", WEEKS) == at(2, 10)


def test_beyond_the_calendars_last_open_day_the_plain_deadline_stands():
    assert call_back_deadline(at(11, 17), None, 24, "open_day", "request_closed", WEEKS) == at(12, 17)


def test_the_hours_run_from_the_closing_or_from_the_renewal():
    assert call_back_deadline(at(0, 10), at(2, 10), 24, "calendar", "request_closed", WEEKS) == at(1, 10)
    assert call_back_deadline(at(0, 10), at(2, 10), 24, "calendar", "policy_renewed", WEEKS) == at(3, 10)
    assert call_back_deadline(at(0, 10), None, 24, "calendar", "policy_renewed", WEEKS) is None


@pytest.mark.parametrize(
    ("caller", "may"), [("other_than_handler", [False, True]), ("handler", [True, False]), ("anybody", [True, True])]
)
def test_who_may_call_under_each_reading(caller, may):
    assert [may_call_back("P1", handler, caller) for handler in ("P1", "P2")] == may


@pytest.mark.parametrize(("tried", "met"), [(None, False), (99, True), (100, True), (101, False)])
def test_an_attempt_up_to_the_deadline_meets_the_promise(tried, met):
    assert is_call_back_met(tried, None, 100, "attempt") is met


@pytest.mark.parametrize(("reached", "met"), [(None, False), (99, True), (100, True), (101, False)])
def test_under_the_strict_reading_only_the_customers_answer_does(reached, met):
    assert is_call_back_met(50, reached, 100, "contact") is met


@pytest.mark.parametrize(("attempts", "ended"), [(1, False), (2, True), (3, True)])
def test_nobody_is_called_for_ever(attempts, ended):
    assert has_call_back_ended(attempts, False, 2) is ended
    assert has_call_back_ended(attempts, True, 2)


def test_call_backs_cost_their_minutes():
    assert call_back_work_hours(12, 5) == 1


def due(quote_days, today=20, bought=False, last=None, reading="rolling_window"):
    return is_care_due(quote_days, today, bought, last, 2, 7, 14, reading)


@pytest.mark.parametrize(("first_day", "is_due"), [(12.9, False), (13, True), (13.1, True)])
def test_quotes_count_together_up_to_the_window_and_not_beyond(first_day, is_due):
    assert due([first_day, 20]) is is_due


@pytest.mark.parametrize(("quotes", "is_due"), [([], False), ([20], False), ([19, 20], True), ([18, 19, 20], True)])
def test_care_is_due_from_the_second_quote_on(quotes, is_due):
    assert due(quotes) is is_due


@pytest.mark.parametrize(("last_call", "is_due"), [(5, True), (6, True), (7, False), (20, False)])
def test_after_a_call_the_customer_is_left_in_peace(last_call, is_due):
    assert due([19, 20], last=last_call) is is_due


def test_who_has_bought_needs_no_care():
    assert not due([19, 20], bought=True)


def test_under_the_wide_reading_every_quote_of_the_case_counts():
    assert not due([1, 20])
    assert due([1, 20], reading="whole_case")
