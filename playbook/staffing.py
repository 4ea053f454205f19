"""Staffing (S1.3): how many people a book of renewals asks for, post by post, what they cost, and who may apply."""

import math
from collections.abc import Callable, Mapping

from playbook.errors import InputError, chosen, did_you_mean
from playbook.parameters import Parameters
from playbook.rules import rule

MONTHS_A_YEAR = 12

# Reading Q1: what the "policies awaiting renewal" of S1.3.2a count, from the policies falling due in a year.
AWAITING: dict[str, Callable[[float], float]] = {
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

# Reading Q3: whom the team size counts, from consultants and coordinators.
TEAM_SIZES: dict[str, Callable[[int, int], int]] = {
    "consultants": lambda consultants, _: consultants,
    "consultants_and_coordinators": lambda consultants, coordinators: consultants + coordinators,
    "all_heads": lambda consultants, coordinators: consultants + coordinators + 1,
}

# Reading Q3: analysts and trainers from the posts that the ratio gives.
SPECIALISTS: dict[str, Callable[[int], tuple[int, int]]] = {
    "one_of_each": lambda posts: (posts, posts),
    "one_shared": lambda posts: (posts, 0),
}

# Years of selling that count for the screen, from those in motor and those in life.
EXPERIENCE: dict[str, Callable[[float, float], float]] = {
    "both_together": lambda motor, life: motor + life,
    "one_line": lambda motor, life: max(motor, life),
}


@rule("S1.3.2a")
def consultants_needed(policies_count: int, policies_per_consultant_count: int, awaiting_reading: str) -> int:
    """Consultants for the policies that fall due in a year; a part of a ratio asks for a whole person.

    >>> consultants_needed(15_000, 1_500, "annual_book"), consultants_needed(15_001, 1_500, "annual_book")
    (10, 11)
    >>> consultants_needed(15_000, 1_500, "month_list")
    1
    """
    return math.ceil(_awaiting(policies_count, awaiting_reading) / policies_per_consultant_count)


@rule("S1.3.2a")
def consultant_day_share(
    policies_per_consultant_count: int,
    awaiting_reading: str,
    minutes_per_policy: float,
    productive_hours_per_year: float,
) -> float:
    """How full the ratio makes a consultant's year, from the minutes that a policy takes; above 1 it cannot be done.

    >>> [consultant_day_share(1_500, reading, 40, 1_000) for reading in ("annual_book", "quarter_stock", "month_list")]
    [1.0, 4.0, 12.0]
    >>> consultant_day_share(1_499, "annual_book", 40, 1_000) < 1 < consultant_day_share(1_501, "annual_book", 40, 1_000)
    True
    """
    policies_per_year = policies_per_consultant_count / _awaiting(1, awaiting_reading)
    return policies_per_year * minutes_per_policy / (productive_hours_per_year * 60)


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
    rounded = chosen("staffing.coordinator_rounding", ROUNDING, coordinator_rounding)
    return max(1, rounded(consultants_count / consultants_per_coordinator_count))


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
    count = chosen("staffing.team_size_reading", TEAM_SIZES, team_size_reading)
    rounded = chosen("staffing.specialist_rounding", ROUNDING, specialist_rounding)
    size = count(consultants_count, coordinators_count)
    least = 1 if size >= specialist_from_heads_count else 0
    posts = max(least, rounded(size / team_per_specialist_count))
    return chosen("staffing.specialist_reading", SPECIALISTS, specialist_reading)(posts)


@rule("S1.3.4a")
def has_passed_screen(
    has_licence: bool,
    motor_years: float,
    life_years: float,
    hire_experience_years: float,
    hire_experience_measure: str,
) -> bool:
    """Whether a candidate may be seen: a practitioner's licence, and years enough of selling motor or life cover.

    >>> [has_passed_screen(True, years, 0, 2, "both_together") for years in (1.9, 2, 2.1)]
    [False, True, True]
    >>> has_passed_screen(False, 10, 0, 2, "both_together")
    False
    >>> [has_passed_screen(True, 1, 1, 2, measure) for measure in ("both_together", "one_line")]
    [True, False]
    """
    counted = chosen("staffing.hire_experience_measure", EXPERIENCE, hire_experience_measure)
    return has_licence and counted(motor_years, life_years) >= hire_experience_years


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


def yearly_payroll_cny(heads: Mapping[str, int], yearly_cost_cny: Mapping[str, float]) -> float:
    """What the heads of a team cost in a year; InputError for a role without a cost.

    >>> yearly_payroll_cny({"consultant": 2, "coordinator": 1}, {"consultant": 100_000, "coordinator": 120_000})
    320000
    """
    for role in heads:
        if role not in yearly_cost_cny:
            raise InputError(f"money.yearly_cost_cny has no entry for {role!r}{did_you_mean(role, yearly_cost_cny)}")
    return sum(count * yearly_cost_cny[role] for role, count in heads.items())


@rule("S1.3.2a", "S1.3.2b", "S1.3.2c")
def cost_by_reading(policies_count: int, parameters: Parameters, name: str) -> dict[str, tuple[int, float]]:
    """Heads in all, and what they cost in a year, under each reading that the parameter `name` offers.

    >>> cost_by_reading(24_000, Parameters.load(), "staffing.coordinator_rounding")
    {'up': (23, 2684000), 'nearest': (22, 2563000), 'down': (22, 2563000)}
    """
    found = {}
    for reading in parameters.about(name).allowed:
        heads = team_heads(policies_count, parameters.changed({name: reading}))
        found[reading] = (sum(heads.values()), yearly_payroll_cny(heads, parameters.money.yearly_cost_cny))
    return found


def _awaiting(policies_count: float, awaiting_reading: str) -> float:
    return chosen("staffing.awaiting_reading", AWAITING, awaiting_reading)(policies_count)
