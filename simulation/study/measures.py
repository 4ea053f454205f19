"""Measures: what a manager reads from a record, each defined once with its unit, its denominator and the item it serves.

Policies count when their window closed in the measured days; work counts when it came in them. Waits include those who
gave up. Work still open at the end counts as late once its deadline has passed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from playbook.clock import MINUTES_A_DAY
from playbook.monitoring import has_alert
from playbook.parameters import Parameters
from simulation.desk.pieces import (
    ALERT,
    COMPLAINT,
    ENQUIRY,
    FOLLOW_UP,
    GIVEN_UP,
    KINDS,
    PROPOSAL,
    REFUSED,
    REQUEST,
    REST,
    SIGNING,
    WORK,
)
from simulation.desk.record import LAPSED, Record
from simulation.study.pay import PayYear, pay_year, years

STEPS = (FOLLOW_UP, PROPOSAL, SIGNING, REQUEST)


class Reading:
    """A record with what several measures need from it, worked out once."""

    def __init__(self, record: Record, parameters: Parameters):
        self.record, self.parameters = record, parameters
        self.season, self.horizon = record.season, record.horizon
        self.is_measured = self.season.is_measured
        self.outcome = record.policies["outcome"][self.is_measured]
        self.premium = self.season.book.premium_cny[self.season.policy[self.is_measured]]
        self.group = self.season.group[self.is_measured]
        self.would_renew = record.policies["resistance"][self.is_measured] < 0
        self.is_renewed = self.outcome != LAPSED

    @cached_property
    def window(self) -> tuple[float, float]:
        """The measured days in working minutes."""
        begin = self.horizon.calendar.to_working(self.horizon.measured_from_minute)
        return float(begin), self.horizon.end_minute

    @cached_property
    def came_in_window(self) -> NDArray[np.bool_]:
        """Which stays belong to work that came in the measured days."""
        return self.record.stay("queued") >= self.window[0]

    def of_kind(self, *kinds: int) -> NDArray[np.bool_]:
        """Which stays of the measured days are of these kinds."""
        return self.came_in_window & np.isin(self.record.stay("kind"), kinds)

    def waits(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Working minutes from coming to being taken up, to leaving undone, or to the end of the run."""
        begun, ended = self.record.stay("begun")[chosen], self.record.stay("ended")[chosen]
        until = np.where(np.isnan(begun), np.minimum(ended, self.window[1]), begun)
        return until - self.record.stay("queued")[chosen]

    def late_share(self, kind: int) -> float:
        """The share of a kind taken up after its deadline or given up, of all whose fate or deadline has come."""
        chosen = self.of_kind(kind)
        taken_up = self.record.stay("begun_stamp")[chosen]
        deadline = self.record.stay("deadline")[chosen]
        is_open = np.isnan(taken_up)
        is_lost = self.record.stay("result")[chosen] == GIVEN_UP
        is_past = deadline < self.horizon.measured_to_minute
        late = (~is_open & (taken_up > deadline)) | is_lost | (is_open & is_past)
        return share(late, ~is_open | is_lost | is_past)

    def people(self, role: str) -> list[int]:
        """The numbers of everybody of a role."""
        return [number for number, seat in enumerate(self.record.seats) if seat.role == role]

    def minutes_in(self, what: int, people: list[int], begin: float, end: float) -> float:
        """Minutes that these people, by their numbers, spent so between two working minutes."""
        spells = self.record.spells
        chosen = (self.record.spell("what") == what) & np.isin(self.record.spell("person"), people)
        spent = np.minimum(spells[chosen, 3], end) - np.maximum(spells[chosen, 2], begin)
        return float(np.maximum(spent, 0).sum())

    def occupancy(self, role: str, begin: float | None = None, end: float | None = None) -> float:
        """Time at work over time at work or waiting for it; nan where nobody was there."""
        begin, end = self.window[0] if begin is None else begin, self.window[1] if end is None else end
        people = self.people(role)
        worked = self.minutes_in(WORK, people, begin, end)
        rested = self.minutes_in(REST, people, begin, end)
        return worked / (worked + rested) if worked + rested else float("nan")

    @cached_property
    def months(self) -> dict[str, tuple[float, float]]:
        """The measured calendar months with their first and last working minutes."""
        first = np.datetime64(self.horizon.calendar.first_day)
        begin, end = (int(each // MINUTES_A_DAY) for each in
                      (self.horizon.measured_from_minute, self.horizon.measured_to_minute))  # fmt: skip
        days = first + np.arange(begin, end + 1)
        months = np.unique(days[:-1].astype("datetime64[M]"))
        edges = [max(int((month.astype("datetime64[D]") - first).astype(int)), begin) for month in months] + [end]
        working = self.horizon.calendar.to_working(np.array(edges, dtype=float) * MINUTES_A_DAY).tolist()
        return {str(month): pair for month, pair in zip(months, pairwise(working), strict=True)}

    def occupancy_by_month(self, role: str) -> dict[str, float]:
        """Occupancy of a role in each measured month."""
        return {month: self.occupancy(role, *pair) for month, pair in self.months.items()}

    def minutes_per_policy(self) -> dict[str, float]:
        """Minutes worked in the measured days on each kind of work, over the policies of a year."""
        begun, kind, worked = (self.record.stay(name) for name in ("begun", "kind", "worked"))
        is_in = begun >= self.window[0]
        policies = max(1, int(self.is_measured.sum()))
        sums = np.bincount(kind[is_in].astype(int), weights=worked[is_in], minlength=len(KINDS))
        return {name: float(sums[number]) / policies for number, name in enumerate(KINDS) if sums[number]}

    @cached_property
    def years(self) -> float:
        """The length of the measured days in years."""
        return years(self.record)

    @cached_property
    def pay(self) -> PayYear:
        """What the plan of pay gives each consultant."""
        return pay_year(self.record, self.parameters)

    def payroll_cny(self) -> float:
        """What the people on their seats cost over the measured days, with the steps of their certificates."""
        cost = self.parameters.money.yearly_cost_cny
        return self.years * sum(cost[seat.role] for seat in self.record.seats) + self.pay.certificates_cny

    def bonus_cny(self) -> float:
        """What results earned under the plan of pay, and the training places (S1.2.4, S3.3.2, S3.3.3)."""
        return self.pay.bonus_cny + self.pay.training_cny


def share(counted: NDArray, of: NDArray) -> float:
    """How many of `of` are also `counted`; 0 where there is nothing to count."""
    total = np.count_nonzero(of)
    return float(np.count_nonzero(counted & of) / total) if total else 0.0


def all_share(counted: NDArray[np.bool_]) -> float:
    """How many of all are counted; 0 where there are none."""
    return share(counted, np.ones(len(counted), dtype=bool))


def premium_share(reading: Reading, chosen: NDArray[np.bool_]) -> float:
    """The premium of the chosen policies over all premium falling due."""
    total = reading.premium.sum()
    return float(reading.premium[chosen].sum() / total) if total else 0.0


def mean(values: NDArray[np.float64]) -> float:
    """The mean; 0 where there is nothing."""
    return float(values.mean()) if len(values) else 0.0


@dataclass(frozen=True)
class Measure:
    """What is read from a record. `better` is more, less, or None where neither is."""

    name: str
    unit: str
    better: str | None
    says: str
    read: Callable[[Reading], float]
    item: str | None = None


def _of_policies(chosen: Callable[[Reading], NDArray[np.bool_]]) -> Callable[[Reading], float]:
    return lambda reading: all_share(chosen(reading))


def _beyond_silence(reading: Reading, since: NDArray[np.float64], until: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which silences, from one calendar minute to another, were longer than the limit (S2.2.3a)."""
    monitoring = reading.parameters.monitoring
    limits = reading.horizon.calendar.deadlines(since, monitoring.silence_limit_hours, monitoring.silence_clock)
    return has_alert(until, limits)


def _late_first_touch(reading: Reading) -> float:
    """Who was never approached, because no time was left or the customer was quicker, counts as late."""
    first = reading.record.policies["first_touch"][reading.is_measured]
    until = np.where(np.isfinite(first), first, np.inf)
    return all_share(_beyond_silence(reading, reading.season.release[reading.is_measured], until))


def _late_step(reading: Reading) -> float:
    chosen = reading.of_kind(FOLLOW_UP, REQUEST)
    until = reading.record.stay("queued")[chosen] + reading.waits(chosen)
    late = _beyond_silence(
        reading, reading.record.stay("queued_stamp")[chosen], reading.horizon.calendar.to_calendar(until)
    )
    return all_share(late)


def _alerts_per_day(reading: Reading) -> float:
    mornings = reading.horizon.calendar.morning_minutes
    days = np.count_nonzero(mornings >= reading.window[0])
    return float(np.count_nonzero(reading.of_kind(ALERT)) / max(1, days))


def _backlog(reading: Reading) -> float:
    """By Little's law: the time waited in the window, over its length."""
    chosen = reading.of_kind(*STEPS)
    begin, end = reading.window
    return float(reading.waits(chosen).sum() / (end - begin))


def _refusal(reading: Reading) -> float:
    record = reading.record
    refused = np.zeros(len(reading.season), dtype=bool)
    rows = record.stay("result") == REFUSED
    refused[record.stay("case")[rows].astype(int)] = True
    return all_share(refused[reading.is_measured])


def _peak_month(reading: Reading) -> float:
    months = [value for value in reading.occupancy_by_month("consultant").values() if np.isfinite(value)]
    return max(months, default=0.0)


def _contribution(reading: Reading) -> float:
    kept = float(reading.premium[reading.is_renewed].sum())
    return kept * reading.parameters.money.margin_share - reading.payroll_cny() - reading.bonus_cny()


MEASURES = [
    Measure("renewal_rate_share", "share", "more", "policies renewed",
            lambda reading: all_share(reading.is_renewed), "S2.2.1"),
    Measure("premium_renewal_share", "share", "more", "premium renewed",
            lambda reading: premium_share(reading, reading.is_renewed), "S3.1.1"),
    Measure("saved_share", "share", "more", "policies that service saved",
            _of_policies(lambda reading: reading.is_renewed & ~reading.would_renew)),
    Measure("renewed_anyway_share", "share", None, "policies that would have renewed without service",
            _of_policies(lambda reading: reading.is_renewed & reading.would_renew)),
    Measure("driven_away_share", "share", "less", "policies lost that would have renewed without service",
            _of_policies(lambda reading: ~reading.is_renewed & reading.would_renew)),
    Measure("refusal_share", "share", "less", "customers who told the desk no", _refusal, "S2.2.2b"),
    Measure("late_enquiry_share", "share", "less", "enquiries answered late or lost",
            lambda reading: reading.late_share(ENQUIRY), "S5.3.3a"),
    Measure("lost_enquiry_share", "share", "less", "enquiries given up by the customer",
            lambda reading: share(reading.record.stay("result") == GIVEN_UP, reading.of_kind(ENQUIRY))),
    Measure("enquiry_wait_minutes", "minutes", "less", "mean wait of an enquiry in working minutes",
            lambda reading: mean(reading.waits(reading.of_kind(ENQUIRY))), "S2.2.1"),
    Measure("late_complaint_share", "share", "less", "complaints first taken up late",
            lambda reading: reading.late_share(COMPLAINT), "S3.1.1"),
    Measure("late_first_touch_share", "share", "less", "customers first approached after the silence limit",
            _late_first_touch, "S2.2.3a"),
    Measure("late_step_share", "share", "less", "follow-ups and requests that waited beyond the silence limit",
            _late_step, "S2.2.3a"),
    Measure("alerts_per_day", "per_day", "less", "silence alerts a working day", _alerts_per_day, "S2.2.3b"),
    Measure("alert_wait_hours", "hours", "less", "mean wait of an alert for the leader in working hours",
            lambda reading: mean(reading.waits(reading.of_kind(ALERT))) / 60, "S2.2.3b"),
    Measure("backlog_count", "count", "less", "renewal steps waiting, on average", _backlog),
    Measure("consultant_occupancy_share", "share", None, "consultants' time at work",
            lambda reading: reading.occupancy("consultant")),
    Measure("peak_occupancy_share", "share", None, "consultants' time at work in the busiest month", _peak_month),
    Measure("coordinator_occupancy_share", "share", None, "coordinators' time at work",
            lambda reading: reading.occupancy("coordinator")),
    Measure("leader_occupancy_share", "share", None, "the leader's time at work",
            lambda reading: reading.occupancy("leader")),
    Measure("overtime_hours", "hours", "less", "overtime of the whole team in the year",
            lambda reading: float(reading.record.stay("overtime")[reading.came_in_window].sum()) / 60),
    Measure("payroll_cny", "cny", "less", "cost of the team", Reading.payroll_cny),
    Measure("bonus_cny", "cny", None, "commission, bonus, pool and training places", Reading.bonus_cny, "S3.3.3"),
    Measure("contribution_cny", "cny", "more", "margin on renewed premium less pay", _contribution),
    Measure("bonus_gap_share", "share", "less", "mean gap in bonus between equally able consultants, of the mean bonus",
            lambda reading: reading.pay.gap_share, "S3.3.3"),
    Measure("target_reached_share", "share", "more", "consultants who reached their own target",
            lambda reading: reading.pay.reached_share, "S3.1.3"),
]  # fmt: skip
BY_NAME = {measure.name: measure for measure in MEASURES}


def read_all(record: Record, parameters: Parameters) -> dict[str, float]:
    """Every measure of a record by name."""
    reading = Reading(record, parameters)
    return {measure.name: measure.read(reading) for measure in MEASURES}
