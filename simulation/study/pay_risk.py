"""Money with risk: what plans of pay cost over many years of luck, who gains and who loses, and what luck alone decides."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playbook.errors import InputError
from playbook.plans import read_plan
from simulation.study.measures import Reading
from simulation.study.pay import PayYear
from simulation.study.replicate import Progress, completed, run_record
from simulation.study.scenario import Setting

WORST_SHARE = 0.95  # the year that is dearer than so many others


@dataclass(frozen=True)
class PlanYears:
    """A plan over several replications of one setting: bonus_cny, contribution_cny, gap_share and reached_share are one
    number a replication, variable_cny is [replication, consultant]."""

    plan: str
    title: str
    names: list[str]
    bonus_cny: NDArray[np.float64]
    contribution_cny: NDArray[np.float64]
    gap_share: NDArray[np.float64]
    reached_share: NDArray[np.float64]
    variable_cny: NDArray[np.float64]


def plan_years(
    setting: Setting,
    plans: Sequence[str],
    replications: int,
    seed: int,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[PlanYears]:
    """Each plan under the same luck. Where `incentives.has_effort` is off, one record a replication serves all plans.

    plans: names of params/plans/ or files. InputError where there is none, one stands twice, or fewer than 2 replications.
    """
    if not plans or len(set(plans)) < len(plans):
        raise InputError(f"plans = {list(plans)}: name at least one plan, and none twice")
    if replications < 2:
        raise InputError(f"replications = {replications}: a distribution needs at least 2")
    changes = {name: read_plan(name).parameter_changes() for name in plans}
    calls = {number: (setting, changes, seed, number) for number in range(replications)}
    found: dict[int, list[tuple[PayYear, float]]] = {}
    for number, years in completed(pay_once, calls, executor):
        found[number] = years
        if progress:
            progress(len(found), replications)
    by_plan = [[found[number][place] for number in range(replications)] for place in range(len(plans))]
    return [_gathered(name, years) for name, years in zip(plans, by_plan, strict=True)]


def pay_once(
    setting: Setting, changes: Mapping[str, Mapping[str, object]], seed: int, replication: int
) -> list[tuple[PayYear, float]]:
    """One replication under each plan: what people get, and the contribution."""
    record, found = None, []
    for each in changes.values():
        tried = setting.with_parameters(dict(each))
        parameters = tried.parameters
        if record is None or parameters.incentives.has_effort:
            record = run_record(tried, seed, replication)
        reading = Reading(record, parameters)
        kept = float(reading.premium[reading.is_renewed].sum()) * parameters.money.margin_share
        found.append((reading.pay, kept - reading.payroll_cny() - reading.bonus_cny()))
    return found


def _gathered(name: str, years: list[tuple[PayYear, float]]) -> PlanYears:
    pays = [pay for pay, _ in years]
    return PlanYears(
        plan=name,
        title=read_plan(name).title,
        names=pays[0].names,
        bonus_cny=np.array([pay.bonus_cny + pay.training_cny + pay.certificates_cny for pay in pays]),
        contribution_cny=np.array([contribution for _, contribution in years]),
        gap_share=np.array([pay.gap_share for pay in pays]),
        reached_share=np.array([pay.reached_share for pay in pays]),
        variable_cny=np.array([[each.variable + each.certificate for each in pay.pay] for pay in pays]),
    )


def cost_rows(years: Sequence[PlanYears]) -> list[dict[str, object]]:
    """One row a plan: the bonus expected, in the year that is dearer than 95 of 100, and in the worst of the replications;
    the contribution, the gap between equally able people, and who reached their target."""
    return [
        {
            "plan": each.plan, "title": each.title, "replications": len(each.bonus_cny),
            "bonus_cny": float(each.bonus_cny.mean()),
            "bonus_high_cny": float(np.quantile(each.bonus_cny, WORST_SHARE)),
            "bonus_worst_cny": float(each.bonus_cny.max()),
            "contribution_cny": float(each.contribution_cny.mean()),
            "contribution_low_cny": float(np.quantile(each.contribution_cny, 1 - WORST_SHARE)),
            "gap_share": float(each.gap_share.mean()), "reached_share": float(each.reached_share.mean()),
        }
        for each in years
    ]  # fmt: skip


def gain_rows(base: PlanYears, other: PlanYears) -> list[dict[str, object]]:
    """One row a consultant: what they get beyond the salary under both plans, what the other brings them, and in how many of
    the years they gain or lose by it."""
    gains = other.variable_cny - base.variable_cny
    return [
        {
            "person": name, "base_cny": float(base.variable_cny[:, place].mean()),
            "other_cny": float(other.variable_cny[:, place].mean()), "gain_cny": float(gains[:, place].mean()),
            "gain_low_cny": float(gains[:, place].min()), "gain_high_cny": float(gains[:, place].max()),
            "gains_share": float((gains[:, place] > 0).mean()), "loses_share": float((gains[:, place] < 0).mean()),
        }
        for place, name in enumerate(base.names)
    ]  # fmt: skip
