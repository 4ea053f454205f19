"""The work of renewing: how long each kind takes in somebody's hands, and what follows from it for the case.

A class a kind, each with `minutes(piece, person)` when it is begun and `done(piece, person)` when it is over.
"""

from typing import Any

from playbook.allocation import rework_chance_share
from playbook.clock import MINUTES_A_DAY
from playbook.cooperation import proposal_mean_minutes
from playbook.feedback import is_late
from playbook.structure import GROUPS
from simulation.desk.people import Person, pace
from simulation.desk.pieces import (
    AGREED,
    CARE,
    DONE,
    ENQUIRY,
    ENTRY,
    FOLLOW_UP,
    MESSAGE,
    PROPOSAL,
    REFUSED,
    REQUEST,
    REWORK,
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

    def uniforms(self, purpose: str) -> Draws:
        """Uniforms in (0, 1), one a case and ordinal."""
        return Draws(self.desk.luck, purpose, len(self.desk.season))

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
        quality = self.parameters.quality
        checked = quality.inspection_minutes["self_check"] * quality.inspected_share["self_check"]
        self.wrap_up = demand.wrap_up_minutes + checked
        self.unanswered = whole_ticks(demand.unanswered_minutes)
        self.slips = self.desk.slips

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
        self.slips.after_talk(case, cases.conversations[case], person)
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
        demand, allocation, cooperation = (
            self.parameters.demand,
            self.parameters.allocation,
            self.parameters.cooperation,
        )
        interface = cooperation.look_up_share, cooperation.data_interface_share
        self.by_group = [
            self.draws(
                "proposal",
                proposal_mean_minutes(demand.proposal_minutes[group], *interface),
                demand.proposal_variation_factor,
            )
            for group in GROUPS
        ]
        self.requote_minutes, self.care_days = demand.requote_minutes, demand.care_days
        self.card_minutes = allocation.task_card_minutes if allocation.has_task_card else 0
        self.is_unclear = self.chance(
            "unclear task",
            rework_chance_share(
                allocation.unclear_rework_share, allocation.has_task_card, allocation.task_card_rework_factor
            ),
        )

    def minutes(self, piece: Piece, person: Person) -> float:
        self.cases.take_up(piece)
        is_requote = self.cases.has_proposal[piece.case]
        minutes = self.requote_minutes if is_requote else self.by_group[piece.group](piece.case, 0) + self.card_minutes
        return pace(minutes, person.speed[piece.group])

    def done(self, piece: Piece, person: Person) -> None:
        case, cases = piece.case, self.cases
        piece.result = DONE
        if not cases.has_proposal[case] and self.is_unclear(case, 0):
            self.desk.want(REWORK, case)
        cases.has_proposal[case] = True
        if cases.is_over(case):
            return
        if cases.needs_care(case):
            self.desk.want(CARE, case, self.desk.stamp + self.care_days * MINUTES_A_DAY)
        if cases.agrees(case):
            cases.agree(case, SIGNED, person)
        else:
            cases.plan_after_proposal(case)


class Signing(Work):
    """The paper or electronic work that makes a yes a contract; its entry into the system follows."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        demand, improvement = self.parameters.demand, self.parameters.improvement
        self.is_electronic = self.chance("e-signing", demand.e_signing_share)
        self.by_form = {True: demand.e_signing_minutes, False: demand.signing_minutes}
        self.is_automated = self.chance("automated entry", improvement.automated_entry_share)
        self.entry_days = demand.entry_limit_days

    def minutes(self, piece: Piece, person: Person) -> float:
        return pace(self.by_form[self.is_electronic(piece.case, 0)], person.speed[piece.group])

    def done(self, piece: Piece, person: Person) -> None:
        piece.result = DONE
        case, desk = piece.case, self.desk
        if self.is_automated(case, 0):
            desk.slips.after_entry(case, None, is_automated=True)
        else:
            desk.want(ENTRY, case, desk.calendar.end_of_open_day(desk.stamp, self.entry_days))
        desk.customers.call_back(case, person, closed_minute=None, renewed_minute=desk.stamp)


class Entry(Work):
    """A signed renewal is entered by hand."""

    def __init__(self, desk: Any):
        super().__init__(desk)
        self.entry_minutes = self.parameters.demand.entry_minutes

    def minutes(self, piece: Piece, person: Person) -> float:
        return pace(self.entry_minutes, person.speed[piece.group])

    def done(self, piece: Piece, person: Person) -> None:
        piece.result = DONE
        self.desk.slips.after_entry(piece.case, person, is_automated=False)


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

    def done(self, piece: Piece, person: Person) -> None:
        piece.result = DONE
        self.desk.customers.call_back(piece.case, person, closed_minute=self.desk.stamp, renewed_minute=None)


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


RENEWING = {
    FOLLOW_UP: FollowUp, PROPOSAL: Proposal, SIGNING: Signing, ENTRY: Entry, REQUEST: Request, ENQUIRY: Enquiry,
    WALK_IN: WalkIn, MESSAGE: Message,
}  # fmt: skip
