"""Staffing ratios (S1.3.2): how many people a book of renewals asks for, post by post."""

import math
from collections.abc import Callable

from playbook.parameters import Parameters
from playbook.rules import rule

MONTHS_A_YEAR = 12

# Reading Q1: what the "policies awaiting renewal" of S1.3.2a count, from the policies falling due in a year.
AWAITING: dict[str, Callable[[int], float]] = {
    "annual_book": lambda policies: policies,
    "quarter_stock": lambda policies: policies * 3 / MONTHS_A_YEAR,
    "month_list": lambda policies: policies / MONTHS_A_YEAR,
}

# Readings Q2 and Q3: how a fraction of a head becomes a head.
ROUNDING: dict[str, Callable[[float], int]] = {
    "up": lambda heads: math.ceil(heads),
    "nearest": lambda heads: math.floor(heads + 1 / 2),
    "down": lambda heads: math.floor(heads),
}


@rule("S1.3.2a")
def consultants_needed(policies_count: int, policies_per_consultant_count: int, awaiting_reading: str) -> int:
    """Consultants for the policies that fall due in a year; a part of a ratio asks for a whole person.

    >>> consultants_needed(15_000, 1_500, "annual_book"), consultants_needed(15_001, 1_500, "annual_book")
    (10, 11)
    >>> consultants_needed(15_000, 1_500, "month_list")
    1
    """
    return math.ceil(AWAITING[awaiting_reading](policies_count) / policies_per_consultant_count)


@rule("S1.3.2b")
def coordinators_needed(
    consultants_count: int,
    consultants_per_coordinator_count: int,
    coordinator_rounding: str,
    coordinator_from_consultants_count: int,
) -> int:
    """Coordinators for a number of consultants, none for a team below the smallest that has one.

    >>> [coordinators_needed(consultants, 5, "up", 3) for consultants in (2, 3, 5, 6, 10)]
    [0, 1, 1, 2, 2]
    """
    if consultants_count < coordinator_from_consultants_count:
        return 0
    return max(1, ROUNDING[coordinator_rounding](consultants_count / consultants_per_coordinator_count))


@rule("S1.3.2c")
def specialists_needed(
    consultants_count: int,
    coordinators_count: int,
    team_per_specialist_count: int,
    specialist_reading: str,
    team_size_reading: str,
    specialist_rounding: str,
    specialist_from_heads_count: int,
) -> tuple[int, int]:
    """Analysts and trainers for a team, as (analysts, trainers).

    Under `one_shared` one post holds both duties and is counted as an analyst. `all_heads` counts the leader too.

    >>> specialists_needed(10, 2, 20, "one_of_each", "consultants_and_coordinators", "nearest", 10)
    (1, 1)
    >>> specialists_needed(24, 5, 20, "one_of_each", "consultants_and_coordinators", "nearest", 10)
    (1, 1)
    >>> specialists_needed(25, 5, 20, "one_of_each", "consultants_and_coordinators", "nearest", 10)
    (2, 2)
    """
    size = {
        "consultants": consultants_count,
        "consultants_and_coordinators": consultants_count + coordinators_count,
        "all_heads": consultants_count + coordinators_count + 1,
    }[team_size_reading]
    least = 1 if size >= specialist_from_heads_count else 0
    posts = max(least, ROUNDING[specialist_rounding](size / team_per_specialist_count))
    return (posts, 0) if specialist_reading == "one_shared" else (posts, posts)


def leaders_needed(heads_count: int, heads_per_leader_count: int) -> int:
    """Leaders for the heads below them (reading Q19), at least one.

    >>> leaders_needed(14, 25), leaders_needed(25, 25), leaders_needed(26, 25)
    (1, 1, 2)
    """
    return max(1, math.ceil(heads_count / heads_per_leader_count))


def team_heads(policies_count: int, parameters: Parameters) -> dict[str, int]:
    """Heads by role that the ratios of params/staffing.yaml give for the policies falling due in a year.

    >>> team_heads(15_000, Parameters.load())
    {'consultant': 10, 'coordinator': 2, 'analyst': 1, 'trainer': 1, 'leader': 1}
    """
    staffing = parameters.staffing
    consultants = max(
        1, consultants_needed(policies_count, staffing.policies_per_consultant_count, staffing.awaiting_reading)
    )
    coordinators = coordinators_needed(
        consultants,
        staffing.consultants_per_coordinator_count,
        staffing.coordinator_rounding,
        staffing.coordinator_from_consultants_count,
    )
    analysts, trainers = specialists_needed(
        consultants,
        coordinators,
        staffing.team_per_specialist_count,
        staffing.specialist_reading,
        staffing.team_size_reading,
        staffing.specialist_rounding,
        staffing.specialist_from_heads_count,
    )
    leaders = leaders_needed(consultants + coordinators + analysts + trainers, staffing.heads_per_leader_count)
    return {
        "consultant": consultants,
        "coordinator": coordinators,
        "analyst": analysts,
        "trainer": trainers,
        "leader": leaders,
    }
