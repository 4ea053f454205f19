"""Replications: the same setting under independent luck, in parallel processes, each replication the same in any number."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Executor, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from math import ceil, inf
from multiprocessing.connection import wait
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from playbook.parameters import Parameters
from simulation.desk.desk import Desk
from simulation.desk.record import Record
from simulation.desk.streams import Luck
from simulation.study.estimates import Estimate, controlled, estimate
from simulation.study.measures import BY_NAME, CONTROLS, MEASURES, Reading
from simulation.study.scenario import Setting

Key = TypeVar("Key")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]
LOOK_GROWTH = 1.1


@dataclass(frozen=True)
class Replications:
    """The measures of several runs of one setting: `values[replication, measure]`, minutes a policy by kind, and occupancy
    by role and month (`year` for all of them), an array over the replications each.

    Where they are known: `controls[replication, control]`, the deviations that sharpen some measures, and `renewed`,
    for each replication the policies of the book that were renewed, as packed bits in the order of the book.
    """

    name: str
    seed: int
    values: NDArray[np.float64]
    minutes: dict[str, NDArray[np.float64]]
    controls: NDArray[np.float64] | None = None
    renewed: tuple[bytes, ...] = ()
    occupancy: dict[tuple[str, str], NDArray[np.float64]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    def of(self, measure: str) -> NDArray[np.float64]:
        """One measure's values, in the order of the replications."""
        return self.values[:, list(BY_NAME).index(measure)]

    def estimate(self, measure: str, confidence: float) -> Estimate:
        """The measure's mean with its interval; shares stay between 0 and 1, times and counts above 0."""
        return estimate_in(self.of(measure), BY_NAME[measure].unit, confidence)

    def sharpened(self, measure: str, confidence: float) -> tuple[Estimate, float]:
        """The estimate with the measure's control variate, and its gain; the plain one and 1 where it has none."""
        control = BY_NAME[measure].control
        if control is None or self.controls is None:
            return self.estimate(measure, confidence), 1.0
        found, gain = controlled(self.of(measure), self.controls[:, CONTROLS.index(control)], confidence)
        return possible(found, BY_NAME[measure].unit), gain


def estimate_in(values: NDArray[np.float64], unit: str, confidence: float) -> Estimate:
    """Mean and interval of values of a unit, cut to what the unit allows."""
    return possible(estimate(values, confidence), unit)


def possible(found: Estimate, unit: str) -> Estimate:
    """An estimate of a level cut to what its unit allows: shares from 0 to 1, times and counts from 0, money freely."""
    if unit == "cny":
        return found
    return Estimate(
        found.mean, max(found.low, 0.0), min(found.high, 1.0 if unit == "share" else inf), found.replications
    )


@dataclass(frozen=True)
class Precision:
    """How narrow intervals have to be before runs may end: an absolute half-width for shares, one relative to the mean
    for all else, for all named measures at once; and between how many replications that is looked at.

    A mean of 0 in every run has arrived. A relative half-width r is held against r / (1 + r) of the estimated mean's
    size, so that it holds of the true one (Law, Simulation Modeling and Analysis, 5th edition, 9.4.1).
    """

    measures: tuple[str, ...]
    confidence: float
    half_width_share: float
    relative_share: float
    fewest: int
    most: int

    @classmethod
    def of(cls, measures: tuple[str, ...], parameters: Parameters, **others: Any) -> "Precision":
        """The precision that params/experiment.yaml asks for, with other values where they are given."""
        experiment = parameters.experiment
        given = {
            "confidence": experiment.confidence_share,
            "half_width_share": experiment.wanted_half_width_share,
            "relative_share": experiment.wanted_relative_half_width_share,
            "fewest": int(experiment.fewest_replications_count),
            "most": int(experiment.most_replications_count),
        } | {name: value for name, value in others.items() if value is not None}
        return cls(measures, **given)

    def is_met(self, found: Estimate, measure: str) -> bool:
        """Whether one interval is narrow enough."""
        if BY_NAME[measure].unit == "share":
            return found.half_width <= self.half_width_share
        return found.half_width <= self.relative_share / (1 + self.relative_share) * abs(found.mean)

    def open(self, runs: list[Replications]) -> list[str]:
        """The measures whose interval is still too wide in one of the settings."""
        return [
            measure
            for measure in self.measures
            if not all(self.is_met(each.sharpened(measure, self.confidence)[0], measure) for each in runs)
        ]

    def is_reached(self, runs: list[Replications]) -> bool:
        """Whether all named measures of all settings are as precise as asked."""
        return not self.open(runs)


@dataclass(frozen=True)
class Growth:
    """Estimates on their way: the first replications of every setting, as many of each. Provisional until `is_last`;
    `is_enough` tells whether the last one reached what was asked, or ended at the most replications allowed."""

    runs: list[Replications]
    is_enough: bool
    is_last: bool


class Run(NamedTuple):
    """What one run gives: measures in the order of MEASURES, minutes a policy by kind, occupancy by role and month, the
    controls' deviations, and which policies of the book were renewed, as packed bits."""

    values: list[float]
    minutes: dict[str, float]
    occupancy: dict[tuple[str, str], float]
    controls: list[float]
    renewed: bytes


def run_record(setting: Setting, seed: int, replication: int) -> Record:
    """One run's record."""
    desk = Desk(setting.parameters, setting.structure, setting.book, Luck(seed, replication), setting.dated)
    return desk.advance().record()


def run_once(setting: Setting, seed: int, replication: int) -> Run:
    """One run, read."""
    return read_run(run_record(setting, seed, replication), setting.parameters)


def read_run(record: Record, parameters: Parameters) -> Run:
    """What a record gives."""
    reading = Reading(record, parameters)
    return Run(
        [measure.read(reading) for measure in MEASURES],
        reading.minutes_per_policy(),
        reading.occupancy_by_role(),
        [reading.controls[name] for name in CONTROLS],
        np.packbits(reading.renewed_by_policy()).tobytes(),
    )


def default_workers() -> int:
    """One for each processor that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def worker_processes(workers: int) -> Iterator[Executor | None]:
    """An executor over that many processes, or None for one, which means this process."""
    if workers <= 1:
        yield None
        return
    executor = process_pool(workers)
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def process_pool(workers: int) -> ProcessPoolExecutor:
    """So many processes that end with this one; whoever asks for them shuts them down."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload([__name__])
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)


def _end_with_parent() -> None:
    """A worker does not outlive the process that it works for, however that one ended."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    if parent is not None:
        threading.Thread(target=watch, daemon=True).start()


def replicate(
    settings: list[Setting],
    replications: int,
    seed: int,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Replications]:
    """Every setting under the same luck, replication by replication.

    Replication r of a setting depends on the seed and r alone, not on how many there are or where they run. `progress`
    is told (done, all) as runs come in. Any executor of `concurrent.futures` will do; None runs here, in order.
    """
    found: dict[tuple[int, int], Run] = {}
    calls = _calls(settings, replications, seed)
    for job, run in completed(run_once, calls, executor):
        found[job] = run
        if progress:
            progress(len(found), len(calls))
    return gathered(settings, found, replications, seed)


def growing(
    settings: list[Setting],
    seed: int,
    fewest: int,
    most: int,
    is_enough: Callable[[list[Replications]], bool] = lambda _: False,
    executor: Executor | None = None,
    ahead: int | None = None,
) -> Iterator[Growth]:
    """Every setting under the same luck, a Growth from the second replication on, until enough are in or the most.

    Whether it is enough is asked at `fewest` replications and then whenever their number has grown by a tenth, always of
    the first n of every setting: so the last Growth is the same to the last bit however the runs were spread. `ahead`
    is how many runs are under way at once on the executor (by default two for each processor of this machine). To
    cancel, leave the loop: what has not begun is dropped.
    """
    looks, found = set(checkpoints(fewest, most)), {}
    for count in _prefixes(
        _calls(settings, most, seed), len(settings), executor, ahead or 2 * default_workers(), found
    ):
        if count < 2:
            continue
        runs = gathered(settings, found, count, seed)
        reached = count in looks and is_enough(runs)
        yield Growth(runs, reached, reached or count == most)
        if reached:
            return


def checkpoints(fewest: int, most: int) -> list[int]:
    """The numbers of replications at which it is asked whether they are enough.

    >>> checkpoints(10, 16)
    [10, 11, 13, 15, 16]
    """
    found = [min(fewest, most)]
    while found[-1] < most:
        found.append(min(most, ceil(found[-1] * LOOK_GROWTH)))
    return found


def _calls(settings: list[Setting], replications: int, seed: int) -> dict[tuple[int, int], tuple[Setting, int, int]]:
    """Every run by (setting, replication), in the order of the replications."""
    return {
        (which, number): (setting, seed, number)
        for number in range(replications)
        for which, setting in enumerate(settings)
    }


def _prefixes(
    calls: dict[tuple[int, int], tuple], settings_count: int, executor: Executor | None, ahead: int, found: dict
) -> Iterator[int]:
    """How many first replications of all settings have come in by now, each number once; `found` fills on the way."""
    count = 0
    for job, run in completed(run_once, calls, executor, ahead):
        found[job] = run
        while all((which, count) in found for which in range(settings_count)):
            count += 1
            yield count


def completed(
    function: Callable[..., Result], calls: Mapping[Key, tuple], executor: Executor | None, ahead: int | None = None
) -> Iterator[tuple[Key, Result]]:
    """The results of calls as they come in, by key: from an executor, or one after another in this process.

    With `ahead`, no more than so many calls are handed to the executor before their results are asked for; who stops
    asking drops what has not begun.
    """
    if executor is None:
        for key, words in calls.items():
            yield key, function(*words)
        return
    waiting, futures = iter(calls.items()), {}
    try:
        while True:
            for key, words in islice(waiting, None if ahead is None else ahead - len(futures)):
                futures[executor.submit(function, *words)] = key
            if not futures:
                return
            for future in wait_for(futures, return_when=FIRST_COMPLETED).done:
                yield futures.pop(future), future.result()
    finally:
        for future in futures:
            future.cancel()


def gathered(settings: list[Setting], found: Mapping, replications: int, seed: int) -> list[Replications]:
    """The first replications of every setting, from runs by (setting, replication)."""
    return [
        _gathered(each, [found[which, n] for n in range(replications)], seed) for which, each in enumerate(settings)
    ]


def _gathered(setting: Setting, runs: list[Run], seed: int) -> Replications:
    kinds = dict.fromkeys(kind for run in runs for kind in run.minutes)
    places = dict.fromkeys(place for run in runs for place in run.occupancy)
    return Replications(
        setting.name,
        seed,
        np.array([run.values for run in runs], dtype=float),
        {kind: np.array([run.minutes.get(kind, 0.0) for run in runs]) for kind in kinds},
        np.array([run.controls for run in runs], dtype=float),
        tuple(run.renewed for run in runs),
        {place: np.array([run.occupancy.get(place, np.nan) for run in runs]) for place in places},
    )


class Runs:
    """The runs of several settings, made as they are asked for and kept: what `choose` draws from."""

    def __init__(
        self,
        settings: list[Setting],
        seed: int,
        executor: Executor | None = None,
        progress: Callable[[int], None] | None = None,
    ):
        self._settings, self._seed, self._executor, self._progress = settings, seed, executor, progress
        self._found: dict[tuple[int, int], Run] = {}

    def __len__(self) -> int:
        return len(self._settings)

    @property
    def runs_count(self) -> int:
        """How many runs have been made so far."""
        return len(self._found)

    def need(self, wanted: Mapping[int, Iterable[int]]) -> None:
        """Make the runs of these replications, by setting, that are not there yet."""
        calls = {
            (which, number): (self._settings[which], self._seed, number)
            for which, numbers in wanted.items()
            for number in numbers
            if (which, number) not in self._found
        }
        calls = dict(sorted(calls.items(), key=lambda call: call[0][1]))
        for job, run in completed(run_once, calls, self._executor):
            self._found[job] = run
            if self._progress:
                self._progress(len(self._found))

    def of(self, which: int, measure: str, numbers: Iterable[int]) -> NDArray[np.float64]:
        """One measure of one setting in these replications."""
        self.need({which: list(numbers)})
        column = list(BY_NAME).index(measure)
        return np.array([self._found[which, number].values[column] for number in numbers])

    def replications(self, which: int, numbers: Iterable[int]) -> Replications:
        """These replications of one setting."""
        self.need({which: list(numbers)})
        return _gathered(self._settings[which], [self._found[which, number] for number in numbers], self._seed)
