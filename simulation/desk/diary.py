"""The diary: what takes a person away from the desk, laid out for the whole run before it begins."""

from math import inf

import numpy as np

from playbook.clock import DAYS_A_YEAR, WEEKDAYS, OfficeCalendar
from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.pieces import ABSENCE, BREAK, LEAVE, MEETING, OTHER, STANDING
from simulation.desk.streams import TICKS_A_MINUTE, Luck
from simulation.desk.team import Seat

PEOPLE_IN_TURN = 5  # how many take their breaks one after another before the first one's turn comes again

Entry = tuple[float, float, int, float]  # from which working minute, for how long, for what, and when that day closes


def diary(
    seat: Seat, position: int, has_lines: bool, parameters: Parameters, calendar: OfficeCalendar, luck: Luck
) -> list[Entry]:
    """What takes a person away from the desk, day by day in order.

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
    weekdays, longest = _weekdays(calendar), calendar.longest_day_minutes
    found: list[Entry] = []
    for day in range(days):
        begin, length = float(mornings[day]), float(mornings[day + 1] - mornings[day])
        if chance[day] < people.absence_share:
            found.append((begin, length, ABSENCE, begin + length))
        elif chance[day] < people.absence_share + leave_share:
            found.append((begin, length, LEAVE, begin + length))
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
) -> list[Entry]:
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
    closing, at = begin + length, begin + meeting + gap * (1 - shift)
    found = [(begin, meeting, MEETING, closing)] if meeting else []
    for minutes, what in _interleaved(blocks):
        found.append((_in_ticks(at), minutes, what, closing))
        at += minutes + gap
    return found


def _in_ticks(minutes: float) -> float:
    return int(minutes * TICKS_A_MINUTE) / TICKS_A_MINUTE


def _interleaved(blocks: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Halves of the day alike: every other block in the morning."""
    return blocks[0::2] + blocks[1::2]
