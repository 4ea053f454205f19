"""Heads: the same team with a few consultants more or fewer, and the fewest that keep a promise."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from playbook.errors import InputError, did_you_mean
from playbook.staffing import consultant_day_share, cost_by_reading, team_heads
from simulation.study.answers import Answer, answers
from simulation.study.measures import BY_NAME, YEAR
from simulation.study.workload import expected_workload

RATIO, AWAITING, ANNUAL = "staffing.policies_per_consultant_count", "staffing.awaiting_reading", "annual_book"


@dataclass(frozen=True)
class Headcounts:
    """Answers by number of consultants, fewest first, and the promises: the most that a measure may come to."""

    by_count: dict[int, Answer]
    promises: dict[str, float]

    def is_kept(self, count: int) -> bool:
        """Whether each promise holds at the upper end of its interval."""
        found = self.by_count[count]
        return all(
            found.replications.estimate(name, found.confidence).high <= most for name, most in self.promises.items()
        )

    @property
    def fewest(self) -> int | None:
        """The fewest consultants who keep every promise, and with whom all larger numbers tried keep it too."""
        kept = None
        for count in sorted(self.by_count, reverse=True):
            if not self.is_kept(count):
                break
            kept = count
        return kept


def headcounts(
    found: Answer, more_or_fewer: Sequence[int], promises: Mapping[str, float], workers: int = 1
) -> Headcounts:
    """The answer's team with so many consultants more (or, negative, fewer), under the same luck; coordinators and others
    follow by their ratios. InputError where a promise is about no measure or nobody would be left."""
    for name in promises:
        if name not in BY_NAME:
            raise InputError(f"promises: unknown measure {name!r}{did_you_mean(name, BY_NAME)}")
    setting, runs = found.setting, found.replications
    policies, now = len(setting.book), team_heads(len(setting.book), setting.parameters)["consultant"]
    wanted = [now + each for each in more_or_fewer]
    if any(count < 1 for count in wanted):
        raise InputError(f"more_or_fewer = {min(more_or_fewer)}: the team has {now} consultants, and one must be left")
    scenarios = [
        replace(found.scenario, name=f"{found.scenario.name}, {count} consultants").with_changes(
            {RATIO: math.ceil(policies / count), AWAITING: ANNUAL}
        )
        for count in wanted
    ]
    got = answers(scenarios, replications=len(runs.values), seed=runs.seed, workers=workers) if scenarios else []
    by_count = {team_heads(policies, each.setting.parameters)["consultant"]: each for each in got}
    return Headcounts(dict(sorted(by_count.items())), dict(promises))


def readings(found: Answer, name: str) -> list[dict[str, Any]]:
    """Under each reading that a parameter offers: heads, what they cost in a year, and how full a consultant's year would
    be with the minutes a policy that this desk shows (S1.3.2a); above 1 the work cannot be done."""
    setting, runs = found.setting, found.replications
    policies, staffing = len(setting.book), setting.parameters.staffing
    minutes = sum(runs.minutes[kind].mean() for kind in expected_workload().kinds if kind in runs.minutes)
    occupancy = runs.occupancy["consultant", YEAR].mean()
    consultants = team_heads(policies, setting.parameters)["consultant"]
    hours = policies * minutes / 60 / occupancy / consultants
    rows = []
    for reading, (heads, cost) in cost_by_reading(policies, setting.parameters, name).items():
        awaiting = reading if name == AWAITING else staffing.awaiting_reading
        full = consultant_day_share(staffing.policies_per_consultant_count, awaiting, minutes, hours)
        rows.append({"reading": reading, "heads": heads, "cost_cny": cost, "full_share": full})
    return rows
