"""Escalation: levels and routes, who owns complaints, the register from finding to closing, and the case library."""

from datetime import date

import pytest

from playbook.clock import OfficeCalendar
from playbook.errors import InputError
from playbook.escalation import (
    COMPLAINTS,
    LEVELS,
    REGISTERS,
    SEVERITIES,
    STEPS,
    complaint_handling,
    complaint_hours_by_role,
    issue_deadline,
    issue_hours_by_level,
    issue_level,
    issue_solver,
    library_balance_hours,
    may_take_step,
    next_state,
    repeat_factor,
)
from playbook.parameters import Parameters

ESCALATION = Parameters.load().escalation


@pytest.mark.parametrize(
    ("kind", "solver"),
    [("system_question", "peer"), ("complaint", "leader"), ("compliance_risk", "other_department")],
)
def test_the_three_examples_of_the_handbook_go_to_the_three_who_solve_them(kind, solver):
    level = issue_level(kind, ESCALATION.level_by_kind)
    solvers = ESCALATION.routine_solver, ESCALATION.urgent_solver, ESCALATION.major_solver
    assert issue_solver(level, *solvers) == solver


@pytest.mark.parametrize(
    ("severity", "levels"),
    [("ordinary", ["urgent", "routine"]), ("serious", ["urgent", "urgent"]), ("disputed", ["urgent", "major"])],
)
def test_the_level_of_a_complaint_under_each_reading_of_q16(severity, levels):
    found = [issue_level("complaint", ESCALATION.level_by_kind, severity, reading) for reading in REGISTERS]
    assert found == levels


def test_an_issue_without_a_customer_has_the_level_of_its_kind_under_either_reading():
    assert {issue_level("compliance_risk", ESCALATION.level_by_kind, None, reading) for reading in REGISTERS} == {
        "major"
    }


@pytest.mark.parametrize(
    ("reading", "owners"),
    [
        ("by_severity", ["coordinator", "leader", "leader"]),
        ("coordinator", ["coordinator"] * 3),
        ("leader", ["leader"] * 3),
    ],
)
def test_who_answers_for_a_complaint_under_each_reading_of_q9(reading, owners):
    handlings = [complaint_handling(severity, reading, "risk_control") for severity in SEVERITIES]
    assert reading in COMPLAINTS
    assert [each.answers for each in handlings] == owners


@pytest.mark.parametrize("reading", COMPLAINTS)
@pytest.mark.parametrize(
    ("partner", "joins"), [("risk_control", "risk_control"), ("compliance", "compliance"), ("nobody", None)]
)
def test_the_partner_joins_disputes_and_nothing_else_whoever_owns_them(reading, partner, joins):
    found = [complaint_handling(severity, reading, partner).joins for severity in SEVERITIES]
    assert found == [None, None, joins]


def test_answering_costs_hours_only_where_another_handles():
    numbers = {"ordinary": 100, "serious": 30, "disputed": 20}
    hours = {reading: complaint_hours_by_role(numbers, 45, 15, reading) for reading in COMPLAINTS}
    assert hours == {
        "by_severity": {"coordinator": 112.5, "leader": 12.5},
        "coordinator": {"coordinator": 112.5},
        "leader": {"leader": 112.5},
    }


WEEK = OfficeCalendar(date(2026, 1, 5), [(day * 1440 + 540, day * 1440 + 1020) for day in range(5)])


@pytest.mark.parametrize(("level", "days"), [("routine", 0), ("urgent", 1), ("major", 4)])
def test_each_level_has_its_deadline(level, days):
    due = issue_deadline(660, level, {"routine": 4, "urgent": 8, "major": 34}, "working", WEEK)
    assert due // 1440 == days


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: issue_level("complains", ESCALATION.level_by_kind), "did you mean 'complaint'"),
        (lambda: issue_level("complaint", ESCALATION.level_by_kind, "seriuos"), "did you mean 'serious'"),
        (lambda: issue_level("complaint", ESCALATION.level_by_kind, "serious", "one"), "did you mean 'one_scale'"),
        (lambda: issue_solver("minor", "peer", "leader", "leader"), "level of an issue: unknown option 'minor'"),
        (lambda: complaint_handling("grave", "leader", "nobody"), "unknown severity"),
        (lambda: complaint_handling("serious", "leeder", "nobody"), "did you mean 'leader'"),
        (lambda: issue_deadline(0, "minor", {"major": 40}, "working", WEEK), "escalation.issue_hours"),
        (lambda: issue_hours_by_level(1, 1, {"routine": 0.9}, {"routine": 5}), "must sum to 1"),
    ],
)
def test_an_unknown_word_or_a_wrong_sum_is_told_with_its_place(call, says):
    with pytest.raises(InputError, match=says):
        call()


def test_an_issue_goes_from_finding_to_closing_and_no_step_can_be_left_out():
    states = ["found", "owned", "solved", "verified", "closed"]
    steps = ["assign", "solve", "verify", "close"]
    assert [next_state(state, step) for state, step in zip(states[:-1], steps, strict=True)] == states[1:]
    for state in states:
        for step in {step for _, step in STEPS}:
            if (state, step) not in STEPS:
                with pytest.raises(InputError, match=f"an issue that is {state} cannot take the step"):
                    next_state(state, step)


def test_a_closed_issue_allows_no_step_and_a_rejected_remedy_goes_back_to_its_owner():
    with pytest.raises(InputError, match="it allows no step"):
        next_state("closed", "assign")
    assert next_state("solved", "reject") == "owned"


@pytest.mark.parametrize("step", ["verify", "reject"])
def test_a_remedy_is_checked_by_another_unless_the_team_allows_it(step):
    assert not may_take_step(step, "K", "K", may_owner_verify=False)
    assert may_take_step(step, "K", "K", may_owner_verify=True)
    assert may_take_step(step, "L", "K", may_owner_verify=False)


def test_hours_of_issues_follow_their_levels():
    hours = issue_hours_by_level(15_000, 0.05, ESCALATION.issue_level_share, ESCALATION.issue_minutes)
    assert list(hours) == list(LEVELS)
    assert sum(hours.values()) == pytest.approx(100)


@pytest.mark.parametrize(("cases", "left"), [(0, 1.0), (49, 0.802), (50, 0.8), (51, 0.798), (10**9, 0.6)])
def test_a_library_saves_half_of_what_it_can_at_its_half_count(cases, left):
    assert repeat_factor(cases, 0.4, 50) == pytest.approx(left, abs=0.0005)


def test_a_library_without_sessions_pays_sooner_than_one_with():
    with_sessions = library_balance_hours(100, 0.8, 24, 15, 1, 30, 15)
    without = library_balance_hours(100, 0.8, 24, 15, 1, 0, 15)
    assert with_sessions == pytest.approx(-76) and without == pytest.approx(14)
