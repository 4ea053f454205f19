"""Sweeps: every case of a sweep run side by side, taken up again where an earlier run was stopped."""

import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from simulation.study.cases import (
    CASES,
    FAILED,
    Job,
    Outcome,
    case_folder,
    folder_name,
    is_whole,
    kept,
    run_case,
)
from simulation.study.claims import claimed
from simulation.study.engine import kernels
from simulation.study.fingerprints import of_case
from simulation.study.folders import told_where_writing_fails
from simulation.study.replicate import worker_processes
from simulation.study.results import write_results, write_start
from simulation.study.sweep_cost import weights
from simulation.study.sweep_file import Case, Sweep

ROUNDS_WITHOUT_RESULT = 2
SECONDS_A_MINUTE = 60


@dataclass(frozen=True)
class Standing:
    """How far a sweep is: the outcome that came in, cases done and in all, and the seconds that are likely left."""

    outcome: Outcome
    done: int
    all: int
    seconds_left: float


Progress = Callable[[Standing], None]


def run_sweep(
    sweep: Sweep,
    folder: Path,
    workers: int,
    progress: Progress | None = None,
    executor: Executor | None = None,
    is_fresh: bool = False,
    command: str = "",
) -> list[Outcome]:
    """Every case in a folder of its own, several at a time; the outcomes in the order of the cases.

    A case that stands there finished and made from the same is not run again, unless `is_fresh`. A case that fails is
    told and does not stop the others. `executor` is any of `concurrent.futures`, by default `workers` processes. The
    tables are written at the end. InputError where another sweep is at work in the folder, or nothing can be written.
    """
    folder, began = folder.resolve(), time.perf_counter()
    with claimed(folder), told_where_writing_fails(folder):
        _without_leftovers(folder)
        left = [_job(sweep, case, folder) for case in cases_left(sweep, folder, is_fresh)]
        waiting = {job.case for job in left}
        finished = [case.name for case in sweep.cases if case.name not in waiting]
        found = {name: kept(case_folder(folder, name), name) for name in finished}
        _without_strangers(folder, sweep)
        write_start(sweep, folder, command)
        clock = _Clock(sweep, len(found), waiting)
        for outcome in _outcomes(left, min(workers, len(left)), executor):
            found[outcome.case] = outcome
            if progress:
                progress(clock.standing(outcome))
        outcomes = [found[case.name] for case in sweep.cases]
        outcomes = [_still_there(folder, outcome) for outcome in outcomes]
        _without_leftovers(folder)
        write_results(sweep, folder, outcomes, command, time.perf_counter() - began)
    return outcomes


def cases_left(sweep: Sweep, folder: Path, is_fresh: bool = False) -> list[Case]:
    """The cases that do not stand there finished and made from the same."""
    folder = folder.resolve()
    return [case for case in sweep.cases
            if is_fresh or not is_whole(case_folder(folder, case.name), of_case(sweep, case))]  # fmt: skip


def _job(sweep: Sweep, case: Case, folder: Path) -> Job:
    return Job(
        case.name, str(sweep.notebook), case.parameters, str(folder), of_case(sweep, case),
        sweep.file.cell_minutes * SECONDS_A_MINUTE,
    )  # fmt: skip


class _Clock:
    """The time that is likely left, from what the cases weigh."""

    def __init__(self, sweep: Sweep, kept_count: int, left: set[str]):
        self._weights = {name: weight for name, weight in weights(sweep).items() if name in left}
        self._began, self._done, self._all = time.perf_counter(), kept_count, len(sweep.cases)
        self._weight_done, self._weight = 0.0, sum(self._weights.values())

    def standing(self, outcome: Outcome) -> Standing:
        self._done += 1
        self._weight_done += self._weights[outcome.case]
        passed = time.perf_counter() - self._began
        left = passed * (self._weight - self._weight_done) / self._weight_done
        return Standing(outcome, self._done, self._all, left)


def _outcomes(jobs: list[Job], workers: int, executor: Executor | None) -> Iterator[Outcome]:
    """Outcomes as they come in. A worker process that dies takes its pool with it; a new one does what is left."""
    if executor is not None:
        lost = yield from _round(jobs, executor)
        yield from (Outcome(job.case, 0.0, error=f"its worker died: {why}") for job, why in lost)
        return
    without_result = 0
    while jobs:
        with _own_executor(workers) as pool:
            lost = yield from _round(jobs, pool)
        without_result = without_result + 1 if len(lost) == len(jobs) else 0
        if without_result == ROUNDS_WITHOUT_RESULT:
            yield from (Outcome(job.case, 0.0, error=f"its worker process died: {why}") for job, why in lost)
            return
        jobs = [job for job, _ in lost[1:] + lost[:1]]  # the one that kills its worker does not come first for ever


@contextmanager
def _own_executor(workers: int) -> Iterator[Executor | None]:
    with worker_processes(workers) as pool:
        try:
            yield pool
        finally:
            kernels().retire()


def _round(jobs: list[Job], executor: Executor | None):
    """Outcomes of jobs as they come in; those whose worker died are returned with the reason."""
    if executor is None:
        yield from map(run_case, jobs)
        return []
    futures = {executor.submit(run_case, job): job for job in jobs}
    lost = []
    for future in as_completed(futures):
        try:
            yield future.result()
        except BrokenExecutor as error:
            lost.append((futures[future], str(error) or type(error).__name__))
        except Exception as error:
            yield Outcome(futures[future].case, 0.0, error=f"{type(error).__name__}: {error}")
    return lost


def _still_there(folder: Path, outcome: Outcome) -> Outcome:
    """The outcome, unless the folder of its case has been taken away in the meantime."""
    place = case_folder(folder, outcome.case)
    if outcome.error is None and not place.is_dir():
        return Outcome(
            outcome.case, outcome.seconds, error=f"finished, but {place} is gone; sweep again to make it anew"
        )
    return outcome


def _without_leftovers(folder: Path) -> None:
    """What a killed run left half written."""
    for part in (CASES, FAILED):
        for path in (folder / part).glob(".*"):
            shutil.rmtree(path, ignore_errors=True)


def _without_strangers(folder: Path, sweep: Sweep) -> None:
    """Cases that this sweep does not have any more are taken away, so that the folder holds its cases and no others."""
    own = {folder_name(case.name) for case in sweep.cases}
    for part in (CASES, FAILED):
        for path in (folder / part).glob("*"):
            if path.name not in own and path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
