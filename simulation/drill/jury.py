"""The jury of a case competition: it marks plans before anybody knows what the model forecasts (S4.3.1)."""

from collections.abc import Mapping, Sequence

from playbook.parameters import Parameters
from playbook.workshops import best_plans, jury_points


def jury_criteria() -> list[str]:
    """By what the jury marks a plan."""
    return list(Parameters.load().workshops.jury_weight_share)


def plan_points(marks_by_team: Mapping[str, Sequence[Mapping[str, float]]]) -> dict[str, float]:
    """Each team's points, from every juror's marks by criterion; teams nobody has marked are left out."""
    weights = Parameters.load().workshops.jury_weight_share
    return {
        team: jury_points({name: [each[name] for each in marks] for name in weights}, weights)
        for team, marks in marks_by_team.items()
        if marks
    }


def chosen_plans(points: Mapping[str, float]) -> list[str]:
    """The plans to be carried out, best first."""
    return best_plans(points, Parameters.load().workshops.jury_tie_points)
