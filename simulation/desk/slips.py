"""Slips: errors of entry and things said that must not be said; who finds them, and what comes of those nobody finds.

A slip is drawn a piece of work. The three levels of inspection (S6.3.1) may find it, each in its own time; a slip that is
found is put right. One that the customer notices first may become a complaint, or a cancellation where the policy stands.
"""

from typing import Any

from playbook.clock import MINUTES_A_DAY
from playbook.improvement import slip_share_left
from playbook.parameters import Parameters
from playbook.quality import LEVELS, first_finding, sampled_share_of_person
from playbook.training import trained_error_share
from simulation.desk.pieces import INSPECTION, REWORK, Piece
from simulation.desk.streams import Draws

ENTRY_SLIP, VIOLATION = "entry", "violation"
COMPLIANCE = "compliance"  # the module of training that bears on slips (S4.1.2)


class Slips:
    """What goes wrong at a desk, drawn by case and ordinal, so that the same work has the same luck in every structure."""

    def __init__(self, desk: Any):
        self.desk, self.cases = desk, desk.cases
        luck, size = desk.luck, len(desk.season)
        self._draws = {
            (what, of): Draws(luck, f"{what} {of}", size)
            for what in (ENTRY_SLIP, VIOLATION)
            for of in ("slip", *LEVELS, "noticed", "complained of", "cancelled for")
        }
        self._heard = self._draws[VIOLATION, "leader_sample"]
        self._share = {ENTRY_SLIP: 0.0, VIOLATION: 0.0}
        self.read(desk.parameters)

    def read(self, parameters: Parameters) -> None:
        """Take what may change during a run from the parameters."""
        self._base = {ENTRY_SLIP: parameters.demand.entry_error_share, VIOLATION: parameters.risk.violation_share}
        self.training, self.quality, self.risk = parameters.training, parameters.quality, parameters.risk
        self._prevents = parameters.improvement.automation_prevents_share
        self._slip_logit = parameters.decision.slip_logit
        self._sampled = {
            is_watched: sampled_share_of_person(
                self.quality.inspected_share["leader_sample"], is_watched, self.quality.tightened_factor
            )
            for is_watched in (False, True)
        }

    def morning(self) -> None:
        """The shares of slips of today, lower after a training in compliance (S4.1.2)."""
        days, training = self.desk.duties.lessons.days_since(COMPLIANCE, self.desk.stamp), self.training
        for what, share in self._base.items():
            self._share[what] = trained_error_share(
                share, days, training.training_error_cut_share, training.training_half_life_days
            )

    def after_entry(self, case: int, person: Any, is_automated: bool) -> None:
        """A renewal has been entered by somebody, or by the system."""
        share = slip_share_left(self._share[ENTRY_SLIP], float(is_automated), self._prevents)
        self._after_work(ENTRY_SLIP, case, 0, share, person)

    def after_talk(self, case: int, ordinal: int, person: Any) -> None:
        """A customer has been talked with: some conversations are heard by the leader, and in some something is wrong."""
        if self._heard(case, ordinal) < self._sampled[person.is_watched]:
            piece = Piece(INSPECTION, self.cases.group[case], case, self.desk.stamp, self.desk.now)
            after = self.quality.found_after_days["leader_sample"] * MINUTES_A_DAY
            self.desk.await_piece(piece, self.desk.stamp + after)
        self._after_work(VIOLATION, case, ordinal, self._share[VIOLATION], person)

    def _after_work(self, what: str, case: int, ordinal: int, share: float, person: Any) -> None:
        if self._draws[what, "slip"](case, ordinal) >= share * (1.0 if person is None else person.haste):
            return
        quality, day = self.quality, self.desk.stamp / MINUTES_A_DAY
        inspected = dict(quality.inspected_share)
        if person is not None:
            inspected["leader_sample"] = self._sampled[person.is_watched]
        uniforms = [self._draws[what, level](case, ordinal) for level in LEVELS]
        found = first_finding(uniforms, day, inspected, quality.recognised_share, quality.found_after_days)
        noticed_day = day + self.risk.slip_noticed_after_days
        if found is not None and (found[0] == "self_check" or found[1] <= noticed_day):
            if person is not None and found[0] != "self_check":
                person.is_watched = True
            piece = Piece(REWORK, self.cases.group[case], case, self.desk.stamp, self.desk.now)
            self.desk.await_piece(piece, found[1] * MINUTES_A_DAY)
        elif self._draws[what, "noticed"](case, ordinal) < self.risk.slip_noticed_share:
            self.desk.customers.will_notice(what, case, ordinal, noticed_day * MINUTES_A_DAY)

    def is_noticed(self, what: str, case: int, ordinal: int) -> None:
        """A customer notices a slip that nobody of the house has found."""
        if what == VIOLATION:
            self.cases.add(case, self._slip_logit)
        if self._draws[what, "complained of"](case, ordinal) < self.risk.slip_complaint_share:
            self.desk.customers.complain(case, self.desk.stamp, "slip")
        if self._draws[what, "cancelled for"](case, ordinal) < self.risk.slip_cancellation_share:
            self.desk.customers.cancel(case)
