"""Quantities: what queueing theory speaks of, read from a record: waits with their tails, abandonment, numbers, occupancy.

Times are in the textbook's own unit and count from the first minute of the run, when the desk is empty. A quantity is taken
over the measured time, or over `since` to `until`; a number of people at a moment `at`, once or in every period.
"""

from collections.abc import Callable, Container
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from playbook.documents import Document
from simulation.desk.pieces import DONE, GIVEN_UP, REST, WALK_IN, WORK
from simulation.desk.routing import group_names
from simulation.study.measures import Reading, share

Flags = NDArray[np.bool_]

Name = Literal[
    "p_wait", "p_wait_over", "service_level", "p_abandon", "mean_wait", "mean_sojourn", "p_sojourn_over", "mean_queue",
    "mean_in_service", "mean_in_system", "throughput", "occupancy",
]  # fmt: skip
SHARES = ("p_wait", "p_wait_over", "service_level", "p_abandon", "p_sojourn_over", "occupancy")
NUMBERS = ("mean_queue", "mean_in_service", "mean_in_system")
WITH_LIMIT = ("p_wait_over", "p_sojourn_over", "service_level")
OF_ARRIVALS = ("p_wait", "p_wait_over", "mean_wait", "mean_sojourn", "p_sojourn_over")


class Quantity(Document):
    """One quantity of a system.

    of: a walk-in source, or a post for `occupancy`; all where it is not named. over: the time that is exceeded, or within
    which is answered for `service_level`. among: whose waits; `served` leaves out who gave up or still waits. since, until:
    arrivals in that time (or that stretch of time for numbers, throughput and occupancy). at: the moment of a number of
    people; every: and again after each such period, in the measured time. system, minus: which of the case's systems, and
    which other one is taken off.
    """

    quantity: Name
    of: str | None = None
    over: float | None = Field(default=None, ge=0)
    among: Literal["all", "served", "given_up"] = "all"
    since: float | None = Field(default=None, ge=0)
    until: float | None = Field(default=None, gt=0)
    at: float | None = Field(default=None, ge=0)
    every: float | None = Field(default=None, gt=0)
    system: str | None = None
    minus: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> "Quantity":
        if (self.over is None) == (self.quantity in WITH_LIMIT):
            raise ValueError(f"`over` belongs to {', '.join(WITH_LIMIT)} and to nothing else")
        if self.among != "all" and self.quantity not in OF_ARRIVALS:
            raise ValueError(f"`among` belongs to {', '.join(OF_ARRIVALS)} and to nothing else")
        if self.at is not None and (self.quantity not in NUMBERS or self.since is not None or self.until is not None):
            raise ValueError(f"`at` belongs to {', '.join(NUMBERS)}, without `since` and `until`")
        if self.every is not None and self.at is None:
            raise ValueError("`every` belongs to `at`")
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError("`since` must come before `until`")
        return self

    @property
    def is_share(self) -> bool:
        """Whether it lies between 0 and 1 by its nature."""
        return self.quantity in SHARES and self.minus is None

    @property
    def name(self) -> str:
        """What it is, in one word of a table."""
        found = self.quantity
        found += "" if self.over is None else f"_{self.over:g}"
        found += "" if self.among == "all" else f"_{self.among}"
        found += f".{self.of}" if self.of else ""
        found += "" if self.at is None else f"@{self.at:g}"
        if self.since is not None or self.until is not None:
            found += f"[{self.since or 0:g}:{'' if self.until is None else format(self.until, 'g')}]"
        found += f" {self.system}" if self.system else ""
        return found + (f" - {self.minus}" if self.minus else "")


class Queue:
    """The walk-in work of one run, with times in the textbook's unit: arrival, begin of service and leaving of each."""

    def __init__(self, reading: Reading, unit_minutes: float, serving: Container[str]):
        """serving: the posts that take any work."""
        record = reading.record
        self.reading, self.unit_minutes, self.serving = reading, unit_minutes, serving
        is_own = record.stay("kind") == WALK_IN
        self.came, begun, ended = (record.stay(name)[is_own] / unit_minutes for name in ("queued", "begun", "ended"))
        self.result, self.group = record.stay("result")[is_own], record.stay("group")[is_own]
        self.begin, self.end = (edge / unit_minutes for edge in reading.window)
        self.has_begun = np.isfinite(begun)
        self.left = np.minimum(ended, self.end)  # who is still there at the end has stayed until then
        self.begun = np.where(self.has_begun, begun, self.left)
        self.groups = group_names(reading.parameters)

    def stretch(self, quantity: Quantity) -> tuple[float, float]:
        """The time that a quantity is taken over."""
        return (
            self.begin if quantity.since is None else quantity.since,
            self.end if quantity.until is None else quantity.until,
        )

    def arrivals(self, quantity: Quantity) -> Flags:
        """Which of the work a quantity speaks of."""
        begin, end = self.stretch(quantity)
        chosen = (self.came >= begin) & (self.came < end) & self.of(quantity)
        if quantity.among == "served":
            return chosen & self.has_begun
        return chosen & (self.result == GIVEN_UP) if quantity.among == "given_up" else chosen

    def of(self, quantity: Quantity) -> Flags:
        """Which of the work belongs to the quantity's source."""
        if quantity.of is None:
            return np.ones(len(self.came), dtype=bool)
        return self.group == self.groups.index(quantity.of)

    def present(self, quantity: Quantity) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """From when to when each piece is in the part of the system that a number speaks of."""
        chosen = self.of(quantity)
        since = self.begun if quantity.quantity == "mean_in_service" else self.came
        until = self.begun if quantity.quantity == "mean_queue" else self.left
        return since[chosen], until[chosen]

    def number(self, quantity: Quantity) -> float:
        """How many are there on average: over a stretch of time, or at moments."""
        since, until = self.present(quantity)
        if quantity.at is None:
            begin, end = self.stretch(quantity)
            return float(np.maximum(np.minimum(until, end) - np.maximum(since, begin), 0).sum() / (end - begin))
        moments = np.array([quantity.at])
        if quantity.every is not None:
            first = np.ceil((self.begin - quantity.at) / quantity.every)
            moments = np.arange(quantity.at + max(first, 0) * quantity.every, self.end, quantity.every)
        come, gone = (np.searchsorted(np.sort(edge), moments, side="right") for edge in (since, until))
        return float((come - gone).mean())

    def throughput(self, quantity: Quantity) -> float:
        """How much is done in a unit of time."""
        begin, end = self.stretch(quantity)
        is_done = (self.result == DONE) & (self.left >= begin) & (self.left < end) & self.of(quantity)
        return float(np.count_nonzero(is_done) / (end - begin))

    def occupancy(self, quantity: Quantity) -> float:
        """The part of their time that the people of a post, or all who serve, have something to do; nan without anybody."""
        begin, end = (edge * self.unit_minutes for edge in self.stretch(quantity))
        people = [n for n, seat in enumerate(self.reading.record.seats)
                  if quantity.of in (None, seat.post) and seat.post in self.serving]  # fmt: skip
        worked, rested = (self.reading.minutes_in(what, people, begin, end) for what in (WORK, REST))
        return worked / (worked + rested) if worked + rested else float("nan")

    def service_level(self, quantity: Quantity) -> float:
        """The share of all who came that was taken up within a time."""
        chosen = self.arrivals(quantity)
        return share(self.has_begun & (self.begun - self.came <= quantity.over), chosen)


def _mean(values: NDArray[np.float64]) -> float:
    """The mean; nan where nothing came."""
    return float(values.mean()) if len(values) else float("nan")


def _mean_of(values: Callable[[Queue], NDArray]) -> Callable[[Queue, Quantity], float]:
    return lambda queue, quantity: _mean(values(queue)[queue.arrivals(quantity)].astype(float))


def _share_over(values: Callable[[Queue], NDArray]) -> Callable[[Queue, Quantity], float]:
    return lambda queue, quantity: _mean((values(queue)[queue.arrivals(quantity)] > (quantity.over or 0)).astype(float))


def _waits(queue: Queue) -> NDArray[np.float64]:
    return queue.begun - queue.came


def _sojourns(queue: Queue) -> NDArray[np.float64]:
    return queue.left - queue.came


READ: dict[str, Callable[[Queue, Quantity], float]] = {
    "p_wait": _share_over(_waits),
    "p_wait_over": _share_over(_waits),
    "service_level": Queue.service_level,
    "p_abandon": _mean_of(lambda queue: queue.result == GIVEN_UP),
    "mean_wait": _mean_of(_waits),
    "mean_sojourn": _mean_of(_sojourns),
    "p_sojourn_over": _share_over(_sojourns),
    "mean_queue": Queue.number,
    "mean_in_service": Queue.number,
    "mean_in_system": Queue.number,
    "throughput": Queue.throughput,
    "occupancy": Queue.occupancy,
}
