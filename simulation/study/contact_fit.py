"""How customers are reached, from a log: the share of attempts that are answered, and the gaps between one step and the next.

A step is planned for a day and done on that day if the office is open, else on its next open day; so a gap is known only up
to the closed days before it. A case that ended before the next step came says only that the gap was longer.
"""

from math import exp, log, sqrt

import numpy as np
import pandas as pd
from scipy.optimize import minimize_scalar

from simulation.study.fitted import FEWEST_RECORDS, Fitted, fitted_mean, fitted_share, normal_quantile
from simulation.study.team_records import TeamRecords

ANSWERED = ("talked", "agreed", "refused")
UNANSWERED = "unanswered"
STEPS = ("follow_up", "proposal", "request")
LONGEST_GAP_DAYS = 14
SHORTEST_MEAN_DAYS, LONGEST_MEAN_DAYS = 0.2, 90.0
FEWEST_STREAKS = 3  # that reach the longest run of attempts, so that it is a habit and no chance
HALF_SECOND = 0.5 / 60
STEP = 1e-3  # for second differences, in the log of a mean
MOSTLY = 0.5


def steps_of(records: TeamRecords) -> pd.DataFrame:
    """The steps towards each policy's renewal in their order, with what came next and how often nobody had answered."""
    log = records.log
    chosen = log[log["activity"].isin(STEPS) & (log["policy"] >= 0)]
    since = chosen["came"].fillna(chosen["begin"]).fillna(chosen["end"])
    open_day = records.minutes_of(since) // 1440
    steps = pd.DataFrame({
        "policy": chosen["policy"], "activity": chosen["activity"].astype(str), "result": chosen["result"].astype(object),
        "since_day": open_day, "end_day": records.minutes_of(chosen["end"]) // 1440, "is_done": chosen["begin"].notna(),
        "minutes": chosen["minutes"], "since": since, "end": chosen["end"],
    }).sort_values(["policy", "since", "end"], kind="stable", ignore_index=True)  # fmt: skip
    same = steps["policy"].eq(steps["policy"].shift(-1))
    steps["next"] = steps["activity"].shift(-1).where(same)
    steps["next_day"] = steps["since_day"].shift(-1).where(same)
    proposed = (steps["activity"].eq("proposal") & steps["is_done"]).astype(int)
    steps["proposals_before"] = proposed.groupby(steps["policy"]).cumsum() - proposed
    return steps


def contact_fits(records: TeamRecords, steps: pd.DataFrame) -> dict[str, Fitted]:
    """Every parameter of reaching customers that the log tells of, by its full name."""
    calls = steps[steps["activity"].eq("follow_up") & steps["is_done"]]
    is_told = calls["result"].isin([UNANSWERED, *ANSWERED])
    calls, name = calls[is_told], "demand.answer_share"
    answered = calls["result"].isin(ANSWERED)
    found = {name: fitted_share(name, int(answered.sum()), len(calls))}
    if not len(calls):
        return found
    name = "demand.unanswered_minutes"
    if (~answered).any():
        found[name] = widened(fitted_mean(name, calls.loc[~answered, "minutes"].to_numpy(dtype=float), "minutes"))
        found |= _gap_fits(records, calls[~answered])
        found |= _limit_fit(steps)
    talks = calls[calls["result"].eq("talked") & (calls["proposals_before"] > 0)]
    if len(talks):
        again, name = talks["next"].eq("proposal"), "demand.requote_share"
        found[name] = fitted_share(name, int(again.sum()), len(talks))
        found |= _next_talk_fit(records, talks[~again])
    return found


def widened(found: Fitted) -> Fitted:
    """The same with an interval no narrower than what times to the second can tell."""
    low, high = min(found.low, found.value - HALF_SECOND), max(found.high, found.value + HALF_SECOND)
    return Fitted(found.name, found.value, low, high, found.count, found.unit, found.warning)


def _gap_fits(records: TeamRecords, unanswered: pd.DataFrame) -> dict[str, Fitted]:
    """The days after which an attempt is made again: the number that explains most gaps."""
    again = unanswered[unanswered["next"].eq("follow_up") & unanswered["next_day"].notna()]
    if not len(again):
        return {}
    day, seen = again["end_day"].to_numpy(dtype=int), again["next_day"].to_numpy(dtype=int)
    hits = [float((_open_day(records, day + gap) == seen).mean()) for gap in range(1, LONGEST_GAP_DAYS + 1)]
    best, name = int(np.argmax(hits)) + 1, "demand.unanswered_gap_days"
    warning = "" if max(hits) >= MOSTLY else f"only {max(hits):.0%} of the gaps are {best} days: there is no fixed gap"
    return {name: Fitted(name, float(best), float(best), float(best), len(again), "days", warning)}


def _open_day(records: TeamRecords, days: np.ndarray) -> np.ndarray:
    """The first open day from each day on; -1 beyond the log."""
    known = np.append(records.calendar.open_days, -1)
    return known[np.searchsorted(records.calendar.open_days, days)]


def _limit_fit(steps: pd.DataFrame) -> dict[str, Fitted]:
    """After how many attempts without an answer no other follows: the longest run that is no single chance."""
    is_call = steps["activity"].eq("follow_up") & steps["is_done"]
    missed = is_call & steps["result"].eq(UNANSWERED)
    run = (~missed).cumsum()
    length = missed.groupby([steps["policy"], run]).cumsum()
    longest = pd.Series(length[missed]).value_counts()
    reached = [int(number) for number, count in longest.items() if count >= FEWEST_STREAKS]
    if not reached:
        return {}
    limit, name = max(reached), "demand.unanswered_limit_count"
    return {name: Fitted(name, float(limit), float(limit), float(limit), int(longest[limit]), "attempts")}


def _next_talk_fit(records: TeamRecords, talks: pd.DataFrame) -> dict[str, Fitted]:
    """The mean of the days to the next conversation: whole days of an exponential time, rounded up."""
    called = talks["next"].eq("follow_up").to_numpy()
    begin = talks["end_day"].to_numpy(dtype=float)
    seen = talks["next_day"].to_numpy(dtype=float)
    days = records.calendar.open_days
    before = np.concatenate(([-1.0], days))[np.searchsorted(days, np.where(called, seen, 0.0))]
    low = np.where(called, np.maximum(before - begin, 0.0), _quiet_until(records, talks) - begin).clip(0)
    high = np.where(called, np.maximum(seen - begin, low + 1), np.inf)

    def unlikelihood(log_mean: float) -> float:
        rate = exp(-log_mean)
        return -float(np.log(np.maximum(np.exp(-low * rate) - np.exp(-high * rate), 1e-300)).sum())

    if called.sum() < 2:
        return {}
    bounds = log(SHORTEST_MEAN_DAYS), log(LONGEST_MEAN_DAYS)
    at = float(minimize_scalar(unlikelihood, bounds=bounds, method="bounded", options={"xatol": 1e-7}).x)
    bend = (unlikelihood(at + STEP) - 2 * unlikelihood(at) + unlikelihood(at - STEP)) / STEP**2
    half = normal_quantile() / sqrt(max(bend, 1e-12))
    name = "demand.next_conversation_days"
    few = f"only {int(called.sum())} gaps that ended" if called.sum() < FEWEST_RECORDS else ""
    return {name: Fitted(name, exp(at), exp(at - half), exp(at + half), len(talks), "days", few)}


def _quiet_until(records: TeamRecords, talks: pd.DataFrame) -> np.ndarray:
    """The last day up to which no further conversation can have come: the customer's own step, the outcome, the end of the
    policy's time, or of the log."""
    log = records.log
    first = np.datetime64(records.first, "s")
    ended = log[
        ~log["activity"].isin(["lapsed", "won_back"]) & log["activity"].isin(OUTCOMES_SIGNED) & (log["policy"] >= 0)
    ]
    signed = ended.groupby("policy")["end"].min().reindex(talks["policy"]).to_numpy()
    closed = records.closed[talks["policy"].to_numpy()].astype("datetime64[s]")
    days = [(each.astype("datetime64[s]") - first).astype(float) // 86_400 for each in (signed, closed)]
    days[0] = np.where(np.isnat(signed.astype("datetime64[s]")), np.inf, days[0])
    own = np.where(talks["next"].notna(), talks["next_day"], np.inf).astype(float)
    return np.minimum.reduce([*days, own, np.full(len(talks), float(records.days_count))]) - 1


OUTCOMES_SIGNED = ("signed", "signed_on_request", "renewed_alone")
