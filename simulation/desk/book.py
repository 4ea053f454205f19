"""The book: one row a policy that falls due in a year, made by the generator or read from a file, as plain columns."""

from dataclasses import dataclass, fields
from datetime import date

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

from playbook.clock import DAYS_A_YEAR
from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters
from playbook.structure import in_group_a, volume_by_customer
from simulation.desk.streams import Luck

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LINE_TABLES = (
    "book.quote_open_days", "book.grace_days", "book.renews_alone_share", "decision.renewal_rate_share",
    "allocation.line_weight_factor",
)  # fmt: skip
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Book:
    """Policies as columns of equal length, in a stable order that is their identity in every run.

    lines: names of the lines; line: position in `lines`. customer: numbers 0, 1, 2, ... premium_cny: what the policy
    pays in a year. due_day: day of the year's book on whose end it expires, 0 to 364. price_ratio: new price over last.
    tenure_years: years with the insurer. is_instalment: pays in parts. title: what to call the book.
    """

    title: str
    lines: tuple[str, ...]
    line: Whole
    customer: Whole
    premium_cny: Floats
    due_day: Whole
    price_ratio: Floats
    tenure_years: Floats
    is_instalment: NDArray[np.bool_]
    file_lapse_share: float | None = None

    def __len__(self) -> int:
        return len(self.line)

    def __post_init__(self) -> None:
        for field in fields(self):
            column = getattr(self, field.name)
            if isinstance(column, np.ndarray):
                column.flags.writeable = False

    def is_group_a(self, parameters: Parameters) -> NDArray[np.bool_]:
        """Which policies belong to customers of group A."""
        if not len(self):
            return np.zeros(0, dtype=bool)
        structure = parameters.structure
        volume = volume_by_customer(self.customer, self.premium_cny, structure.grouping_measure)
        return in_group_a(volume, structure.group_a_share)[self.customer]

    def check_lines(self, parameters: Parameters) -> None:
        """InputError where a table of params/ does not know a line of this book."""
        for name in LINE_TABLES:
            self.by_line(name, parameters)

    def by_line(self, table_name: str, parameters: Parameters) -> Floats:
        """A table of params/ that is keyed by line, as one value a policy; InputError where a line is missing."""
        table = parameters[table_name]
        missing = [line for line in self.lines if line not in table]
        if missing:
            near = did_you_mean(missing[0], table)
            raise InputError(f"{table_name} has no entry for the book's line {missing[0]!r}{near}")
        return np.array([float(table[line]) for line in self.lines] or [0.0])[self.line]


def make_book(parameters: Parameters) -> Book:
    """A synthetic book with the marginals of params/book.yaml; the same parameters give the same book."""
    book = parameters.book
    count = int(book.policies_count)
    luck = Luck(int(book.book_seed_count), 0)

    def draw(purpose: str) -> Floats:
        return luck.column(f"book {purpose}", count)

    lines = tuple(book.line_mix_share)
    shares = np.array([book.line_mix_share[line] for line in lines])
    if shares.sum() <= 0:
        raise InputError("book.line_mix_share: the shares sum to 0")
    line = np.searchsorted(np.cumsum(shares / shares.sum()), draw("line")).clip(max=len(lines) - 1)
    missing = [each for each in lines if each not in book.premium_mean_cny]
    if missing:
        raise InputError(f"book.line_mix_share names the line {missing[0]!r}, book.premium_mean_cny does not")
    means = np.array([book.premium_mean_cny[each] for each in lines])
    spread = book.premium_spread_factor
    premium = means[line] * np.exp(spread * ndtri(draw("premium")) - spread**2 / 2)
    is_further = draw("customer") < book.further_policy_share
    is_further[:1] = False
    return Book(
        title=f"made book of {count:,} policies",
        lines=lines,
        line=line.astype(np.int64),
        customer=np.cumsum(~is_further).astype(np.int64) - 1,
        premium_cny=np.round(premium, 2),
        due_day=_due_days(parameters, luck, draw("due day")),
        price_ratio=_price_ratios(parameters, draw("price kind"), draw("price change")),
        tenure_years=np.floor(-book.tenure_mean_years * np.log1p(-draw("tenure"))),
        is_instalment=draw("instalment") < book.instalment_share,
    )


def _due_days(parameters: Parameters, luck: Luck, uniform: Floats) -> Whole:
    """Days of the year by month index, each day's weight spread by a gamma factor."""
    book = parameters.book
    first = np.datetime64(date.fromisoformat(parameters.experiment.start_date))
    month = (first + np.arange(DAYS_A_YEAR)).astype("datetime64[M]").astype(int) % MONTHS_A_YEAR
    weight = np.array(book.due_month_index, dtype=float)[month]
    weight *= gamma_factors(luck.column("book day weight", DAYS_A_YEAR), book.due_day_spread_factor)
    if weight.sum() <= 0:
        raise InputError("book.due_month_index: every month has the index 0")
    reached = np.cumsum(weight) / weight.sum()
    return np.searchsorted(reached, uniform, side="right").clip(max=DAYS_A_YEAR - 1).astype(np.int64)


def gamma_factors(uniform: Floats, variation: float) -> Floats:
    """Gamma-distributed factors of mean 1 with a coefficient of variation; ones where that is 0."""
    if variation <= 0:
        return np.ones(len(uniform))
    shape = 1 / variation**2
    return gammaincinv(shape, uniform) / shape


def _price_ratios(parameters: Parameters, kind: Floats, change: Floats) -> Floats:
    """New price over last: steady for some, a jump for a few, spread around a small change for the rest."""
    book = parameters.book
    ordinary = 1 + book.price_change_mean_factor + book.price_change_spread_factor * ndtri(change)
    jump = 1 + book.price_change_jump_factor * (1 + book.price_change_spread_factor * ndtri(change))
    is_steady = kind < book.price_change_steady_share
    is_jump = kind >= 1 - book.price_change_jump_share
    return np.where(is_steady, 1.0, np.where(is_jump, jump, ordinary)).clip(min=1 / DAYS_A_YEAR)
