"""Who worked, from a log: heads by role, policies a consultant, the mix of grades, and how much of the day the log fills."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.clock import DAYS_A_YEAR
from simulation.study.fitted import Fitted, fitted_mean
from simulation.study.pace_fit import GRADED
from simulation.study.team_records import TeamRecords
from simulation.study.work_fit import CONSULTANT

DAYS_A_WEEK = 7
BEST_STAFFED = (
    0.75  # the quantile of weekly heads that counts as the number of posts: vacancies are acted out by the desk
)
FEWEST_PIECES_A_WEEK = 3  # of somebody who counts as there that week


@dataclass(frozen=True)
class Staffing:
    """Heads by role as a mean over whole weeks, the part of the time at the office that the log fills by role, and the
    parameters that follow, by full name."""

    heads: dict[str, Fitted]
    occupancy: dict[str, Fitted]
    fitted: dict[str, Fitted]


def staffing(records: TeamRecords) -> Staffing:
    """From the pieces of work that somebody did."""
    log = records.log
    done = log[log["begin"].notna() & log["person"].ne(0)]
    role = done["role"].astype(object).where(done["role"].notna(), CONSULTANT)
    work = pd.DataFrame(
        {
            "person": done["person"],
            "role": role,
            "grade": done["grade"].astype(object),
            "day": (records.minutes_of(done["begin"]) // 1440).astype(int),
            "minutes": done["minutes"],
        }
    )
    work["week"] = work["day"] // DAYS_A_WEEK
    weeks = np.arange(records.days_count // DAYS_A_WEEK)
    pieces = work.groupby(["role", "week", "person"]).size()
    there = pieces[pieces >= FEWEST_PIECES_A_WEEK].groupby(["role", "week"]).size()
    heads = {
        each: fitted_mean(f"heads, {each}", there[each].reindex(weeks, fill_value=0).to_numpy(dtype=float), "heads")
        for each in there.index.get_level_values(0).unique()
    }
    return Staffing(heads, _occupancy(records, work), _parameters(records, there, work))


def _occupancy(records: TeamRecords, work: pd.DataFrame) -> dict[str, Fitted]:
    """Minutes in the log of a person's day, against the office's hours of that day."""
    opened = np.zeros(records.days_count)
    calendar = records.calendar
    np.add.at(opened, (calendar.open_minutes // 1440).astype(int), calendar.close_minutes - calendar.open_minutes)
    days = work.groupby(["role", "person", "day"])["minutes"].sum().reset_index()
    days["share"] = days["minutes"] / np.where(opened[days["day"]] > 0, opened[days["day"]], np.nan)
    people = days.dropna().groupby(["role", "person"])["share"].mean()
    return {
        each: fitted_mean(f"day filled, {each}", people[each].to_numpy(dtype=float), "share")
        for each in people.index.get_level_values(0).unique()
    }


def _parameters(records: TeamRecords, there: pd.Series, work: pd.DataFrame) -> dict[str, Fitted]:
    found: dict[str, Fitted] = {}
    if CONSULTANT not in there.index.get_level_values(0):
        return found
    posts = max(round(float(there[CONSULTANT].quantile(BEST_STAFFED))), 1)
    due = records.policies["due"].to_numpy()
    reach = min(DAYS_A_YEAR, (due.max() - due.min()).astype("timedelta64[D]").astype(int) + 1)
    a_year = int((due > due.max() - np.timedelta64(reach, "D")).sum()) * DAYS_A_YEAR / reach
    name = "staffing.policies_per_consultant_count"
    value, low, high = (float(round(a_year / each)) for each in (posts, posts + 0.5, max(posts - 0.5, 0.5)))
    found[name] = Fitted(name, value, low, high, len(there[CONSULTANT]), "policies",
                         f"{posts} consultants, as many as were at work in the better staffed weeks")  # fmt: skip
    people = work[work["role"].eq(CONSULTANT) & work["grade"].isin(GRADED)].groupby("person")["grade"].last()
    if len(people):
        for grade in GRADED:
            name = f"people.grade_mix_share.{grade}"
            share = float((people == grade).mean())
            found[name] = Fitted(name, share, share, share, len(people), "share", "counted among the people of the log")
    return found
