"""The diary: what takes a person away from the desk, a page made each morning from the parameters then in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from playbook.clock import DAYS_A_YEAR, OfficeCalendar
from playbook.errors import InputError
from playbook.monitoring import meeting_minutes_per_week
from playbook.parameters import Parameters
from simulation.desk.hours import OwnHours
from simulation.desk.pieces import ABSENCE, BREAK, LEAVE, MEETING, OFF_DUTY, OTHER, STANDING
from simulation.desk.streams import TICKS_A_MINUTE, Luck, readable
from simulation.desk.team import Post, Seat

PEOPLE_IN_TURN = 5  # how many take their breaks one after another before the first one's turn comes again

Entry = tuple[
    float, float, int, float
]  # from which working minute, for how long, for what, and when that ends at the latest
Duty = tuple[float, int]  # so many minutes of the day, for what


@dataclass(frozen=True)
class Page:
    """One day of a diary: its entries in order, when the own hours end, and whether the day is spent elsewhere."""

    entries: list[Entry]
    closing: float
    is_away: bool


class Diary:
    """What takes one person away from the desk, day by day.

    Absence and leave take whole days; else the stand-up opens the own day, the weekly meeting follows it, and breaks,
    duties, standing work and time that the model does not act out are spread over the rest, shifted from person to person
    so that not everybody is away at once. Who serves no line has work of their own for the whole day. Outside the own hours
    a person is off duty. The luck of a day belongs to the seat and the day, whatever the parameters are.
    """

    def __init__(self, seat: Seat, post: Post, position: int, has_lines: bool, calendar: OfficeCalendar, luck: Luck):
        self._seat, self._position, self._has_lines = seat, position, has_lines
        self.hours = OwnHours(post, calendar)
        days = len(calendar.open_days)
        self._chance = readable(luck.row("presence", seat.name, days))
        self._days_a_year = max(1.0, days * DAYS_A_YEAR / (calendar.open_days[-1] - calendar.open_days[0] + 1))
        self._longest = calendar.longest_day_minutes
        self._spread: dict[Any, list[tuple[float, float, int]]] = {}
        self._read_from: Parameters | None = None

    def away_for(self, day: int, parameters: Parameters) -> int | None:
        """What takes the whole of an open day by chance or by the own hours: absence, leave or a day off duty."""
        self._read(parameters)
        begin, end = self.hours.on(day)
        people, chance = self._people, self._chance[day]
        if end <= begin:
            return OFF_DUTY
        if chance < people.absence_share:
            return ABSENCE
        return LEAVE if chance < people.absence_share + people.leave_days / self._days_a_year else None

    def page(self, day: int, parameters: Parameters, duties: Iterable[Duty], elsewhere: int | None) -> Page:
        """The page of an open day, with its duties; `elsewhere` is what takes all of it, where something does."""
        opening, closing = self.hours.office(day)
        begin, end = self.hours.on(day)
        entries = [(opening, begin - opening, OFF_DUTY, begin)] if begin > opening else []
        if elsewhere is not None and end > begin:
            entries.append((begin, end - begin, elsewhere, end))
        elif end > begin:
            entries += self._own_day(begin, end, day, parameters, duties)
        if end < closing:
            entries.append((end, closing - end, OFF_DUTY, closing))
        return Page(entries, end, elsewhere is not None)

    def _read(self, parameters: Parameters) -> None:
        if self._read_from is not parameters:
            self._spread, self._read_from = {}, parameters
            self._people, self._monitoring = parameters.people, parameters.monitoring

    def check(self, parameters: Parameters) -> None:
        """InputError where an ordinary full day has no room for all that is wanted of it."""
        self._spread_over(self._longest, self._longest, True, parameters, ())

    def _own_day(
        self, begin: float, end: float, day: int, parameters: Parameters, duties: Iterable[Duty]
    ) -> list[Entry]:
        """A day at the desk: its length, whether it is that of the weekly meeting, and its duties decide how it is spent."""
        self._read(parameters)
        is_weekly = self.hours.weekday(day) == self._monitoring.weekly_meeting_weekday
        key = (end - begin, is_weekly, *duties)
        spread = self._spread.get(key)
        if spread is None:
            spread = self._spread[key] = self._spread_over(end - begin, self._longest, is_weekly, parameters, duties)
        return [(begin + at, minutes, what, end) for at, minutes, what in spread]

    def _spread_over(
        self, length: float, longest: float, is_weekly: bool, parameters: Parameters, duties: Any
    ) -> list[tuple[float, float, int]]:
        """The meeting first, then blocks away spread evenly over the rest; a short day has a part of them."""
        people, monitoring, part = parameters.people, parameters.monitoring, length / longest
        weekly = meeting_minutes_per_week(
            monitoring.meeting_reading, monitoring.weekly_meeting_minutes, monitoring.team_meeting_minutes
        )
        meeting = min(length, _in_ticks(monitoring.stand_up_minutes + is_weekly * weekly))
        wanted = [(people.break_minutes * part / 2, BREAK)] * 2
        wanted += [(length * people.unmodelled_shrinkage_share / 2, OTHER)] * 2
        room = length - meeting - sum(minutes for minutes, _ in wanted)
        standing = people.standing_work_hours.get(self._seat.role, 0) * 60 * part if self._has_lines else inf
        if room < 0 or room < standing < inf:
            raise InputError(
                f"a day has {length:g} minutes, and meetings, breaks, unmodelled time and standing work take more: lower "
                "people.standing_work_hours, people.unmodelled_shrinkage_share or the meetings of params/monitoring.yaml"
            )
        for minutes, what in duties:  # a duty that finds no room falls out
            wanted.append((min(minutes, room), what))
            room -= wanted[-1][0]
        standing = min(standing, room)
        block = people.standing_block_minutes if standing < room else room / 2
        if block > 0:
            wanted += [(min(block, standing - done), STANDING) for done in np.arange(0, standing, block).tolist()]
        blocks = [(_in_ticks(minutes), what) for minutes, what in wanted if minutes > 0]
        shift = self._position % PEOPLE_IN_TURN / PEOPLE_IN_TURN
        gap = max(0.0, length - meeting - sum(minutes for minutes, _ in blocks)) / (len(blocks) + 1)
        found, at = [(0.0, meeting, MEETING)] if meeting else [], meeting + gap * (1 - shift)
        for minutes, what in _interleaved(blocks):
            found.append((_in_ticks(at), minutes, what))
            at += minutes + gap
        return found


def _in_ticks(minutes: float) -> float:
    return int(minutes * TICKS_A_MINUTE) / TICKS_A_MINUTE


def _interleaved(blocks: list[Duty]) -> list[Duty]:
    """Halves of the day alike: every other block in the morning."""
    return blocks[0::2] + blocks[1::2]
