"""Monitoring: the dashboard's figures and the luck in them, meetings, silences and alerts."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.clock import OfficeCalendar
from playbook.errors import InputError
from playbook.monitoring import (
    MEETINGS,
    SILENCES,
    alert_day_share,
    deviates,
    ends_run,
    follow_up_completion_share,
    has_alert,
    luck_share,
    meeting_minutes_per_week,
    pre_alert_deadline,
    response_hours,
    run_alarm_share,
    silence_deadline,
    silence_runs,
    stand_up_share,
)

NONE = float("nan")
OPEN_DAYS = (0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 14)  # from a Monday on
WEEK = OfficeCalendar(date(2026, 1, 5), [(day * 1440 + 540, day * 1440 + 1020) for day in OPEN_DAYS])
FRIDAY_AFTERNOON = 4 * 1440 + 16 * 60


@pytest.mark.parametrize(
    ("reading", "runs"),
    [
        ("next_step_due", [True, True, False, False]),
        ("last_contact", [True, True, True, True]),
        ("first_touch", [True, False, False, False]),
    ],
)
def test_when_silence_runs_under_each_reading_of_q20(reading, runs):
    states = [(True, True), (True, False), (False, True), (False, False)]
    assert reading in SILENCES
    assert [silence_runs(reading, due, first) for due, first in states] == runs


def test_an_unknown_reading_is_told_with_the_nearest():
    with pytest.raises(InputError, match=r"monitoring.silence_reading: .*did you mean 'first_touch'"):
        silence_runs("first_tuch", True, True)


def test_a_silence_of_friday_rings_on_sunday_or_six_office_days_later_under_the_two_clocks_of_q4():
    calendar = silence_deadline(FRIDAY_AFTERNOON, 48, "calendar", WEEK)
    working = silence_deadline(FRIDAY_AFTERNOON, 48, "working", WEEK)
    assert calendar == 6 * 1440 + 16 * 60
    assert working == 14 * 1440 + 16 * 60


@pytest.mark.parametrize(("minute", "rings"), [(-1, False), (0, False), (1, True)])
def test_an_alert_rings_only_beyond_the_limit(minute, rings):
    deadline = silence_deadline(600, 48, "calendar", WEEK)
    assert has_alert(deadline + minute, deadline) is rings


@pytest.mark.parametrize("limit", [24, 48, 336])
def test_the_pre_alert_comes_before_the_alert_whatever_the_limit(limit):
    looked = pre_alert_deadline(600, limit, 0.75, "calendar", WEEK)
    assert 600 < looked < silence_deadline(600, limit, "calendar", WEEK)


@pytest.mark.parametrize(("alerts", "is_too_much"), [(99, False), (100, False), (101, True)])
def test_alerts_beyond_the_leaders_day_cannot_be_worked_off(alerts, is_too_much):
    assert (alert_day_share(alerts, 3, 5) > 1) is is_too_much


def test_the_stand_up_takes_its_share_of_a_paid_day():
    assert stand_up_share(15, 8) == 0.03125
    assert stand_up_share(0, 8) == 0


def test_meetings_under_each_reading_of_q11():
    minutes = {reading: meeting_minutes_per_week(reading, 60, 45) for reading in MEETINGS}
    assert minutes == {"one_meeting": 60, "two_weekly": 105, "team_meeting_fortnightly": 82.5}


@pytest.mark.parametrize(("done", "share"), [(99, 1.0), (100, 1.0), (101, 0.0), (NONE, 0.0)])
def test_a_step_is_complete_up_to_its_deadline(done, share):
    assert follow_up_completion_share([done], [100], 200) == share


@pytest.mark.parametrize(("now", "share"), [(99, None), (100, 0.0), (101, 0.0)])
def test_a_step_counts_from_its_deadline_on(now, share):
    assert follow_up_completion_share([NONE], [100], now) == share


def test_nothing_due_and_nobody_asking_is_told_as_none():
    assert follow_up_completion_share([], [], 100) is None
    assert response_hours([], [], 100, 0.9, "calendar", WEEK) is None


def test_a_customer_without_a_reply_counts_with_the_wait_so_far():
    asked, replied = [540.0] * 10, [600.0] * 8 + [NONE] * 2
    assert response_hours(asked, replied, 900, 0.8, "calendar", WEEK) == 1
    assert response_hours(asked, replied, 900, 0.9, "calendar", WEEK) == 6


def test_nights_and_weekends_count_on_the_calendar_clock_alone():
    monday_nine = 7 * 1440 + 9 * 60
    both = [
        response_hours([FRIDAY_AFTERNOON], [monday_nine], 20_000, 0.5, clock, WEEK) for clock in ("working", "calendar")
    ]
    assert both == [1.0, 65.0]


@pytest.mark.parametrize(("done", "is_far"), [(69, False), (68, False), (67, True), (92, False), (93, True)])
def test_a_person_deviates_beyond_three_standard_errors_on_either_side(done, is_far):
    assert deviates([done], [100], 0.8, 3).tolist() == [is_far]


def test_luck_flags_few_who_are_all_alike():
    done = np.random.default_rng(1).binomial(125, 0.8, 10_000)
    flagged = deviates(done, np.full(10_000, 125), 0.8, 3).mean()
    assert 0 < flagged < 0.01
    assert deviates(done, np.full(10_000, 125), 0.8, 2).mean() > 0.03


@given(st.floats(0, 1), st.integers(1, 10_000))
def test_four_times_the_cases_halve_the_luck(share, cases):
    assert luck_share(share, 4 * cases) == pytest.approx(luck_share(share, cases) / 2)


@pytest.mark.parametrize(("weeks", "ends"), [(2, [1, 3, 6]), (3, [2]), (4, [3]), (5, [])])
def test_a_run_is_full_in_its_last_week_and_counted_once(weeks, ends):
    assert np.flatnonzero(ends_run([1, 1, 1, 1, 0, -1, -1, 1], weeks)).tolist() == ends


def test_a_run_by_luck_is_as_rare_as_it_is_said_and_commoner_where_the_middle_is_wrong():
    sides = np.random.default_rng(1).standard_normal(60_000)
    for shift, share in ((0.0, 0.5), (0.3, 0.6179)):
        found = ends_run(sides + shift, 6).mean()
        assert found == pytest.approx(run_alarm_share(6, share), rel=0.1)
    assert run_alarm_share(6, 0.6179) > 1.5 * run_alarm_share(6, 0.5)
