"""A team's own records: its policies and its log of activities, read together, cleaned, and cut at a day where asked."""

import secrets
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from playbook.clock import DAYS_A_YEAR, OfficeCalendar, office_calendar
from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.book import Book
from simulation.desk.book_file import book_of, read_rows
from simulation.desk.season import release_days
from simulation.study.activity_log import hashed, read_log
from simulation.study.event_log import GROUPS
from simulation.study.fingerprints import of_file
from simulation.study.quality import Quality
from simulation.study.team_map import TeamMapping

SALT_BYTES = 8
FEWEST_DAYS = 28


@dataclass(frozen=True)
class TeamRecords:
    """What a team wrote down.

    policies: a row a due date of a policy: case (hash), line, customer, premium_cny, due (day), price_ratio, tenure_years,
    is_instalment, lapsed (1, 0, nan: not known), group. log: as `read_log` gives it. first, last: days of the log, both
    included. files: fingerprint by file name.
    """

    title: str
    policies: pd.DataFrame
    log: pd.DataFrame
    first: date
    last: date
    qualities: tuple[Quality, ...]
    files: dict[str, str]
    parameters: Parameters

    @property
    def days_count(self) -> int:
        """Days that the log reaches over."""
        return (self.last - self.first).days + 1

    @cached_property
    def calendar(self) -> OfficeCalendar:
        """The office's calendar from the log's first day to some weeks after its last."""
        return office_calendar(self.parameters, self.first, self.days_count)

    def minutes_of(self, stamps: pd.Series) -> np.ndarray:
        """Moments as calendar minutes from the log's first midnight; nan where missing."""
        return ((stamps - np.datetime64(self.first, "s")).dt.total_seconds() / 60).to_numpy(dtype=float)

    @cached_property
    def released(self) -> np.ndarray:
        """The day on which each policy's list came, by params/book.yaml."""
        book, first = self.parameters.book, np.datetime64(self.first)
        ready = (self.policies["due"].to_numpy().astype("datetime64[D]") - first).astype(int) - int(
            book.list_ready_days
        )
        return first + release_days(ready, book.list_release, self.calendar)

    @cached_property
    def closed(self) -> np.ndarray:
        """The day on whose end each policy's time is up, grace included."""
        grace = self.policies["line"].map(dict(self.parameters.book.grace_days)).fillna(0).to_numpy(dtype=int)
        return self.policies["due"].to_numpy() + grace.astype("timedelta64[D]")

    def until(self, last: date) -> "TeamRecords":
        """The same records as they were at the end of a day: what came later is not known."""
        log = self.log[self.log["end"] < np.datetime64(last + timedelta(days=1), "s")].reset_index(drop=True)
        policies = self.policies.copy()
        policies.loc[self.closed > np.datetime64(last), "lapsed"] = np.nan
        return replace(self, log=log, policies=policies, last=last)

    def book(self, last: date) -> Book:
        """The policies that fall due in the year that ends with a day, as a yearly book; InputError where there are none."""
        day = np.datetime64(last)
        chosen = self.policies[(self.policies["due"] > day - DAYS_A_YEAR) & (self.policies["due"] <= day)]
        if not len(chosen):
            raise InputError(f"no policy falls due in the year to {last}")
        first_of_year = np.datetime64(date.fromisoformat(self.parameters.experiment.start_date))
        lines, line = np.unique(chosen["line"].astype(str), return_inverse=True)
        _, customer = np.unique(chosen["customer"], return_inverse=True)
        return Book(
            title=f"{self.title} ({len(chosen):,} policies)",
            lines=tuple(lines),
            line=line.astype(np.int64),
            customer=customer.astype(np.int64),
            premium_cny=chosen["premium_cny"].to_numpy(dtype=float),
            due_day=(chosen["due"].to_numpy().astype("datetime64[D]") - first_of_year).astype(np.int64) % DAYS_A_YEAR,
            price_ratio=chosen["price_ratio"].to_numpy(dtype=float),
            tenure_years=chosen["tenure_years"].to_numpy(dtype=float),
            is_instalment=chosen["is_instalment"].to_numpy(dtype=bool),
        )


def read_team_records(
    policies: Path | str, log: Path | str, mapping: TeamMapping, parameters: Parameters
) -> TeamRecords:
    """Both files, cleaned, cases joined by their hashes; InputError where nothing can be used or the files do not join."""
    policies, log = Path(policies), Path(log)
    salt = secrets.token_hex(SALT_BYTES)
    rows, kept = _policies(policies, mapping, parameters, salt)
    activities, quality = read_log(log, mapping.log, salt)
    first, last = _days(activities)
    if (last - first).days + 1 < FEWEST_DAYS:
        raise InputError(f"{log}: it reaches over {(last - first).days + 1} days; fewer than {FEWEST_DAYS} say little")
    position = pd.Series(np.arange(len(rows)), index=rows["case"].to_numpy())
    at = position.reindex(activities["case"]).to_numpy()
    activities["policy"] = np.where(np.isnan(at), -1, at).astype(np.int32)
    if not (activities["policy"] >= 0).any():
        raise InputError(f"{log}: none of its cases is among the policies of {policies.name}; look at log.fields.case "
                         "and policies.fields.id of the mapping")  # fmt: skip
    quality.remarks.append(_strangers(activities))
    own_group = rows["group"].to_numpy()[activities["policy"]]
    activities["group"] = np.where(activities["group"].isna(), own_group, activities["group"].astype(object))
    files = {path.name: of_file(path) for path in (policies, log)}
    found = TeamRecords(mapping.title, rows, activities, first, last, (kept, quality), files, parameters)
    return found.until(last)  # what is said of a policy whose time is not up is not its outcome


def _strangers(activities: pd.DataFrame) -> str:
    share = float((activities["policy"] < 0).mean())
    return (
        f"{share:.1%} of the log's rows belong to no policy of the list; they count as work, and for nobody's renewal."
    )


def _days(activities: pd.DataFrame) -> tuple[date, date]:
    begun = activities[["came", "begin", "end"]].min(axis=1)
    return begun.min().date(), activities["end"].max().date()


def _policies(path: Path, mapping: TeamMapping, parameters: Parameters, salt: str) -> tuple[pd.DataFrame, Quality]:
    columns, numbers, problems = read_rows(path, mapping.policies, parameters)
    quality = Quality(path.name, rows_count=len(numbers))
    wrong = problems.rows
    for column in dict.fromkeys(wrong.values()):
        rows = [row for row, which in wrong.items() if which == column]
        quality.leave_out(f"its {column!r} cannot be used", rows)
    is_used = ~np.isin(numbers, list(wrong))
    quality.used_count = int(is_used.sum())
    if not quality.used_count:
        raise InputError("\n".join([f"{path}: no row can be used", *problems.found]))
    group_a = book_of(columns, mapping.policies).is_group_a(parameters)
    frame = pd.DataFrame(
        {
            "case": hashed(pd.Series(columns["id"], dtype=str), salt),
            "line": pd.Categorical(columns["line"]),
            "customer": hashed(pd.Series(columns["customer"], dtype=str), salt),
            "premium_cny": columns["premium_cny"],
            "due": columns["due_date"].astype("datetime64[D]").astype("datetime64[s]"),
            "price_ratio": columns["price_ratio"],
            "tenure_years": columns["tenure_years"],
            "is_instalment": columns["is_instalment"],
            "lapsed": columns["has_lapsed"] if mapping.policies.fields.has_lapsed else np.nan,
            "group": np.where(group_a, GROUPS[0], GROUPS[1]),
        }
    )
    return frame[is_used].reset_index(drop=True), quality
