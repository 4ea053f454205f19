"""People: each is a process that reads as a job description, with a diary of what takes them away from the desk."""

from collections import deque
from collections.abc import Generator
from math import inf
from typing import Any

import numpy as np

from playbook.clock import WEEKDAYS, OfficeCalendar
from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.pieces import ABSENCE, AWAY, BREAK, LEAVE, MEETING, OTHER, REST, STANDING, Piece
from simulation.desk.streams import TICKS_A_MINUTE, Luck
from simulation.desk.team import Post, Seat

DAYS_A_YEAR = 365
PEOPLE_IN_TURN = 5  # how many take their breaks one after another before the first one's turn comes again


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
        self.in_hand: Piece | None = None
        self.wake: Any = None
        self.doing, self.since = REST, 0.0
        self.away_minute, self._away = inf, None
        self._diary = iter(diary(seat, number, has_lines, parameters, desk.calendar, desk.luck))
        self._turn_page()

    def run(self) -> Generator:
        """Arrive, and from then on do one thing after another until the run ends."""
        desk, env = self.desk, self.env
        while True:
            piece = desk.next_piece(self)
            if piece is None:
                self.turn_to(REST)
                piece = yield desk.rest(self)
            yield env.timeout(self.begin(piece))
            self.put_down(piece)

    def turn_to(self, what: int) -> None:
        """From now on this person's time goes into something else; the spell before is written down."""
        if what != self.doing:
            now = self.env.now
            self.desk.ledger.spell(self.number, self.doing, self.since, now)
            self.doing, self.since = what, now

    def away_now(self) -> Piece:
        """What the diary wants now, as a piece of its own; the page is turned."""
        piece = Piece(AWAY, 0, -1, self.away_minute, self.away_minute)
        _, piece.handling, piece.what = self._away
        self._turn_page()
        return piece

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
            piece.left = piece.worked = desk.minutes_for(piece, self)
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


def diary(
    seat: Seat, position: int, has_lines: bool, parameters: Parameters, calendar: OfficeCalendar, luck: Luck
) -> list[tuple[float, float, int]]:
    """What takes a person away from the desk, as (working minute, minutes, what), a day's in order.

    Absence and leave take whole days; else the stand-up opens the day, the weekly meeting follows it, and breaks,
    standing work and time that the model does not act out are spread over the rest, shifted from person to person so
    that not everybody is away at once. Who serves no line has work of their own for the whole day.
    """
    if calendar.is_always_open:
        return []
    people, monitoring = parameters.people, parameters.monitoring
    mornings = np.append(calendar.morning_minutes, calendar.working_total)
    days = len(calendar.open_days)
    chance = luck.row("presence", seat.name, days)
    leave_share = people.leave_days / max(
        1.0, days * DAYS_A_YEAR / (calendar.open_days[-1] - calendar.open_days[0] + 1)
    )
    weekdays, longest = _weekdays(calendar), float(np.diff(mornings).max())
    found: list[tuple[float, float, int]] = []
    for day in range(days):
        begin, length = float(mornings[day]), float(mornings[day + 1] - mornings[day])
        if chance[day] < people.absence_share:
            found.append((begin, length, ABSENCE))
        elif chance[day] < people.absence_share + leave_share:
            found.append((begin, length, LEAVE))
        else:
            is_weekly = weekdays[day] == monitoring.weekly_meeting_weekday
            meeting = monitoring.stand_up_minutes + is_weekly * monitoring.weekly_meeting_minutes
            standing = people.standing_work_hours.get(seat.role, 0) * 60 * length / longest if has_lines else inf
            found += _day(begin, length, length / longest, meeting, standing, position, parameters)
    return found


def _weekdays(calendar: OfficeCalendar) -> list[str]:
    first = calendar.first_day.weekday()
    return [WEEKDAYS[int(first + day) % len(WEEKDAYS)] for day in calendar.open_days]


def _day(
    begin: float, length: float, part: float, meeting: float, standing: float, position: int, parameters: Parameters
) -> list[tuple[float, float, int]]:
    """A day at work: the meeting first, then blocks away spread evenly over the rest; a short day has a part of them."""
    people = parameters.people
    wanted = [(people.break_minutes * part / 2, BREAK)] * 2
    wanted += [(length * people.unmodelled_shrinkage_share / 2, OTHER)] * 2
    room = length - meeting - sum(minutes for minutes, _ in wanted)
    block = people.standing_block_minutes if standing <= room else room / 2
    wanted += [(min(block, standing - done), STANDING) for done in np.arange(0, min(standing, room), block)]
    blocks = [(_in_ticks(minutes), what) for minutes, what in wanted if minutes > 0]
    away = meeting + sum(minutes for minutes, _ in blocks)
    if away > length or room < standing < inf:
        raise InputError(
            f"a day has {length:g} minutes, and meetings, breaks, unmodelled time and standing work take more: lower "
            "people.standing_work_hours, people.unmodelled_shrinkage_share or the meetings of params/monitoring.yaml"
        )
    shift = position % PEOPLE_IN_TURN / PEOPLE_IN_TURN
    gap = (length - away) / (len(blocks) + 1)
    found, at = [(begin, meeting, MEETING)] if meeting else [], begin + meeting + gap * (1 - shift)
    for minutes, what in _interleaved(blocks):
        found.append((_in_ticks(at), minutes, what))
        at += minutes + gap
    return found


def _in_ticks(minutes: float) -> float:
    return int(minutes * TICKS_A_MINUTE) / TICKS_A_MINUTE


def _interleaved(blocks: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Halves of the day alike: every other block in the morning."""
    return blocks[0::2] + blocks[1::2]
