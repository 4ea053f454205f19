"""Owners: whose a case is, in teams whose file names work that goes to its owner first.

Such work waits for its owner alone, after a while for others too, and for everybody at once where the owner is away for the
day.
"""

from typing import Any

from playbook.parameters import Parameters
from playbook.structure import GROUPS
from simulation.desk.agenda import OWNER_WAIT
from simulation.desk.choices import owner_choice
from simulation.desk.pieces import FOLLOW_UP, KINDS, Piece


class Owners:
    """The owners of a desk's cases; a team without `owner_first` has none."""

    def __init__(self, owner_first: list[str], desk: Any):
        self.desk, self._owner_of, self._owner_first = desk, desk.cases.owner, owner_first
        self.read(desk.parameters)
        self._able = [
            [each for each in desk.people if desk.dispatch.routing.may_own(each.seat.post, FOLLOW_UP, group)]
            for group in range(len(GROUPS))
        ]

    def read(self, parameters: Parameters) -> None:
        """Take what may change during a run from the parameters."""
        wait = parameters.allocation.owner_wait_minutes
        self._wait = {KINDS.index(kind): wait[kind] for kind in self._owner_first}
        self._choice = owner_choice(parameters)

    def give(self, case: int) -> None:
        """A case becomes somebody's."""
        if self._wait and (able := self._able[self.desk.cases.group[case]]):
            owner = self._owner_of[case] = self._choice(able)
            owner.open_cases += 1
            owner.cases_given += 1

    def asked_first(self, piece: Piece) -> Any:
        """The owner who is asked before anybody else for a piece; None where all are asked alike.

        An owner who is away for the day, or whose post does not take such work, is not waited for.
        """
        owner = self._owner_of[piece.case] if piece.kind in self._wait else None
        if owner is None or self.desk.morning in owner.mornings_away:
            return None
        return owner if self.desk.dispatch.routing.may_own(owner.seat.post, piece.kind, piece.group) else None

    def queue(self, owner: Any, piece: Piece) -> None:
        """A piece waits for its owner alone, and after a while for others too."""
        desk, dispatch = self.desk, self.desk.dispatch
        dispatch.put_for(piece, owner)
        if desk.now < desk.closing and dispatch.is_idle(owner) and (taken := dispatch.take(owner)) is not None:
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
            if self.desk.morning in person.mornings_away:
                for piece in self.desk.dispatch.own_pieces(person):
                    self.wait_ends(piece.case, self.desk.now, piece)
