"""Cases: where each policy's renewal stands, what service has added, and which step is planned next.

One row a policy of the season, as plain lists; the desk tells a case what happened and asks it what the customer does.
"""

from array import array
from math import exp, log1p
from typing import Any

import numpy as np

from playbook.clock import MINUTES_A_DAY
from playbook.feedback import is_care_due
from playbook.parameters import Parameters
from simulation.desk.pieces import FOLLOW_UP, GIVEN_UP, PROPOSAL, REQUEST, SIGNING, WITHDRAWN, Piece
from simulation.desk.record import ALONE, LAPSED, NEVER
from simulation.desk.streams import Draws, Luck, readable


class Cases:
    """The season's cases in the hands of one desk."""

    def __init__(self, desk: Any, luck: Luck):
        season, wishes, parameters = desk.season, desk.wishes, desk.parameters
        size = len(season)
        self.desk, self._luck = desk, luck
        self.group, self.due = season.group.tolist(), readable(season.due)
        self.quote, self.close_minute = readable(season.quote), readable(season.close)
        self.decides, self.resistance = readable(wishes.decides), readable(wishes.resistance)
        self.renews_alone, self.needed = readable(wishes.renews_alone), readable(wishes.conversations_needed)
        self.effect = array("d", [0.0]) * size
        self.touches, self.conversations, self.unanswered = [0] * size, [0] * size, [0] * size
        self.breaches, self.complaints = [0] * size, [0] * size
        self.has_proposal, self.has_asked, self.is_closed = [False] * size, [False] * size, [False] * size
        self.quoted_on: dict[int, list[float]] = {}
        self.cared_on: dict[int, float] = {}
        self.outcome = [LAPSED] * size
        self.signed, self.first_touch = array("d", [NEVER]) * size, array("d", [NEVER]) * size
        self.cancelled = array("d", [NEVER]) * size
        self.waiting: list[Piece | None] = [None] * size
        self.owner: list[Any] = [None] * size
        self._felt: dict[int, float] = {}  # what campaigns and rates added on the decision day, where that was anything
        self.silent_since: list[float | None] = [None] * size
        self.read(parameters)

    def read(self, parameters: Parameters) -> None:
        """Take what may change during a run from the parameters."""
        self.decision, self.demand, self.feedback = parameters.decision, parameters.demand, parameters.feedback
        self._climate = self.decision.campaign_logit + self.decision.price_slope_logit * log1p(
            self.decision.rate_change_share
        )
        self.timing = sorted(self.decision.timing_weight_by_days_left_factor.items())
        self.unanswered_limit = self.demand.unanswered_limit_count
        self.gap_days = self.demand.unanswered_gap_days
        luck, size = self._luck, len(self.due)
        self.next_days = Draws(luck, "next conversation", size, self._days_to_next_conversation)
        self.asks_requote = Draws.of_chance(luck, "re-quote", size, self.demand.requote_share)
        self.complains = Draws.of_chance(luck, "complains", size, self.demand.complaint_after_breach_share)

    def _days_to_next_conversation(self, uniform: np.ndarray) -> np.ndarray:
        return np.ceil(-self.demand.next_conversation_days * np.log(uniform)).astype(np.int32)

    # What the customer does.

    def is_over(self, case: int) -> bool:
        """Whether the policy is renewed, the customer has refused, or its time is up."""
        return self.is_closed[case] or self.close_minute[case] <= self.desk.stamp

    def is_ours(self, case: int) -> bool:
        """Whether the next step is ours to plan: the case is not over, and the customer has not asked to be served."""
        return not self.has_asked[case] and not self.is_over(case)

    def wants_to_renew(self, case: int) -> bool:
        """Whether service so far has moved the customer beyond the resistance."""
        if not (self._climate or self._felt):
            return self.effect[case] > self.resistance[case]
        climate = self._climate if self.desk.stamp < self.decides[case] else self._felt.get(case, 0.0)
        return self.effect[case] + climate > self.resistance[case]

    def agrees(self, case: int) -> bool:
        """Whether the customer signs now: a proposal is there, the customer wishes it, and is ready or has decided."""
        if not self.has_proposal[case] or not self.wants_to_renew(case):
            return False
        return self.conversations[case] >= self.needed[case] or self.decides[case] <= self.desk.stamp

    def has_refused(self, case: int) -> bool:
        """Whether the customer, asked now, says that the decision has fallen against us."""
        return self.decides[case] <= self.desk.stamp and not self.wants_to_renew(case)

    # What service adds, while it comes before the decision.

    def add(self, case: int, logit: float) -> None:
        """A service effect; nothing after the decision day."""
        if self.desk.stamp < self.decides[case]:
            self.effect[case] += logit

    def talk_with(self, case: int, skill: float) -> None:
        """A conversation: worth less with each further one, and by how well it is timed; skill helps it or limits harm."""
        effect = self.decision.contact_effect_logit
        skilled = effect * skill if effect >= 0 else effect / skill
        further = self.decision.further_contact_factor ** self.conversations[case]
        self.conversations[case] += 1
        self.unanswered[case] = 0
        self.add(case, skilled * further * self._timing_weight(case))

    def _timing_weight(self, case: int) -> float:
        days_left = (self.due[case] - self.desk.stamp) / MINUTES_A_DAY
        for threshold, weight in self.timing:
            if days_left <= threshold:
                return weight
        return self.timing[-1][1]

    def breach(self, case: int) -> None:
        """A reply came late or not at all; some customers complain of it."""
        self.add(case, self.decision.late_reply_logit)
        if self.complains(case, self.breaches[case]):
            self.desk.customers.complain(case, self.desk.stamp, "late reply")
        self.breaches[case] += 1

    def satisfied_share(self, case: int) -> float:
        """The probability that a customer who is asked is satisfied, after what went wrong (ours, logistic)."""
        feedback = self.feedback
        satisfied_logit = (
            feedback.satisfaction_base_logit
            + feedback.satisfaction_late_logit * self.breaches[case]
            + feedback.satisfaction_complaint_logit * self.complaints[case]
        )
        return 1 / (1 + exp(-satisfied_logit))

    def make_good(self, case: int) -> None:
        """A complaint was taken up in time and closed."""
        self.add(case, -self.decision.complaint_logit * self.decision.complaint_recovered_share)

    # What has been done.

    def take_up(self, piece: Piece) -> None:
        """Somebody has a step of a case in hand: the silence is over."""
        case = piece.case
        self.silent_since[case] = None
        if self.waiting[case] is piece:
            self.waiting[case] = None

    def touch(self, piece: Piece) -> None:
        """Somebody turns to the customer."""
        case = piece.case
        self.take_up(piece)
        if not self.touches[case]:
            self.first_touch[case] = self.desk.stamp
        self.touches[case] += 1

    def agree(self, case: int, outcome: int, person: Any) -> None:
        """The customer says yes to somebody: unless that is held back, the policy is renewed, and the signing is left."""
        if self.desk.effort.holds_back(case, outcome, person):
            return
        self.settle(case, outcome)
        self.desk.effort.book(case, person)
        self.desk.want(SIGNING, case)

    def settle(self, case: int, outcome: int) -> None:
        """The policy is renewed."""
        self.outcome[case], self.signed[case] = outcome, self.desk.stamp
        self.desk.customers.renewed(case)
        self.close(case)

    def is_renewed(self, case: int) -> bool:
        """Whether the policy has been renewed, though it may have been cancelled since."""
        return self.outcome[case] != LAPSED

    def close(self, case: int) -> None:
        """The case asks for nothing more; a step that waits is withdrawn."""
        self._end(case)
        self.desk.withdraw(case)

    def lapse(self, case: int) -> bool:
        """The grace has ended: a request that still waits has been given up, any other step is withdrawn.

        True where the policy has lapsed, now or by a refusal before.
        """
        if not self.is_closed[case]:
            self._end(case)
            piece = self.waiting[case]
            self.desk.drop(case, GIVEN_UP if piece is not None and piece.kind == REQUEST else WITHDRAWN)
        return self.outcome[case] == LAPSED

    def _end(self, case: int) -> None:
        self.is_closed[case] = True
        if self.owner[case] is not None:
            self.owner[case].open_cases -= 1

    # The next step.

    def plan_after_no_answer(self, case: int) -> None:
        """Try again another day; when attempts are exhausted, go on with the proposal, or leave the customer be."""
        self.unanswered[case] += 1
        if self.unanswered[case] < self.unanswered_limit:
            self.desk.plan(FOLLOW_UP, case, self.desk.stamp + self.gap_days * MINUTES_A_DAY)
        elif not self.has_proposal[case]:
            self.desk.plan(PROPOSAL, case, self.quote[case])

    def plan_after_talk(self, case: int) -> None:
        """The proposal as soon as the quote opens, a re-quote at once, or the next conversation on the agreed day."""
        if not self.has_proposal[case]:
            self.desk.plan(PROPOSAL, case, self.quote[case])
        elif self.asks_requote(case, self.conversations[case]):
            self.desk.plan(PROPOSAL, case, self.desk.stamp)
        else:
            days = self.next_days(case, self.conversations[case])
            self.desk.plan(FOLLOW_UP, case, self.desk.stamp + days * MINUTES_A_DAY)

    def needs_care(self, case: int) -> bool:
        """Whether a customer who has just been quoted to once more is called before they go (S5.3.4)."""
        today, feedback = self.desk.stamp / MINUTES_A_DAY, self.feedback
        quotes = self.quoted_on.setdefault(case, [])
        quotes.append(today)
        if not is_care_due(
            quotes, today, self.is_closed[case], self.cared_on.get(case), feedback.care_quotes_count,
            feedback.care_window_days, feedback.care_pause_days, feedback.care_reading,
        ):  # fmt: skip
            return False
        self.cared_on[case] = today
        return True

    def plan_after_proposal(self, case: int) -> None:
        """Ask what the customer thinks of it, with all attempts anew."""
        self.unanswered[case] = 0
        self.desk.plan(FOLLOW_UP, case, self.desk.stamp + self.gap_days * MINUTES_A_DAY)

    def decide(self, case: int) -> bool:
        """The decision day: True where the customer now asks the desk to renew."""
        if self._climate:
            self._felt[case] = self._climate
        if self.is_closed[case] or not self.wants_to_renew(case):
            return False
        if self.renews_alone[case]:
            self.settle(case, ALONE)
            return False
        self.has_asked[case] = True
        return True

    def columns(self) -> dict[str, np.ndarray]:
        """The state of every case, as columns of the record."""
        names = (
            "outcome", "effect", "touches", "conversations", "first_touch", "signed", "is_closed", "complaints", "breaches",
            "cancelled",
        )  # fmt: skip
        return {name: np.array(getattr(self, name)) for name in names}
