"""The record: flat rows appended as plain columns, one a stay of a piece of work, one a spell of a person's time.

Nothing is summed during the run; measures are computed from the record afterwards.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from struct import Struct

import numpy as np
from numpy.typing import NDArray

from simulation.desk.pieces import Piece
from simulation.desk.season import Horizon, Season
from simulation.desk.team import Seat

STAY_FIELDS = (
    "kind", "group", "case", "person", "born", "queued", "begun", "ended", "deadline", "worked", "overtime", "result",
)  # fmt: skip
SPELL_FIELDS = ("person", "what", "begun", "ended")
STAY, SPELL = (Struct(f"{len(fields)}d").pack for fields in (STAY_FIELDS, SPELL_FIELDS))
NEVER = float("nan")

OUTCOMES = ("signed", "signed_on_request", "renewed_alone", "lapsed", "won_back")
SIGNED, ON_REQUEST, ALONE, LAPSED, WON_BACK = range(5)


@dataclass(frozen=True)
class Occupancy:
    """A row of the record: who sat on a seat, by its number, from one calendar minute to another (infinite: to the end), and
    on which day of the run they joined the team (minus infinity: long ago)."""

    seat: int
    name: str
    grade: str
    begun: float
    ended: float
    joined_on: float


class Ledger:
    """What the desk writes down as it happens: working minutes everywhere but in `born` and `deadline`."""

    def __init__(self) -> None:
        self.stays, self.spells = bytearray(), bytearray()  # rows of doubles

    def copy(self) -> "Ledger":
        """The same rows, to which others may be added."""
        other = Ledger()
        other.stays += self.stays
        other.spells += self.spells
        return other

    def stay(self, piece: Piece, person: int, ended: float) -> None:
        """A piece of work is over, or was still open at the end."""
        begun = piece.begun if piece.begun >= 0 else NEVER
        self.stays += STAY(
            piece.kind, piece.group, piece.case, person, piece.born, piece.queued, begun, ended, piece.deadline,
            piece.worked, piece.overtime, piece.result,
        )  # fmt: skip

    def spell(self, person: int, what: int, begun: float, ended: float) -> None:
        """A person has rested, worked or been away from one working minute to a later one."""
        if ended > begun:
            self.spells += SPELL(person, what, begun, ended)


@dataclass(frozen=True)
class Record:
    """One run. Stays and spells are arrays of rows, by column with `stay(name)` and `spell(name)`.

    In them queued, begun and ended are working minutes (nan: not begun, inf: still open at the end), born and deadline
    calendar minutes; `stay("queued_stamp")` and the like give a working minute's calendar minute. Policies are columns of
    the season's length: outcome (position in OUTCOMES), effect (sum of service effects, logit), resistance, chance_alone,
    decides, touches, conversations, complaints, breaches (late or lost replies), is_closed, first_touch, signed and cancelled
    (calendar minutes, nan for none). Who was won back had lapsed before.
    """

    season: Season
    horizon: Horizon
    seats: list[Seat]
    stays: NDArray[np.float64]
    spells: NDArray[np.float64]
    policies: dict[str, NDArray]
    occupants: tuple[Occupancy, ...] = ()

    @classmethod
    def of(
        cls,
        season: Season,
        horizon: Horizon,
        seats: list[Seat],
        ledger: Ledger,
        policies: dict[str, NDArray],
        occupants: Iterable[Occupancy] = (),
    ) -> "Record":
        """The rows of a ledger as arrays."""
        stays = np.frombuffer(ledger.stays, dtype=float).reshape(-1, len(STAY_FIELDS))
        spells = np.frombuffer(ledger.spells, dtype=float).reshape(-1, len(SPELL_FIELDS))
        stays.flags.writeable = spells.flags.writeable = False
        return cls(season, horizon, seats, stays, spells, policies, tuple(occupants))

    def stay(self, name: str) -> NDArray[np.float64]:
        """A column of the stays; a name ending in `_stamp` gives a working minute's calendar minute."""
        if name.endswith("_stamp"):
            column = self.stays[:, STAY_FIELDS.index(name.removesuffix("_stamp"))]
            return self.horizon.calendar.to_calendar(column, is_end=name == "ended_stamp")
        return self.stays[:, STAY_FIELDS.index(name)]

    def spell(self, name: str) -> NDArray[np.float64]:
        """A column of the spells, in working minutes."""
        return self.spells[:, SPELL_FIELDS.index(name)]

    def digest(self) -> str:
        """A fingerprint of every row: the same run gives the same one, in any process."""
        found = hashlib.sha256(self.stays)
        found.update(self.spells)
        for name in sorted(self.policies):
            found.update(np.ascontiguousarray(self.policies[name]).tobytes())
        return found.hexdigest()
