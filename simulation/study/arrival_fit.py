"""What customers bring of their own accord, from a log: how many ask, when, how unevenly, and how long they wait."""

from math import sqrt

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import chdtri, gammaln

from playbook.clock import MINUTES_A_DAY
from simulation.study.duration_fit import fit_durations
from simulation.study.fitted import CONFIDENCE, FEWEST_EVENTS, Fitted, fitted_mean, fitted_share
from simulation.study.team_records import TeamRecords

HOUR, HOURS_A_DAY = 60, 24
ROUNDS = 50
NO_SPREAD, MOST_SPREAD = 1e-6, 1.0
FEW_A_DAY = 5.0  # events a day below which chance hides most of an uneven rate


def arrival_fits(records: TeamRecords) -> dict[str, Fitted]:
    """Enquiries a policy, their share out of hours, the unevenness of days, and patience, by the parameter's full name."""
    log = records.log
    asked = log[log["activity"].eq("enquiry")]
    found = {}
    if len(asked):
        minutes = records.minutes_of(asked["came"].fillna(asked["begin"]).fillna(asked["end"]))
        found |= _per_policy(records, asked["policy"].to_numpy())
        name = "demand.enquiry_out_of_hours_share"
        found[name] = fitted_share(name, int((~is_open(records, minutes)).sum()), len(asked))
        found |= day_spread(records, minutes)
        found |= _patience(records, asked)
    return found


def is_open(records: TeamRecords, minutes: np.ndarray) -> np.ndarray:
    """Whether the office is open at each calendar minute."""
    calendar = records.calendar
    span = np.searchsorted(calendar.open_minutes, minutes, side="right") - 1
    return (span >= 0) & (minutes < calendar.close_minutes[span.clip(0)])


def _per_policy(records: TeamRecords, policy: np.ndarray) -> dict[str, Fitted]:
    """Enquiries in the windows of policies that lie wholly in the log."""
    due = records.policies["due"].to_numpy()
    is_whole = (records.released >= np.datetime64(records.first)) & (due <= np.datetime64(records.last))
    counts = np.bincount(policy[policy >= 0], minlength=len(due))[is_whole].astype(float)
    name = "demand.enquiries_per_policy"
    return {name: fitted_mean(name, counts, "per_policy")} if len(counts) > 1 else {}


def hour_profile(records: TeamRecords) -> list[Fitted]:
    """Weight of each hour of the day in customers' enquiries, the mean over the day being 1, with intervals of a count.

    Hours within opening and outside it have rates of their own (params: demand.enquiry_out_of_hours_share), and share the
    hours' weights; an hour is exposed as often as the office was open, or closed, in it.
    """
    log = records.log
    asked = log[log["activity"].eq("enquiry")]
    minutes = records.minutes_of(asked["came"].fillna(asked["begin"]).fillna(asked["end"]))
    edges = np.arange(records.days_count * HOURS_A_DAY + 1) * float(HOUR)
    opened = (np.diff(records.calendar.to_working(edges)) / HOUR).reshape(-1, HOURS_A_DAY).sum(axis=0)
    exposure = np.array([opened, records.days_count - opened])
    hour, inside = (minutes // HOUR % HOURS_A_DAY).astype(int), is_open(records, minutes)
    counts = np.array([np.bincount(hour[inside == flag], minlength=HOURS_A_DAY) for flag in (True, False)], dtype=float)
    weight, level = np.ones(HOURS_A_DAY), np.ones(2)
    for _ in range(ROUNDS):
        level = counts.sum(axis=1) / np.maximum(exposure @ weight, 1e-12)
        weight = counts.sum(axis=0) / np.maximum(level @ exposure, 1e-12)
        weight /= max(weight.mean(), 1e-12)
    total = counts.sum(axis=0)
    tail = (1 - CONFIDENCE) / 2
    low = np.where(total > 0, chdtri(2 * np.maximum(total, 0.5), 1 - tail) / 2, 0.0)
    high = chdtri(2 * total + 2, tail) / 2
    scale = np.where(total > 0, weight / np.maximum(total, 1), 1 / np.maximum(level @ exposure, 1e-12))
    few = [f"only {int(each)} enquiries" if each < FEWEST_EVENTS else "" for each in total]
    return [
        Fitted(f"{number:02d}:00", float(weight[number]), float(low[number] * scale[number]),
               float(high[number] * scale[number]), int(total[number]), "index", few[number])
        for number in range(HOURS_A_DAY)
    ]  # fmt: skip


def expected_by_day(records: TeamRecords) -> np.ndarray:
    """What each day's share of the enquiries within opening hours would be if days differed only by the policies in their
    windows."""
    first = np.datetime64(records.first)
    is_open_day = np.zeros(records.days_count)
    is_open_day[records.calendar.open_days.astype(int)] = 1.0
    reached = np.concatenate(([0.0], np.cumsum(is_open_day)))
    release, due = (
        ((day.astype("datetime64[D]") - first).astype(int)).clip(0, records.days_count)
        for day in (records.released, records.policies["due"].to_numpy() + np.timedelta64(1, "D"))
    )
    open_days = reached[due] - reached[release]
    is_there = open_days > 0
    change = np.zeros(records.days_count + 1)
    np.add.at(change, release[is_there], 1 / open_days[is_there])
    np.add.at(change, due[is_there], -1 / open_days[is_there])
    return np.cumsum(change)[:-1] * is_open_day


def day_spread(records: TeamRecords, minutes: np.ndarray) -> dict[str, Fitted]:
    """How unevenly days bring enquiries beyond chance: the coefficient of variation of a gamma factor by day.

    Counts are negative binomial about what the open windows lead one to expect; the interval is that of the likelihood ratio.
    """
    inside = minutes[is_open(records, minutes)]
    counts = np.bincount((inside // MINUTES_A_DAY).astype(int), minlength=records.days_count)[: records.days_count]
    share = expected_by_day(records)
    used = share > 0
    counts, mean = counts[used].astype(float), share[used] / share[used].sum() * counts[used].sum()
    name = "demand.day_spread_factor"
    if counts.sum() < FEWEST_EVENTS:
        return {}

    def unlikelihood(variance: float) -> float:
        shape = 1 / variance
        return -float((gammaln(counts + shape) - gammaln(shape) + shape * np.log(shape / (shape + mean))
                       + counts * np.log(mean / (shape + mean))).sum())  # fmt: skip

    best = minimize_scalar(unlikelihood, bounds=(NO_SPREAD, MOST_SPREAD), method="bounded", options={"xatol": 1e-8})
    at, least = float(best.x), float(best.fun)
    allowed = least + float(chdtri(1, 1 - CONFIDENCE)) / 2

    def beyond(variance: float) -> float:
        return unlikelihood(variance) - allowed

    low = brentq(beyond, NO_SPREAD, at) if beyond(NO_SPREAD) > 0 else 0.0
    high = brentq(beyond, at, MOST_SPREAD) if beyond(MOST_SPREAD) > 0 else MOST_SPREAD
    few = f"{mean.mean():.1f} enquiries a day: chance hides most of it" if mean.mean() < FEW_A_DAY else ""
    return {name: Fitted(name, sqrt(at), sqrt(low), sqrt(high), len(counts), "factor", few)}


def _patience(records: TeamRecords, asked) -> dict[str, Fitted]:
    """How long questions wait before their customers give up, in working minutes; who was answered cuts it short."""
    known = asked[asked["came"].notna()]
    gave_up = known["result"].eq("given_up").to_numpy() & known["begin"].isna().to_numpy()
    is_over = gave_up | known["begin"].notna().to_numpy()
    until = known["begin"].fillna(known["end"])
    calendar = records.calendar
    waits = calendar.to_working(records.minutes_of(until)) - calendar.to_working(records.minutes_of(known["came"]))
    waits, gave_up = waits[is_over].clip(0), gave_up[is_over]
    name = "demand.enquiry_patience_minutes"
    gave_up &= waits > 0
    if not gave_up.any():
        return {}
    found = fit_durations(name, waits, ~gave_up, "exponential").mean
    return {name: Fitted(name, found.value, found.low, found.high, found.count, found.unit, found.warning)}
