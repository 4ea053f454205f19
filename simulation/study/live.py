"""Live: a comparison while it grows, for whoever is watching: a first look soon, then whole years as they come in.

The first look is two short runs a side, the first weeks of the same desk under the same luck; whole runs take its place.
Runs happen in processes that are kept warm. They end by themselves when what they were begun for is no longer wanted.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from playbook.parameters import Parameters
from simulation.desk.desk import Desk
from simulation.desk.streams import Luck
from simulation.study.compare import are_precise
from simulation.study.kept_runs import KeptRuns
from simulation.study.replicate import (
    Precision,
    Replications,
    Run,
    checkpoints,
    default_workers,
    gathered,
    process_pool,
    read_run,
)
from simulation.study.scenario import Setting

FIRST_LOOK_DAYS, FIRST_LOOK_RUNS = 28, 2
SLICES = 60  # of a run, after each of which it asks whether it is still wanted
FEWEST_WORKERS = 2
DAYS = "experiment.measured_days"


@dataclass(frozen=True)
class Look:
    """What is known so far of two settings under the same luck: as many runs of each, `days` measured days each.

    `is_first` are short runs; `is_last` says that no more will come, `is_enough` that the deciding measures are then as
    precise as asked.
    """

    base: Replications
    other: Replications
    days: int
    most: int
    is_first: bool = False
    is_enough: bool = False
    is_last: bool = False


def run_while_wanted(token: str, setting: Setting, seed: int, replication: int) -> Run | None:
    """One run, read, the same as without looking; None where the token's file went away on the way."""
    desk = Desk(setting.parameters, setting.structure, setting.book, Luck(seed, replication), setting.dated)
    for minute in np.linspace(0.0, desk.horizon.end_minute, SLICES + 1)[1:].tolist():
        if not Path(token).exists():
            return None
        desk.advance(minute)
    return read_run(desk.record(), setting.parameters)


def warm_up() -> int:
    """What a process needs before its first run, loaded."""
    return len(Parameters.load())


class Live:
    """Warm processes, and one comparison at a time on them. Use inside a running event loop."""

    def __init__(self, workers: int | None = None):
        self._workers = max(FEWEST_WORKERS, workers or default_workers())
        self._executor: Executor | None = None
        self._place = tempfile.TemporaryDirectory(prefix="renewal-")
        self._folder = Path(self._place.name)
        self._count = 0

    def begin(self) -> None:
        """Start the processes, so that they are warm when the first comparison is asked for."""
        if self._executor is None:
            self._executor = process_pool(self._workers)
            for _ in range(self._workers):
                self._executor.submit(warm_up)

    def close(self) -> None:
        """End the processes; runs under way stop at once."""
        self.cancel()
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
        self._place.cleanup()

    def cancel(self) -> None:
        """Stop what is under way; looks that were being awaited come no more."""
        for token in self._folder.glob("*.wanted"):
            token.unlink(missing_ok=True)

    async def looks(
        self, base: Setting, other: Setting, seed: int, most: int, deciding: tuple[str, ...]
    ) -> AsyncIterator[Look]:
        """The comparison as it grows, up to `most` runs a side, or until it is as precise as params/experiment.yaml asks."""
        self.begin()
        self.cancel()
        self._count += 1
        token = self._folder / f"{self._count}.wanted"
        token.touch()
        wanted = Precision.of(deciding, other.parameters, most=most)
        try:
            sides = [Side(each, seed) for each in (base, other)]
            if sides[0].runs.name == sides[1].runs.name:
                sides[1] = sides[0]
            short = [] if base.dated or other.dated else [side.shortened() for side in sides]
            if short and sides[0] is sides[1]:
                short[1] = short[0]
            if short and not all(side.has(FIRST_LOOK_RUNS) for side in sides):
                await self._fill(short, FIRST_LOOK_RUNS, token)
                yield _look(short, FIRST_LOOK_RUNS, most, is_first=True)
            asked = checkpoints(min(wanted.fewest, most), most)
            is_enough = are_precise(wanted)
            async with aclosing(self._growing(sides, most, token)) as growing:
                async for count in growing:
                    if count < most and all(side.has(count + 1) for side in sides) and count not in asked:
                        continue
                    look = _look(sides, count, most)
                    is_met = count in asked and is_enough([look.base, look.other])
                    yield _look(sides, count, most, is_enough=is_met, is_last=is_met or count == most)
                    if is_met:
                        return
        finally:
            token.unlink(missing_ok=True)

    async def _fill(self, sides: list["Side"], count: int, token: Path) -> None:
        async with aclosing(self._growing(sides, count, token)) as growing:
            async for _ in growing:
                pass

    async def _growing(self, sides: list["Side"], most: int, token: Path) -> AsyncIterator[int]:
        """How many first runs of all sides are there, each number from the second on; runs begin as processes are free."""
        told = 1
        left = [
            (side, number) for number in range(most) for side in dict.fromkeys(sides) if number not in side.runs.found
        ]
        pending: dict[asyncio.Future, tuple[Side, int]] = {}
        try:
            while True:
                while told < most and all(side.has(told + 1) for side in sides):
                    told += 1
                    yield told
                while left and len(pending) < self._workers:
                    side, number = left.pop(0)
                    future = self._executor.submit(run_while_wanted, str(token), side.setting, side.seed, number)
                    pending[asyncio.wrap_future(future)] = side, number
                if not pending:
                    return
                for done in (await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED))[0]:
                    side, number = pending.pop(done)
                    run = done.result()
                    if run is None:
                        raise asyncio.CancelledError
                    side.runs.add(number, run)
        finally:
            for future in pending:
                future.cancel()


class Side:
    """One setting of a comparison with the runs of it that are known."""

    def __init__(self, setting: Setting, seed: int):
        self.setting, self.seed = setting, seed
        self.runs = KeptRuns(setting, seed)

    def has(self, count: int) -> bool:
        """Whether the first so many runs are known."""
        return all(number in self.runs.found for number in range(count))

    def shortened(self) -> "Side":
        """The same desk for the days of a first look."""
        days = min(FIRST_LOOK_DAYS, int(self.setting.parameters.experiment.measured_days))
        return Side(self.setting.with_parameters({DAYS: days}), self.seed)


def _look(sides: list[Side], count: int, most: int, **how: bool) -> Look:
    runs = {(which, number): side.runs.found[number] for which, side in enumerate(sides) for number in range(count)}
    base, other = gathered([side.setting for side in sides], runs, count, sides[0].seed)
    return Look(base, other, int(sides[0].setting.parameters.experiment.measured_days), most, **how)
