"""A floor that answers calls, from its own log: who was there, who came, how long they waited and when they gave up.

The floor becomes an ordinary desk with walk-in sources alone: one source a class of callers, with a rate table for the day;
one seat for each person, whose time off the floor is work of its own that comes at a fixed minute and lasts until they are
back, so that staffing follows the day and a call in hand is finished first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from playbook.clock import MINUTES_A_DAY
from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.book import make_book
from simulation.desk.pieces import GIVEN_UP
from simulation.desk.team import structure_from
from simulation.study.duration_fit import DurationFit, best_family
from simulation.study.measures import Reading
from simulation.study.quantities import Queue
from simulation.study.replicate import run_record
from simulation.study.scenario import Setting
from simulation.study.verify import BARE_DESK

CALL_COLUMNS = ("day", "came_minute", "caller", "waited_minutes", "gave_up", "handled_minutes", "person")
SLOT_MINUTES = 30
MINUTES_AN_HOUR = 60.0
SURELY_ONCE = 1.5  # expected arrivals of a source with constant gaps: it comes once, and no second time that day
OFF = "off_"

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class FloorFit:
    """What the callers of each class are like: their handling time and their patience. `head_start_minutes`: how much
    longer than they did callers of a class count as having waited."""

    handling: dict[str, DurationFit]
    patience: dict[str, DurationFit]
    head_start_minutes: dict[str, float]


def fit_floor(calls: pd.DataFrame, wrap_up_minutes: float, head_start_minutes: dict[str, float]) -> FloorFit:
    """Handling times and patience by class of callers; InputError where a column is missing.

    calls: a row a call with CALL_COLUMNS; minutes from midnight for `came_minute`. Patience is cut short by service.
    """
    missing = [name for name in CALL_COLUMNS if name not in calls]
    if missing:
        raise InputError(f"calls have no column {missing[0]!r}; they need {', '.join(CALL_COLUMNS)}")
    handling, patience = {}, {}
    for caller, own in calls.groupby("caller"):
        served = own[~own.gave_up & (own.handled_minutes > 0)]
        waited = own[own.waited_minutes > 0]
        minutes = served.handled_minutes.to_numpy(dtype=float) + wrap_up_minutes
        handling[str(caller)] = best_family(f"handling of {caller}", minutes, np.zeros(len(minutes), dtype=bool))
        patience[str(caller)] = best_family(
            f"patience of {caller}", waited.waited_minutes.to_numpy(dtype=float), ~waited.gave_up.to_numpy(dtype=bool)
        )
    return FloorFit(handling, patience, head_start_minutes)


def people_by_slot(calls: pd.DataFrame, longest_pause_minutes: float) -> Whole:
    """How many people are on the floor in each slot of one day.

    Somebody is there from the first to the last call without a pause longer than that; longer ones are time off the floor.
    """
    served = calls[~calls.gave_up].assign(begun=lambda x: x.came_minute + x.waited_minutes)
    there = np.zeros(MINUTES_A_DAY)
    minute = np.arange(MINUTES_A_DAY)
    for _, own in served.sort_values("begun").groupby("person"):
        for begin, end in _stays(
            own.begun.to_numpy(), (own.begun + own.handled_minutes).to_numpy(), longest_pause_minutes
        ):
            there += np.clip(np.minimum(end, minute + 1) - np.maximum(begin, minute), 0, 1)
    return np.rint(there.reshape(-1, SLOT_MINUTES).mean(axis=1)).astype(np.int64)


def _stays(begun: NDArray, ended: NDArray, longest_pause: float) -> Iterable[tuple[float, float]]:
    since, until = begun[0], ended[0]
    for begin, end in zip(begun[1:], ended[1:], strict=True):
        if begin - until > longest_pause:
            yield since, until
            since, until = begin, end
        until = max(until, end)
    yield since, until


def floor_setting(name: str, calls: pd.DataFrame, people: Whole, fit: FloorFit) -> Setting:
    """One day of the floor as a desk: the day's own calls a slot and people a slot, the fit's handling and patience."""
    tables: dict[str, dict[str, Any]] = {
        table: {}
        for table in ("per_hour", "rate_index", "period_minutes", "minutes", "family", "variation_factor", "gap_family",
                      "patience_minutes", "patience_family", "patience_variation_factor")
    }  # fmt: skip
    callers = sorted(set(calls.caller) & set(fit.handling))
    for caller in callers:
        slots = np.bincount((calls.came_minute[calls.caller == caller] // SLOT_MINUTES).astype(int),
                            minlength=MINUTES_A_DAY // SLOT_MINUTES)  # fmt: skip
        handling, patience = fit.handling[caller], fit.patience[caller]
        _put(tables, caller, per_hour=1.0, rate_index=(slots * MINUTES_AN_HOUR / SLOT_MINUTES).tolist(),
             period_minutes=float(MINUTES_A_DAY), minutes=handling.mean.value, family=handling.family,
             variation_factor=handling.variation.value, patience_minutes=patience.mean.value,
             patience_family=patience.family, patience_variation_factor=patience.variation.value)  # fmt: skip
    posts, serves = {}, {}
    for number in range(1, int(people.max()) + 1):
        away = []
        for first, last in _stretches(people < number):
            away.append(source := f"{OFF}{number}_{first}")
            index = [0.0] * MINUTES_A_DAY
            index[max(first * SLOT_MINUTES - 1, 0)] = SURELY_ONCE * MINUTES_AN_HOUR
            _put(tables, source, per_hour=1.0, rate_index=index, period_minutes=float(MINUTES_A_DAY), gap_family="constant",
                 minutes=float((last - first) * SLOT_MINUTES), family="constant")  # fmt: skip
        posts[f"seat_{number}"] = {"role": "consultant", "count": 1, "speed": 1.0}
        serves[f"seat_{number}"] = [*([f"walk_in.{each}"] for each in away), [f"walk_in.{each}" for each in callers]]
    changes = {f"demand.walk_in_{table}": values for table, values in tables.items()} | {
        "allocation.discipline.walk_in": "accumulating_priority",
        "allocation.accumulating_points_per_hour": {f"walk_in.{each}": MINUTES_AN_HOUR for each in callers},
        "allocation.accumulating_start_points": {
            f"walk_in.{each}": minutes for each, minutes in fit.head_start_minutes.items() if each in callers
        },
        "experiment.measured_days": 1,
        "experiment.warm_in_days": 0,
    }
    parameters = Parameters.load().changed(BARE_DESK).changed(changes)
    team = {"title": name, "question": "A day of the floor as the log has it", "posts": posts, "serves": serves}
    return Setting(name, parameters, structure_from(team, name), make_book(parameters))


def _put(tables: dict[str, dict[str, Any]], source: str, **values: Any) -> None:
    for table, value in values.items():
        tables[table][source] = value


def _stretches(flags: NDArray[np.bool_]) -> Iterable[tuple[int, int]]:
    """The stretches of slots that are flagged, each as first and the one after its last."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(int)))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]


def simulated_calls(setting: Setting, seed: int, replications: int) -> pd.DataFrame:
    """The calls of several runs of a floor's day, in the columns of its log as far as the desk knows them."""
    found = []
    for number in range(replications):
        queue = Queue(Reading(run_record(setting, seed, number), setting.parameters), 1.0, frozenset())
        caller = np.array(queue.groups)[queue.group.astype(int)]
        frame = pd.DataFrame({"replication": number, "came_minute": queue.came, "caller": caller,
                              "waited_minutes": queue.begun - queue.came, "gave_up": queue.result == GIVEN_UP})  # fmt: skip
        found.append(frame[~frame.caller.str.startswith(OFF)])
    return pd.concat(found, ignore_index=True)


def floor_figures(calls: pd.DataFrame, within_minutes: float) -> dict[str, float]:
    """What a floor is judged by: mean wait, share answered in time, share given up, the last by class among who waited."""
    waited = calls[calls.waited_minutes > 0]
    by_class = waited.groupby("caller").gave_up.mean()
    return {
        "mean_wait_minutes": float(calls.waited_minutes.mean()),
        "answered_in_time_share": float((~calls.gave_up & (calls.waited_minutes <= within_minutes)).mean()),
        "given_up_share": float(calls.gave_up.mean()),
    } | {f"given_up_of_waiting_{caller}_share": float(share) for caller, share in by_class.items()}


def answered_in_time_by_hour(calls: pd.DataFrame, within_minutes: float) -> pd.Series:
    """Share answered within a time, of all who came in each hour of the day."""
    in_time = ~calls.gave_up & (calls.waited_minutes <= within_minutes)
    return in_time.groupby((calls.came_minute // MINUTES_AN_HOUR).astype(int)).mean()
