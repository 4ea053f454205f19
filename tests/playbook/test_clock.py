"""The office calendar: two clocks, and the way from one to the other and back."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.clock import MINUTES_A_DAY, office_calendar
from playbook.errors import InputError
from playbook.parameters import Parameters

YEAR = office_calendar(Parameters.load(), date(2026, 1, 1), 365)


def test_the_year_2026_has_248_working_days_in_china():
    assert len(YEAR.open_days) == 248
    assert YEAR.working_total == 248 * 8 * 60


def test_a_make_up_weekend_is_open_and_a_public_holiday_closed():
    days = {date.fromisoformat(str(YEAR.day_of(day * MINUTES_A_DAY))) for day in YEAR.open_days}
    assert date(2026, 1, 4) in days and date(2026, 10, 1) not in days and date(2026, 1, 11) not in days


@given(st.floats(0, YEAR.working_total - 1e-3))
def test_working_minutes_survive_the_way_to_the_calendar_and_back(minute):
    assert YEAR.to_working(YEAR.to_calendar(minute)) == pytest.approx(minute, abs=1e-6)
    assert YEAR.working(YEAR.calendar(minute)) == pytest.approx(minute, abs=1e-6)


@given(st.floats(0, 365 * MINUTES_A_DAY))
def test_one_value_and_an_array_give_the_same(minute):
    assert YEAR.working(minute) == YEAR.to_working(np.array([minute]))[0]
    working = YEAR.working(minute)
    assert YEAR.calendar(working) == YEAR.to_calendar(np.array([working]))[0]
    assert YEAR.calendar(working, is_end=True) == YEAR.to_calendar(np.array([working]), is_end=True)[0]


@given(st.lists(st.floats(0, 365 * MINUTES_A_DAY), min_size=2))
def test_time_never_runs_backwards(minutes):
    assert np.all(np.diff(YEAR.to_working(np.sort(minutes))) >= 0)


def test_a_closing_and_the_next_opening_are_one_working_minute_with_two_calendar_minutes():
    end_of_first_day = YEAR.morning_minutes[1]
    opening, closing = YEAR.calendar(end_of_first_day), YEAR.calendar(end_of_first_day, is_end=True)
    assert opening > closing and closing % MINUTES_A_DAY == 18 * 60 and opening % MINUTES_A_DAY == 9 * 60


@pytest.mark.parametrize(("hours", "clock"), [(2, "working"), (48, "calendar"), (48, "working")])
def test_deadlines_of_an_array_are_those_of_its_values(hours, clock):
    stamps = np.array([0.0, 600.0, 3 * MINUTES_A_DAY + 1000.0])
    assert YEAR.deadlines(stamps, hours, clock).tolist() == [YEAR.deadline(stamp, hours, clock) for stamp in stamps]


def changed(**changes):
    return Parameters.load().changed({f"clock.{name}": value for name, value in changes.items()})


def test_an_office_that_is_always_open_has_one_clock():
    always = office_calendar(changed(is_always_open=True), date(2026, 1, 1), 3)
    assert always.to_working(np.array([0.0, 2000.0])).tolist() == [0.0, 2000.0]


@pytest.mark.parametrize(
    ("hours", "says"),
    [
        ({"monday": "9-18"}, "not written like"),
        ({"monday": "18:00-09:00"}, "does not end after it begins"),
        ({"monday": "09:00-12:00 11:00-13:00"}, "does not end after it begins"),
        ({"monday": "09:00-25:00"}, "not written like"),
        ({}, "never open"),
    ],
)
def test_opening_hours_that_cannot_be_are_told(hours, says):
    with pytest.raises(InputError, match=says):
        office_calendar(changed(opening_hours=hours), date(2026, 1, 5), 7)


def test_a_run_beyond_the_holiday_calendar_is_told_with_the_way_out():
    with pytest.raises(InputError, match="holiday_calendar=none"):
        office_calendar(Parameters.load(), date(2027, 6, 1), 10)
    assert len(office_calendar(changed(holiday_calendar="none"), date(2027, 6, 1), 7).open_days) == 5
