"""Pay, read from a record afterwards: who brought what in, what each plan pays for it, and what it costs."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from playbook.clock import DAYS_A_YEAR, MINUTES_A_DAY
from playbook.incentives import exact, in_cents
from playbook.parameters import Parameters
from playbook.payouts import Pay, YearOfWork, payouts_cny
from playbook.structure import GROUPS
from simulation.desk.book import Floats, Whole
from simulation.desk.pieces import (
    AGREED,
    CALL_BACK,
    DISSATISFIED,
    FOLLOW_UP,
    NOBODY,
    PROPOSAL,
    REQUEST,
    REWORK,
    SATISFIED,
    WIN_BACK,
)  # fmt: skip
from simulation.desk.quotas import period_of, periods_count, quotas_cny
from simulation.desk.record import ALONE, LAPSED, Record
from simulation.desk.team import Seat

PAID_ROLE = "consultant"
STEPS = (FOLLOW_UP, PROPOSAL, REQUEST, WIN_BACK)  # of which each may end in a yes


def sellers(record: Record) -> Whole:
    """Who brought in each renewal of the season: the person whose talk, proposal, request or win-back ended in the yes.

    One number of a person a row of the season; -1 where the policy lapsed or was cancelled, or the customer renewed alone.
    """
    kind, person, result = (record.stay(name).astype(int) for name in ("kind", "person", "result"))
    is_step = np.isin(kind, STEPS) & (person != NOBODY) & np.isfinite(record.stay("ended"))
    found = np.full(len(record.season), NOBODY)
    for chosen in (is_step & (kind == PROPOSAL), is_step & (result == AGREED)):  # the latter counts where there is one
        rows = np.flatnonzero(chosen)
        rows = rows[np.argsort(record.stay("ended")[rows], kind="stable")]
        found[record.stay("case")[rows].astype(int)] = person[rows]
    by_desk = ~np.isin(record.policies["outcome"], (LAPSED, ALONE)) & ~np.isfinite(record.policies["cancelled"])
    return np.where(by_desk, found, NOBODY)


def consultants(record: Record) -> dict[int, Seat]:
    """The people whom a plan pays for results, by their numbers."""
    return {number: seat for number, seat in enumerate(record.seats) if seat.role == PAID_ROLE}


def produced_cny(record: Record, parameters: Parameters) -> Floats:
    """Premium of renewals by [consultant, group, pay period], counted on the day on which it was booked."""
    period = parameters.incentives.pay_period
    people = consultants(record)
    found = np.zeros((len(people), len(GROUPS), periods_count(record.horizon, period)))
    place = {number: position for position, number in enumerate(people)}
    seller, when = sellers(record), period_of(record.policies["signed"], record.horizon, period)
    rows = np.flatnonzero(np.isin(seller, list(people)) & (when >= 0))
    where = np.array([place[number] for number in seller[rows].tolist()], dtype=int)
    season = record.season
    np.add.at(found, (where, season.group[rows], when[rows]), season.book.premium_cny[season.policy[rows]])
    return found.round(2)


def achieved_shares(record: Record) -> list[Mapping[str, float]]:
    """What each consultant achieved of the indicators of the pool (S1.2.4), from 0 to 1, over the measured policies whose
    last step they did.

    renewal: premium renewed, of all. satisfaction: customers satisfied, of those who told the caller back.
    compliance_and_teamwork: policies of which nothing had to be put right. Who has none of something counts as all together.
    """
    kind, person, case = (record.stay(name).astype(int) for name in ("kind", "person", "case"))
    result = record.stay("result").astype(int)
    season, kept = record.season, record.policies["outcome"] != LAPSED
    size = len(season)
    last = np.full(size, NOBODY)
    rows = np.flatnonzero(np.isin(kind, STEPS) & (person != NOBODY))
    last[case[rows]] = person[rows]
    seller = sellers(record)
    last = np.where(seller != NOBODY, seller, last)
    premium = season.book.premium_cny[season.policy] * season.is_measured

    def count(chosen: NDArray[np.bool_]) -> Floats:
        return np.bincount(case[chosen & (case >= 0)], minlength=size) * season.is_measured

    told = (kind == CALL_BACK) & np.isin(result, (SATISFIED, DISSATISFIED))
    policies = season.is_measured.astype(float)
    parts = {
        "renewal": (premium * kept, premium),
        "satisfaction": (count(told & (result == SATISFIED)), count(told)),
        "compliance_and_teamwork": (policies - np.minimum(count(kind == REWORK), policies), policies),
    }

    def part(name: str, own: NDArray[np.bool_]) -> float:
        counted, of = parts[name]
        chosen = own if of[own].sum() else np.ones(size, dtype=bool)
        return float(counted[chosen].sum() / of[chosen].sum()) if of[chosen].sum() else 1.0

    return [{name: part(name, last == number) for name in parts} for number in consultants(record)]


def year_of_work(record: Record, parameters: Parameters) -> YearOfWork:
    """What the consultants did in the measured days, as a plan sees it."""
    seats = list(consultants(record).values())
    salary = parameters.money.yearly_cost_cny[PAID_ROLE] * years(record)
    return YearOfWork(
        grades=[seat.grade for seat in seats],
        salary_cny=[salary * seat.paid_share for seat in seats],
        produced_cny=produced_cny(record, parameters),
        target_cny=quotas_cny(seats, record.season, record.horizon, parameters).round(2),
        achieved_share=achieved_shares(record),
    )


def years(record: Record) -> float:
    """The length of the measured days in years."""
    return (record.horizon.measured_to_minute - record.horizon.measured_from_minute) / MINUTES_A_DAY / DAYS_A_YEAR


@dataclass(frozen=True)
class PayYear:
    """What one plan pays for one record: a name, a grade, an attainment and a pay for each consultant."""

    names: list[str]
    grades: list[str]
    attainment_share: list[float]
    pay: list[Pay]

    @property
    def bonus_cny(self) -> float:
        """All that results earned."""
        return self._sum("variable")

    @property
    def training_cny(self) -> float:
        """What training places cost."""
        return self._sum("training")

    @property
    def certificates_cny(self) -> float:
        """What certificates add to the salaries."""
        return self._sum("certificate")

    def _sum(self, element: str) -> float:
        return in_cents(sum((exact(getattr(each, element)) for each in self.pay), start=exact(0)))

    @property
    def gap_share(self) -> float:
        """How far apart equally able people are paid for results: the mean difference of two of a grade, over mean pay."""
        paid = np.array([each.variable for each in self.pay])
        apart = [abs(paid[one] - paid[other]) for one, other in self._equals()]
        return float(np.mean(apart) / paid.mean()) if apart and paid.mean() > 0 else 0.0

    def _equals(self) -> list[tuple[int, int]]:
        places = range(len(self.grades))
        return [(one, other) for one in places for other in places[:one] if self.grades[one] == self.grades[other]]

    @property
    def reached_share(self) -> float:
        """Consultants who reached their own target."""
        return float(np.mean([each >= 1 for each in self.attainment_share])) if self.attainment_share else 0.0


def pay_year(record: Record, parameters: Parameters) -> PayYear:
    """What the plan in these parameters pays for a record."""
    work = year_of_work(record, parameters)
    names = [seat.name for seat in consultants(record).values()]
    return PayYear(names, list(work.grades), work.attainment_share, payouts_cny(work, parameters))
