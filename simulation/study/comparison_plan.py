"""The plan of a comparison test (S6.2.3): how many cases each half needs, and who is in which half, drawn by lot."""

from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from playbook.errors import InputError, did_you_mean
from playbook.improvement import cases_needed, design_effect_factor, policies_needed
from simulation.study.folders import whole_file
from simulation.study.improvement_effect import CHANGED, CONTROL
from simulation.study.weekly_file import read_table


@dataclass(frozen=True)
class Plan:
    """Cases that each half needs to find a `difference` with `power`, and people where people are drawn."""

    kind: str
    difference: float
    confidence: float
    power: float
    cases_each: int
    cases_of_a_person: int
    people_each: int | None

    def said(self) -> list[str]:
        """The plan in sentences."""
        size = f"{100 * self.difference:.1f} points" if self.kind == "share" else f"{self.difference:g}"
        by = f", that is {self.people_each:,} people with {self.cases_of_a_person:,} each" if self.people_each else ""
        return [
            f"Each half needs {self.cases_each:,} cases{by}, to find a difference of {size} in {self.power:.0%} of tests.",
            f"Decide only when all are in: looking earlier and stopping at what pleases finds more than there is. Confidence "
            f"{self.confidence:.0%}.",
        ]


def plan_of(
    improvement, base_share: float, spread: float | None, difference: float | None, cases_of_a_person: int
) -> Plan:
    """The plan for a share, or where a case's standard deviation is given for a mean.

    Where people are drawn, their cases are alike, and more of them are needed.
    """
    confidence, power = improvement.test_confidence_share, improvement.test_power_share
    smallest = improvement.smallest_difference_share if difference is None else difference
    if spread is not None:
        if difference is None:
            raise InputError("--spread goes with --difference, in the same unit")
        cases = cases_needed(spread, smallest, confidence, power)
    else:
        cases = policies_needed(base_share, smallest, confidence, power)
    factor = design_effect_factor(cases_of_a_person, improvement.consultant_correlation_share)
    cases = ceil(cases * factor)
    people = ceil(cases / cases_of_a_person) if cases_of_a_person > 1 else None
    return Plan("share" if spread is None else "mean", smallest, confidence, power, cases, cases_of_a_person, people)


def halves(cases: pd.DataFrame, seed: int) -> pd.Series:
    """The half of each case, by lot: whole people where there is a column person, else cases; the halves differ by one at
    most."""
    unit = "person" if "person" in cases else "case"
    drawn = np.sort(cases[unit].unique())
    order = np.random.default_rng(seed).permutation(len(drawn))
    half = dict(zip(drawn[order], np.where(np.arange(len(drawn)) % 2 == 0, CHANGED, CONTROL), strict=True))
    return cases[unit].map(half)


def draw_halves(file: Path, target: Path, seed: int, plan: Plan) -> dict[str, Any]:
    """The file's cases with their half as a new CSV; what was drawn comes back in sentences."""
    cases = read_table(file)
    if "case" not in cases:
        raise InputError(f"{file.name}: there is no column 'case'{did_you_mean('case', cases.columns)}")
    if cases["case"].duplicated().any():
        row = cases.index[cases["case"].duplicated()][0]
        raise InputError(f"{file.name}: row {row:,}: the case {cases.loc[row, 'case']!r} stands twice")
    if target.exists():
        raise InputError(f"{target}: there is such a file already, and a lot is not drawn a second time over it")
    drawn = cases.assign(group=halves(cases, seed))
    with whole_file(target) as aside:
        drawn.to_csv(aside, index=False)
    counts = drawn["group"].value_counts()
    smaller = int(min(counts.get(CHANGED, 0), counts.get(CONTROL, 0)))
    lines = [
        f"Drawn by lot with seed {seed}: {counts.get(CHANGED, 0):,} changed, {counts.get(CONTROL, 0):,} control: {target}"
    ]
    if smaller < plan.cases_each:
        lines.append(
            f"That is fewer than the {plan.cases_each:,} of the plan: a difference of this size may stay unseen."
        )
    return {"file": str(target), "drawn": lines, "changed": int(counts.get(CHANGED, 0)), "control": smaller}
