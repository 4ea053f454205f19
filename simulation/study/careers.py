"""Careers over years: whether it pays to grow seniors, as expected numbers of people month by month (S4.2).

A cohort calculation and no run of the desk: what growing changes in a year is a few hundredths of the team's speed, which
a desk's year of luck would hide, and three years in which people come and go need no customer to be worked out. What comes
out, the mix of grades, can be given to a desk as `people.grade_mix_share`.
"""

from collections import defaultdict
from dataclasses import dataclass

from playbook.careers import certified_pay_cny, mentoring_share, placement_cost_share
from playbook.clock import DAYS_A_YEAR
from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.payouts import certificate_of
from playbook.structure import GRADES, MONTHS_A_YEAR, ramp_speed_factor

DAYS_A_MONTH = DAYS_A_YEAR / MONTHS_A_YEAR
WORKING_DAYS_A_YEAR, PAID_HOURS_A_WEEK = 248, 40
# Months of service of the team at the start: juniors and seniors evenly up to these, experts at the last.
SERVICE_MONTHS = {"junior": (0, 24), "senior": (12, 48), "expert": (60, 61)}


@dataclass(frozen=True)
class Policy:
    """How a team deals with careers: whether certificates make people grow, whether newcomers have a mentor, whether promising
    people go elsewhere for a time, and of what grade those are who replace leavers (None: of the lowest)."""

    title: str
    grows: bool = True
    has_mentors: bool = True
    has_placements: bool = False
    hires_like_for_like: bool = False


POLICIES = {
    "nobody grows": Policy("Nobody grows, leavers are replaced by juniors", grows=False, has_mentors=False),
    "hired seniors": Policy(
        "Nobody grows, leavers are replaced by their like", grows=False, has_mentors=False, hires_like_for_like=True
    ),
    "grown alone": Policy("Certificates, no mentors", has_mentors=False),
    "grown with mentors": Policy("Certificates and mentors"),
    "grown with placements": Policy("Certificates, mentors and placements", has_placements=True),
}


@dataclass(frozen=True)
class Month:
    """A team in one month: heads by grade, posts that stand empty, work done in heads at speed 1, cost in CNY, hires."""

    heads: dict[str, float]
    vacant: float
    work_heads: float
    cost_cny: float
    hired: float


@dataclass(frozen=True)
class Career:
    """What a policy made of a team."""

    policy: Policy
    months: list[Month]

    @property
    def work_years(self) -> float:
        """Years of work at speed 1 that were done."""
        return sum(month.work_heads for month in self.months) / MONTHS_A_YEAR

    @property
    def cost_cny(self) -> float:
        """All pay and all hiring."""
        return sum(month.cost_cny for month in self.months)

    @property
    def cost_per_work_year_cny(self) -> float:
        """What a year of work at speed 1 cost."""
        return self.cost_cny / self.work_years if self.work_years else float("inf")

    @property
    def grade_mix_share(self) -> dict[str, float]:
        """The grades at the end, as `people.grade_mix_share` takes them."""
        heads = self.months[-1].heads
        return {grade: count / sum(heads.values()) for grade, count in heads.items()}


def career(parameters: Parameters, policy: Policy, heads_count: int, years_count: int) -> Career:
    """The expected team of a policy over some years, from today's mix of grades; all consultants.

    Each month people leave, posts that are filled get a newcomer, and those whose years of service suffice may earn the next
    certificate, and with it the grade.
    """
    if heads_count < 1 or years_count < 1:
        raise InputError(f"heads_count = {heads_count}, years_count = {years_count}: both must be at least 1")
    team = Team(parameters, policy, heads_count)
    return Career(policy, [team.month() for _ in range(years_count * MONTHS_A_YEAR)])


class Team:
    """Expected heads by grade, whether they grew here, and months of service."""

    def __init__(self, parameters: Parameters, policy: Policy, heads_count: int):
        self.parameters, self.policy, self.careers = parameters, policy, parameters.careers
        self.size = heads_count
        self.heads: defaultdict[tuple[str, str, int], float] = defaultdict(float)  # grade, grade at the start, service
        self.vacant: list[tuple[float, float, str]] = []  # heads, days left empty, grade
        mix = parameters.people.grade_mix_share
        for grade in GRADES:
            first, last = SERVICE_MONTHS[grade]
            for service in range(first, last):
                self.heads[grade, grade, service] = heads_count * mix[grade] / sum(mix.values()) / (last - first)

    def month(self) -> Month:
        """One month: who leaves, who comes, who grows, what is done and what it costs."""
        self._leave()
        hired = self._hire()
        if self.policy.grows:
            self._grow()
        self.heads = defaultdict(
            float, {(grade, began, service + 1): count for (grade, began, service), count in self.heads.items()}
        )
        by_grade = {grade: sum(count for key, count in self.heads.items() if key[0] == grade) for grade in GRADES}
        vacant = sum(count for count, _, _ in self.vacant)
        return Month(by_grade, vacant, self._work(by_grade), self._cost(by_grade, hired), hired)

    def _leave(self) -> None:
        factor = self.careers.prospect_leaving_factor if self.policy.grows else 1.0
        people = self.parameters.people
        stay = {
            grade: (1 - min(1.0, share * factor)) ** (1 / MONTHS_A_YEAR)
            for grade, share in people.leaving_per_year_share.items()
        }
        gone: defaultdict[str, float] = defaultdict(float)
        for key, count in self.heads.items():
            self.heads[key] = count * stay[key[0]]
            gone[key[0]] += count * (1 - stay[key[0]])
        for grade, count in gone.items():
            wanted = grade if self.policy.hires_like_for_like else GRADES[0]
            self.vacant.append((count, people.fill_days + self.careers.entry_training_days, wanted))

    def _hire(self) -> float:
        """Posts are filled by people who have first been trained; they are paid from the day on which they come."""
        hired, still = 0.0, []
        for count, days, grade in self.vacant:
            if days <= DAYS_A_MONTH:
                self.heads[grade, grade, 0] += count
                hired += count
            else:
                still.append((count, days - DAYS_A_MONTH, grade))
        self.vacant = still
        return hired

    def _grow(self) -> None:
        careers = self.careers
        share = 1 - (1 - careers.certified_per_year_share) ** (1 / MONTHS_A_YEAR)
        for grade, following in zip(GRADES[-2::-1], GRADES[:0:-1], strict=True):  # the highest first, one step a month
            from_months = careers.certificate_from_years[certificate_of(following)] * MONTHS_A_YEAR
            for key in [each for each in self.heads if each[0] == grade and each[2] >= from_months]:
                grown = self.heads[key] * share
                self.heads[key] -= grown
                self.heads[following, key[1], key[2]] += grown

    def _work(self, by_grade: dict[str, float]) -> float:
        """Heads at speed 1, less what mentors and placements take."""
        parameters, structure = self.parameters, self.parameters.structure
        new = sum(count for (_, _, service), count in self.heads.items() if self._days(service) < structure.ramp_days)
        seats = self.careers.mentees_per_mentor_count * sum(by_grade[grade] for grade in GRADES[1:])
        mentored = min(1.0, seats / new) if self.policy.has_mentors and new > 0 else 0.0
        work = 0.0
        for (grade, began, service), count in self.heads.items():
            ramp = [
                ramp_speed_factor(
                    self._days(service), has_mentor, structure.ramp_start_factor, structure.ramp_days,
                    structure.mentored_ramp_factor,
                )
                for has_mentor in (False, True)
            ]  # fmt: skip
            work += count * self._speed(grade, began) * ((1 - mentored) * ramp[0] + mentored * ramp[1])
        taught = sum(
            count * mentored
            for (_, _, service), count in self.heads.items()
            if self._days(service) < structure.ramp_days * structure.mentored_ramp_factor
        )
        work -= mentoring_share({"newcomer": 1}, self.careers.mentoring_minutes, PAID_HOURS_A_WEEK) * taught
        if self.policy.has_placements:
            careers = parameters.careers
            work *= 1 - placement_cost_share(
                careers.placements_per_year_count, careers.placement_days, self.size, WORKING_DAYS_A_YEAR
            )
        return work

    def _speed(self, grade: str, began: str) -> float:
        """The speed of somebody of a grade; who grew here has so much of the difference as certificates bring."""
        speed = self.parameters.people.speed_factor
        return speed[began] + self.careers.certified_speed_share * (speed[grade] - speed[began])

    def _cost(self, by_grade: dict[str, float], hired: float) -> float:
        """A month's pay, of those in their first training as well, and what hiring cost."""
        cost, careers = self.parameters.money.yearly_cost_cny["consultant"], self.careers
        pay = sum(
            count * certified_pay_cny(cost, certificate_of(grade), careers.certificate_pay_share)
            for grade, count in by_grade.items()
        )
        training = sum(count for count, days, _ in self.vacant if days <= careers.entry_training_days)
        return (pay + training * cost) / MONTHS_A_YEAR + hired * careers.hiring_cost_cny

    @staticmethod
    def _days(service_months: int) -> float:
        return service_months * DAYS_A_MONTH


def break_even_pay_share(parameters: Parameters, heads_count: int, years_count: int) -> float | None:
    """The step of pay for the advanced certificate (others in proportion) up to which growing with mentors is cheaper, for a
    year of work at speed 1, than growing nobody; None where it is dearer even without any step.

    Found by halving, to a thousandth.
    """
    steps = parameters.careers.certificate_pay_share
    highest = max(steps.values())
    base = career(parameters, POLICIES["nobody grows"], heads_count, years_count).cost_per_work_year_cny

    def is_cheaper(step: float) -> bool:
        scaled = {name: share / highest * step if highest else 0.0 for name, share in steps.items()}
        changed = parameters.changed({"careers.certificate_pay_share": scaled})
        return career(changed, POLICIES["grown with mentors"], heads_count, years_count).cost_per_work_year_cny <= base

    low, high = 0.0, 1.0
    if not is_cheaper(low):
        return None
    while high - low > 1 / 1024:
        middle = (low + high) / 2
        low, high = (middle, high) if is_cheaper(middle) else (low, middle)
    return low


def career_table(parameters: Parameters, heads_count: int = 10, years_count: int = 3) -> list[dict[str, object]]:
    """One row a policy: work, cost, cost of a year of work at speed 1, hires, and the grades at the end."""
    rows: list[dict[str, object]] = []
    for name, policy in POLICIES.items():
        found = career(parameters, policy, heads_count, years_count)
        rows.append({
            "policy": name, "work_years": found.work_years, "cost_cny": found.cost_cny,
            "cost_per_work_year_cny": found.cost_per_work_year_cny,
            "hired": sum(month.hired for month in found.months),
        } | {f"{grade}_share": share for grade, share in found.grade_mix_share.items()})  # fmt: skip
    return rows
