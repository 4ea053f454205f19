"""Pay plans as data (S1.2.4, S3.3, S4.2.1): which elements of pay there are, and with which numbers and readings.

A plan is a set of changes to parameters, so that whatever takes parameters (a run, a sweep, a drill) takes a plan.
"""

from pathlib import Path
from typing import Any

from playbook.documents import Document, named_file, params_folder, read_document
from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters

# What a plan may pay for, by the word of its file, and the parameter that switches it on.
ELEMENTS = {
    "commission": "incentives.has_commission",
    "tier": "incentives.has_tier",
    "pool": "incentives.has_pool",
    "recognition": "incentives.has_recognition",
    "certificates": "careers.has_certificate_pay",
}
# The parameters that a plan may set beside its elements; anything else would change the desk and not its pay.
OF_PAY = (
    "incentives.attainment_reading", "incentives.commission_share", "incentives.target_renewal_share",
    "incentives.tier_attainment_share", "incentives.tier_uplift_share", "incentives.tier_step_share",
    "incentives.tier_reading", "incentives.pay_period", "incentives.recognition_attainment_share",
    "incentives.training_place_cny", "structure.pool_share", "structure.pool_weight_share", "structure.pool_reading",
    "structure.pool_floor_share", "careers.certificate_pay_share", "targets.target_split",
    "targets.history_weight_share",
)  # fmt: skip


class Plan(Document):
    """A file of params/plans/. `elements` are what is paid beside the salary; `changes` are numbers and readings of pay."""

    title: str
    question: str
    elements: list[str]
    changes: dict[str, Any] = {}

    def parameter_changes(self) -> dict[str, Any]:
        """The plan as changes of parameters: every element on or off, and the plan's own numbers.

        >>> plan = Plan(title="Pool", question="?", elements=["pool"], changes={"structure.pool_share": 0.02})
        >>> changes = plan.parameter_changes()
        >>> [name for name, value in changes.items() if value is True], changes["structure.pool_share"]
        (['incentives.has_pool'], 0.02)
        """
        return {name: element in self.elements for element, name in ELEMENTS.items()} | self.changes


def plan_names() -> list[str]:
    """The plans that are shipped, in alphabetical order."""
    return sorted(path.stem for path in (params_folder() / "plans").glob("*.yaml"))


def read_plan(name: str) -> Plan:
    """A plan of params/plans/ by name, or any file by path; InputError names what does not fit, and the nearest name."""
    path = named_file(params_folder() / "plans", name, "plan")
    return checked_plan(read_document(path, Plan), path)


def checked_plan(plan: Plan, place: Path | str) -> Plan:
    """The plan, if its names fit together; InputError where an element or a parameter is none of pay."""
    for element in plan.elements:
        if element not in ELEMENTS:
            raise InputError(f"{place}: elements: unknown element {element!r}{did_you_mean(element, ELEMENTS)}")
    if len(set(plan.elements)) < len(plan.elements):
        raise InputError(f"{place}: elements: {', '.join(plan.elements)}: an element stands twice")
    if "tier" in plan.elements and "commission" not in plan.elements:
        raise InputError(f"{place}: elements: a tier raises a commission, and 'commission' is missing")
    for name in plan.changes:
        if not any(name == each or name.startswith(f"{each}.") for each in OF_PAY):
            raise InputError(f"{place}: changes: {name} is no parameter of pay{did_you_mean(name, OF_PAY)}")
    try:
        Parameters.load().changed(plan.parameter_changes())
    except InputError as error:
        raise InputError(f"{place}: changes: {error}") from None
    return plan
