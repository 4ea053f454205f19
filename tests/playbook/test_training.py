"""Training: sessions on open days, one a day, and a gain that fades."""

import math
from datetime import date

import pytest

from playbook.clock import office_calendar
from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.training import trained_error_share, training_hours, training_sessions

YEAR = office_calendar(Parameters.load(), date(2026, 1, 1), 365)


def test_the_years_sessions_are_on_open_days_and_never_two_on_one():
    training = Parameters.load().training
    sessions = training_sessions(training.module_every_days, YEAR)
    days = [day for day, _ in sessions]
    assert set(days) <= set(YEAR.open_days.astype(int).tolist())
    assert days == sorted(set(days))
    held = {module: sum(name == module for _, name in sessions) for module in training.module_every_days}
    assert held == {"product": 4, "compliance": 4, "sales": 12, "tools": 2}


@pytest.mark.parametrize(("every", "days"), [(3, [3, 7, 9, 14]), (4, [4, 8, 14]), (5, [7, 10]), (6, [7, 14])])
def test_a_session_on_a_closed_day_moves_to_the_next_open_one(every, days):
    weeks = office_calendar(Parameters.load().changed({"clock.holiday_calendar": "none"}), date(2026, 1, 5), 15)
    assert [day for day, _ in training_sessions({"sales": every}, weeks)] == days


def test_modules_begin_staggered_and_the_last_after_all_of_its_days():
    always = office_calendar(Parameters.load().changed({"clock.is_always_open": True}), date(2026, 1, 1), 13)
    sessions = training_sessions({"product": 12, "sales": 12, "tools": 12}, always)
    assert sessions == [(4, "product"), (8, "sales"), (12, "tools")]
    assert training_sessions({"product": 1, "sales": 1}, always)[:2] == [(1, "product"), (2, "sales")]


def test_a_cadence_below_a_day_is_refused():
    with pytest.raises(InputError, match=r"module_every_days.sales = 0"):
        training_sessions({"sales": 0}, YEAR)


def test_hours_are_those_of_the_sessions():
    minutes = {"product": 120, "sales": 30}
    assert training_hours([], minutes) == 0
    assert training_hours([(3, "sales"), (4, "product"), (9, "sales")], minutes) == 3


def test_the_gain_of_a_training_halves_with_each_half_life_and_never_turns():
    shares = [trained_error_share(0.04, days, 0.5, 100) for days in (0, 100, 200)]
    assert shares == pytest.approx([0.02, 0.03, 0.035])
    assert trained_error_share(0.04, math.inf, 0.5, 100) == 0.04
    assert trained_error_share(0.04, 1e9, 0.5, 100) == 0.04
    assert trained_error_share(0.04, 0, 0, 100) == 0.04
