"""Costs: about how long a sweep takes and how much room it needs, before its first kernel starts."""

import itertools
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.study.answers import own_book
from simulation.study.compare import widening
from simulation.study.replicate import run_once
from simulation.study.scenario import read_scenario, setting
from simulation.study.sweep_file import Case, Sweep

TRIED_POLICIES = 300
KERNEL_BEGINS_SECONDS = 3.0  # measured: a kernel's start and the first import of the desk, on one processor
CASE_BYTES = 230_000  # measured: an executed 01_staffing with its tables
ROOM_TO_SPARE = 1.5
MOST_WIDENING = 4  # times an interval of its own; more, and a comparison of all cases says next to nothing


@dataclass(frozen=True)
class Cost:
    """Seconds of the clock and bytes on the disk, roughly."""

    seconds: float
    disk_bytes: int


def weights(sweep: Sweep) -> dict[str, float]:
    """Runs of a policy that each case asks for: its replications by the size of its book; 1 where that cannot be told."""
    if "scenario" not in sweep.interface:
        return {case.name: 1.0 for case in sweep.cases}
    sizes: dict[tuple, int] = {}
    return {case.name: float((_given(sweep, case, "replications") + 1) * (_policies(case, sizes) + 1))
            for case in sweep.cases}  # fmt: skip


def estimate(sweep: Sweep, left: list[Case], workers: int) -> Cost:
    """What the cases that are left cost, by the time that a small book of the base takes."""
    disk = int(len(left) * max(CASE_BYTES, sweep.notebook.stat().st_size))
    if not left:
        return Cost(0.0, 0)
    if "scenario" not in sweep.interface:
        return Cost(float("nan"), disk)
    weight = weights(sweep)
    each = _seconds_a_policy(sweep)
    seconds = sum(weight[case.name] for case in left) * each / max(1, min(workers, len(left)))
    return Cost(seconds + KERNEL_BEGINS_SECONDS, disk)


def few_replications(sweep: Sweep) -> tuple[int, float, int] | None:
    """The fewest replications of a case, how many times as wide the intervals of all cases together become with them,
    and the fewest that keep that to MOST_WIDENING; None where they are enough, or cannot be told."""
    if "replications" not in sweep.interface:
        return None
    replications = min(_given(sweep, case, "replications") for case in sweep.cases)
    intervals = max(1, len(sweep.cases) - 1) * len(sweep.file.deciding)
    confidence = Parameters.load().experiment.confidence_share
    found = widening(intervals, replications, confidence)
    if found <= MOST_WIDENING:
        return None
    enough = next(
        count for count in itertools.count(replications) if widening(intervals, count, confidence) <= MOST_WIDENING
    )
    return replications, found, enough


def refuse_without_room(folder: Path, disk_bytes: int) -> None:
    """InputError where the disk has clearly too little room for that."""
    place = next(each for each in (folder, *folder.resolve().parents) if each.exists())
    free = shutil.disk_usage(place).free
    if free < ROOM_TO_SPARE * disk_bytes:
        raise InputError(
            f"{folder}: the disk has {free / 1e6:,.0f} MB left, and the sweep needs about {disk_bytes / 1e6:,.0f} MB"
        )


def _given(sweep: Sweep, case: Case, key: str) -> int:
    return int(case.parameters.get(key, sweep.interface[key]["default"]))


def _policies(case: Case, sizes: dict[tuple, int]) -> int:
    """The size of a case's book; a file is read once."""
    file, mapping = case.parameters.get("book") or None, case.parameters.get("mapping") or None
    if file is None:
        return int(case.changes.get("book.policies_count", Parameters.load().book.policies_count))
    if (file, mapping) not in sizes:
        book = own_book(file, mapping, Parameters.load().changed(case.changes))
        sizes[file, mapping] = len(book) if book else 0
    return sizes[file, mapping]


def _seconds_a_policy(sweep: Sweep) -> float:
    """Seconds a policy and run, from one run of a small book."""
    base = read_scenario(sweep.scenario_of(sweep.base))
    parameters = Parameters.load().changed(sweep.base.changes)
    size = min(TRIED_POLICIES, int(parameters.book.policies_count) or TRIED_POLICIES)
    tried = setting(base.with_changes(sweep.base.parameters.get("changes", {}) | {"book.policies_count": size}))
    began = time.perf_counter()
    run_once(tried, 1, 0)
    return (time.perf_counter() - began) / (size + 1)
