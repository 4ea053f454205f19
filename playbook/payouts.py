"""Payouts (S1.2.4, S3.3.2, S3.3.3, S4.2.1): what each person is paid in a year, to the cent, element by element.

Amounts of premium come as arrays of [person, group, period]; group 0 is A, group 1 is B. Money is rounded half up, once
for each person, period and element, so that what is paid out is what the formula says and its sum is exact.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playbook.careers import CERTIFICATES, certified_pay_cny
from playbook.errors import InputError
from playbook.incentives import exact, has_recognition, in_cents, tier_reward_cny
from playbook.parameters import Parameters
from playbook.rules import rule
from playbook.structure import GRADES, GROUPS, divided_cny, pool_payouts_cny, pool_score

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Pay:
    """One person's pay of a year in CNY: the salary, the step of the certificate, the commission without and with what a
    tier adds, the part of the pool, and the price of a training place."""

    salary: float
    certificate: float = 0.0
    commission: float = 0.0
    tier: float = 0.0
    pool: float = 0.0
    training: float = 0.0

    @property
    def variable(self) -> float:
        """What results have earned: commission, tier and pool."""
        return in_cents(exact(self.commission) + exact(self.tier) + exact(self.pool))

    @property
    def total(self) -> float:
        """All that this person costs."""
        return in_cents(sum(map(exact, (self.salary, self.certificate, self.variable, self.training))))


@rule("S3.3.3")
def commission_and_tier_cny(
    produced_cny: ArrayLike, target_cny: ArrayLike, parameters: Parameters
) -> list[tuple[float, float]]:
    """Each person's commission of a year and what the tier adds to it, from premium by [person, group, period].

    By `person` each one's own attainment over all groups reaches the tier, at the rate that the groups' premium earns
    together. By `team` the attainment of all decides for each group, and the uplift is divided by what each produced.

    >>> parameters = Parameters.load().changed({"incentives.attainment_reading": "person"})
    >>> made, wanted = [[[0.0], [110_000]], [[0.0], [109_999.99]]], [[[0.0], [100_000]]] * 2
    >>> commission_and_tier_cny(made, wanted, parameters)
    [(1100.0, 55.0), (1100.0, 0.0)]
    >>> commission_and_tier_cny(made, wanted, parameters.changed({"incentives.attainment_reading": "team"}))
    [(1100.0, 0.0), (1100.0, 0.0)]
    """
    produced, target = np.asarray(produced_cny, dtype=float), np.asarray(target_cny, dtype=float)
    plain = [_plain_commission_cny(person, parameters) for person in produced]
    if not parameters.incentives.has_commission:
        return [(0.0, 0.0)] * len(plain)
    if not parameters.incentives.has_tier:
        return [(commission, 0.0) for commission in plain]
    uplift = _uplift_by_person if parameters.incentives.attainment_reading == "person" else _uplift_by_team
    return list(zip(plain, uplift(produced, target, parameters), strict=True))


def _plain_commission_cny(produced: Floats, parameters: Parameters) -> float:
    """The commission of one person, period by period: each group's premium at its rate."""
    shares = parameters.incentives.commission_share
    periods = (
        in_cents(sum(exact(amount) * exact(shares[group]) for amount, group in zip(period, GROUPS, strict=True)))
        for period in produced.T
    )
    return in_cents(sum(map(exact, periods)))


def _uplift_by_person(produced: Floats, target: Floats, parameters: Parameters) -> list[float]:
    shares = parameters.incentives.commission_share
    found = []
    for person, wanted in zip(produced, target, strict=True):
        total = Fraction(0)
        for made, goal in zip(person.T, wanted.T, strict=True):
            amount = sum(map(exact, made))
            commission = sum(exact(each) * exact(shares[group]) for each, group in zip(made, GROUPS, strict=True))
            rate = commission / amount if amount else Fraction(0)
            total += exact(_tiered(amount, sum(map(exact, goal)), rate, parameters)) - exact(in_cents(commission))
        found.append(in_cents(total))
    return found


def _uplift_by_team(produced: Floats, target: Floats, parameters: Parameters) -> list[float]:
    shares = parameters.incentives.commission_share
    parts = np.zeros(len(produced))
    for number, group in enumerate(GROUPS):
        for period in range(produced.shape[2]):
            made = produced[:, number, period]
            amount, rate = sum(map(exact, made)), exact(shares[group])
            goal = sum(map(exact, target[:, number, period]))
            added = exact(_tiered(amount, goal, rate, parameters)) - exact(in_cents(amount * rate))
            parts += divided_cny(float(added), made)
    return [in_cents(exact(part)) for part in parts]


def _tiered(amount: Fraction, goal: Fraction, rate: Fraction, parameters: Parameters) -> float:
    incentives = parameters.incentives
    return tier_reward_cny(
        amount, goal, rate, incentives.tier_attainment_share, incentives.tier_uplift_share, incentives.tier_step_share,
        incentives.tier_reading,
    )  # fmt: skip


@rule("S1.2.4")
def pool_parts_cny(
    renewed_cny: float, achieved_share: Sequence[Mapping[str, float]], parameters: Parameters
) -> list[float]:
    """Each person's part of the pool: a share of the premium that the desk renewed, divided by their scores.

    >>> pool_parts_cny(3_000_000, [{"renewal": 0.8, "satisfaction": 0.8, "compliance_and_teamwork": 1}] * 2, Parameters.load())
    [15000.0, 15000.0]
    """
    structure = parameters.structure
    pool = in_cents(exact(renewed_cny) * exact(structure.pool_share))
    scores = [pool_score(achieved, structure.pool_weight_share) for achieved in achieved_share]
    return pool_payouts_cny(pool, scores, structure.pool_reading, structure.pool_floor_share)


@rule("S4.2.1")
def certificate_of(grade: str) -> str:
    """The certificate that stands for a grade where the ladders are one (Q10).

    >>> [certificate_of(grade) for grade in ("junior", "senior", "expert")]
    ['junior', 'intermediate', 'advanced']
    """
    return dict(zip(GRADES, CERTIFICATES, strict=True))[grade]


@rule("S3.3.2", "S4.2.1")
def salary_and_steps_cny(
    grade: str, attainment_share: float, salary_cny: float, parameters: Parameters
) -> tuple[float, float]:
    """What a consultant's certificate adds to the salary, and what a training place costs whoever has earned one.

    >>> both = Parameters.load().changed({"careers.has_certificate_pay": True, "incentives.has_recognition": True})
    >>> [salary_and_steps_cny("senior", share, 110_000, both) for share in (1.04, 1.05, 1.06)]
    [(8800.0, 0.0), (8800.0, 2000.0), (8800.0, 2000.0)]
    >>> salary_and_steps_cny("expert", 1.2, 110_000, Parameters.load())
    (0.0, 0.0)
    """
    incentives, careers = parameters.incentives, parameters.careers
    step = training = 0.0
    if careers.has_certificate_pay:
        paid = certified_pay_cny(salary_cny, certificate_of(grade), careers.certificate_pay_share)
        step = in_cents(exact(paid) - exact(salary_cny))
    if incentives.has_recognition and has_recognition(attainment_share, incentives.recognition_attainment_share):
        training = in_cents(exact(incentives.training_place_cny))
    return step, training


@dataclass(frozen=True)
class YearOfWork:
    """What consultants did in a year, which is all that a plan pays for.

    grades, salary_cny, achieved_share: one entry a person; produced_cny, target_cny: [person, group, period].
    """

    grades: Sequence[str]
    salary_cny: Sequence[float]
    produced_cny: Floats
    target_cny: Floats
    achieved_share: Sequence[Mapping[str, float]]

    def __post_init__(self) -> None:
        if self.produced_cny.shape != self.target_cny.shape or len(self.grades) != len(self.produced_cny):
            raise InputError(
                f"produced_cny has the shape {self.produced_cny.shape} and target_cny {self.target_cny.shape}: both are "
                f"[person, group, period] of {len(self.grades)} persons"
            )

    @property
    def attainment_share(self) -> list[float]:
        """Each person's production of the year over their target; 0 where there is no target."""
        made, wanted = self.produced_cny.sum(axis=(1, 2)), self.target_cny.sum(axis=(1, 2))
        return np.divide(made, wanted, out=np.zeros(len(made)), where=wanted > 0).tolist()


@rule("S1.2.4", "S3.3.2", "S3.3.3", "S4.2.1")
def payouts_cny(year: YearOfWork, parameters: Parameters) -> list[Pay]:
    """What the plan in these parameters pays each consultant for a year of work.

    >>> from playbook.plans import read_plan
    >>> year = YearOfWork(["senior"], [110_000], np.array([[[0.0], [1_000_000.0]]]), np.array([[[0.0], [900_000.0]]]),
    ...                   [{"renewal": 0.8, "satisfaction": 0.8, "compliance_and_teamwork": 1.0}])
    >>> for name in ("salary_only", "commission", "tier_whole_reward", "tier_commission_points", "team_pool", "certificates"):
    ...     parameters = Parameters.load().changed(read_plan(name).parameter_changes())
    ...     print(f"{name:22} {payouts_cny(year, parameters)[0].total:,.2f}")
    salary_only            110,000.00
    commission             120,000.00
    tier_whole_reward      120,500.00
    tier_commission_points 170,000.00
    team_pool              120,000.00
    certificates           128,800.00
    """
    rewards = commission_and_tier_cny(year.produced_cny, year.target_cny, parameters)
    pool = [0.0] * len(year.grades)
    if parameters.incentives.has_pool:
        pool = pool_parts_cny(float(sum(map(exact, year.produced_cny.ravel()))), year.achieved_share, parameters)
    found = []
    for person, grade in enumerate(year.grades):
        salary = in_cents(exact(year.salary_cny[person]))
        step, training = salary_and_steps_cny(grade, year.attainment_share[person], salary, parameters)
        commission, tier = rewards[person]
        found.append(Pay(salary, step, commission, tier, pool[person], training))
    return found
