"""Choices among people: who of several idle ones is asked first, and whose a case becomes when its list comes.

Each is a function of a line or two; the smallest value is chosen, and among equals who rests longest or sits first.
"""

from collections.abc import Callable, Iterator
from typing import Any

from playbook.allocation import assignment_points
from playbook.parameters import Parameters
from simulation.desk.streams import Luck

BLOCK = 1024  # uniforms that are drawn at a time

Choice = Callable[[Any], float]


def chances(luck: Luck, name: str) -> Iterator[float]:
    """Uniforms of one person's own, one after another without end."""
    block = 0
    while True:
        yield from luck.row("idle choice", f"{name} block {block}", BLOCK).tolist()
        block += 1


def idle_choice(parameters: Parameters, day_minutes: float) -> Choice | None:
    """How idle people are ordered under `allocation.idle_choice`; None for who rests longest.

    day_minutes: what counts as a full day of work already done.
    """
    allocation = parameters.allocation

    def skill_and_load(person: Any) -> float:
        return -assignment_points(
            person.skill,
            person.any_speed,
            person.worked_today / day_minutes,
            allocation.assignment_skill_weight_points,
            allocation.assignment_speed_weight_points,
            allocation.assignment_load_weight_points,
        )

    return {
        "longest_idle": None,
        "fastest": lambda person: -person.any_speed,
        "most_skilled": lambda person: -person.skill,
        "least_worked": lambda person: person.worked_today,
        "skill_and_load": skill_and_load,
        "random": lambda person: next(person.chances),
    }[allocation.idle_choice]


def owner_choice(parameters: Parameters) -> Choice:
    """How the owner of a new case is chosen under `allocation.owner_choice`, from people with their open cases."""
    return {
        "fewest_cases": lambda person: person.open_cases,
        "fewest_for_speed": lambda person: person.open_cases / person.any_speed,
        "in_turn": lambda person: person.cases_given,
    }[parameters.allocation.owner_choice]
