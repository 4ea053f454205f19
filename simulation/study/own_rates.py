"""The analyst's figures from a team's own records: rates that mean one thing, by tier, and which weeks exceed luck.

The rules are the playbook's: renewal and persistency apart (S1.1.3c), tiers by a customer's premium, and what a swing is worth
(S3.1.2).
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from playbook.monitoring import deviates
from playbook.roles import rates_by_reading, value_tiers
from simulation.study.fitted import Fitted, fitted_share
from simulation.study.team_records import TeamRecords

DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Swing:
    """A week whose renewed share lies farther from the usual one than luck commonly moves it."""

    week_from: date
    renewed: int
    closed: int


def rates(records: TeamRecords) -> dict[str, Fitted]:
    """Renewals and persistency, each of its own lines, by number of policies; then each tier of customers' value."""
    known = records.policies[records.policies["lapsed"].notna()]
    kept = known["lapsed"].eq(0).to_numpy()
    line, roles = known["line"].astype(str).to_numpy(), records.parameters.roles
    reading = {each: roles.line_reading.get(each, "renewal") for each in {*line.tolist(), *roles.line_reading}}
    found = {}
    told = rates_by_reading(line, kept, np.ones(len(line)), reading, "policies")
    for kind, rate in told.items():
        own = np.array([reading[each] == kind for each in line.tolist()], dtype=bool)
        if rate is not None:
            found[f"{kind}, policies"] = fitted_share(kind, round(rate * own.sum()), int(own.sum()))
    return found | _by_tier(records, kept)


def _by_tier(records: TeamRecords, kept: np.ndarray) -> dict[str, Fitted]:
    known = records.policies[records.policies["lapsed"].notna()]
    if not len(known):
        return {}
    value = known.groupby("customer")["premium_cny"].sum()
    tiers = dict(
        zip(value.index, value_tiers(value.to_numpy(), records.parameters.roles.value_tier_share), strict=True)
    )
    tier = known["customer"].map(tiers).to_numpy()
    return {
        f"renewed of {each} value": fitted_share(each, int(kept[tier == each].sum()), int((tier == each).sum()))
        for each in records.parameters.roles.value_tier_share
    }


def swings(records: TeamRecords) -> tuple[list[Swing], int]:
    """The weeks whose renewed share is more than luck, and how many weeks were looked at."""
    is_known = records.policies["lapsed"].notna().to_numpy()
    day = (records.closed[is_known].astype("datetime64[D]") - np.datetime64(records.first)).astype(int)
    week, kept = day // DAYS_A_WEEK, records.policies["lapsed"].eq(0).to_numpy()[is_known]
    week, kept = week[day >= 0], kept[day >= 0]
    if not len(week):
        return [], 0
    closed, renewed = np.bincount(week), np.bincount(week, kept)
    factor = records.parameters.monitoring.deviation_limit_factor
    far = deviates(renewed, closed, float(kept.mean()), factor)
    found = [
        Swing(records.first + timedelta(weeks=int(each)), int(renewed[each]), int(closed[each]))
        for each in np.flatnonzero(far)
    ]
    return found, int((closed > 0).sum())
