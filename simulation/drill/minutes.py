"""Minutes: the run sheet of a drill in one of its lengths."""

from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters
from playbook.workshops import minute_plan
from simulation.drill.audit import Audit
from simulation.drill.drill_file import Drill


def run_sheet(drill: Drill | Audit, length: str) -> list[tuple[int, str]]:
    """(minutes from the start, step) of a length, the last of them `end`; InputError offers the nearest length."""
    if length not in drill.lengths:
        raise InputError(f"unknown length {length!r:.80}{did_you_mean(length, drill.lengths)}")
    about = drill.lengths[length]
    if about.of is not None:
        return minute_plan(about.of, Parameters.load())
    plan, minute = [], 0
    for step, minutes in about.steps.items():
        plan.append((minute, step))
        minute += minutes
    return [*plan, (minute, "end")]
