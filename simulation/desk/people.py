"""People: each is a process that reads as a job description."""

from collections import deque
from collections.abc import Generator, Iterator
from math import inf
from typing import Any

from simulation.desk.choices import chances
from simulation.desk.diary import Diary, Entry, Page
from simulation.desk.pieces import AWAY, NO_CASE, REST, UNANSWERED, Piece
from simulation.desk.skills import NO_LINE, Skills
from simulation.desk.streams import TICKS_A_MINUTE
from simulation.desk.team import Post, Seat


class Person:
    """Somebody at the desk: takes what comes next from the diary or from dispatch, does it, writes it down, or rests."""

    def __init__(self, number: int, seat: Seat, post: Post, has_lines: bool, desk: Any):
        self.number, self.seat, self.post, self.desk, self.env = number, seat, post, desk, desk.env
        self.skills = Skills(seat, post, desk)
        self.is_known_by_line = self.skills.differ_by_line
        self._line = NO_LINE
        self.know()
        self.tray: deque[Piece] = deque()
        self.own_lines: dict = {}  # of dispatch: by common line, the one for work that waits for this person alone
        self.open_cases = self.cases_given = self.talks_count = self.yes_count = 0
        self.worked_today = 0.0
        self.pace = self.warmth = self.haste = 1.0  # what effort makes of speed, of the effect of a talk and of slips
        self.chances = chances(desk.luck, seat.name)
        self.is_watched = False  # somebody in whose work a slip was found is heard more often (S6.3.1)
        self.in_hand: Piece | None = None
        self.wake: Any = None
        self.doing, self.since = REST, 0.0
        self.diary = Diary(seat, post, number, has_lines, desk.calendar, desk.luck)
        self.occupant: Any = None  # who sits here, and what follows from it: see occupants.py
        self.mentor: Person | None = None
        self.is_newcomer = self.is_gone = False
        self.hand_over_minutes = 0.0
        self.own_cases: list[int] = []
        self.is_away, self.closing, self.away_minute = False, inf, inf
        self._away: Entry | None = None
        self._entries: Iterator[Entry] = iter(())

    def run(self) -> Generator:
        """Arrive, and from then on do one thing after another until the run ends."""
        desk, env = self.desk, self.env
        while True:
            piece = desk.next_piece(self)
            if piece is None:
                self.turn_to(REST)
                piece = yield desk.rest(self)
                desk.turn_to(env.now)
            yield env.timeout(self.begin(piece))
            self.put_down(piece)
            if env.now >= desk.closing:  # what others finish at this closing comes before the next morning
                yield env.timeout(0)

    def turn_to(self, what: int) -> None:
        """From now on this person's time goes into something else; the spell before is written down."""
        if what != self.doing:
            now = self.env.now
            self.desk.ledger.spell(self.number, self.doing, self.since, now)
            self.doing, self.since = what, now

    def turn_to_page(self, page: Page) -> None:
        """A new day: what the diary holds for it, and when the own hours end."""
        self.is_away, self.closing = page.is_away, page.closing
        self._entries = iter(page.entries)
        self._next_entry()

    def know(self) -> None:
        """Speed and skill for the work in hand, as they are today."""
        self.speed, self.any_speed, self.skill = self.skills.for_line(self._line)

    def away_now(self) -> Piece | None:
        """What the diary wants now, as a piece of its own; what was left undone at a closing is not made up for."""
        now = self.env.now
        while self.away_minute <= now:
            at, minutes, what, closing = self._away
            self._next_entry()
            if closing > now:
                piece = Piece(AWAY, 0, NO_CASE, at, at, closing)
                piece.handling, piece.what = minutes, what
                return piece
        return None

    def _next_entry(self) -> None:
        self._away = next(self._entries, None)
        self.away_minute = inf if self._away is None else self._away[0]

    def begin(self, piece: Piece) -> float:
        """Take a piece in hand; the minutes until it is done or has to be put down, whichever comes first.

        At the end of the own hours work is split, or finished as overtime as far as the office is open; what is left then
        is overtime that delays nobody.
        """
        desk, now = self.desk, self.env.now
        self.in_hand = piece
        self.turn_to(piece.what)
        if piece.kind == AWAY:
            return min(piece.handling, piece.deadline - now)
        if self.is_known_by_line:
            self._line = desk.season.line_of(piece.case)
            self.know()
        if piece.begun < 0:
            piece.begun = now
            minutes = desk.work[piece.kind].minutes(piece, self)
            if self.pace != 1.0 and piece.result != UNANSWERED:
                minutes = pace(minutes, self.pace)
            self.worked_today += minutes
            piece.left = piece.worked = minutes
        today = self.closing - now
        if piece.left <= today:
            spent, piece.left = piece.left, 0.0
        elif desk.stays_late:
            piece.overtime = piece.left - today
            spent, piece.left = min(piece.left, desk.closing - now), 0.0
        else:
            spent, piece.left = today, piece.left - today
        return spent

    def put_down(self, piece: Piece) -> None:
        """Done, or carried over to the next morning; what the diary left undone at closing is not made up for."""
        self.in_hand = None
        if piece.kind == AWAY:
            return
        if piece.left > 0:
            self.tray.append(piece)
        else:
            self.desk.done(piece, self)


def pace(minutes: float, speed: float) -> float:
    """Handling minutes at a speed, in whole ticks."""
    return int(minutes / speed * TICKS_A_MINUTE + 1) / TICKS_A_MINUTE
