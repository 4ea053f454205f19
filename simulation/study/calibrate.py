"""Calibration: a team's own records into parameters, each with its interval, its number of records and what cannot be said."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from math import isfinite

import numpy as np
from scipy.special import expit, logit

from playbook.documents import params_folder, read_document
from playbook.errors import InputError
from playbook.parameters import Parameters, problem
from simulation.desk.team import read_structure
from simulation.study.arrival_fit import arrival_fits, hour_profile
from simulation.study.book_fit import book_fits, month_index, tables_for_lines
from simulation.study.contact_fit import contact_fits, steps_of
from simulation.study.fitted import FEWEST_RECORDS, Fitted
from simulation.study.outcome_fit import CAUTION, OutcomeFits, outcome_fits, renewal_shares
from simulation.study.pace_fit import PaceFit
from simulation.study.replicate import completed
from simulation.study.scenario import Setting
from simulation.study.staffing_fit import Staffing, staffing
from simulation.study.team_records import TeamRecords
from simulation.study.weekly import weekly_run
from simulation.study.work_fit import fit_work, work_fits

KEPT = "too few to go by: the value in force stays"
FEWEST_ENQUIRIES = 200  # for a profile of 24 hours
FEWEST_PEOPLE = 2  # of a grade, for its speed
ASSUMING = "given what the desk assumes that contacts do"
RATE_RUNS = 5  # of the desk, from which the level of renewal is set
HORIZON_DAYS = 92  # after the log's end up to which policies due make work in it


@dataclass(frozen=True)
class Calibration:
    """What was fitted: by parameter, what is written of it, and what is only told.

    fits: by full name. kept: names whose value in force stays, with the reason. profiles: lists by parameter's name.
    """

    records: TeamRecords
    fits: dict[str, Fitted]
    kept: dict[str, str]
    profiles: dict[str, list[Fitted]]
    tables: dict[str, dict]
    outcomes: OutcomeFits
    staff: Staffing
    paces: PaceFit | None
    remarks: tuple[str, ...] = ()
    bounded: dict[str, str] = field(default_factory=dict)

    @property
    def parameters(self) -> Parameters:
        """The parameters in force with everything that was fitted."""
        return self.records.parameters.changed(self.changes())

    def changes(self) -> dict:
        """What is written, by full name; every value lies within what is allowed."""
        found: dict = dict(self.tables)
        for name, fitted in self.fits.items():
            if name not in self.kept:
                put(found, name, allowed_value(name, fitted.value, self.records.parameters), self.records.parameters)
        for name, profile in self.profiles.items():
            found[name] = [round(each.value, 4) for each in profile]
        _make_whole(found, "people.grade_mix_share")
        _make_whole(found, "book.line_mix_share")
        return found


def calibrate(records: TeamRecords) -> Calibration:
    """Everything that can be fitted without running the desk; the level of renewal comes with `with_rates`."""
    steps, remarks = steps_of(records), [CAUTION]
    fits = contact_fits(records, steps) | arrival_fits(records) | book_fits(records)
    paces = None
    try:
        pieces, paces = fit_work(records)
        fits |= work_fits(records, pieces, paces)
    except InputError as error:
        remarks.append(f"No handling times: {error}.")
    outcomes, staff = outcome_fits(records), staffing(records)
    fits |= outcomes.fitted | staff.fitted
    profiles = {}
    enquiries = int(records.log["activity"].eq("enquiry").sum())
    if enquiries >= FEWEST_ENQUIRIES:
        profiles["demand.hour_index"] = hour_profile(records)
    due = records.policies["due"]
    if (due.max() - due.min()).days >= 364:
        profiles["book.due_month_index"] = month_index(records)
    tables = tables_for_lines(records, records.parameters)
    fits = {name: each for name, each in fits.items() if _is_known(name, tables, records.parameters)}
    kept = {name: reason for name, each in fits.items() if (reason := _why_kept(name, each))}
    remarks += outcomes.remarks
    return Calibration(records, fits, kept, profiles, tables, outcomes, staff, paces, tuple(remarks))


def _is_known(name: str, tables: dict, parameters: Parameters) -> bool:
    table, _, _ = name.rpartition(".")
    return name in parameters or table in parameters or table in tables


def _why_kept(name: str, found: Fitted) -> str:
    """Why a fit is told and not written; empty where it is written."""
    if not all(map(isfinite, (found.value, found.low, found.high))):
        return KEPT
    if name.startswith("people."):
        return KEPT if found.count < FEWEST_PEOPLE else ""
    if name.startswith(("staffing.", "book.")):
        return ""
    if name.startswith("demand.unanswered_"):
        return ""
    return KEPT if found.count < FEWEST_RECORDS else ""


def allowed_value(name: str, value: float, parameters: Parameters) -> float | int:
    """A value cut to what is allowed, whole where its unit counts whole things."""
    table = name if name in parameters else name.rpartition(".")[0]
    about = parameters.about(table)
    low, high = about.allowed[:2]
    value = round(float(min(max(value, low), high)), 6)
    like = about.model_copy(update={"value": value})
    return round(value) if problem(value, like) else value


def put(found: dict, name: str, value: float | int, parameters: Parameters) -> None:
    """A value into the changes, as an entry of its table where it is one."""
    if name in parameters:
        found[name] = value
        return
    table, _, key = name.rpartition(".")
    found[table] = dict(found.get(table, parameters[table])) | {key: value}


def _make_whole(found: dict, name: str) -> None:
    """Shares that were fitted one by one sum to 1; lines that the list does not have get none."""
    if name in found:
        total = sum(found[name].values())
        found[name] = {key: value / total for key, value in found[name].items()}


# The level of renewal, which only the desk can tell: the rate of params/ is the one that ordinary service leads to.


def setting_of(records: TeamRecords, parameters: Parameters, team: str, first: date, last: date) -> Setting:
    """The desk of a team from one day to another, with the policies that fall due then."""
    start = {"experiment.start_date": first.isoformat(), "experiment.measured_days": (last - first).days + 1}
    parameters = parameters.changed(start)
    end = min(last + timedelta(days=HORIZON_DAYS), records.policies["due"].max().date())
    book = replace(records, parameters=parameters).book(end)
    return Setting("calibrated", parameters, read_structure(team), book)


def first_day_to_simulate(records: TeamRecords) -> date:
    """The first day of the log for which the desk's lead-in does not reach beyond the holiday calendar, if there is one."""
    name = records.parameters.clock.holiday_calendar
    if name == "none":
        return records.first
    known = read_document(params_folder() / "calendars" / f"{name}.yaml", _holidays())
    book = records.parameters.book
    lead = (
        book.list_ready_days
        + 31
        + max(book.grace_days.values(), default=0)
        + records.parameters.experiment.warm_in_days
    )
    return max(records.first, known.from_date + timedelta(days=int(lead)))


def _holidays():
    from playbook.clock import Holidays

    return Holidays


def with_rates(found: Calibration, team: str, executor=None, seed: int = 1, runs: int = RATE_RUNS) -> Calibration:
    """The calibration with the renewal rate of each line set so that the desk renews as many as the records say."""
    records = found.records
    first = first_day_to_simulate(records)
    known = records.policies[records.policies["lapsed"].notna() & (records.closed > np.datetime64(first))]
    observed = renewal_shares(replace(records, policies=known))
    observed = {line: each for line, each in observed.items() if each.count >= FEWEST_RECORDS}
    if not observed or first >= records.last:
        return found
    setting = setting_of(records, found.parameters, team, first, records.last)
    fits, kept = dict(found.fits), dict(found.kept)
    calls = {number: (setting, {}, seed, number) for number in range(runs)}
    simulated = [run for _, run in completed(weekly_run, calls, executor)]
    for line, share in observed.items():
        name = f"decision.renewal_rate_share.{line}"
        before = setting.parameters.value_at(name)
        rates = np.array([run.renewed[line] / run.closed[line] for run in simulated if run.closed.get(line)])
        if not len(rates) or not 0 < rates.mean() < 1:
            continue
        shift = logit(np.clip([share.value, share.low, share.high], 1e-4, 1 - 1e-4)) - logit(rates.mean())
        own = (
            2 * rates.std(ddof=1) / np.sqrt(len(rates)) / (rates.mean() * (1 - rates.mean())) if len(rates) > 1 else 0.0
        )
        half = np.hypot([shift[0] - shift[1], shift[2] - shift[0]], own)
        value, low, high = expit(logit(before) + shift[0] + np.array([0.0, -half[0], half[1]]))
        fits[name] = Fitted(name, float(value), float(low), float(high), share.count, "share",
                            "; ".join(filter(None, (share.warning, ASSUMING))))  # fmt: skip
    return replace(found, fits=fits, kept=kept)
