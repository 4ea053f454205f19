"""Choices among people: who of several idle ones is asked first, and whose a case becomes when its list comes.

Each is a function of a line or two over people in the order in which they are to be preferred among equals: who rests
longest, or sits first.
"""

from collections.abc import Callable, Iterator
from typing import Any

from playbook.allocation import allocation_scores, credible_history_share
from playbook.parameters import Parameters
from simulation.desk.streams import Luck

BLOCK = 1024  # uniforms that are drawn at a time

Choice = Callable[[list[Any]], Any]


def chances(luck: Luck, name: str) -> Iterator[float]:
    """Uniforms of one person's own, one after another without end."""
    block = 0
    while True:
        yield from luck.row("idle choice", f"{name} block {block}", BLOCK).tolist()
        block += 1


def idle_choice(parameters: Parameters, day_minutes: float) -> Choice | None:
    """How idle people are chosen among under `allocation.idle_choice`; None for who rests longest.

    day_minutes: a full day, by which the work that somebody has done today is measured.
    """
    allocation = parameters.allocation

    def skill_and_load(people: list[Any]) -> Any:
        scores = allocation_scores(
            [person.skill for person in people],
            history_shares(people, allocation.history_credibility_count),
            [person.worked_today / day_minutes for person in people],
            allocation.score_weight_share,
        )
        return people[int(scores.argmax())]

    return {
        "longest_idle": None,
        "fastest": lambda people: max(people, key=lambda person: person.any_speed),
        "most_skilled": lambda people: max(people, key=lambda person: person.skill),
        "least_worked": lambda people: min(people, key=lambda person: person.worked_today),
        "skill_and_load": skill_and_load,
        "random": lambda people: min(people, key=lambda person: next(person.chances)),
    }[allocation.idle_choice]


def history_shares(people: list[Any], credibility_count: float) -> Any:
    """The part of each one's conversations that ended in a yes, drawn to that of all of them."""
    yes, talks = [person.yes_count for person in people], [person.talks_count for person in people]
    return credible_history_share(yes, talks, sum(yes) / max(1, sum(talks)), credibility_count)


def owner_choice(parameters: Parameters) -> Choice:
    """How the owner of a new case is chosen under `allocation.owner_choice`."""
    return {
        "fewest_cases": lambda people: min(people, key=lambda person: person.open_cases),
        "fewest_for_speed": lambda people: min(people, key=lambda person: person.open_cases / person.any_speed),
        "in_turn": lambda people: min(people, key=lambda person: person.cases_given),
    }[parameters.allocation.owner_choice]
