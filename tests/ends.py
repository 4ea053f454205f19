"""Values at both ends of what a parameter may be."""

from typing import Any

from playbook.parameters import COUNTED, Parameter, Parameters

DISCIPLINE = Parameters.load().about("allocation.discipline").value
TOGETHER = {  # tables whose entries have to fit together
    "allocation.discipline": tuple(
        DISCIPLINE | {"follow_up": each, "proposal": each, "signing": each}
        for each in ("first_come", "earliest_due", "highest_value", "value_at_risk", "risk_score", "handbook_priority")
    ),
    "people.grade_mix_share": ({"junior": 1, "senior": 0, "expert": 0}, {"junior": 0, "senior": 0, "expert": 1}),
    "escalation.issue_level_share": (
        {"routine": 1, "urgent": 0, "major": 0},
        {"routine": 0, "urgent": 0, "major": 1},
    ),
    "allocation.score_weight_share": (
        {"skill": 1, "history": 0, "load": 0},
        {"skill": 0, "history": 0, "load": 1},
    ),
    "structure.pool_weight_share": (
        {"renewal": 1, "satisfaction": 0, "compliance_and_teamwork": 0},
        {"renewal": 0, "satisfaction": 1, "compliance_and_teamwork": 0},
    ),
}


def values_to_try(name: str, about: Parameter) -> list[Any]:
    """Both ends of a parameter's allowed range, or every option of a choice; for a table also ends by turns."""
    if name in TOGETHER:
        return list(TOGETHER[name])
    if about.unit == "yes_no":
        options: list[Any] = [False, True]
    elif about.unit in ("choice", "date"):
        options = list(about.allowed)
    else:
        options = [int(each) if about.unit in COUNTED else each for each in (about.allowed[0], about.allowed[-1])]
    if isinstance(about.value, dict):
        alike = [dict.fromkeys(about.value, each) for each in options]
        turns = [{key: options[(place + first) % 2] for place, key in enumerate(about.value)} for first in (0, 1)]
        return [*alike, *turns] if len(options) == 2 and len(about.value) > 1 else alike
    if isinstance(about.value, list):
        return [[each] * len(about.value) for each in options]
    return options
