"""The last-place rule: who misses, what follows step by step, appeals, and how often luck alone does it."""

from datetime import date
from itertools import product

import numpy as np
import pytest

from playbook.clock import office_calendar
from playbook.errors import InputError
from playbook.last_place import (
    COACHED,
    DISMISSED,
    IN_ORDER,
    MISSES,
    TO_DECIDE,
    TRANSFERRED,
    Standing,
    after_appeal,
    after_decision,
    false_alarm_share,
    last_appeal_day,
    misses_standard,
    next_standing,
    run_share,
)
from playbook.parameters import Parameters


def path(misses, consecutive=2, coaching=1):
    standing, states = Standing(), []
    for has_missed in misses:
        standing = next_standing(standing, has_missed, consecutive, coaching)
        states.append(standing.state)
    return states


@pytest.mark.parametrize(("points", "misses"), [(59.99, True), (60, False), (60.01, False)])
def test_the_standard_is_missed_below_it_only(points, misses):
    assert misses_standard([points], 60, 0.1, "absolute").tolist() == [misses]


def test_under_the_absolute_reading_all_or_nobody_may_miss():
    assert misses_standard([10, 20], 60, 0.1, "absolute").all()
    assert not misses_standard([80, 90], 60, 0.1, "absolute").any()


@pytest.mark.parametrize(("people", "missing"), [(1, 1), (9, 1), (10, 1), (19, 1), (20, 2), (30, 3)])
def test_under_forced_rank_a_share_misses_however_good_and_at_least_one(people, missing):
    missed = misses_standard(np.arange(people) + 1000, 60, 0.1, "forced_rank")
    assert missed.sum() == missing and missed[:missing].all()


def test_of_equals_the_earlier_in_the_list_is_last_and_of_nobody_nobody():
    assert misses_standard([70, 70, 70], 60, 0.1, "forced_rank").tolist() == [True, False, False]
    for reading in MISSES:
        assert misses_standard([], 60, 0.1, reading).tolist() == []


@pytest.mark.parametrize(
    ("consecutive", "states"),
    [(1, [COACHED, IN_ORDER, COACHED]), (2, [IN_ORDER, IN_ORDER, IN_ORDER]), (3, [IN_ORDER, IN_ORDER, IN_ORDER])],
)
def test_a_met_appraisal_wipes_the_slate(consecutive, states):
    assert path([True, False, True], consecutive) == states


@pytest.mark.parametrize(("consecutive", "coached_at"), [(1, 1), (2, 2), (3, 3)])
def test_coaching_begins_at_the_last_of_so_many_misses_in_a_row(consecutive, coached_at):
    assert path([True] * coached_at, consecutive)[-2:] == ([IN_ORDER] * (coached_at > 1) + [COACHED])


@pytest.mark.parametrize("coaching", [1, 2, 3])
def test_the_appraisal_at_the_end_of_the_coaching_decides(coaching):
    begun = [True, True]
    assert path([*begun, *[True] * coaching], coaching=coaching)[2:] == [COACHED] * (coaching - 1) + [TO_DECIDE]
    assert path([*begun, *[True] * (coaching - 1), False], coaching=coaching)[-1] == IN_ORDER


@pytest.mark.parametrize("state", [TO_DECIDE, TRANSFERRED, DISMISSED])
def test_whoever_awaits_a_decision_or_has_gone_is_not_appraised_further(state):
    assert next_standing(Standing(state), True, 2, 1) == next_standing(Standing(state), False, 2, 1) == Standing(state)


def test_an_upheld_appeal_clears_the_record_and_a_rejected_one_changes_nothing():
    for standing in (Standing(IN_ORDER, 1), Standing(COACHED), Standing(TO_DECIDE)):
        assert after_appeal(standing, True) == Standing()
        assert after_appeal(standing, False) == standing


@pytest.mark.parametrize("state", [TRANSFERRED, DISMISSED])
def test_an_appeal_after_the_decision_was_carried_out_is_refused(state):
    with pytest.raises(InputError, match=state):
        after_appeal(Standing(state), True)


@pytest.mark.parametrize(("has_other_post", "state"), [(True, TRANSFERRED), (False, DISMISSED)])
def test_a_decision_is_carried_out_once_no_appeal_is_open(has_other_post, state):
    assert after_decision(Standing(TO_DECIDE), has_other_post, is_appeal_open=False) == Standing(state)
    assert after_decision(Standing(TO_DECIDE), has_other_post, is_appeal_open=True) == Standing(TO_DECIDE)
    assert after_decision(Standing(COACHED), has_other_post, is_appeal_open=False) == Standing(COACHED)


def test_an_appeal_has_so_many_working_days_from_the_day_after():
    calendar = office_calendar(Parameters.load().changed({"clock.holiday_calendar": "none"}), date(2026, 1, 5), 21)
    monday, friday, saturday = 0, 4, 5
    assert [last_appeal_day(monday, days, calendar) for days in (1, 4, 5)] == [1, 4, 7]
    assert last_appeal_day(friday, 5, calendar) == last_appeal_day(saturday, 5, calendar) == 11
    with pytest.raises(InputError, match="calendar ends before"):
        last_appeal_day(18, 5, calendar)


@pytest.mark.parametrize(("appraisals", "run"), list(product(range(1, 7), range(1, 4))))
def test_the_chance_of_a_run_agrees_with_counting_all_ways(appraisals, run):
    total = 0.0
    for way in product((True, False), repeat=appraisals):
        if any(all(way[start : start + run]) for start in range(appraisals - run + 1)):
            total += 0.3 ** sum(way) * 0.7 ** (appraisals - sum(way))
    assert run_share(0.3, appraisals, run) == pytest.approx(total)


def test_equal_people_are_hit_by_forced_rank_whatever_they_do_and_by_the_standard_by_its_distance():
    forced = [false_alarm_share(10, miss, 2, "quarter", "forced_rank") for miss in (0, 0.5)]
    assert forced == pytest.approx([1 - 0.9**3] * 2)
    absolute = [false_alarm_share(10, miss, 2, "quarter", "absolute") for miss in (0, 0.01, 0.1, 1)]
    assert absolute == sorted(absolute) and absolute[0] == 0 and absolute[-1] == 1
    assert false_alarm_share(10, 0, 1, "quarter", "forced_rank") == 1


@pytest.mark.parametrize(("period", "appraisals"), [("month", 12), ("quarter", 4), ("half_year", 2), ("year", 1)])
def test_more_appraisals_a_year_mean_more_false_alarms(period, appraisals):
    assert false_alarm_share(1, 0.2, 2, period, "absolute") == pytest.approx(run_share(0.2, appraisals, 2))


def test_forced_rank_agrees_with_a_drawn_year():
    draws = np.random.default_rng(7).integers(0, 10, size=(200_000, 4))
    seen = (draws[:, 1:] == draws[:, :-1]).any(axis=1).mean()
    assert false_alarm_share(10, 0, 2, "quarter", "forced_rank") == pytest.approx(seen, abs=0.004)


def test_each_allowed_reading_of_q7_has_its_function():
    assert set(Parameters.load().about("incentives.last_place_reading").allowed) == set(MISSES)
