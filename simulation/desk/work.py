"""What each kind of work is: how long it takes in somebody's hands, and what follows from it for the case.

A class a kind, each with `minutes(piece, person)` when it is begun and `done(piece, person)` when it is over.
"""

from typing import Any

from playbook.feedback import is_late
from playbook.structure import GROUPS
from simulation.desk.people import Person, pace
from simulation.desk.pieces import (
    AGREED,
    ALERT,
    COMPLAINT,
    DONE,
    ENQUIRY,
    FOLLOW_UP,
    MESSAGE,
    PROPOSAL,
    REFUSED,
    REQUEST,
    SIGNING,
    TALKED,
    UNANSWERED,
    WALK_IN,
    Piece,
)
from simulation.desk.record import ON_REQUEST, SIGNED
from simulation.desk.streams import Draws, durations, whole_ticks


class Work:
    """What all kinds share: the desk, the cases, and handling minutes drawn by case and ordinal."""

    def __init__(self, desk: Any):
        self.desk, self.cases, self.parameters = desk, desk.cases, desk.parameters

    def draws(self, purpose: str, mean: float, variation: float) -> Draws:
        """Lognormal minutes of a mean and a coefficient of variation, one a case and ordinal."""
        return Draws(
            self.desk.luck,
            f"{purpose} minutes",
            len(self.desk.season),
            lambda uniform: durations(uniform, "lognormal", mean, variation),
        )

    def chance(self, purpose: str, share: float) -> Draws:
        """Whether something happens that does in a share of all cases, one a case and ordinal."""
        return Draws.of_chance(self.desk.luck, purpose, len(self.desk.season), share)

    def done(self, piece: Piece, person: Person) -> None:
        """Nothing more follows than that it is done."""
        piece.result = DONE


class FollowUp(Work):
    """An attempt to reach the customer by telephone, and the conversation if somebody answers."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        demand = self.parameters.demand
        self.answered = self.chance("answer", demand.answer_share)
        self.talk = self.draws("talk", demand.talk_minutes, demand.talk_variation_factor)
        self.wrap_up = demand.wrap_up_minutes
        self.unanswered = whole_ticks(demand.unanswered_minutes)

    def minutes(self, piece: Piece, person: Person) -> float:
        case, cases = piece.case, self.cases
        cases.touch(piece)
        if not self.answered(case, cases.touches[case] - 1):
            piece.result = UNANSWERED
            return self.unanswered
        piece.result = TALKED
        return pace(self.talk(case, cases.conversations[case]) + self.wrap_up, person.speed[piece.group])

    def done(self, piece: Piece, person: Person) -> None:
        case, cases = piece.case, self.cases
        if cases.is_over(case):
            return
        if piece.result == UNANSWERED:
            cases.plan_after_no_answer(case)
            return
        cases.talk_with(case, person.skill * person.warmth)
        person.talks_count += 1
        if cases.agrees(case):
            person.yes_count += 1
            piece.result = AGREED
            cases.agree(case, SIGNED, person)
        elif cases.has_refused(case):
            piece.result = REFUSED
            cases.close(case)
        else:
            cases.plan_after_talk(case)


class Proposal(Work):
    """The renewal proposal with the premium worked out, sent when it is ready; later ones are re-quotes."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        demand = self.parameters.demand
        self.by_group = [
            self.draws("proposal", demand.proposal_minutes[group], demand.proposal_variation_factor) for group in GROUPS
        ]
        self.requote_minutes = demand.requote_minutes

    def minutes(self, piece: Piece, person: Person) -> float:
        self.cases.take_up(piece)
        is_requote = self.cases.has_proposal[piece.case]
        minutes = self.requote_minutes if is_requote else self.by_group[piece.group](piece.case, 0)
        return pace(minutes, person.speed[piece.group])

    def done(self, piece: Piece, person: Person) -> None:
        case, cases = piece.case, self.cases
        piece.result = DONE
        cases.has_proposal[case] = True
        if cases.is_over(case):
            return
        if cases.agrees(case):
            cases.agree(case, SIGNED, person)
        else:
            cases.plan_after_proposal(case)


class Signing(Work):
    """The paper or electronic work that makes a yes a contract, with its entry, and with putting right what went wrong."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        demand = self.parameters.demand
        self.is_electronic = self.chance("e-signing", demand.e_signing_share)
        self.by_form = {True: demand.e_signing_minutes, False: demand.signing_minutes}
        self.entry_error = Draws(desk.luck, "entry", len(desk.season))
        self.entry_error_share, self.rework_minutes = demand.entry_error_share, demand.rework_minutes

    def minutes(self, piece: Piece, person: Person) -> float:
        has_error = self.entry_error(piece.case, 0) < self.entry_error_share * person.haste
        rework = self.rework_minutes if has_error else 0
        return pace(self.by_form[self.is_electronic(piece.case, 0)] + rework, person.speed[piece.group])


class Request(Work):
    """A customer who has decided to renew asks for it: a talk, the proposal if there is none, and the yes."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        demand = self.parameters.demand
        self.talk = self.draws("request", demand.talk_minutes, demand.talk_variation_factor)
        self.wrap_up = demand.wrap_up_minutes
        self.proposal = desk.work[PROPOSAL]

    def minutes(self, piece: Piece, person: Person) -> float:
        self.cases.touch(piece)
        talk = pace(self.talk(piece.case, 0) + self.wrap_up, person.speed[piece.group])
        return talk if self.cases.has_proposal[piece.case] else talk + self.proposal.minutes(piece, person)

    def done(self, piece: Piece, person: Person) -> None:
        case, cases = piece.case, self.cases
        cases.has_proposal[case] = True
        if cases.is_over(case):
            piece.result = DONE
        else:
            piece.result = AGREED
            cases.agree(case, ON_REQUEST, person)


class Enquiry(Work):
    """A question of a customer, on time until its reply is due."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        demand = self.parameters.demand
        self.talk = self.draws("enquiry", demand.enquiry_minutes, demand.enquiry_variation_factor)

    def minutes(self, piece: Piece, person: Person) -> float:
        if is_late(self.desk.stamp, piece.deadline):
            self.cases.breach(piece.case)
        return pace(self.talk(piece.case, piece.ordinal), person.speed[piece.group])


class Complaint(Work):
    """A complaint, handled and closed by a coordinator; taken up and closed in time, it is made good in part."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        demand = self.parameters.demand
        self.handling = self.draws("complaint", demand.complaint_minutes, demand.complaint_variation_factor)
        self.closing_hours = self.parameters.feedback.complaint_closing_days * 24

    def minutes(self, piece: Piece, person: Person) -> float:
        return pace(self.handling(piece.case, piece.ordinal), person.any_speed)

    def done(self, piece: Piece, person: Person) -> None:
        piece.result = DONE
        calendar = self.desk.calendar
        closing = calendar.deadline(piece.born, self.closing_hours, "calendar")
        if not is_late(calendar.calendar(piece.begun), piece.deadline) and not is_late(self.desk.stamp, closing):
            self.cases.make_good(piece.case)


class Alert(Work):
    """A silence has reached its limit: the leader looks into the case and has it taken up next."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        self.alert_minutes = whole_ticks(self.parameters.monitoring.alert_minutes)

    def minutes(self, piece: Piece, person: Person) -> float:
        return self.alert_minutes

    def done(self, piece: Piece, person: Person) -> None:
        piece.result = DONE
        self.desk.take_up_next(piece.case)


class Message(Work):
    """A batch of written reminders; its size was known when it was handed out."""

    def minutes(self, piece: Piece, person: Person) -> float:
        return pace(piece.handling, person.speed[piece.group])


class WalkIn(Work):
    """Work from outside the book; how long it takes was drawn when it came."""

    def minutes(self, piece: Piece, person: Person) -> float:
        return pace(piece.handling, person.any_speed)

    def done(self, piece: Piece, person: Person) -> None:
        piece.result = DONE
        self.desk.customers.replied_to(piece)


IN_ORDER = {
    FOLLOW_UP: FollowUp, PROPOSAL: Proposal, SIGNING: Signing, REQUEST: Request, ENQUIRY: Enquiry,
    COMPLAINT: Complaint, ALERT: Alert, WALK_IN: WalkIn, MESSAGE: Message,
}  # fmt: skip
