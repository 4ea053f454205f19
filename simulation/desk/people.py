"""People: each is a process that reads as a job description."""

from collections import deque
from collections.abc import Generator
from math import inf
from typing import Any

from simulation.desk.choices import chances
from simulation.desk.diary import Entry, diary
from simulation.desk.pieces import ABSENCE, AWAY, LEAVE, NO_CASE, REST, UNANSWERED, Piece
from simulation.desk.streams import TICKS_A_MINUTE
from simulation.desk.team import Post, Seat


class Person:
    """Somebody at the desk: takes what comes next from the diary or from dispatch, does it, writes it down, or rests."""

    def __init__(self, number: int, seat: Seat, post: Post, has_lines: bool, desk: Any):
        parameters = desk.parameters
        people, structure = parameters.people, parameters.structure
        is_graded = seat.role == "consultant"
        self.number, self.seat, self.desk, self.env = number, seat, desk, desk.env
        own_speed = post.speed * (people.speed_factor[seat.grade] if is_graded else 1.0)
        gain = structure.specialist_speed_factor
        self.speed = {0: own_speed, 1: own_speed}
        if post.only_group:
            self.speed[0 if post.only_group == "A" else 1] = own_speed * gain
        self.any_speed = own_speed
        self.skill = people.contact_skill_factor[seat.grade] if is_graded else 1.0
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
        self.away_minute: float = inf
        self._away: Entry | None = None
        entries = diary(seat, number, has_lines, parameters, desk.calendar, desk.luck)
        self.mornings_away = {begin for begin, _, what, _ in entries if what in (ABSENCE, LEAVE)}
        self._diary = iter(entries)
        self._turn_page()

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

    def turn_to(self, what: int) -> None:
        """From now on this person's time goes into something else; the spell before is written down."""
        if what != self.doing:
            now = self.env.now
            self.desk.ledger.spell(self.number, self.doing, self.since, now)
            self.doing, self.since = what, now

    def away_now(self) -> Piece | None:
        """What the diary wants now, as a piece of its own; what was left undone at a closing is not made up for."""
        now = self.env.now
        while self.away_minute <= now:
            at, minutes, what, closing = self._away
            self._turn_page()
            if closing > now:
                piece = Piece(AWAY, 0, NO_CASE, at, at)
                piece.handling, piece.what = minutes, what
                return piece
        return None

    def _turn_page(self) -> None:
        self._away = next(self._diary, None)
        self.away_minute = inf if self._away is None else self._away[0]

    def begin(self, piece: Piece) -> float:
        """Take a piece in hand; the minutes until it is done or the office closes, whichever comes first."""
        desk, now = self.desk, self.env.now
        self.in_hand = piece
        self.turn_to(piece.what)
        if piece.begun < 0:
            piece.begun = now
            if piece.kind == AWAY:
                minutes = piece.handling
            else:
                minutes = desk.work[piece.kind].minutes(piece, self)
                if self.pace != 1.0 and piece.result != UNANSWERED:
                    minutes = pace(minutes, self.pace)
                self.worked_today += minutes
            piece.left = piece.worked = minutes
        today = desk.closing - now
        if piece.left <= today:
            spent, piece.left = piece.left, 0.0
        elif desk.stays_late and piece.kind != AWAY:
            spent, piece.overtime, piece.left = today, piece.left - today, 0.0
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
