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
from scipy.special import expit, logit

from playbook.allocation import is_key_task
from playbook.clock import MINUTES_A_DAY
from playbook.feedback import is_call_back_met
from playbook.monitoring import has_alert
from playbook.parameters import Parameters
from playbook.risk import cancellation_rate
from simulation.desk.pieces import (
    ALERT,
    CALL_BACK,
    COMPLAINT,
    DISSATISFIED,
    ENQUIRY,
    ENTRY,
    EXCEPTION,
    FOLLOW_UP,
    GIVEN_UP,
    ISSUES,
    KINDS,
    PROPOSAL,
    REFUSED,
    REQUEST,
    REST,
    SATISFIED,
    SIGNING,
    UNANSWERED,
    VACANT,
    WORK,
)
from simulation.desk.record import LAPSED, WON_BACK, Record
from simulation.study.pay import PayYear, pay_year, years

STEPS = (FOLLOW_UP, PROPOSAL, SIGNING, REQUEST)
YEAR = "year"  # beside the months, all measured days together

CONTROLS = ("count", "premium")


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
        self.is_renewed = self.outcome < LAPSED  # who was won back had lapsed

    @cached_property
    def controls(self) -> dict[str, float]:
        """How far this run's luck with its customers was from the mean, by policies and by premium.

        Counted is who would renew if everybody had the nominal contact, whatever the team does; the latent draw decides
        it, and the chance of each customer is known, so the mean needs no runs.
        """
        nominal = self.parameters.decision.nominal_contact_logit
        chance = expit(logit(self.record.policies["chance_alone"][self.is_measured]) + nominal)
        surplus = (self.record.policies["resistance"][self.is_measured] < nominal) - chance
        total = self.premium.sum()
        return {"count": mean(surplus), "premium": float(surplus @ self.premium / total) if total else 0.0}

    def renewed_by_policy(self) -> NDArray[np.bool_]:
        """Which policies of the book were renewed in the measured days, in the order of the book."""
        found = np.zeros(len(self.season.book), dtype=bool)
        found[self.season.policy[self.is_measured]] = self.is_renewed
        return found

    @cached_property
    def window(self) -> tuple[float, float]:
        """The measured days in working minutes."""
        begin = self.horizon.calendar.to_working(self.horizon.measured_from_minute)
        return float(begin), self.horizon.end_minute

    @cached_property
    def working_days(self) -> int:
        """The measured days on which the office opens; at least 1."""
        return max(1, int(np.count_nonzero(self.horizon.calendar.morning_minutes >= self.window[0])))

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

    def late_share(self, *kinds: int) -> float:
        """The share of such work taken up after its deadline or given up, of all whose fate or deadline has come.

        What comes back from another department has no deadline of its own and is not counted again.
        """
        chosen = self.of_kind(*kinds) & np.isfinite(self.record.stay("deadline"))
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

    def occupancy_by_role(self) -> dict[tuple[str, str], float]:
        """Occupancy by role and month, of the roles for which work of the book waits."""
        found = {}
        for role in dict.fromkeys(seat.role for seat in self.record.seats):
            by_month = self.occupancy_by_month(role) | {YEAR: self.occupancy(role)}
            if self.minutes_in(WORK, self.people(role), *self.window):
                found |= {(role, month): value for month, value in by_month.items()}
        return found

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

    def premium_renewed_cny(self) -> float:
        """The premium of the policies that were renewed."""
        return float(self.premium[self.is_renewed].sum())

    def payroll_cny(self) -> float:
        """What the people on their seats cost over the measured days, with the steps of their certificates; a vacant seat
        costs nothing, part time its part."""
        (begin, end), spells = self.window, self.record.spells
        vacant = self.record.spell("what") == VACANT
        spent = np.maximum(np.minimum(spells[vacant, 3], end) - np.maximum(spells[vacant, 2], begin), 0)
        who, seats = self.record.spell("person")[vacant].astype(int), self.record.seats
        there = 1 - np.bincount(who, weights=spent, minlength=len(seats)) / max(1.0, end - begin)
        cost = self.parameters.money.yearly_cost_cny
        yearly = sum(cost[seat.role] * seat.paid_share * part for seat, part in zip(seats, there.tolist(), strict=True))
        return self.years * yearly + self.pay.certificates_cny

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
    """What is read from a record. `better` is more, less, or None where neither is; `control` names the control variate
    of Reading.controls that sharpens its mean."""

    name: str
    unit: str
    better: str | None
    says: str
    read: Callable[[Reading], float]
    item: str | None = None
    control: str | None = None


def _of_policies(chosen: Callable[[Reading], NDArray[np.bool_]]) -> Callable[[Reading], float]:
    return lambda reading: all_share(chosen(reading))


def beyond_silence(reading: Reading, since: NDArray[np.float64], until: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which silences, from one calendar minute to another, were longer than the limit (S2.2.3a)."""
    monitoring = reading.parameters.monitoring
    limits = reading.horizon.calendar.deadlines(since, monitoring.silence_limit_hours, monitoring.silence_clock)
    return has_alert(until, limits)


def _late_first_touch(reading: Reading) -> float:
    """Who was never approached, because no time was left or the customer was quicker, counts as late."""
    first = reading.record.policies["first_touch"][reading.is_measured]
    until = np.where(np.isfinite(first), first, np.inf)
    return all_share(beyond_silence(reading, reading.season.release[reading.is_measured], until))


def _waited_beyond_silence(reading: Reading, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which of the chosen stays waited longer than the limit of a silence."""
    until = reading.horizon.calendar.to_calendar(reading.record.stay("queued")[chosen] + reading.waits(chosen))
    return beyond_silence(reading, reading.record.stay("queued_stamp")[chosen], until)


def _late_step(reading: Reading) -> float:
    return all_share(_waited_beyond_silence(reading, reading.of_kind(FOLLOW_UP, REQUEST)))


def _late_key_task(reading: Reading) -> float:
    """Of the steps of key tasks (S2.1.2b), those that waited beyond the silence limit."""
    record, season, allocation = reading.record, reading.season, reading.parameters.allocation
    chosen = reading.of_kind(*STEPS)
    case, born = record.stay("case")[chosen].astype(int), record.stay("queued_stamp")[chosen]
    is_near = season.due[case] - born <= allocation.key_days * MINUTES_A_DAY
    table = np.array(
        [
            [is_key_task(in_a, 0 if near else np.inf, allocation.key_reading, 0) for near in (False, True)]
            for in_a in (False, True)
        ]
    )
    is_key = table[(season.group[case] == 0).astype(int), is_near.astype(int)]
    return all_share(_waited_beyond_silence(reading, chosen)[is_key])


def _late_call_back(reading: Reading) -> float:
    """Of the call-backs whose deadline has come, those not made by then (S5.3.1), under the reading of what meets it."""
    record = reading.record
    chosen = reading.of_kind(CALL_BACK) & (record.stay("deadline") < reading.horizon.measured_to_minute)
    owed: dict[tuple[float, float], list[float | None]] = {}
    columns = (record.stay(name)[chosen].tolist() for name in ("case", "deadline", "begun_stamp", "result"))
    for case, deadline, begun, result in zip(*columns, strict=True):
        tried_and_reached = owed.setdefault((case, deadline), [None, None])
        if not np.isnan(begun):
            tried_and_reached[0] = begun if tried_and_reached[0] is None else tried_and_reached[0]
            if result != UNANSWERED:
                tried_and_reached[1] = begun
    meets = reading.parameters.feedback.call_back_met_reading
    met = [is_call_back_met(*stamps, deadline, meets) for (_, deadline), stamps in owed.items()]
    return 1 - sum(met) / len(met) if met else 0.0


def _satisfied(reading: Reading) -> float:
    """Of the customers who answered the survey, those who were satisfied."""
    result = reading.record.stay("result")
    return share(result == SATISFIED, reading.of_kind(CALL_BACK) & np.isin(result, (SATISFIED, DISSATISFIED)))


def _cancelled(reading: Reading) -> float:
    """Of the policies renewed, those taken back within the window (S6.1.1), once the window has passed."""
    policies, signed_by_desk = reading.record.policies, reading.is_renewed
    signed, cancelled = (policies[name][reading.is_measured][signed_by_desk] for name in ("signed", "cancelled"))
    found = cancellation_rate(
        signed / MINUTES_A_DAY,
        cancelled / MINUTES_A_DAY,
        reading.horizon.measured_to_minute / MINUTES_A_DAY,
        reading.parameters.risk.cancellation_window_days,
    )
    return found or 0.0


def _complaints(reading: Reading) -> float:
    return float(reading.record.policies["complaints"][reading.is_measured].mean()) if len(reading.outcome) else 0.0


def _alerts_per_day(reading: Reading) -> float:
    return float(np.count_nonzero(reading.of_kind(ALERT)) / reading.working_days)


def _backlog(reading: Reading) -> float:
    """By Little's law: the time waited in the window, over its length."""
    chosen = reading.of_kind(*STEPS)
    begin, end = reading.window
    return float(reading.waits(chosen).sum() / (end - begin))


def _backlog_growth(reading: Reading) -> float:
    """Renewal steps that wait at the end of the measured days and did not at their beginning, a working day."""
    is_step = np.isin(reading.record.stay("kind"), STEPS)
    queued, begun, ended = (reading.record.stay(name)[is_step] for name in ("queued", "begun", "ended"))
    until = np.where(np.isnan(begun), ended, begun)
    waiting = [np.count_nonzero((queued <= at) & (until > at)) for at in reading.window]
    return float(waiting[1] - waiting[0]) / reading.working_days


def _backlog_age(reading: Reading) -> float:
    """How long a renewal step that waits has waited already, at a moment taken at random: half the second moment of the
    waits over the first (renewal theory's mean age)."""
    waits = reading.waits(reading.of_kind(*STEPS))
    return float(waits @ waits / (2 * waits.sum()) / 60) if waits.sum() else 0.0


def _oldest_step(reading: Reading) -> float:
    waits = reading.waits(reading.of_kind(*STEPS))
    return float(waits.max(initial=0.0)) / 60


def _breaches_per_day(reading: Reading) -> float:
    """Follow-ups and requests that waited beyond the silence limit, a working day."""
    return (
        float(np.count_nonzero(_waited_beyond_silence(reading, reading.of_kind(FOLLOW_UP, REQUEST))))
        / reading.working_days
    )


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
    margin = reading.premium_renewed_cny() * reading.parameters.money.margin_share
    return margin - reading.payroll_cny() - reading.bonus_cny()


MEASURES = [
    Measure("renewal_rate_share", "share", "more", "policies renewed",
            lambda reading: all_share(reading.is_renewed), "S2.2.1", "count"),
    Measure("premium_renewal_share", "share", "more", "premium renewed",
            lambda reading: premium_share(reading, reading.is_renewed), "S3.1.1", "premium"),
    Measure("saved_share", "share", "more", "policies that service saved",
            _of_policies(lambda reading: reading.is_renewed & ~reading.would_renew)),
    Measure("renewed_anyway_share", "share", None, "policies that would have renewed without service",
            _of_policies(lambda reading: reading.is_renewed & reading.would_renew), control="count"),
    Measure("driven_away_share", "share", "less", "policies lost that would have renewed without service",
            _of_policies(lambda reading: ~reading.is_renewed & reading.would_renew)),
    Measure("refusal_share", "share", "less", "customers who told the desk no", _refusal, "S2.2.2b", "count"),
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
    Measure("late_key_task_share", "share", "less", "steps of key tasks that waited beyond the silence limit",
            _late_key_task, "S2.1.2b"),
    Measure("late_entry_share", "share", "less", "signed renewals entered late",
            lambda reading: reading.late_share(ENTRY)),
    Measure("late_call_back_share", "share", "less", "call-backs not made in time", _late_call_back, "S5.3.1"),
    Measure("late_issue_share", "share", "less", "issues taken up late",
            lambda reading: reading.late_share(*ISSUES), "S2.3.1a"),
    Measure("late_exception_share", "share", "less", "exceptions taken up late",
            lambda reading: reading.late_share(EXCEPTION), "S1.1.2c"),
    Measure("satisfied_share", "share", "more", "customers satisfied, of those who answered", _satisfied, "S6.1.2"),
    Measure("complaints_per_policy", "per_policy", "less", "complaints a policy", _complaints, "S6.1.1"),
    Measure("cancelled_share", "share", "less", "renewed policies taken back within the window", _cancelled, "S6.1.1"),
    Measure("won_back_share", "share", "more", "policies won back after they had lapsed",
            lambda reading: all_share(reading.outcome == WON_BACK)),
    Measure("backlog_count", "count", "less", "renewal steps waiting, on average", _backlog),
    Measure("backlog_age_hours", "hours", "less", "age of the backlog: how long a waiting step has waited already",
            _backlog_age),
    Measure("oldest_step_hours", "hours", "less", "longest wait of a renewal step in working hours", _oldest_step),
    Measure("backlog_growth_per_day", "per_day", "less", "growth of the backlog a working day", _backlog_growth),
    Measure("breaches_per_day", "per_day", "less", "follow-ups and requests going late a working day",
            _breaches_per_day, "S2.2.3a"),
    Measure("consultant_occupancy_share", "share", None, "consultants' time at work",
            lambda reading: reading.occupancy("consultant")),
    Measure("peak_occupancy_share", "share", None, "consultants' time at work in the busiest month", _peak_month),
    Measure("coordinator_occupancy_share", "share", None, "coordinators' time at work",
            lambda reading: reading.occupancy("coordinator")),
    Measure("leader_occupancy_share", "share", None, "the leader's time at work",
            lambda reading: reading.occupancy("leader")),
    Measure("overtime_hours", "hours", "less", "overtime of the whole team in the year",
            lambda reading: float(reading.record.stay("overtime")[reading.came_in_window].sum()) / 60),
    Measure("premium_renewed_cny", "cny", "more", "premium of the policies renewed", Reading.premium_renewed_cny,
            control="premium"),
    Measure("payroll_cny", "cny", "less", "cost of the team", Reading.payroll_cny),
    Measure("bonus_cny", "cny", None, "commission, bonus, pool and training places", Reading.bonus_cny, "S3.3.3"),
    Measure("contribution_cny", "cny", "more", "margin on renewed premium less pay", _contribution,
            control="premium"),
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
