"""The work of watching and putting right: silences, exceptions, issues of three levels, inspection and rework."""

from typing import Any

from playbook.escalation import LEVELS, issue_solver, may_take_step, next_state
from playbook.feedback import is_late
from simulation.desk.people import Person, pace
from simulation.desk.pieces import (
    ALERT,
    DONE,
    EXCEPTION,
    INSPECTION,
    ISSUES,
    NOBODY,
    PASSED_ON,
    PRE_ALERT,
    REJECTED,
    REWORK,
    VERIFICATION,
    Piece,
)
from simulation.desk.streams import whole_ticks
from simulation.desk.work import Work

OUTSIDE = "other_department"


class Alert(Work):
    """A silence has reached its limit: the leader looks into the case and has it taken up next (S2.2.3)."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        self.own_minutes = whole_ticks(self.parameters.monitoring.alert_minutes)

    def minutes(self, piece: Piece, person: Person) -> float:
        return self.own_minutes

    def done(self, piece: Piece, person: Person) -> None:
        piece.result = DONE
        self.desk.take_up_next(piece.case)


class PreAlert(Alert):
    """A silence nears its limit: the coordinator looks into it and has the case taken up next (S1.1.2b)."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        self.own_minutes = whole_ticks(self.parameters.monitoring.pre_alert_minutes)


class SpecialCase(Work):
    """Something about a policy that the ordinary way does not cover; settled late, it is a breach (S1.1.2c)."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        self.exception_minutes = self.parameters.roles.exception_minutes

    def minutes(self, piece: Piece, person: Person) -> float:
        return pace(self.exception_minutes, person.any_speed)

    def done(self, piece: Piece, person: Person) -> None:
        piece.result = DONE
        if is_late(self.desk.stamp, piece.deadline):
            self.cases.breach(piece.case)


class Matter:
    """An issue on its way to its closing (S2.3.2): its level, its state, who owns it and until when it has a remedy."""

    __slots__ = ("deadline", "level", "owner", "state", "was_outside")

    def __init__(self, level: str, deadline: float):
        self.level, self.deadline, self.state = level, deadline, "found"
        self.owner, self.was_outside = NOBODY, False


class Issue(Work):
    """A question that the work gives rise to, solved by whom its level names, and checked by somebody else (S2.3.1)."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        escalation = self.parameters.escalation
        self.by_level, self.may_owner_verify = escalation.issue_minutes, escalation.may_owner_verify
        self.goes_outside = {level: _solver(escalation, level) == OUTSIDE for level in LEVELS}
        self.card_minutes = {level: 0 if level == LEVELS[0] else escalation.case_card_minutes for level in LEVELS}

    def minutes(self, piece: Piece, person: Person) -> float:
        matter = piece.concerns
        if matter.state == "found":
            matter.state, matter.owner = next_state(matter.state, "assign"), person.number
        return pace(self.by_level[matter.level], person.any_speed)

    def done(self, piece: Piece, person: Person) -> None:
        matter, desk = piece.concerns, self.desk
        matter.owner = person.number
        if self.goes_outside[matter.level] and not matter.was_outside:
            matter.state, matter.was_outside = next_state(matter.state, "pass_on"), True
            piece.result = PASSED_ON
            desk.outside(self._again(VERIFICATION, piece), OUTSIDE)
            matter.state = next_state(matter.state, "solve")  # by the other department, whose answer is checked
            return
        piece.result, matter.state = DONE, next_state(matter.state, "solve")
        if is_late(desk.stamp, matter.deadline):
            self.cases.breach(piece.case)
        desk.queue(self._again(VERIFICATION, piece))

    def _again(self, kind: int, piece: Piece) -> Piece:
        """What follows for the same issue."""
        found = Piece(kind, piece.group, piece.case, self.desk.stamp, self.desk.now)
        found.concerns, found.ordinal = piece.concerns, piece.ordinal
        if kind == VERIFICATION and not may_take_step(
            "verify", piece.concerns.owner, piece.concerns.owner, self.may_owner_verify
        ):
            self.desk.bar(found, piece.concerns.owner)
        return found


class Verification(Issue):
    """A remedy is checked by another than its owner, who gets it back where it does not do (S2.3.2)."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        escalation = self.parameters.escalation
        self.verification_minutes = escalation.verification_minutes
        self.rejects = self.chance("remedy rejected", escalation.remedy_rejected_share)

    def minutes(self, piece: Piece, person: Person) -> float:
        matter = piece.concerns
        piece.result = REJECTED if self.rejects(piece.case, piece.ordinal) else DONE
        card = 0 if piece.result == REJECTED else self.card_minutes[matter.level]
        return pace(self.verification_minutes + card, person.any_speed)

    def done(self, piece: Piece, person: Person) -> None:
        matter = piece.concerns
        if piece.result == REJECTED:
            matter.state = next_state(matter.state, "reject")
            piece.ordinal += 1
            self.desk.queue(self._again(ISSUES[LEVELS.index(matter.level)], piece))
            return
        matter.state = next_state(next_state(matter.state, "verify"), "close")
        self.desk.library_count += matter.level != LEVELS[0]


class Inspection(Work):
    """The leader hears a recorded conversation (S6.3.1)."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        self.inspection_minutes = whole_ticks(self.parameters.quality.inspection_minutes["leader_sample"])

    def minutes(self, piece: Piece, person: Person) -> float:
        return self.inspection_minutes


class Rework(Work):
    """What went wrong, or came back because it was not clear, is put right."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        self.rework_minutes = self.parameters.demand.rework_minutes

    def minutes(self, piece: Piece, person: Person) -> float:
        return pace(self.rework_minutes, person.speed[piece.group])


def _solver(escalation: Any, level: str) -> str:
    return issue_solver(level, escalation.routine_solver, escalation.urgent_solver, escalation.major_solver)


WATCHING = {
    PRE_ALERT: PreAlert, ALERT: Alert, EXCEPTION: SpecialCase, **dict.fromkeys(ISSUES, Issue), VERIFICATION: Verification,
    INSPECTION: Inspection, REWORK: Rework,
}  # fmt: skip
