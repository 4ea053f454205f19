"""Escalation (S2.3): which level an issue has, who solves it, how it moves to its closing, and what a case library saves."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from playbook.clock import OfficeCalendar
from playbook.errors import InputError, chosen, did_you_mean, refuse_unless_whole
from playbook.rules import rule
from playbook.staffing import MONTHS_A_YEAR

LEVELS = ("routine", "urgent", "major")  # of an issue, inside the house
SEVERITIES = ("ordinary", "serious", "disputed")  # of a complaint, towards the customer


class Handling(NamedTuple):
    """Who works on a complaint, who answers for it, and who joins them from outside the team."""

    handles: str
    answers: str
    joins: str | None


# Reading Q9: who handles a complaint and who answers for it, which three items give to three people.
COMPLAINTS: dict[str, Callable[[str], tuple[str, str]]] = {
    "by_severity": lambda severity: ("coordinator", "coordinator" if severity == "ordinary" else "leader"),
    "coordinator": lambda _: ("coordinator", "coordinator"),
    "leader": lambda _: ("leader", "leader"),
}

# Reading Q16: what level an issue has that a customer's complaint lies behind.
REGISTERS: dict[str, Callable[[str, str], str]] = {
    "two_fields": lambda level, _: level,
    "one_scale": lambda _, severity: LEVELS[SEVERITIES.index(severity)],
}

# From where to where each step of an issue leads. A remedy that is not confirmed goes back to its owner.
STEPS: dict[tuple[str, str], str] = {
    ("found", "assign"): "owned",
    ("owned", "pass_on"): "owned",
    ("owned", "solve"): "solved",
    ("solved", "reject"): "owned",
    ("solved", "verify"): "verified",
    ("verified", "close"): "closed",
}
CHECKS = ("verify", "reject")


@rule("S2.3.1a", "S2.3.1b", "S2.3.1c")
def issue_level(
    kind: str, level_by_kind: Mapping[str, str], severity: str | None = None, register_reading: str = "two_fields"
) -> str:
    """The level of an issue: that of its kind, or under one scale that of the complaint behind it (reading Q16).

    >>> levels = {"system_question": "routine", "complaint": "urgent", "compliance_risk": "major"}
    >>> [issue_level(kind, levels) for kind in levels]
    ['routine', 'urgent', 'major']
    >>> [issue_level("complaint", levels, "ordinary", reading) for reading in REGISTERS]
    ['urgent', 'routine']
    """
    if kind not in level_by_kind:
        raise InputError(f"escalation.level_by_kind has no entry for {kind!r}{did_you_mean(kind, level_by_kind)}")
    register = chosen("escalation.register_reading", REGISTERS, register_reading)
    return level_by_kind[kind] if severity is None else register(level_by_kind[kind], _known(severity))


@rule("S2.3.1a", "S2.3.1b", "S2.3.1c")
def issue_solver(level: str, routine_solver: str, urgent_solver: str, major_solver: str) -> str:
    """Who solves an issue of a level.

    >>> [issue_solver(level, "peer", "leader", "other_department") for level in LEVELS]
    ['peer', 'leader', 'other_department']
    """
    solvers = {"routine": routine_solver, "urgent": urgent_solver, "major": major_solver}
    return chosen("level of an issue", solvers, level)


@rule("S2.3.1b", "S5.3.3b")
def complaint_handling(severity: str, complaint_reading: str, dispute_partner: str) -> Handling:
    """Who handles a complaint and who answers for it, under each reading of Q9, and who joins them where it is disputed.

    >>> complaint_handling("ordinary", "by_severity", "risk_control")
    Handling(handles='coordinator', answers='coordinator', joins=None)
    >>> complaint_handling("serious", "by_severity", "risk_control")
    Handling(handles='coordinator', answers='leader', joins=None)
    >>> complaint_handling("disputed", "by_severity", "risk_control")
    Handling(handles='coordinator', answers='leader', joins='risk_control')
    >>> complaint_handling("disputed", "by_severity", "nobody")
    Handling(handles='coordinator', answers='leader', joins=None)
    """
    handles, answers = chosen("escalation.complaint_reading", COMPLAINTS, complaint_reading)(_known(severity))
    has_partner = severity == "disputed" and dispute_partner != "nobody"
    return Handling(handles, answers, dispute_partner if has_partner else None)


@rule("S2.3.1b")
def complaint_hours_by_role(
    complaints_by_severity: Mapping[str, float],
    complaint_minutes: float,
    answering_minutes: float,
    complaint_reading: str,
) -> dict[str, float]:
    """Hours that complaints take of each role: of who handles them, and less of who only answers for them.

    >>> complaint_hours_by_role({"ordinary": 60, "serious": 20}, 45, 15, "by_severity")
    {'coordinator': 60.0, 'leader': 5.0}
    >>> complaint_hours_by_role({"ordinary": 60, "serious": 20}, 45, 15, "leader")
    {'leader': 60.0}
    """
    hours: dict[str, float] = {}
    for severity, number in complaints_by_severity.items():
        handles, answers = chosen("escalation.complaint_reading", COMPLAINTS, complaint_reading)(_known(severity))
        hours[handles] = hours.get(handles, 0) + number * complaint_minutes / 60
        if answers != handles:
            hours[answers] = hours.get(answers, 0) + number * answering_minutes / 60
    return hours


@rule("S2.3.1a", "S2.3.1b", "S2.3.1c")
def issue_deadline(
    found_minute: float, level: str, issue_hours: Mapping[str, float], issue_clock: str, calendar: OfficeCalendar
) -> float:
    """The calendar minute until which an issue of a level has its remedy, or is passed on.

    >>> from datetime import date
    >>> two_days = OfficeCalendar(date(2026, 1, 5), [(540, 1080), (1980, 2520)])
    >>> hours = {"routine": 4, "urgent": 9, "major": 40}
    >>> [(issue_deadline(600, level, hours, "working", two_days) - 600) / 60 for level in ("routine", "urgent")]
    [4.0, 24.0]
    """
    return calendar.deadline(found_minute, chosen("escalation.issue_hours", issue_hours, level), issue_clock)


@rule("S2.3.2")
def next_state(state: str, step: str) -> str:
    """The state of an issue after a step; InputError names the steps that its state allows.

    >>> from itertools import accumulate
    >>> list(accumulate(("assign", "solve", "reject", "solve", "verify", "close"), next_state, initial="found"))
    ['found', 'owned', 'solved', 'owned', 'solved', 'verified', 'closed']
    >>> next_state("owned", "close")
    Traceback (most recent call last):
    ...
    playbook.errors.InputError: an issue that is owned cannot take the step 'close'; it allows pass_on, solve
    """
    if (state, step) not in STEPS:
        allowed = ", ".join(each for where, each in STEPS if where == state) or "no step"
        raise InputError(f"an issue that is {state} cannot take the step {step!r}; it allows {allowed}")
    return STEPS[state, step]


@rule("S2.3.2")
def may_take_step(step: str, person: str, owner: str, may_owner_verify: bool) -> bool:
    """Whether somebody may take a step: a remedy is checked by another than its owner, unless the team allows it.

    >>> [may_take_step("verify", person, "K", may_owner_verify=False) for person in ("K", "L")]
    [False, True]
    >>> may_take_step("solve", "K", "K", may_owner_verify=False)
    True
    """
    return may_owner_verify or step not in CHECKS or person != owner


@rule("S2.3.1a", "S2.3.1b", "S2.3.1c")
def issue_hours_by_level(
    policies_count: int,
    issues_per_policy: float,
    issue_level_share: Mapping[str, float],
    issue_minutes: Mapping[str, float],
) -> dict[str, float]:
    """Hours of a year that issues of each level ask of those who solve them; the shares must sum to 1.

    >>> share, minutes = {"routine": 0.75, "urgent": 0.2, "major": 0.05}, {"routine": 6, "urgent": 12, "major": 24}
    >>> issue_hours_by_level(8_000, 0.05, share, minutes)
    {'routine': 30.0, 'urgent': 16.0, 'major': 8.0}
    """
    refuse_unless_whole("escalation.issue_level_share", issue_level_share)
    issues = policies_count * issues_per_policy
    return {level: issues * share * issue_minutes[level] / 60 for level, share in issue_level_share.items()}


@rule("S2.3.3")
def repeat_factor(library_cases_count: float, library_effect_share: float, library_half_count: float) -> float:
    """How many issues are left of each that came before there was a library: fewer with each case, never none.

    Half of what a library can save at most is saved at `library_half_count` cases.

    >>> [repeat_factor(cases, 0.4, 50) for cases in (0, 50, 150)]
    [1.0, 0.8, 0.7]
    """
    return 1 - library_effect_share * library_cases_count / (library_cases_count + library_half_count)


@rule("S2.3.3")
def library_balance_hours(
    issue_hours_per_year: float,
    factor_left: float,
    new_cases_count: float,
    case_card_minutes: float,
    case_session_months: float,
    case_session_minutes: float,
    heads_count: int,
) -> float:
    """Hours of a year that the library saves, less those of writing its cards and of sitting in sessions.

    >>> library_balance_hours(100, 0.75, 24, 15, 3, 30, 5)
    9.0
    """
    sessions_per_year = MONTHS_A_YEAR / case_session_months
    cards, sessions = new_cases_count * case_card_minutes, sessions_per_year * case_session_minutes * heads_count
    return issue_hours_per_year * (1 - factor_left) - (cards + sessions) / 60


def _known(severity: str) -> str:
    if severity not in SEVERITIES:
        raise InputError(f"unknown severity of a complaint {severity!r}{did_you_mean(severity, SEVERITIES)}")
    return severity
