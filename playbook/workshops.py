"""Workshops (S4.3): the minute plan of each, and the management jury's score sheet."""

from collections.abc import Mapping, Sequence

from playbook.appraisal import weighted_score_points
from playbook.errors import InputError, chosen
from playbook.parameters import Parameters
from playbook.rules import rule


@rule("S4.3.1")
def jury_points(marks: Mapping[str, Sequence[float]], jury_weight_share: Mapping[str, float]) -> float:
    """A plan's points: the jury's mean mark for each criterion, weighted; refused unless the weights sum to 1.

    >>> jury_points({"cause": [8, 6], "effect": [9, 9]}, {"cause": 0.4, "effect": 0.6})
    8.2
    """
    empty = [name for name, given in marks.items() if not given]
    if empty:
        raise InputError(f"marks: nobody has marked {', '.join(empty)}")
    return weighted_score_points({name: sum(given) / len(given) for name, given in marks.items()}, jury_weight_share)


@rule("S4.3.1")
def best_plans(points: Mapping[str, float], jury_tie_points: float) -> list[str]:
    """The plans to be carried out, best first: the one with the most points, and those as good within the margin.

    Points are compared to the hundredth.

    >>> best_plans({"group one": 7.0, "group two": 8.1, "group three": 8.0}, 0.2)
    ['group two', 'group three']
    """
    if not points:
        raise InputError("points: there is no plan to choose from")
    most = max(points.values())
    ranked = sorted(points, key=lambda name: -points[name])
    return [name for name in ranked if round(most - points[name], 2) <= jury_tie_points]


# Which parameter holds the steps of which workshop.
WORKSHOPS = {
    "S4.3.1": "case_competition_minutes",
    "S4.3.2": "cross_group_kick_off_minutes",
    "S4.3.3": "emergency_drill_minutes",
    "S4.3.4": "sandbox_minutes",
}


@rule("S4.3.1", "S4.3.2", "S4.3.3", "S4.3.4")
def minute_plan(workshop: str, parameters: Parameters) -> list[tuple[int, str]]:
    """A workshop's run sheet, by its item's id: (minutes from the start, step), the last of them being `end`.

    >>> minute_plan("S4.3.3", Parameters.load())
    [(0, 'brief'), (5, 'play'), (25, 'debrief'), (45, 'end')]
    """
    plan, minute = [], 0
    for step, minutes in parameters[f"workshops.{chosen('workshop', WORKSHOPS, workshop)}"].items():
        plan.append((minute, step))
        minute += minutes
    return [*plan, (minute, "end")]
