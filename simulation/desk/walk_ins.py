"""Walk-in work: sources outside the book, with an unlimited crowd behind them or a fixed number of customers.

A crowd's arrivals do not depend on the desk: gaps of a family, at a rate that is constant or follows a table with a period.
Of a fixed number of customers each asks, waits for the reply (or gives up), is content for a while, and asks again.
"""

from collections.abc import Callable, Iterator

import numpy as np

from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters
from simulation.desk.book import Floats
from simulation.desk.streams import Luck, durations, in_ticks

HOUR = 60.0
BLOCK, CUSTOMER_BLOCK = 1024, 64  # asks that are drawn at a time, for a crowd and for one customer
TABLES = (
    "walk_in_minutes", "walk_in_family", "walk_in_variation_factor", "walk_in_patience_minutes", "walk_in_patience_family",
    "walk_in_patience_variation_factor", "walk_in_gap_family", "walk_in_rate_index", "walk_in_period_minutes",
    "walk_in_customers_count",
)  # fmt: skip

Ask = tuple[float, float, float]
Coming = tuple[
    float, tuple[float, float, int]
]  # a working minute, and the handling, patience and customer that come then


class Asks:
    """What one source or one of its customers asks, one after another, drawn block by block.

    `when` turns gaps of mean 1 into minutes: whoever asks for them knows the rate.
    """

    def __init__(
        self, source: str, entity: str, block: int, when: Callable[[Floats], Floats], parameters: Parameters, luck: Luck
    ):
        demand = parameters.demand
        self._entity, self._size, self._luck, self._when = entity, block, luck, when
        self._gap_family = demand.walk_in_gap_family.get(source, "exponential")
        self._handling = (
            demand.walk_in_family.get(source, "exponential"),
            demand.walk_in_minutes[source],
            demand.walk_in_variation_factor.get(source, 1.0),
        )
        patience = demand.walk_in_patience_minutes.get(source)
        self._patience = patience and (
            demand.walk_in_patience_family.get(source, "exponential"),
            patience,
            demand.walk_in_patience_variation_factor.get(source, 1.0),
        )
        self._blocks = 0
        self._waiting: list[Ask] = []

    def next(self) -> Ask:
        """The next one: its minutes, handling minutes at speed 1, and patience in minutes."""
        if not self._waiting:
            self._waiting = self._more()[::-1]
        return self._waiting.pop()

    def _more(self) -> list[Ask]:
        draw = {
            what: self._luck.row(f"walk-in {what}", f"{self._entity} block {self._blocks}", self._size)
            for what in ("gap", "handling", "patience")
        }
        self._blocks += 1
        minutes = in_ticks(self._when(durations(draw["gap"], self._gap_family, 1.0)))
        handling = durations(draw["handling"], *self._handling)
        patience = durations(draw["patience"], *self._patience) if self._patience else np.full(self._size, np.inf)
        return list(zip(minutes.tolist(), handling.tolist(), patience.tolist(), strict=True))


class InfiniteSource:
    """A source whose arrivals nothing at the desk changes.

    The rate is `walk_in_per_hour`, times the index of the present slot where `walk_in_rate_index` gives a table of equal
    slots that repeats with `walk_in_period_minutes`; hours and minutes are working ones.
    """

    def __init__(self, source: str, parameters: Parameters, luck: Luck):
        demand = parameters.demand
        self.source, self._asks = source, Asks(source, source, BLOCK, self._minutes, parameters, luck)
        index = np.atleast_1d(np.array(demand.walk_in_rate_index.get(source, 1.0), dtype=float))
        period = demand.walk_in_period_minutes.get(source, HOUR)
        self._edges = np.linspace(0, period, len(index) + 1)
        self._reached = np.concatenate(([0.0], np.cumsum(index * demand.walk_in_per_hour[source] / HOUR))) * (
            period / len(index)
        )
        self._come = 0.0

    def first(self) -> Iterator[Coming]:
        """The first arrival, where there is one."""
        if self._reached[-1] > 0:
            yield self.after_arrival()

    def after_arrival(self) -> Coming:
        """The next arrival."""
        minute, handling, patience = self._asks.next()
        return minute, (handling, patience, 0)

    def after_reply(self, customer: int, now: float) -> None:
        """A reply brings no further question from an infinite source."""
        return

    def _minutes(self, gaps: Floats) -> Floats:
        """The working minutes of arrivals: those by which so many are expected to have come."""
        come = self._come + np.cumsum(gaps)
        self._come += float(gaps.sum())
        periods, rest = np.divmod(come, self._reached[-1])
        return periods * self._edges[-1] + np.interp(rest, self._reached, self._edges)


class FiniteSource:
    """A source of a fixed number of customers; the rate per hour is that of one who is content.

    Each customer's asks have addresses of their own, so one customer more changes nobody else's.
    """

    def __init__(self, source: str, parameters: Parameters, luck: Luck):
        demand = parameters.demand
        self.source = source
        rate = demand.walk_in_per_hour[source]
        content_minutes = HOUR / rate if rate else np.inf
        self._asks = [
            Asks(
                source,
                f"{source} customer {number}",
                CUSTOMER_BLOCK,
                lambda gaps: gaps * content_minutes,
                parameters,
                luck,
            )
            for number in range(int(demand.walk_in_customers_count[source]))
        ]

    def first(self) -> Iterator[Coming]:
        """Everybody's first question: all are content at the start."""
        for customer in range(len(self._asks)):
            yield self.after_reply(customer, 0.0)

    def after_arrival(self) -> None:
        """A question brings no other one before it is answered or given up."""
        return

    def after_reply(self, customer: int, now: float) -> Coming:
        """The customer's next question, after some time of content."""
        content, handling, patience = self._asks[customer].next()
        return now + content, (handling, patience, customer)


def walk_in_sources(parameters: Parameters, luck: Luck) -> list[InfiniteSource | FiniteSource]:
    """Every source that params/demand.yaml names, in its order; InputError where a table speaks of no source."""
    demand = parameters.demand
    sources = demand.walk_in_per_hour
    for table in TABLES:
        for name in getattr(demand, table):
            if name not in sources:
                raise InputError(f"demand.{table} names {name!r}{did_you_mean(name, sources)}; "
                                 "a source is what demand.walk_in_per_hour names")  # fmt: skip
    for name in sources:
        if name not in demand.walk_in_minutes:
            raise InputError(f"demand.walk_in_per_hour names {name!r}, demand.walk_in_minutes does not")
        if (name in demand.walk_in_rate_index) != (name in demand.walk_in_period_minutes):
            raise InputError(f"{name!r}: demand.walk_in_rate_index and demand.walk_in_period_minutes belong together")
        if name in demand.walk_in_customers_count and name in demand.walk_in_rate_index:
            raise InputError(f"{name!r}: a fixed number of customers has no rate table (demand.walk_in_rate_index)")
    few = demand.walk_in_customers_count
    return [(FiniteSource if name in few else InfiniteSource)(name, parameters, luck) for name in sources]
