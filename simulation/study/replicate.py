"""Replications: the same setting under independent luck, in parallel processes, each replication the same in any number."""

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from multiprocessing.connection import wait
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from playbook.errors import InputError
from simulation.desk.desk import Desk
from simulation.desk.record import Record
from simulation.desk.streams import Luck
from simulation.study.measures import BY_NAME, MEASURES, Reading
from simulation.study.scenario import Setting

Key = TypeVar("Key")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Estimate:
    """A mean over replications with its interval. Where every run gave the same value, the interval is that value and
    `is_identical` says that it is no measurement of spread."""

    mean: float
    low: float
    high: float
    replications: int

    @property
    def is_identical(self) -> bool:
        """Whether all replications agreed to the last bit."""
        return self.low == self.high


@dataclass(frozen=True)
class Replications:
    """The measures of several runs of one setting: `values[replication, measure]`, minutes a policy by kind, and occupancy
    by role and month (`year` for all of them), an array over the replications each."""

    name: str
    seed: int
    values: NDArray[np.float64]
    minutes: dict[str, NDArray[np.float64]]
    occupancy: dict[tuple[str, str], NDArray[np.float64]] = field(default_factory=dict)

    def of(self, measure: str) -> NDArray[np.float64]:
        """One measure's values, in the order of the replications."""
        return self.values[:, list(BY_NAME).index(measure)]

    def estimate(self, measure: str, confidence: float) -> Estimate:
        """The measure's mean with its interval; shares stay between 0 and 1, times and counts above 0."""
        return estimate_in(self.of(measure), BY_NAME[measure].unit, confidence)


def estimate_in(values: NDArray[np.float64], unit: str, confidence: float) -> "Estimate":
    """Mean and interval of values of a unit; shares stay between 0 and 1, times and counts above 0."""
    found = estimate(values, confidence)
    if unit == "cny":
        return found
    return Estimate(
        found.mean, max(found.low, 0.0), min(found.high, 1.0 if unit == "share" else inf), found.replications
    )


def estimate(values: NDArray[np.float64], confidence: float) -> Estimate:
    """Mean and Student interval of independent values, from two on."""
    if len(values) < 2:
        raise InputError(f"an interval needs at least 2 replications, found {len(values)}")
    half = half_width(values, confidence)
    mean = float(values.mean())
    return Estimate(mean, mean - half, mean + half, len(values))


def half_width(values: NDArray[np.float64], confidence: float) -> float:
    """Half the width of the Student interval of the mean."""
    if np.ptp(values) == 0:
        return 0.0
    quantile = float(stdtrit(len(values) - 1, (1 + confidence) / 2))
    return quantile * float(values.std(ddof=1)) / float(np.sqrt(len(values)))


def run_record(setting: Setting, seed: int, replication: int) -> Record:
    """One run's record."""
    desk = Desk(setting.parameters, setting.structure, setting.book, Luck(seed, replication), setting.dated)
    return desk.advance().record()


Run = tuple[list[float], dict[str, float], dict[tuple[str, str], float]]


def run_once(setting: Setting, seed: int, replication: int) -> Run:
    """One run's measures in the order of MEASURES, its minutes a policy by kind, and its occupancy by role and month."""
    reading = Reading(run_record(setting, seed, replication), setting.parameters)
    return [measure.read(reading) for measure in MEASURES], reading.minutes_per_policy(), reading.occupancy_by_role()


def default_workers() -> int:
    """One for each processor that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def worker_processes(workers: int) -> Iterator[Executor | None]:
    """An executor over that many processes, or None for one, which means this process."""
    if workers <= 1:
        yield None
        return
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    if "forkserver" in methods:
        context.set_forkserver_preload([__name__])
    executor = ProcessPoolExecutor(workers, mp_context=context, initializer=_end_with_parent)
    try:
        yield executor
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


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
    jobs = [(which, number) for number in range(replications) for which in range(len(settings))]
    found: dict[tuple[int, int], Run] = {}
    calls = {job: (settings[job[0]], seed, job[1]) for job in jobs}
    for job, result in completed(run_once, calls, executor):
        found[job] = result
        if progress:
            progress(len(found), len(jobs))
    return [_gathered(setting, which, found, replications, seed) for which, setting in enumerate(settings)]


def completed(
    function: Callable[..., Result], calls: Mapping[Key, tuple], executor: Executor | None
) -> Iterator[tuple[Key, Result]]:
    """The results of calls as they come in, by key: from an executor, or one after another in this process."""
    if executor is None:
        for key, words in calls.items():
            yield key, function(*words)
        return
    futures = {executor.submit(function, *words): key for key, words in calls.items()}
    for future in as_completed(futures):
        yield futures[future], future.result()


def _gathered(setting: Setting, which: int, found: dict, replications: int, seed: int) -> Replications:
    runs = [found[which, number] for number in range(replications)]
    kinds = dict.fromkeys(kind for _, minutes, _ in runs for kind in minutes)
    minutes = {kind: np.array([each.get(kind, 0.0) for _, each, _ in runs]) for kind in kinds}
    places = dict.fromkeys(place for _, _, shares in runs for place in shares)
    occupancy = {place: np.array([each.get(place, np.nan) for _, _, each in runs]) for place in places}
    return Replications(
        setting.name, seed, np.array([values for values, _, _ in runs], dtype=float), minutes, occupancy
    )
