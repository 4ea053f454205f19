"""Owners: whose a case is, in teams whose file names work that goes to its owner first.

Such work waits for its owner alone, after a while for others too, and for everybody at once where the owner is away for the
day.
"""

from typing import Any

from playbook.parameters import Parameters
from simulation.desk.agenda import OWNER_WAIT
from simulation.desk.choices import owner_choice
from simulation.desk.pieces import FOLLOW_UP, KINDS, Piece


class Owners:
    """The owners of a desk's cases; a team without `owner_first` has none."""

    def __init__(self, owner_first: list[str], desk: Any):
        self.desk, self._owner_of, self._owner_first = desk, desk.cases.owner, owner_first
        self.read(desk.parameters)
        routing = desk.dispatch.routing
        self._able = [
            [
                each
                for each in desk.people
                if routing.may_own(each.seat.post, routing.classes.number(FOLLOW_UP, segment))
            ]
            for segment in range(routing.classes.size)
        ]

    def read(self, parameters: Parameters) -> None:
        """Take what may change during a run from the parameters."""
        wait = parameters.allocation.owner_wait_minutes
        self._wait = {KINDS.index(kind): wait[kind] for kind in self._owner_first}
        self._choice = owner_choice(parameters)

    def give(self, case: int) -> None:
        """A case becomes somebody's."""
        if self._wait and (able := self._able[self.desk.dispatch.segment_of(case, self.desk.cases.group[case])]):
            self._give_to(self._choice([each for each in able if not each.is_gone] or able), case)

    def _give_to(self, owner: Any, case: int) -> None:
        self._owner_of[case] = owner
        owner.open_cases += 1
        owner.cases_given += 1
        owner.own_cases.append(case)

    def hand_over(self, owner: Any) -> None:
        """The open cases of somebody who is gone get other owners, who need some minutes for each."""
        cases = [
            case for case in owner.own_cases if self._owner_of[case] is owner and not self.desk.cases.is_closed[case]
        ]
        owner.own_cases = []
        for case in cases:
            segment = self.desk.dispatch.segment_of(case, self.desk.cases.group[case])
            others = [each for each in self._able[segment] if not each.is_gone]
            if others:
                owner.open_cases -= 1
                new = self._choice(others)
                self._give_to(new, case)
                new.hand_over_minutes += self.desk.parameters.structure.handover_minutes
            else:
                owner.own_cases.append(case)

    def asked_first(self, piece: Piece) -> Any:
        """The owner who is asked before anybody else for a piece; None where all are asked alike.

        An owner who is away for the day, or whose post does not take such work, is not waited for.
        """
        owner = self._owner_of[piece.case] if piece.kind in self._wait else None
        if owner is None or owner.is_away:
            return None
        dispatch = self.desk.dispatch
        return owner if dispatch.routing.may_own(owner.seat.post, dispatch.class_of(piece)) else None

    def queue(self, owner: Any, piece: Piece) -> None:
        """A piece waits for its owner alone, and after a while for others too."""
        desk, dispatch = self.desk, self.desk.dispatch
        dispatch.put_for(piece, owner)
        if dispatch.is_idle(owner) and desk.env.now < desk.closing and (taken := dispatch.take(owner)) is not None:
            dispatch.call(owner)
            owner.wake.succeed(taken)
        if piece.is_waiting:
            desk.offer(piece)  # one more waits: somebody may help out above a threshold
        if piece.is_waiting:
            at = desk.now + self._wait[piece.kind]
            desk.agenda.add(at, desk.calendar.calendar(at), OWNER_WAIT, piece.case, piece)

    def wait_ends(self, case: int, stamp: float, piece: Piece) -> None:
        """The owner has had the time to take a piece up: from now on others may."""
        if piece.is_waiting:
            self.desk.dispatch.open_to_all(piece)
            self.desk.offer(piece)

    def morning(self) -> None:
        """What waits for somebody who is away for the day is open to all."""
        for person in self.desk.people:
            if person.is_away:
                for piece in self.desk.dispatch.own_pieces(person):
                    self.wait_ends(piece.case, self.desk.now, piece)
