"""Handling times from a log: which pieces are which kind of work, what a kind's mean and spread say of params/, and what not.

Pieces of newcomers who are still growing, and of people who have just changed places, are left out: their speed is not their
own yet. Minutes count at speed 1: that of an average person of the grade senior, and of every other role.
"""

from dataclasses import dataclass
from math import expm1, sqrt

import numpy as np
import pandas as pd
from scipy.special import ndtri

from playbook.cooperation import proposal_mean_minutes
from playbook.parameters import Parameters
from simulation.study.contact_fit import ANSWERED
from simulation.study.fitted import FEWEST_RECORDS, Fitted, normal_quantile
from simulation.study.pace_fit import PaceFit, fit_paces
from simulation.study.team_records import TeamRecords

FIRST_GRADE = "senior"
OUTER = 0.15  # quantiles from which a spread is read, so that rounded or odd lengths weigh little
OUTER_VARIANCE = 0.9  # of the standard deviation from them, in sigma squared over n (normal logs)
CONSULTANT = "consultant"


@dataclass(frozen=True)
class Kind:
    """What of the log is one kind of work: activity, results that count (all where empty), and the parameter of its mean."""

    activity: str
    parameter: str
    results: tuple[str, ...] = ()
    spread: str | None = None


KINDS_OF_WORK = {
    "talk": Kind("follow_up", "demand.talk_minutes", ANSWERED, "demand.talk_variation_factor"),
    "proposal A": Kind("proposal", "demand.proposal_minutes.A", (), "demand.proposal_variation_factor"),
    "proposal B": Kind("proposal", "demand.proposal_minutes.B", (), "demand.proposal_variation_factor"),
    "re-quote": Kind("proposal", "demand.requote_minutes"),
    "signing": Kind("signing", "demand.signing_minutes"),
    "entry": Kind("entry", "demand.entry_minutes"),
    "enquiry": Kind("enquiry", "demand.enquiry_minutes", (), "demand.enquiry_variation_factor"),
    "complaint": Kind("complaint", "demand.complaint_minutes", ("done",), "demand.complaint_variation_factor"),
    "call-back": Kind("call_back", "feedback.call_back_minutes", ("satisfied", "dissatisfied", "done", "talked")),
    "care": Kind("care", "demand.care_minutes"),
    "rework": Kind("rework", "demand.rework_minutes"),
    "cancellation": Kind("cancellation", "demand.cancellation_minutes"),
    "exception": Kind("exception", "roles.exception_minutes"),
    "routine issue": Kind("routine_issue", "escalation.issue_minutes.routine"),
    "urgent issue": Kind("urgent_issue", "escalation.issue_minutes.urgent"),
    "major issue": Kind("major_issue", "escalation.issue_minutes.major"),
}


def pieces_of(records: TeamRecords) -> pd.DataFrame:
    """The pieces of settled people with minutes, each with its kind, person, grade (or role) and minutes."""
    log = records.log
    done = log[log["begin"].notna() & log["person"].ne(0) & log["minutes"].gt(0)]
    done = done.assign(role=_worded(done["role"], CONSULTANT))
    speed = _settled_speed(done, records)
    kind = _kinds(done, records)
    used = kind.notna() & np.isfinite(speed)
    grade = _worded(done["grade"], "all").where(done["role"].eq(CONSULTANT), done["role"])
    return pd.DataFrame({
        "kind": kind[used], "person": done.loc[used, "person"], "grade": grade[used],
        "minutes": done.loc[used, "minutes"] * speed[used],
    }).reset_index(drop=True)  # fmt: skip


def _worded(column: pd.Series, otherwise: str) -> pd.Series:
    return column.astype(object).where(column.notna(), otherwise)


def _kinds(done: pd.DataFrame, records: TeamRecords) -> pd.Series:
    """The kind of each piece; missing for work whose length says nothing of one parameter."""
    kind = pd.Series(None, index=done.index, dtype=object)
    activity, result = done["activity"].astype(str), done["result"].astype(object)
    for name, each in KINDS_OF_WORK.items():
        chosen = activity.eq(each.activity) & kind.isna()
        if each.results:
            chosen &= result.isin(each.results) | (result.isna() & (name != "talk"))
        kind[chosen] = name
    proposals = activity.eq("proposal") & (done["policy"] >= 0)
    order = done[proposals].sort_values("begin", kind="stable").groupby("policy").cumcount().reindex(done.index)
    is_whole = (records.released >= np.datetime64(records.first))[done["policy"].clip(lower=0)]
    kind[activity.eq("proposal")] = None
    kind[proposals & order.gt(0)] = "re-quote"
    first = proposals & order.eq(0) & is_whole
    kind[first] = "proposal " + done.loc[first, "group"].astype(str)
    disputed = set(done.loc[activity.eq("complaint") & result.eq("passed_on"), "policy"])
    kind[activity.eq("complaint") & done["policy"].isin(disputed)] = None
    return kind


def _settled_speed(done: pd.DataFrame, records: TeamRecords) -> np.ndarray:
    """What minutes are to be multiplied with so that they are those of the person's settled speed; nan while it is not."""
    structure, first = records.parameters.structure, np.datetime64(records.first)
    person, begin = done["person"], done["begin"]
    seen = begin.groupby(person).transform("min")
    joined = done["joined"].fillna(seen.where(seen > first + np.timedelta64(NEW_AFTER_DAYS, "D")))
    days = (begin - joined).dt.days
    is_new = (days < structure.ramp_days) & done["role"].eq(CONSULTANT)
    in_role = begin.groupby([person, done["role"]]).transform("min")
    has_moved = in_role > seen
    since = (begin - done["begin"].groupby([person, _stints(done)]).transform("min")).dt.days
    is_dipped = (since < structure.rotation_dip_days) & _has_changed(done)
    quicker = np.where(_has_changed(done), 1 + structure.cross_skill_share, 1.0)
    return np.where(is_new | is_dipped, np.nan, quicker) if has_moved.any() else np.where(is_new, np.nan, 1.0)


NEW_AFTER_DAYS = 31  # who first appears later than this in a log that does not say when people joined is a newcomer


def _stints(done: pd.DataFrame) -> pd.Series:
    """The number of the stint of each piece's person in one role after another."""
    ordered = done.sort_values(["person", "begin"], kind="stable")
    starts = ordered["role"].ne(ordered.groupby("person")["role"].shift())
    return starts.groupby(ordered["person"]).cumsum().reindex(done.index)


def _has_changed(done: pd.DataFrame) -> pd.Series:
    """Whether a piece was done after its person had changed roles."""
    return _stints(done) > 1


def work_fits(records: TeamRecords, pieces: pd.DataFrame, paces: PaceFit) -> dict[str, Fitted]:
    """Means and spreads of kinds of work, speeds by grade and the spread of ability, by the parameter's full name."""
    parameters, found = records.parameters, {}
    for name, each in KINDS_OF_WORK.items():
        if name not in paces.minutes:
            continue
        mean = paces.minutes[name]
        if name == "signing":
            found |= _signing(mean, parameters)
            continue
        found[each.parameter] = _solved(each.parameter, mean, *_parts(name, parameters))
        if each.spread and each.spread not in found:
            chosen = pieces["kind"].eq(name).to_numpy() & np.isfinite(paces.factors)
            found |= _variation(each.spread, pieces.loc[chosen, "minutes"].to_numpy(dtype=float) / paces.factors[chosen],
                                mean, *_parts(name, parameters))  # fmt: skip
    for grade, speed in paces.speeds.items():
        found[f"people.speed_factor.{grade}"] = speed
    found["people.ability_variation_factor"] = paces.ability_variation
    return found


def fit_work(records: TeamRecords) -> tuple[pd.DataFrame, PaceFit]:
    """The pieces and the model of their lengths."""
    pieces = pieces_of(records)
    return pieces, fit_paces(pieces, FIRST_GRADE, records.parameters.people.ability_variation_factor)


def _parts(name: str, parameters: Parameters) -> tuple[float, float]:
    """How a kind's minutes come from its parameter: a factor, and minutes that are added and held as they are."""
    if name == "talk":
        quality = parameters.quality
        checked = quality.inspection_minutes["self_check"] * quality.inspected_share["self_check"]
        return 1.0, parameters.demand.wrap_up_minutes + checked
    if name.startswith("proposal"):
        cooperation, allocation = parameters.cooperation, parameters.allocation
        factor = proposal_mean_minutes(1.0, cooperation.look_up_share, cooperation.data_interface_share)
        return factor, allocation.task_card_minutes if allocation.has_task_card else 0.0
    return 1.0, 0.0


def _solved(parameter: str, mean: Fitted, factor: float, added: float) -> Fitted:
    """The parameter's value from the kind's minutes, less what is held as it is."""
    value, low, high = ((each - added) / factor for each in (mean.value, mean.low, mean.high))
    held = f"{added:g} minutes of it are held as the handbook has them" if added else ""
    return Fitted(parameter, value, low, high, mean.count, "minutes", "; ".join(filter(None, (mean.warning, held))))


def _signing(mean: Fitted, parameters: Parameters) -> dict[str, Fitted]:
    """Paper and electronic signing, both in the handbook's proportion: the log does not tell them apart."""
    demand = parameters.demand
    usual = demand.e_signing_share * demand.e_signing_minutes + (1 - demand.e_signing_share) * demand.signing_minutes
    told = "; ".join(filter(None, (mean.warning, "paper and electronic signing are scaled alike")))
    return {
        name: Fitted(name, *(each * parameters[name] / usual for each in (mean.value, mean.low, mean.high)),
                     mean.count, "minutes", told)
        for name in ("demand.e_signing_minutes", "demand.signing_minutes")
    }  # fmt: skip


def _variation(name: str, minutes: np.ndarray, mean: Fitted, factor: float, added: float) -> dict[str, Fitted]:
    """The coefficient of variation of a lognormal length, from the spread of its logs.

    Where something is added to the length, the level of the person's speed matters too, and its uncertainty is counted in.
    """
    if len(minutes) < FEWEST_RECORDS:
        return {}
    sigma = _sigma(minutes - added)
    reach = max(mean.high / mean.value - 1, 0.0)
    shift = (_sigma(minutes * (1 + reach) - added) - _sigma(minutes / (1 + reach) - added)) / 2 if added else 0.0
    half = sqrt((normal_quantile() ** 2) * OUTER_VARIANCE * sigma**2 / len(minutes) + shift**2)
    value, low, high = (sqrt(expm1(max(each, 0.0) ** 2)) for each in (sigma, sigma - half, sigma + half))
    return {name: Fitted(name, value, low, high, len(minutes), "factor", "read as a lognormal")}


def _sigma(lengths: np.ndarray) -> float:
    low, high = np.quantile(np.log(np.maximum(lengths, 1e-3)), [OUTER, 1 - OUTER])
    return float((high - low) / (2 * ndtri(1 - OUTER)))
