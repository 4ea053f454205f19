"""What a team does week by week, counted alike in a run's record and in a team's own log: what a back-test compares."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from playbook.clock import MINUTES_A_DAY
from simulation.desk.pieces import AGREED, ENQUIRY, FOLLOW_UP, GIVEN_UP, PROPOSAL, REFUSED, TALKED
from simulation.desk.record import LAPSED, Record
from simulation.study.replicate import run_record
from simulation.study.scenario import Setting

Floats = NDArray[np.float64]
DAYS_A_WEEK = 7
WEEK_MINUTES = float(DAYS_A_WEEK * MINUTES_A_DAY)


@dataclass(frozen=True)
class WeeklyMeasure:
    """A count of a week: its name, what it is in words, and its unit."""

    name: str
    words: str
    unit: str = "a week"


WEEKLY = (
    WeeklyMeasure("attempts", "Calls begun to customers on the list"),
    WeeklyMeasure("conversations", "Calls in which somebody answered"),
    WeeklyMeasure("proposals", "Proposals and re-quotes sent"),
    WeeklyMeasure("enquiries", "Questions that customers asked"),
    WeeklyMeasure("late_replies", "Questions answered too late, or given up"),
    WeeklyMeasure("renewals", "Policies renewed"),
    WeeklyMeasure("lapses", "Policies whose time ended unrenewed"),
    WeeklyMeasure("worked_hours", "Hours of work in the log", "hours a week"),
)


@dataclass(frozen=True)
class WeeklyRun:
    """One run by week: `counts[measure, week]` in the order of WEEKLY, and by line how many policies closed and renewed."""

    counts: Floats
    closed: dict[str, int]
    renewed: dict[str, int]


def weekly_run(setting: Setting, changes: dict, seed: int, replication: int) -> WeeklyRun:
    """One run of a setting under other parameters, counted by week from the first measured day on."""
    setting = replace(setting, parameters=setting.parameters.changed(changes))
    return counted(run_record(setting, seed, replication), setting.parameters.feedback)


def counted(record: Record, feedback) -> WeeklyRun:
    """A record by whole weeks of its measured days."""
    begin = record.horizon.measured_from_minute
    weeks = int((record.horizon.measured_to_minute - begin) // WEEK_MINUTES)
    kind, result = record.stay("kind"), record.stay("result")
    begun, ended, born = (_stamp(record, name) for name in ("begun", "ended", "born"))
    calls, asked = kind == FOLLOW_UP, kind == ENQUIRY
    talked = calls & np.isin(result, (TALKED, AGREED, REFUSED)) & np.isfinite(ended)
    due = record.horizon.calendar.deadlines(
        np.where(np.isfinite(born), born, 0.0), feedback.enquiry_reply_hours, feedback.enquiry_reply_clock
    )
    late = asked & ((begun > due) | (result == GIVEN_UP))
    outcome, season = record.policies["outcome"], record.season
    did = np.isfinite(begun) & np.isfinite(ended)
    counts = [
        by_week(begun[calls & did], begin, weeks),
        by_week(ended[talked], begin, weeks),
        by_week(ended[(kind == PROPOSAL) & did], begin, weeks),
        by_week(born[asked & np.isfinite(ended)], begin, weeks),
        by_week(born[late & np.isfinite(ended)], begin, weeks),
        by_week(record.policies["signed"][outcome < LAPSED], begin, weeks),
        by_week(season.close[(outcome >= LAPSED) & record.policies["is_closed"]] - 1, begin, weeks),
        by_week(ended[did], begin, weeks, record.stay("worked")[did] / 60),
    ]
    line = season.book.line[season.policy][season.is_measured]
    is_renewed = outcome[season.is_measured] < LAPSED
    names = season.book.lines
    closed, renewed = (
        np.bincount(line[chosen], minlength=len(names)).tolist() for chosen in (is_renewed >= 0, is_renewed)
    )
    return WeeklyRun(np.array(counts), dict(zip(names, closed, strict=True)), dict(zip(names, renewed, strict=True)))


def _stamp(record: Record, name: str) -> Floats:
    if name == "born":
        return record.stay("born")
    found = np.full(len(record.stays), np.nan)
    known = np.isfinite(record.stay(name))
    found[known] = record.stay(f"{name}_stamp")[known]
    return found


def by_week(minutes: Floats, begin: float, weeks: int, weights: Floats | None = None) -> Floats:
    """How much falls into each whole week from a minute on."""
    week = np.floor((minutes - begin) / WEEK_MINUTES)
    inside = (week >= 0) & (week < weeks)
    return np.bincount(week[inside].astype(int), None if weights is None else weights[inside], weeks).astype(float)
