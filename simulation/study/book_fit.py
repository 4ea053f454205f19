"""What a list of policies is like, for a made book that resembles it: lines, premiums, customers, tenure, months."""

import numpy as np
import pandas as pd

from playbook.clock import DAYS_A_YEAR
from playbook.parameters import Parameters
from simulation.desk.book import LINE_TABLES, MONTHS_A_YEAR
from simulation.study.fitted import Fitted, fitted_mean, fitted_share
from simulation.study.team_records import TeamRecords

A_YEAR = np.timedelta64(DAYS_A_YEAR, "D")


def a_year_of(records: TeamRecords) -> pd.DataFrame:
    """The policies that fall due in the last year of the list."""
    due = records.policies["due"]
    return records.policies[due > due.max() - A_YEAR]


def book_fits(records: TeamRecords) -> dict[str, Fitted]:
    """Marginals of the last year's policies by full name; shares and means with intervals."""
    own = a_year_of(records)
    count = len(own)
    found = {
        "book.policies_count": Fitted(
            "book.policies_count", float(count), float(count), float(count), count, "policies"
        )
    }
    for line, policies in own.groupby(own["line"].astype(str)):
        name = f"book.line_mix_share.{line}"
        found[name] = fitted_share(name, len(policies), count)
        name = f"book.premium_mean_cny.{line}"
        found[name] = fitted_mean(name, policies["premium_cny"].to_numpy(dtype=float), "cny")
    name = "book.tenure_mean_years"
    tenure = own["tenure_years"].to_numpy(dtype=float)
    if np.ptp(tenure) > 0:  # whole years of an exponential time: its mean follows from that of the whole years
        mean = fitted_mean(name, tenure, "years")
        value, low, high = (1 / np.log1p(1 / max(each, 1e-6)) for each in (mean.value, mean.low, mean.high))
        found[name] = Fitted(name, float(value), float(low), float(high), count, "years", mean.warning)
    if own["is_instalment"].nunique() > 1:
        name = "book.instalment_share"
        found[name] = fitted_share(name, int(own["is_instalment"].sum()), count)
    name = "book.further_policy_share"
    found[name] = fitted_share(name, count - own["customer"].nunique(), count)
    return found


def month_index(records: TeamRecords) -> list[Fitted]:
    """Policies due in each month against an even year, January first."""
    own = a_year_of(records)
    months = own["due"].dt.month
    days = pd.Series(pd.date_range(own["due"].max() - pd.Timedelta(days=DAYS_A_YEAR - 1), periods=DAYS_A_YEAR)).dt.month
    found = []
    for month in range(1, MONTHS_A_YEAR + 1):
        even = float((days == month).mean())
        share = fitted_share(f"due in month {month}", int((months == month).sum()), len(own))
        found.append(Fitted(share.name, share.value / even, share.low / even, share.high / even, share.count, "index",
                            share.warning))  # fmt: skip
    return found


def tables_for_lines(records: TeamRecords, parameters: Parameters) -> dict[str, dict]:
    """The tables of params/ that need an entry for each line of the list: lines that the handbook does not know get those of
    its first line, until something better is known."""
    lines = sorted(records.policies["line"].astype(str).unique())
    found = {}
    for name in (*LINE_TABLES, "decision.cancellation_share"):
        table = dict(parameters[name])
        unknown = [line for line in lines if line not in table]
        if unknown:
            first = next(iter(table.values()))
            found[name] = table | dict.fromkeys(unknown, first)
    return found
