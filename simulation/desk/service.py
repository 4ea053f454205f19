"""The work of keeping customers: complaints, call-backs, care, win-back and cancellations."""

from typing import Any

from playbook.clock import MINUTES_A_DAY
from playbook.complaints import complaint_closing_limit_days
from playbook.escalation import complaint_handling
from playbook.feedback import has_call_back_ended, is_late
from simulation.desk.people import Person, pace
from simulation.desk.pieces import (
    AGREED,
    CALL_BACK,
    CANCELLATION,
    CARE,
    COMPLAINT,
    DISSATISFIED,
    DONE,
    PASSED_ON,
    REFUSED,
    SATISFIED,
    SIGN_OFF,
    TALKED,
    UNANSWERED,
    WIN_BACK,
    Piece,
)
from simulation.desk.record import WON_BACK
from simulation.desk.streams import whole_ticks
from simulation.desk.work import Work


class Grievance:
    """A complaint on its way to its closing: its severity, when it came, and until when somebody must take it up."""

    __slots__ = ("born", "deadline", "severity", "taken_up", "was_outside")

    def __init__(self, severity: str, born: float, deadline: float):
        self.severity, self.born, self.deadline = severity, born, deadline
        self.taken_up: float | None = None
        self.was_outside = False


class Courtesy:
    """A call-back that is owed: how often it was tried."""

    __slots__ = ("attempts",)

    def __init__(self) -> None:
        self.attempts = 0


class Complaint(Work):
    """A complaint, handled and closed; taken up and closed in time, it is made good in part (S5.3.3).

    Who answers for it but does not handle it signs it off. A disputed one is passed on to risk control, and comes back.
    """

    def __init__(self, desk: Any):
        super().__init__(desk)
        demand, feedback = self.parameters.demand, self.parameters.feedback
        self.handling = self.draws("complaint", demand.complaint_minutes, demand.complaint_variation_factor)
        reading, partner = self.parameters.escalation.complaint_reading, feedback.dispute_partner
        self.handled = {severity: complaint_handling(severity, reading, partner) for severity in feedback.closing_case}
        self.closing_hours = {
            severity: complaint_closing_limit_days(
                case, feedback.complaint_closing_days, feedback.closing_extension_days
            )
            * 24
            for severity, case in feedback.closing_case.items()
        }

    def minutes(self, piece: Piece, person: Person) -> float:
        part = 2 if self.handled[piece.concerns.severity].joins else 1  # before risk control is asked, and after
        return pace(self.handling(piece.case, piece.ordinal) / part, person.any_speed)

    def done(self, piece: Piece, person: Person) -> None:
        matter, desk = piece.concerns, self.desk
        handling = self.handled[matter.severity]
        if matter.taken_up is None:
            matter.taken_up = desk.calendar.calendar(piece.begun)
        if handling.joins and not matter.was_outside:
            matter.was_outside = True
            piece.result = PASSED_ON
            back = Piece(COMPLAINT, piece.group, piece.case, piece.born, desk.now)
            back.ordinal, back.concerns = piece.ordinal, matter
            desk.outside(back, handling.joins)
            return
        piece.result = DONE
        if handling.answers != handling.handles:
            desk.want(SIGN_OFF, piece.case)
        closing = desk.calendar.deadline(matter.born, self.closing_hours[matter.severity], "calendar")
        if not is_late(matter.taken_up, matter.deadline) and not is_late(desk.stamp, closing):
            self.cases.make_good(piece.case)
        desk.customers.call_back(piece.case, person, closed_minute=desk.stamp, renewed_minute=None)


class SignOff(Work):
    """Whoever answers for a complaint reads what was done about it."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        self.answering = whole_ticks(self.parameters.escalation.answering_minutes)

    def minutes(self, piece: Piece, person: Person) -> float:
        return self.answering


class CallBack(Work):
    """A customer whose request is closed is called and asked whether all is well (S5.3.1)."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        demand, feedback, risk = self.parameters.demand, self.parameters.feedback, self.parameters.risk
        self.answered = self.chance("call-back answer", demand.answer_share)
        self.tells = self.chance("survey answer", risk.response_by_channel_share["call_back"])
        self.satisfaction = self.uniforms("satisfaction")
        self.talk, self.unanswered = feedback.call_back_minutes, whole_ticks(demand.unanswered_minutes)
        self.attempts_count, self.gap_days = feedback.call_back_attempts_count, demand.unanswered_gap_days

    def minutes(self, piece: Piece, person: Person) -> float:
        matter = piece.concerns
        matter.attempts += 1
        if not self.answered(piece.case, piece.ordinal + matter.attempts - 1):
            piece.result = UNANSWERED
            return self.unanswered
        return pace(self.talk, person.any_speed)

    def done(self, piece: Piece, person: Person) -> None:
        case, matter, desk = piece.case, piece.concerns, self.desk
        if piece.result == UNANSWERED:
            if not has_call_back_ended(matter.attempts, False, self.attempts_count):
                again = Piece(CALL_BACK, piece.group, case, piece.born, desk.now, piece.deadline)
                again.ordinal, again.concerns, again.barred, again.only = (
                    piece.ordinal,
                    matter,
                    piece.barred,
                    piece.only,
                )
                desk.await_piece(again, desk.stamp + self.gap_days * MINUTES_A_DAY)
        elif self.tells(case, piece.ordinal):
            is_satisfied = self.satisfaction(case, piece.ordinal) < self.cases.satisfied_share(case)
            piece.result = SATISFIED if is_satisfied else DISSATISFIED
        else:
            piece.result = DONE


class Care(Work):
    """A call to a customer who asks for quotes and does not buy, before they go (S5.3.4)."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        self.care_minutes, self.care_logit = self.parameters.demand.care_minutes, self.parameters.decision.care_logit

    def minutes(self, piece: Piece, person: Person) -> float:
        return pace(self.care_minutes, person.speed[piece.group])

    def done(self, piece: Piece, person: Person) -> None:
        piece.result = TALKED
        if not self.cases.is_over(piece.case):
            self.cases.add(piece.case, self.care_logit)


class WinBack(Work):
    """One more attempt to reach a customer whose policy has lapsed."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        demand, decision = self.parameters.demand, self.parameters.decision
        self.answered = self.chance("win-back answer", demand.answer_share)
        self.comes_back = self.chance("win-back", decision.win_back_renews_share)
        self.talk = demand.talk_minutes + demand.wrap_up_minutes
        self.unanswered = whole_ticks(demand.unanswered_minutes)

    def minutes(self, piece: Piece, person: Person) -> float:
        if not self.answered(piece.case, 0):
            piece.result = UNANSWERED
            return self.unanswered
        return pace(self.talk, person.speed[piece.group])

    def done(self, piece: Piece, person: Person) -> None:
        if piece.result == UNANSWERED:
            return
        piece.result = REFUSED
        if self.comes_back(piece.case, 0):
            piece.result = AGREED
            self.cases.outcome[piece.case] = WON_BACK
            self.cases.signed[piece.case] = self.desk.stamp
            self.desk.effort.book(piece.case, person)


class Cancellation(Work):
    """A renewed policy is taken back."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        self.cancellation_minutes = self.parameters.demand.cancellation_minutes

    def minutes(self, piece: Piece, person: Person) -> float:
        return pace(self.cancellation_minutes, person.any_speed)


SERVING = {
    COMPLAINT: Complaint, SIGN_OFF: SignOff, CALL_BACK: CallBack, CARE: Care, WIN_BACK: WinBack, CANCELLATION: Cancellation,
}  # fmt: skip
