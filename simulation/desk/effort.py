"""Effort: how hard each consultant works today, what they pick, and which signings they hold back, as their pay suggests.

Nothing is drawn. Each morning everybody looks at what they have booked by yesterday; effort is then constant all day. With
`incentives.has_effort` off nobody looks, and the desk does not know of any plan.
"""

from collections.abc import Callable
from heapq import nsmallest
from typing import Any

import numpy as np

from playbook.clock import MINUTES_A_DAY
from playbook.incentives import (
    effort_factor,
    expected_rest_cny,
    goal_effort_factor,
    has_recognition,
    moved_by_effort,
    reward_in_sight_cny,
    shift_gain_cny,
    signing_day,
    tier_reward_cny,
)
from playbook.structure import GROUPS, pool_payouts_cny, pool_score
from simulation.desk.pieces import FOLLOW_UP, PROPOSAL, Piece
from simulation.desk.quotas import period_ends, period_of, quotas_cny

PAID_ROLE = "consultant"
PICKED = (FOLLOW_UP, PROPOSAL)  # work that nobody has asked for by the clock, of which one may choose the best paid


class Effort:
    """What the desk's plan of pay does to its consultants."""

    def __init__(self, desk: Any):
        self.desk, self.incentives = desk, desk.parameters.incentives
        self.is_on = bool(self.incentives.has_effort) and not desk.calendar.is_always_open
        self.people = [person for person in desk.people if person.seat.role == PAID_ROLE] if self.is_on else []
        if not self.people:
            return
        season, days = desk.season, desk.horizon
        self.quotas = quotas_cny([person.seat for person in self.people], season, days, desk.parameters)
        self.ends = period_ends(days, self.incentives.pay_period)
        self.premium = season.book.premium_cny[season.policy]
        self.policy_premium = float(self.premium.mean())
        due = np.array([self.premium[season.group == group].sum() for group in range(len(GROUPS))])
        rates = np.array([self.incentives.commission_share[group] for group in GROUPS])
        self.rate = float(rates @ due / due.sum()) * bool(self.incentives.has_commission)
        self.period, self.begin = -1, days.measured_from_minute
        self.booked, self.paced = np.zeros(len(self.people)), 0.0
        self.holds_from = [np.inf] * len(self.people)
        self.held: list[tuple[int, int, int, Any]] = []  # to be booked on a day: day, case, outcome, whose

    def read(self) -> None:
        """Other parameters hold from now on; how hard everybody works follows tomorrow morning."""
        self.incentives = self.desk.parameters.incentives

    @property
    def picks(self) -> bool:
        """Whether anybody chooses among what waits."""
        return bool(self.people) and self.rate > 0 and self.incentives.cherry_picking_count > 1

    # The morning.

    def morning(self) -> None:
        """Everybody looks at where they stand and works as hard as that suggests; what was held back is booked."""
        if not self.people:
            return
        stamp = self.desk.stamp
        period = int(period_of(np.array([stamp]), self.desk.horizon, self.incentives.pay_period)[0])
        if period != self.period:
            self.period, self.begin = period, stamp
            self.booked[:] = 0.0
            self.holds_from = [np.inf] * len(self.people)
        self._book_what_was_held()
        if period < 0:
            return
        elapsed = min(1.0, (stamp - self.begin) / max(1.0, self.ends[period] - self.begin))
        targets = self.quotas[:, :, period].sum(axis=1)
        rests = [expected_rest_cny(*each, elapsed) for each in zip(self.booked, targets, strict=True)]
        self.paced = float(self.booked.sum()) + sum(rests)
        for number, (person, rest) in enumerate(zip(self.people, rests, strict=True)):
            self._set(person, self._effort(number, rest, targets))
            self.holds_from[number] = self._holds_from(number, rest, period)

    def _set(self, person: Any, effort: float) -> None:
        incentives = self.incentives
        person.pace = moved_by_effort(effort, incentives.effort_speed_share)
        person.warmth = moved_by_effort(effort, incentives.effort_contact_share)
        person.haste = moved_by_effort(effort, incentives.effort_slip_share)

    def _effort(self, number: int, rest: float, targets: np.ndarray) -> float:
        """How hard somebody works today: by the money in sight, recognition, rank, and how far the goal is."""
        incentives, target = self.incentives, targets[number]
        booked = self.booked[number]
        in_sight = reward_in_sight_cny(
            self._plan(number, rest, targets), booked, rest, incentives.stretch_share, self.policy_premium, target
        )
        reach = booked + rest * (1 + incentives.stretch_share)
        has_mark = incentives.has_recognition and target > 0
        is_recognised = has_mark and has_recognition(reach / target, incentives.recognition_attainment_share)
        money = effort_factor(
            in_sight, incentives.ordinary_reward_cny, incentives.effort_gain_most_share, incentives.effort_scale_cny,
            incentives.recognition_effort_share if is_recognised else 0.0,
            incentives.rank_feedback_factor if incentives.has_rank_feedback else 1.0,
        )  # fmt: skip
        return money * goal_effort_factor(
            booked, reach, self._goal(booked, target), incentives.goal_gradient_share, incentives.give_up_share,
            incentives.coasting_share,
        )  # fmt: skip

    def _goal(self, booked: float, target: float) -> float:
        """The amount that somebody works towards, 0 where the plan sets none for a person."""
        incentives = self.incentives
        if incentives.has_tier and incentives.attainment_reading == "person":
            if incentives.tier_reading != "every_step":
                return incentives.tier_attainment_share * target
            step = incentives.tier_step_share * target
            return target + step * (1 + max(0.0, (booked - target) // step)) if step > 0 else 0.0
        return incentives.recognition_attainment_share * target if incentives.has_recognition else 0.0

    def _plan(self, number: int, rest: float, targets: np.ndarray) -> Callable[[float, float], float]:
        """What somebody is paid for a production of their own, the others going on at their pace."""
        incentives = self.incentives
        of_tier = (
            incentives.tier_attainment_share, incentives.tier_uplift_share, incentives.tier_step_share,
            incentives.tier_reading,
        )  # fmt: skip
        others, heads = self.paced - self.booked[number] - rest, len(self.people)
        is_team = incentives.attainment_reading == "team"

        def plan(produced: float, target: float) -> float:
            paid = produced * self.rate
            if incentives.has_tier and is_team:
                whole = tier_reward_cny(produced + others, float(targets.sum()), self.rate, *of_tier)
                paid += (whole - (produced + others) * self.rate) / heads
            elif incentives.has_tier:
                paid = tier_reward_cny(produced, target, self.rate, *of_tier)
            return paid + (self._pool(produced, others, target) if incentives.has_pool else 0.0)

        return plan

    def _pool(self, produced: float, others: float, target: float) -> float:
        """Somebody's part of the pool for a production of their own, their colleagues renewing the usual share."""
        incentives, structure = self.incentives, self.desk.parameters.structure
        usual = incentives.target_renewal_share
        due = target / usual if usual else 0.0
        full = dict.fromkeys(structure.pool_weight_share, 1.0)
        scores = [
            pool_score(full | {"renewal": share}, structure.pool_weight_share)
            for share in [produced / due if due else usual, *[usual] * (len(self.people) - 1)]
        ]
        pool = (produced + others) * structure.pool_share
        return pool_payouts_cny(pool, scores, structure.pool_reading, structure.pool_floor_share)[0]

    # Signings around the end of a period.

    def _holds_from(self, number: int, rest: float, period: int) -> float:
        """The calendar minute from which somebody holds signings back to the next period; never where that does not pay."""
        shift = self.incentives.gaming_shift_days
        if not shift or period + 1 >= len(self.ends) or not self.incentives.has_tier:
            return np.inf
        begin = self.ends[period] - shift * MINUTES_A_DAY
        this, following = self.quotas[number, :, period].sum(), self.quotas[number, :, period + 1].sum()
        if self.desk.stamp < begin - MINUTES_A_DAY or this <= 0:
            return np.inf
        paced = self.booked[number] + rest
        gain = shift_gain_cny(
            self._plan(number, rest, self.quotas[:, :, period].sum(axis=1)),
            rest, paced, paced / this * following, following,
        )  # fmt: skip
        return begin if gain > 0 else np.inf

    def holds_back(self, case: int, outcome: int, person: Any) -> bool:
        """Whether a yes that somebody has just got is kept in the drawer until the next period begins."""
        if not self.people or person not in self.people or self.period < 0:
            return False
        number, stamp = self.people.index(person), self.desk.stamp
        if stamp < self.holds_from[number]:
            return False
        ready, next_day = int(stamp // MINUTES_A_DAY), int(self.ends[self.period] // MINUTES_A_DAY)
        last = int(self.desk.cases.due[case] // MINUTES_A_DAY) - 1
        day = signing_day(ready, next_day, last, 1.0, self.incentives.gaming_shift_days)
        if day <= ready:
            return False
        self.held.append((int(day), case, outcome, person))
        return True

    def _book_what_was_held(self) -> None:
        today = int(self.desk.stamp // MINUTES_A_DAY)
        due = [each for each in self.held if each[0] <= today]
        self.held = [each for each in self.held if each[0] > today]
        cases = self.desk.cases
        for _, case, outcome, person in due:
            if not cases.is_over(case) and cases.wants_to_renew(case):
                cases.agree(case, outcome, person)

    def book(self, case: int, person: Any) -> None:
        """Somebody has brought in a renewal."""
        if self.people and person in self.people:
            self.booked[self.people.index(person)] += self.premium[case]

    # Picking.

    def pick(self, person: Any, lines: list, head: Piece) -> Piece:
        """The piece that somebody takes in place of the head of the line: the best paid within sight."""
        if head.kind not in PICKED or person.seat.role != PAID_ROLE:
            return head
        count = self.incentives.cherry_picking_count
        entries = nsmallest(count, (each for line in lines for each in line.heap if each[2].is_waiting))
        choice = [each[2] for each in entries if each[2].kind in PICKED] or [head]
        return max(choice, key=lambda piece: self.premium[piece.case])
