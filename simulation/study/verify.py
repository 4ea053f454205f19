"""Verification: parameter sets under which the desk is a queue whose answer is known, and the desk held against it."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from pydantic import Field

from playbook.documents import Document, named_file, params_folder, read_document
from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters
from simulation.desk.book import make_book
from simulation.desk.pieces import GIVEN_UP, REST, WALK_IN, WORK
from simulation.desk.record import Record
from simulation.desk.routing import group_names
from simulation.desk.team import Structure, structure_from
from simulation.study.measures import Reading, share
from simulation.study.replicate import completed, default_workers, half_width, run_record, worker_processes
from simulation.study.scenario import Setting

FAMILY_CONFIDENCE = 0.99
RELATIVE_HALF_WIDTH = 0.03
SHARE_HALF_WIDTH, SHARE_RELATIVE_HALF_WIDTH = 0.005, 0.10
BATCH, FEWEST, MOST = 8, 16, 400

# A desk without a book, open all hours, on which everybody is alike: what a textbook means by a server.
BARE_DESK = {
    "book.policies_count": 0,
    "clock.is_always_open": True,
    "people.speed_factor": {"junior": 1.0, "senior": 1.0, "expert": 1.0},
}

Quantity = Literal["p_wait", "p_wait_over", "p_abandon", "mean_wait", "mean_queue", "occupancy"]
SHARES = ("p_wait", "p_wait_over", "p_abandon", "occupancy")


class Expectation(Document):
    """One known quantity: of a walk-in source, or of a post for `occupancy`; `over` is the wait that is exceeded."""

    quantity: Quantity
    of: str | None = None
    over: float | None = None
    value: float


class VerificationCase(Document):
    """A queue: parameters, a team, how long a run is in units of time, and what is known of it.

    `time_unit_minutes` is the textbook's unit of time; waits are given in it.
    """

    id: str
    source: str
    time_unit_minutes: float = Field(gt=0)
    changes: dict[str, Any]
    team: dict[str, Any]
    run_days: int = Field(ge=1, le=4000)
    warm_in_days: int = Field(default=1, ge=0, le=2000)
    expect: list[Expectation] = Field(min_length=1)


class Verification(Document):
    """A file of params/verification/."""

    cases: list[VerificationCase] = Field(min_length=1)


@dataclass(frozen=True)
class Row:
    """A quantity held against its known value; `why` names what was missed."""

    case: str
    quantity: str
    expected: float
    simulated: float
    low: float
    high: float
    replications: int
    why: str

    @property
    def ok(self) -> bool:
        """Whether the interval is narrow enough and holds the known value."""
        return not self.why


def read_verification(name: str) -> Verification:
    """A file of params/verification/ by name, or any file by path, with every case's parameters and team checked."""
    path = named_file(params_folder() / "verification", name, "verification")
    file = read_document(path, Verification)
    for case in file.cases:
        try:
            case_setting(case)
        except InputError as error:
            raise InputError(f"{path}: {case.id}: {error}") from None
    return file


def case_setting(case: VerificationCase) -> Setting:
    """The bare desk with the case's own parameters and team; InputError where an expectation speaks of nothing."""
    days = {"experiment.measured_days": case.run_days, "experiment.warm_in_days": case.warm_in_days}
    parameters = Parameters.load().changed(BARE_DESK | days).changed(case.changes)
    structure = structure_from({"title": case.id, "question": case.source} | case.team, case.id)
    sources = parameters.demand.walk_in_per_hour
    for each in case.expect:
        known = structure.posts if each.quantity == "occupancy" else sources
        if each.of is not None and each.of not in known:
            raise InputError(f"expect: {each.quantity} of {each.of!r}{did_you_mean(each.of, known)}")
        if (each.over is None) == (each.quantity == "p_wait_over"):
            raise InputError("expect: `over` belongs to p_wait_over and to nothing else")
    return Setting(case.id, parameters, structure, make_book(parameters))


def verify_files(
    names: list[str],
    seed: int = 1,
    workers: int | None = None,
    precision: float = 1.0,
    progress: Callable[[int, int], None] | None = None,
) -> list[Row]:
    """Every case of the files (by default the shipped ones), with intervals that hold together at 99 %.

    Each interval has the confidence 1 - 0.01 / m over all m quantities (Bonferroni). Runs are added in batches until
    every half-width is at most 3 % of the value, and for shares at most the smaller of 0.005 and 10 % of the value,
    both times `precision`; the known value must then lie in the interval.
    """
    shipped = sorted(path.stem for path in (params_folder() / "verification").glob("*.yaml"))
    cases = [case for name in names or shipped for case in read_verification(name).cases]
    confidence = 1 - (1 - FAMILY_CONFIDENCE) / sum(len(case.expect) for case in cases)
    rows = []
    with worker_processes(workers or default_workers()) as executor:
        for number, case in enumerate(cases):
            rows += _verified(case, seed, confidence, precision, executor)
            if progress:
                progress(number + 1, len(cases))
    return rows


def _verified(
    case: VerificationCase, seed: int, confidence: float, precision: float, executor: Executor | None
) -> list[Row]:
    setting = case_setting(case)
    found: dict[int, list[float]] = {}
    while len(found) < MOST:
        calls = {number: (setting, case, seed, number) for number in range(len(found), len(found) + BATCH)}
        found |= dict(completed(quantities, calls, executor))
        table = np.array([found[number] for number in sorted(found)])
        if len(found) >= FEWEST and all(
            half_width(column, confidence) <= _allowed(each, precision)
            for column, each in zip(table.T, case.expect, strict=True)
        ):
            break
    return [_row(case, each, column, confidence, precision) for column, each in zip(table.T, case.expect, strict=True)]


def _allowed(expectation: Expectation, precision: float) -> float:
    """The largest half-width with which a quantity may be judged."""
    if expectation.quantity in SHARES:
        return precision * min(SHARE_HALF_WIDTH, SHARE_RELATIVE_HALF_WIDTH * expectation.value)
    return precision * RELATIVE_HALF_WIDTH * expectation.value


def _row(case: VerificationCase, each: Expectation, values: np.ndarray, confidence: float, precision: float) -> Row:
    mean, half = float(values.mean()), half_width(values, confidence)
    why = ""
    if half > _allowed(each, precision):
        why = f"the interval is too wide after {len(values)} runs"
    elif abs(mean - each.value) > half:
        why = "the known value lies outside"
    name = each.quantity + (f"_{each.over:g}" if each.over is not None else "") + (f".{each.of}" if each.of else "")
    return Row(case.id, name, each.value, mean, mean - half, mean + half, len(values), why)


def quantities(setting: Setting, case: VerificationCase, seed: int, replication: int) -> list[float]:
    """One run's value of each expected quantity, in the textbook's unit of time."""
    record = run_record(setting, seed, replication)
    reading = Reading(record, setting.parameters)
    groups = group_names(setting.parameters)
    return [_quantity(each, case, record, reading, groups, setting.structure) for each in case.expect]


def _quantity(
    each: Expectation,
    case: VerificationCase,
    record: Record,
    reading: Reading,
    groups: tuple[str, ...],
    structure: Structure,
) -> float:
    begin, end = reading.window
    if each.quantity == "occupancy":
        people = [n for n, seat in enumerate(record.seats) if each.of in (None, seat.post)
                  and structure.serves.get(seat.post)]  # fmt: skip
        spent = {what: reading.minutes_in(what, people, begin, end) for what in (WORK, REST)}
        return spent[WORK] / (spent[WORK] + spent[REST])
    chosen = reading.of_kind(WALK_IN)
    if each.of is not None:
        chosen &= record.stay("group") == groups.index(each.of)
    waits = reading.waits(chosen)
    if each.quantity == "p_abandon":
        return share(record.stay("result") == GIVEN_UP, chosen)
    if each.quantity == "p_wait":
        return float(np.mean(waits > 0))
    if each.quantity == "p_wait_over":
        return float(np.mean(waits > (each.over or 0) * case.time_unit_minutes))
    if each.quantity == "mean_queue":
        return float(waits.sum() / (end - begin))
    return float(waits.mean()) / case.time_unit_minutes
