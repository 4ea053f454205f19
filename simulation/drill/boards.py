"""Boards: what a team sees of its desk after a turn, by measure, as delayed, noisy and rounded as in life."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from playbook.parameters import Parameters
from simulation.desk.pieces import COMPLAINT, ENQUIRY, ENTRY, FOLLOW_UP, PROPOSAL, REQUEST, REWORK, SIGNING
from simulation.desk.record import Record
from simulation.desk.streams import Luck
from simulation.study.measures import BY_NAME, Reading


def _waiting(*kinds: int) -> Callable[[Reading], float]:
    """How much work of these kinds waits, untouched, at the end of the turn."""

    def count(reading: Reading) -> float:
        record = reading.record
        is_open = np.isnan(record.stay("begun")) & np.isinf(record.stay("ended"))
        return float(np.count_nonzero(is_open & np.isin(record.stay("kind"), kinds)))

    return count


def _came(*kinds: int) -> Callable[[Reading], float]:
    return lambda reading: float(np.count_nonzero(reading.of_kind(*kinds)))


def _in_turn(column: str) -> Callable[[Reading], float]:
    """How many policies met something, by its calendar minute, within the turn."""

    def count(reading: Reading) -> float:
        stamps, days = reading.record.policies[column], reading.horizon
        return float(np.count_nonzero((stamps >= days.measured_from_minute) & (stamps < days.measured_to_minute)))

    return count


@dataclass(frozen=True)
class BoardMeasure:
    """What a board can show: words, unit, which side is better, and how it is read from a turn's reading."""

    name: str
    unit: str
    better: str | None
    says: str
    read: Callable[[Reading], float]


OWN = [
    BoardMeasure("waiting_enquiries_count", "count", "less", "enquiries waiting now", _waiting(ENQUIRY)),
    BoardMeasure("waiting_steps_count", "count", "less", "renewal steps waiting now",
                 _waiting(FOLLOW_UP, PROPOSAL, SIGNING, REQUEST)),
    BoardMeasure("waiting_complaints_count", "count", "less", "complaints waiting now", _waiting(COMPLAINT)),
    BoardMeasure("waiting_entries_count", "count", "less", "signed renewals waiting for entry", _waiting(ENTRY, REWORK)),
    BoardMeasure("enquiries_count", "count", None, "enquiries that came", _came(ENQUIRY)),
    BoardMeasure("complaints_count", "count", "less", "complaints that came", _came(COMPLAINT)),
    BoardMeasure("rework_count", "count", "less", "entries that came back", _came(REWORK)),
    BoardMeasure("signed_count", "count", "more", "renewals signed", _in_turn("signed")),
]  # fmt: skip
BOARD: dict[str, BoardMeasure] = {measure.name: measure for measure in OWN} | {
    name: BoardMeasure(name, each.unit, each.better, each.says, each.read) for name, each in BY_NAME.items()
}


def turn_reading(record: Record, parameters: Parameters, from_minute: float, to_minute: float) -> Reading:
    """The record read for the calendar minutes of one turn: work that came in it, policies whose window closed in it."""
    days = replace(record.horizon, measured_from_minute=from_minute, measured_to_minute=to_minute)
    close = record.season.close
    season = replace(record.season, is_measured=(close > from_minute) & (close <= to_minute))
    return Reading(replace(record, horizon=days, season=season), parameters)


def measured(reading: Reading, names: Iterable[str]) -> dict[str, float]:
    """These measures of a turn, as they are."""
    return {name: float(BOARD[name].read(reading)) for name in names}


def seen(value: float, name: str, noise_share: float, luck: Luck, turn: int) -> float:
    """A measure as somebody sees it: off by a relative error of that spread, drawn once a turn; counts are whole, shares lie
    between 0 and 1."""
    if noise_share:
        value *= 1 + noise_share * float(ndtri(luck.single(f"board {name}", turn)))
    unit = BOARD[name].unit
    if unit == "count" and np.isfinite(value):
        return float(max(0, round(value)))
    return min(1.0, max(0.0, value)) if unit == "share" else value
