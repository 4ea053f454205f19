"""Who renews, from a team's records: rates by line, what goes with them, who renews alone; and what contacts went with it.

The coefficients of the parameters are fitted without contacts. A second fit, with contacts and how busy the team was, is only
told: whoever is called may have been called because they were likely to leave, so it says nothing of what a call does.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from playbook.errors import InputError
from simulation.study.contact_fit import ANSWERED
from simulation.study.fitted import FEWEST_EVENTS, Fitted, fitted_share
from simulation.study.renewal_fit import RenewalFit, area_under_curve, fit_renewal
from simulation.study.team_records import TeamRecords

CONTACT_DAYS = 7  # before the due date up to which contacts are counted, so that the last calls of leavers do not weigh
COEFFICIENTS = {
    "log price ratio": "decision.price_slope_logit",
    "tenure years": "decision.tenure_year_logit",
    "instalment": "decision.instalment_logit",
}
CAUTION = (
    "A record of contacts is no experiment: whom the team called, and whom it reached, depends on who was likely to leave. "
    "What a contact does is learnt by a comparison test (S6.2.3)."
)
DAYS_A_WEEK = 7


@dataclass(frozen=True)
class OutcomeFits:
    """Rates and coefficients by the parameter's name, the fit that they come from, the one with contacts, and how well the
    first ranks who renews (area under the curve)."""

    fitted: dict[str, Fitted]
    described: RenewalFit | None
    area: float | None
    remarks: tuple[str, ...] = ()


def known_outcomes(records: TeamRecords) -> pd.DataFrame:
    """The policies of which it is known how they ended, with their place in the list."""
    return records.policies[records.policies["lapsed"].notna()]


def renewal_shares(records: TeamRecords) -> dict[str, Fitted]:
    """The share of policies that renewed, by line."""
    known = known_outcomes(records)
    return {
        str(line): fitted_share(f"renewed of {line}", int((own["lapsed"] == 0).sum()), len(own))
        for line, own in known.groupby("line", observed=True)
    }


def renews_alone(records: TeamRecords) -> dict[str, Fitted]:
    """Of customers who decided to renew without having been signed, those who did so without asking the desk, by line."""
    log = records.log[records.log["policy"] >= 0]
    line = records.policies["line"].astype(str).to_numpy()
    alone = line[log.loc[log["activity"].eq("renewed_alone"), "policy"].unique()]
    asked = line[log.loc[log["activity"].eq("request"), "policy"].unique()]
    if not len(alone):
        return {}
    found = {}
    for each in sorted(set(line)):
        hits, others = int((alone == each).sum()), int((asked == each).sum())
        name = f"book.renews_alone_share.{each}"
        if hits + others:
            found[name] = fitted_share(name, hits, hits + others)
    return found


def outcome_fits(records: TeamRecords) -> OutcomeFits:
    """Coefficients of the renewal logit and who renews alone; remarks say what could not be fitted."""
    known, remarks = known_outcomes(records), []
    found, described, area = renews_alone(records), None, None
    columns = _columns(known)
    renewed = known["lapsed"].eq(0).to_numpy()
    try:
        fit = fit_renewal(columns, renewed)
        area = area_under_curve(fit.chance(columns), renewed)
        for column, name in COEFFICIENTS.items():
            if column in fit.coefficients:
                found[name] = _named(fit.coefficients[column], name)
            else:
                remarks.append(f"{column}: {fit.left_out[column]}, so {name} stays as it is.")
        described = fit_renewal(columns | _service(records, known), renewed)
    except InputError as error:
        remarks.append(f"No renewal fit: {error}.")
    return OutcomeFits(found, described, area, tuple(remarks))


def _named(found: Fitted, name: str) -> Fitted:
    return Fitted(name, found.value, found.low, found.high, found.count, found.unit, found.warning)


def _columns(known: pd.DataFrame) -> dict[str, np.ndarray]:
    columns = {
        "log price ratio": np.log(known["price_ratio"].to_numpy(dtype=float)),
        "tenure years": known["tenure_years"].to_numpy(dtype=float),
        "instalment": known["is_instalment"].to_numpy(dtype=float),
    }
    for line, count in known["line"].astype(str).value_counts().iloc[1:].items():
        if count >= FEWEST_EVENTS:
            columns[f"line {line}"] = known["line"].astype(str).eq(line).to_numpy(dtype=float)
    return columns


def _service(records: TeamRecords, known: pd.DataFrame) -> dict[str, np.ndarray]:
    """Whether each customer was spoken with some days before the due date, how often nobody answered, and how busy the team
    was: minutes worked in the week a month before."""
    log = records.log
    calls = log[log["activity"].eq("follow_up") & (log["policy"] >= 0) & log["begin"].notna()]
    limit = records.policies["due"].to_numpy()[calls["policy"]] - np.timedelta64(CONTACT_DAYS, "D")
    calls = calls[calls["end"].to_numpy() <= limit]
    spoken = calls["result"].isin(ANSWERED)
    size = len(records.policies)
    talks = np.bincount(calls.loc[spoken, "policy"], minlength=size)
    missed = np.bincount(calls.loc[~spoken, "policy"], minlength=size)
    week = (records.minutes_of(log["end"]) // (1440 * DAYS_A_WEEK)).astype(int)
    load = np.bincount(week, log["minutes"].fillna(0).to_numpy(dtype=float))
    due_week = (
        (known["due"].to_numpy() - np.datetime64(records.first)).astype("timedelta64[D]").astype(int)
    ) // DAYS_A_WEEK
    busy = load[(due_week - 4).clip(0, len(load) - 1)]
    return {
        "spoken with": (talks[known.index] > 0).astype(float),
        "attempts unanswered": missed[known.index].astype(float),
        "team's week, hundred hours": busy / 6000,
    }
