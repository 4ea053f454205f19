"""Verification: parameter sets under which the desk is a queue whose answer is known, and the desk held against it."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from playbook.clock import MINUTES_A_DAY
from playbook.documents import Document, named_file, params_folder, read_document
from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters
from simulation.desk.book import make_book
from simulation.desk.desk import Desk
from simulation.desk.streams import Luck
from simulation.desk.team import structure_from
from simulation.study.estimates import half_width
from simulation.study.measures import Reading
from simulation.study.quantities import READ, Quantity, Queue
from simulation.study.replicate import completed, default_workers, worker_processes
from simulation.study.scenario import Setting

FAMILY_CONFIDENCE = 0.99
RELATIVE_HALF_WIDTH = 0.03
SHARE_HALF_WIDTH, SHARE_RELATIVE_HALF_WIDTH = 0.005, 0.10
FEWEST, FEWEST_ROUGH, MOST = 16, 6, 20_000  # runs of one case; rough is a precision above 1
MORE, LEAST_GROWTH, MOST_GROWTH = 1.1, 1.25, 8.0  # what a next batch adds to what the present half-widths ask for
MOST_MOMENTS = 1_000_000  # at which a number of people is counted in one run
CALLS_A_WORKER = 4  # into which a batch is cut, so that no worker waits long for the others

# A desk without a book, open all hours, on which everybody is alike: what a textbook means by a server.
BARE_DESK = {
    "book.policies_count": 0,
    "clock.is_always_open": True,
    "people.speed_factor": {"junior": 1.0, "senior": 1.0, "expert": 1.0},
    "people.ability_variation_factor": 0.0,
}


class Expectation(Quantity):
    """A quantity with the value that theory gives for it, in the textbook's unit of time."""

    value: float


class System(Document):
    """One of several systems of a case: its changes, on top of the case's, and its team, in place of the case's."""

    changes: dict[str, Any] = {}
    team: dict[str, Any] | None = None


class VerificationCase(Document):
    """A queue, or several under the same luck: parameters, a team, how long a run is, and what is known of it.

    `time_unit_minutes` is the textbook's unit of time. A case of the long run is measured for `run_days` after
    `warm_in_days`; one that starts from empty runs for `run_time` units and is measured from its first minute.
    """

    id: str
    source: str
    time_unit_minutes: float = Field(gt=0)
    changes: dict[str, Any] = {}
    team: dict[str, Any] | None = None
    systems: dict[str, System] = {}
    run_days: int | None = Field(default=None, ge=1, le=4000)
    run_time: float | None = Field(default=None, gt=0)
    warm_in_days: int = Field(default=1, ge=0, le=2000)
    expect: list[Expectation] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> "VerificationCase":
        if (self.run_days is None) == (self.run_time is None):
            raise ValueError("a case has either `run_days`, after a warm-in, or `run_time`, from empty")
        if self.team is None and not self.systems:
            raise ValueError("a case has a `team`, or `systems` that each have one")
        return self


class Verification(Document):
    """A file of params/verification/."""

    cases: list[VerificationCase] = Field(min_length=1)


@dataclass(frozen=True)
class Trial:
    """A case ready to run: the setting of each of its systems, and the minute at which a run ends."""

    case: VerificationCase
    settings: dict[str | None, Setting]
    until_minute: float | None


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


def read_verification(name: str) -> list[Trial]:
    """The cases of a file of params/verification/ by name, or of any file by path, each with its parameters and teams
    checked; InputError names file, case and key."""
    path = named_file(params_folder() / "verification", name, "verification")
    trials = []
    for case in read_document(path, Verification).cases:
        try:
            trials.append(trial_of(case))
        except InputError as error:
            raise InputError(f"{path}: {case.id}: {error}") from None
    return trials


def trial_of(case: VerificationCase) -> Trial:
    """The bare desk with the case's own parameters and teams; InputError where an expectation speaks of nothing."""
    until = None if case.run_time is None else case.run_time * case.time_unit_minutes
    days = {
        "experiment.measured_days": case.run_days or ceil(until / MINUTES_A_DAY),
        "experiment.warm_in_days": 0 if until else case.warm_in_days,
    }
    systems = case.systems or {None: System()}
    settings, measured = {}, {}
    for name, system in systems.items():
        settings[name], desk = _setting(case, name, system, days)
        measured[name] = _measured(desk, until, case.time_unit_minutes)
    for each in case.expect:
        _check_names(each, case, settings)
        _check_times(each, *measured[each.system])
    return Trial(case, settings, until)


def _setting(case: VerificationCase, name: str | None, system: System, days: dict[str, Any]) -> tuple[Setting, Desk]:
    """A system's setting, and a desk in it, which tells what does not fit together."""
    changes = case.changes | system.changes
    if own := sorted(set(days) & set(changes)):
        raise InputError(f"{own[0]}: a case says how long it runs by run_days and warm_in_days, or by run_time")
    parameters = Parameters.load().changed(BARE_DESK | days).changed(changes)
    place = case.id if name is None else f"{case.id}: systems.{name}"
    team = system.team or case.team
    if team is None:
        raise InputError(f"{place}: the key 'team' is missing, here and in the case")
    setting = Setting(
        place,
        parameters,
        structure_from({"title": place, "question": case.source} | team, place),
        make_book(parameters),
    )
    return setting, Desk(parameters, setting.structure, setting.book, Luck(0, 0))


def _measured(desk: Desk, until: float | None, unit_minutes: float) -> tuple[float, float]:
    """The first and the last minute that are measured, in the textbook's unit."""
    if until is not None and until > desk.horizon.end_minute:
        raise InputError(
            f"run_time: {until / unit_minutes:g} is longer than its days are open ({desk.horizon.end_minute / unit_minutes:g})"
        )
    begin = float(desk.calendar.to_working(desk.horizon.measured_from_minute))
    return begin / unit_minutes, (until or desk.horizon.end_minute) / unit_minutes


def _check_names(each: Expectation, case: VerificationCase, settings: dict[str | None, Setting]) -> None:
    """InputError where an expectation names a system, a post or a source that is not there."""
    for key, system in (("system", each.system), ("minus", each.minus)):
        if system is not None and system not in settings:
            raise InputError(f"expect: {each.quantity}: {key}: {system!r}{did_you_mean(system, case.systems)}")
    if case.systems and each.system is None:
        raise InputError(
            f"expect: {each.quantity}: the key 'system' is missing; it is one of {', '.join(case.systems)}"
        )
    for system in {each.system, each.minus or each.system}:
        setting = settings[system]
        known = setting.structure.posts if each.quantity == "occupancy" else setting.parameters.demand.walk_in_per_hour
        if each.of is not None and each.of not in known:
            raise InputError(f"expect: {each.quantity} of {each.of!r}{did_you_mean(each.of, known)}")


def _check_times(each: Expectation, begin: float, end: float) -> None:
    """InputError where an expectation names a time outside the measured one."""
    measured = f"the measured time reaches from {begin:g} to {end:g}"
    since = begin if each.since is None else each.since
    until = end if each.until is None else each.until
    if not begin <= since < until <= end:
        raise InputError(f"expect: {each.quantity}: since {since:g}, until {until:g}: {measured}")
    if each.at is not None and not (0 if each.every else begin) <= each.at < end:
        raise InputError(f"expect: {each.quantity}: at: {each.at:g}: {measured}, its end not included")
    if each.every is not None and not (end - begin) / MOST_MOMENTS <= each.every <= end - begin:
        raise InputError(
            f"expect: {each.quantity}: every: {each.every:g}: must lie between {(end - begin) / MOST_MOMENTS:g} and "
            f"{end - begin:g}, for {measured}"
        )


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
    trials = [trial for name in names or shipped for trial in read_verification(name)]
    confidence = 1 - (1 - FAMILY_CONFIDENCE) / sum(len(trial.case.expect) for trial in trials)
    rows, workers = [], workers or default_workers()
    with worker_processes(workers) as executor:
        for number, trial in enumerate(trials):
            rows += _verified(trial, seed, confidence, precision, executor, workers)
            if progress:
                progress(number + 1, len(trials))
    return rows


def _verified(
    trial: Trial, seed: int, confidence: float, precision: float, executor: Executor | None, workers: int
) -> list[Row]:
    expect, table = trial.case.expect, np.zeros((0, len(trial.case.expect)))
    wanted = FEWEST if precision <= 1 else FEWEST_ROUGH
    while len(table) < wanted:
        table = np.vstack([table, _runs(trial, seed, len(table), wanted, executor, workers)])
        wanted = min(_wanted(expect, table, confidence, precision), MOST)
    return [
        _row(trial.case.id, each, column, confidence, precision) for each, column in zip(expect, table.T, strict=True)
    ]


def _wanted(expect: list[Expectation], table: NDArray[np.float64], confidence: float, precision: float) -> int:
    """How many runs the present half-widths ask for; as many as there are where all are narrow enough."""
    ratio = 0.0
    for each, column in zip(expect, table.T, strict=True):
        half, allowed = half_width(column, confidence), _allowed(each, precision)
        ratio = max(ratio, half / allowed if half > allowed > 0 else 0.0)
    if ratio == 0:
        return len(table)
    return ceil(len(table) * min(max(MORE * ratio**2, LEAST_GROWTH), MOST_GROWTH))


def _runs(
    trial: Trial, seed: int, begin: int, end: int, executor: Executor | None, workers: int
) -> NDArray[np.float64]:
    """The quantities of the replications from `begin` to before `end`, a row each."""
    size = ceil((end - begin) / (workers * CALLS_A_WORKER))
    calls = {first: (trial, seed, first, min(first + size, end)) for first in range(begin, end, size)}
    found = dict(completed(quantities, calls, executor))
    return np.array([row for first in sorted(found) for row in found[first]])


def _allowed(each: Expectation, precision: float) -> float:
    """The largest half-width with which a quantity may be judged."""
    value = abs(each.value)
    if each.is_share:
        return precision * min(SHARE_HALF_WIDTH, SHARE_RELATIVE_HALF_WIDTH * value)
    return precision * RELATIVE_HALF_WIDTH * value


def _row(case: str, each: Expectation, values: NDArray[np.float64], confidence: float, precision: float) -> Row:
    mean, half = float(values.mean()), half_width(values, confidence)
    why = ""
    if not np.isfinite(mean):
        why = "in some runs nothing came that could be measured"
    elif half > _allowed(each, precision):
        why = f"the interval is too wide after {len(values)} runs"
    elif abs(mean - each.value) > half:
        why = "the known value lies outside"
    return Row(case, each.name, each.value, mean, mean - half, mean + half, len(values), why)


def quantities(trial: Trial, seed: int, begin: int, end: int) -> list[list[float]]:
    """Each expected quantity of the replications from `begin` to before `end`, in the textbook's unit of time."""
    return [_quantities(trial, seed, number) for number in range(begin, end)]


def _quantities(trial: Trial, seed: int, replication: int) -> list[float]:
    queues = {name: _queue(trial, setting, seed, replication) for name, setting in trial.settings.items()}

    def read(each: Expectation, system: str | None) -> float:
        return READ[each.quantity](queues[system], each)

    return [
        read(each, each.system) - (read(each, each.minus) if each.minus is not None else 0.0)
        for each in trial.case.expect
    ]


def _queue(trial: Trial, setting: Setting, seed: int, replication: int) -> Queue:
    desk = Desk(setting.parameters, setting.structure, setting.book, Luck(seed, replication))
    record = desk.advance(trial.until_minute).record()
    serving = {post for post, rows in setting.structure.serves.items() if rows}
    return Queue(Reading(record, setting.parameters), trial.case.time_unit_minutes, serving)
