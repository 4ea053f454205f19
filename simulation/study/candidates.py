"""Candidates: the scenarios, or the numbers of consultants, between which a choice is made, with what each costs."""

from collections import Counter
from dataclasses import dataclass, replace
from math import ceil
from typing import Any

from playbook.errors import InputError, did_you_mean
from playbook.staffing import team_heads, yearly_payroll_cny
from simulation.desk.team import seats
from simulation.study.answers import settings_of
from simulation.study.choose import Limit
from simulation.study.measures import BY_NAME
from simulation.study.scenario import Scenario, Setting, check_measure, labels

MOST_CANDIDATES = 40
PER_CONSULTANT = "staffing.policies_per_consultant_count"


@dataclass(frozen=True)
class Candidate:
    """A scenario that can be chosen: what it is called, what it is run in, and what its people cost in a year."""

    label: str
    scenario: Scenario
    setting: Setting
    payroll_cny: float
    heads: dict[str, int]


def candidates(
    scenarios: list[Scenario],
    changes: dict[str, Any] | None = None,
    book_file: str | None = None,
    mapping: str | None = None,
) -> list[Candidate]:
    """One candidate a scenario, with the same further changes."""
    settings = settings_of(scenarios, changes, book_file, mapping)
    return [
        _candidate(label, scenario, each)
        for label, scenario, each in zip(labels(scenarios), scenarios, settings, strict=True)
    ]


def by_heads(
    scenario: Scenario,
    fewest: int,
    most: int,
    changes: dict[str, Any] | None = None,
    book_file: str | None = None,
    mapping: str | None = None,
) -> list[Candidate]:
    """The same scenario with each number of consultants between two: the ratio of policies to consultants is changed, and
    with it whoever is counted by consultants."""
    if not 1 <= fewest < most or most - fewest >= MOST_CANDIDATES:
        raise InputError(f"consultants from {fewest} to {most}: from 1 up, at most {MOST_CANDIDATES} numbers")
    if PER_CONSULTANT in (changes or {}):
        raise InputError(f"{PER_CONSULTANT} is what numbers of consultants are tried with; it cannot be set as well")
    (start,) = settings_of([scenario], changes, book_file, mapping)
    found = []
    for consultants in range(fewest, most + 1):
        parameters = start.parameters.changed({PER_CONSULTANT: ceil(len(start.book) / consultants)})
        heads = team_heads(len(start.book), parameters)["consultant"]
        if heads != consultants:
            raise InputError(
                f"{consultants} consultants cannot be had for {len(start.book):,} policies: the ratio gives {heads}"
            )
        name = f"{scenario.name} {consultants}"
        found.append(
            _candidate(
                f"{consultants} consultants",
                replace(scenario, name=name, title=f"{scenario.title}, {consultants} consultants"),
                replace(start, name=name, parameters=parameters),
            )
        )
    return found


def _candidate(label: str, scenario: Scenario, setting: Setting) -> Candidate:
    heads = Counter(seat.role for seat in seats(setting.structure, setting.parameters, len(setting.book)))
    payroll = yearly_payroll_cny(heads, setting.parameters.money.yearly_cost_cny)
    return Candidate(label, scenario, setting, float(payroll), dict(heads))


def limit_of(text: str) -> Limit:
    """A limit as it is typed, `measure=value`: at most the value, or at least it where more is better.

    >>> limit_of("late_enquiry_share=0.05")
    Limit(measure='late_enquiry_share', value=0.05, is_upper=True)
    >>> limit_of("renewal_rate_share=0.8").is_upper
    False
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise InputError(f"{text!r}: a limit is written measure=value")
    check_measure(name, "--limit")
    if BY_NAME[name].better is None:
        sided = [each for each in BY_NAME if BY_NAME[each].better is not None]
        raise InputError(f"--limit: {name} has no better side{did_you_mean(name, sided)}")
    try:
        number = float(value)
    except ValueError:
        raise InputError(f"--limit: {name} = {value!r} is not a number") from None
    if BY_NAME[name].unit == "share" and not 0 <= number <= 1:
        raise InputError(f"--limit: {name} = {value} must lie between 0 and 1")
    return Limit(name, number, BY_NAME[name].better == "less")
