"""The office calendar: calendar minutes to working minutes and back, and deadlines on either clock.

Calendar minutes count from midnight of the calendar's first day. Working minutes count only while the office is open:
that is the axis on which the desk runs, so that nights, weekends and holidays cost no events.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from math import inf
from typing import Any

import numpy as np

from playbook.documents import Document, params_folder, read_document
from playbook.errors import InputError
from playbook.parameters import Parameters

MINUTES_A_DAY = 24 * 60
DAYS_A_YEAR = 365
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Holidays(Document):
    """Days on which the office is closed though their weekday is not, and the other way round."""

    source: str
    from_date: date
    to_date: date
    closed: list[date]
    make_up: list[date]


class OfficeCalendar:
    """When the office is open, from midnight of `first_day` for a number of days.

    Arrays and single values are both taken; calendar minutes and working minutes are floats counted from the first
    day's midnight and from the first opening.
    """

    def __init__(self, first_day: date, spans: Iterable[tuple[float, float]], is_always_open: bool = False):
        self.first_day = first_day
        self.is_always_open = is_always_open
        table = np.array(sorted(spans), dtype=float).reshape(-1, 2)
        if not len(table):
            raise InputError(f"the office is never open after {first_day}: clock.opening_hours names no hours")
        self.open_minutes = table[:, 0]
        self.close_minutes = table[:, 1]
        lengths = self.close_minutes - self.open_minutes
        self.begin_minutes = np.concatenate(([0.0], np.cumsum(lengths)[:-1]))
        self.working_total = float(lengths.sum())
        self._open, self._close = self.open_minutes.tolist(), self.close_minutes.tolist()
        self._begin = self.begin_minutes.tolist()
        self.open_days, first_spans = np.unique(self.open_minutes // MINUTES_A_DAY, return_index=True)
        self.morning_minutes = self.begin_minutes[first_spans]
        self.longest_day_minutes = float(np.diff(np.append(self.morning_minutes, self.working_total)).max())
        last_day = int(self.open_days[-1])
        self._next_open = np.searchsorted(self.open_days, np.arange(last_day + 1)).tolist()

    def to_working(self, calendar_minutes: Any) -> Any:
        """The working minute at each calendar minute; a closed moment is the next opening."""
        at = np.asarray(calendar_minutes, dtype=float)
        span = np.clip(np.searchsorted(self.open_minutes, at, side="right") - 1, 0, None)
        inside = np.clip(at, self.open_minutes[span], self.close_minutes[span]) - self.open_minutes[span]
        return self.begin_minutes[span] + inside

    def to_calendar(self, working_minutes: Any, is_end: bool = False) -> Any:
        """The calendar minute of each working minute; one that is both a closing and an opening is the opening,
        or the closing where `is_end`."""
        at = np.asarray(working_minutes, dtype=float)
        side = "left" if is_end else "right"
        span = np.clip(np.searchsorted(self.begin_minutes, at, side=side) - 1, 0, None)
        return self.open_minutes[span] + (at - self.begin_minutes[span])

    def working(self, calendar_minute: float) -> float:
        """`to_working` for one value, fast."""
        span = max(bisect_right(self._open, calendar_minute) - 1, 0)
        opened = self._open[span]
        return self._begin[span] + (min(max(calendar_minute, opened), self._close[span]) - opened)

    def calendar(self, working_minute: float, is_end: bool = False) -> float:
        """`to_calendar` for one value, fast."""
        find = bisect_left if is_end else bisect_right
        span = max(find(self._begin, working_minute) - 1, 0)
        return self._open[span] + (working_minute - self._begin[span])

    def span(self, working_minute: float) -> tuple[float, float, float]:
        """The stretch of opening that a working minute lies in: its first and its last working minute, and the calendar
        minute of the opening."""
        span = max(bisect_right(self._begin, working_minute) - 1, 0)
        end = self._begin[span + 1] if span + 1 < len(self._begin) else inf
        return self._begin[span], end, self._open[span]

    def deadline(self, from_minute: float, hours: float, clock: str) -> float:
        """The calendar minute at which `hours` have passed on the `calendar` clock or on the `working` one.

        A working deadline that falls on a closing is that closing, not the next opening.

        >>> calendar = OfficeCalendar(date(2026, 1, 5), [(540, 1080), (1980, 2520)])   # Monday and Tuesday, 9 to 18
        >>> calendar.deadline(17 * 60, 2, "working") == 24 * 60 + 10 * 60              # Monday 17:00 -> Tuesday 10:00
        True
        >>> calendar.deadline(17 * 60, 2, "calendar") == 19 * 60
        True
        """
        if clock == "calendar":
            return from_minute + hours * 60
        return self.calendar(self.working(from_minute) + hours * 60, is_end=hours > 0)

    def deadlines(self, from_minutes: Any, hours: float, clock: str) -> Any:
        """`deadline` for an array of calendar minutes."""
        if clock == "calendar":
            return np.asarray(from_minutes) + hours * 60
        return self.to_calendar(self.to_working(from_minutes) + hours * 60, is_end=hours > 0)

    def end_of_open_day(self, from_minute: float, days: int) -> float:
        """The calendar minute at which that many open days have ended, the one of `from_minute` or the next counted first.

        >>> calendar = OfficeCalendar(date(2026, 1, 5), [(540, 1080), (1980, 2520)])   # Monday and Tuesday, 9 to 18
        >>> calendar.end_of_open_day(600, 1) == 24 * 60, calendar.end_of_open_day(600, 2) == 48 * 60
        (True, True)
        """
        position = self.next_open_day(int(from_minute // MINUTES_A_DAY)) + days - 1
        if position >= len(self.open_days):
            return inf
        return float((self.open_days[position] + 1) * MINUTES_A_DAY)

    def next_open_day(self, calendar_day: int) -> int:
        """The position in `open_days` of the first open day not before a calendar day; their number where none is."""
        return self._next_open[calendar_day] if calendar_day < len(self._next_open) else len(self.open_days)

    def day_of(self, calendar_minutes: Any) -> Any:
        """The date, as numpy day, of each calendar minute."""
        days = np.floor_divide(np.asarray(calendar_minutes, dtype=float), MINUTES_A_DAY).astype(int)
        return np.datetime64(self.first_day) + days


def office_calendar(parameters: Parameters, first_day: date, days: int) -> OfficeCalendar:
    """The calendar that params/clock.yaml describes, over `days` days from `first_day`; InputError where the holiday
    calendar does not reach so far or an opening hour cannot be read."""
    clock = parameters.clock
    if clock.is_always_open:
        whole_days = [(number * MINUTES_A_DAY, (number + 1) * MINUTES_A_DAY) for number in range(days)]
        return OfficeCalendar(first_day, whole_days, is_always_open=True)
    holidays = _holidays(clock.holiday_calendar, first_day, first_day + timedelta(days=days - 1))
    hours = {name: _spans(clock.opening_hours, name) for name in WEEKDAYS}
    ordinary = next((spans for spans in hours.values() if spans), [])
    spans = []
    for number in range(days):
        day = first_day + timedelta(days=number)
        today = [] if day in holidays[0] else ordinary if day in holidays[1] else hours[WEEKDAYS[day.weekday()]]
        spans += [(number * MINUTES_A_DAY + opened, number * MINUTES_A_DAY + closed) for opened, closed in today]
    return OfficeCalendar(first_day, spans)


def _holidays(name: str, first: date, last: date) -> tuple[set[date], set[date]]:
    if name == "none":
        return set(), set()
    path = params_folder() / "calendars" / f"{name}.yaml"
    table = read_document(path, Holidays)
    if first < table.from_date or last > table.to_date:
        raise InputError(
            f"the holiday calendar {name!r} reaches from {table.from_date} to {table.to_date}, the run from {first} to "
            f"{last}: choose another experiment.start_date, or clock.holiday_calendar=none, or extend {path.name}"
        )
    return set(table.closed), set(table.make_up)


def _spans(opening_hours: Mapping[str, str], weekday: str) -> list[tuple[float, float]]:
    """A weekday's opening hours as minutes of the day, in order."""
    spans = []
    for text in str(opening_hours.get(weekday, "")).split():
        opened, _, closed = text.partition("-")
        try:
            span = (_minute_of_day(opened), _minute_of_day(closed))
        except ValueError:
            raise InputError(f"clock.opening_hours.{weekday}: {text!r} is not written like 09:00-18:00") from None
        if not (spans[-1][1] if spans else 0) <= span[0] < span[1]:
            raise InputError(f"clock.opening_hours.{weekday}: {text!r} does not end after it begins, in order")
        spans.append(span)
    return spans


def week_spans(parameters: Parameters) -> dict[str, list[tuple[float, float]]]:
    """Each weekday's opening hours in an ordinary week, as minutes of the day.

    >>> week_spans(Parameters.load())["saturday"]
    []
    """
    clock = parameters.clock
    if clock.is_always_open:
        return {name: [(0.0, float(MINUTES_A_DAY))] for name in WEEKDAYS}
    return {name: _spans(clock.opening_hours, name) for name in WEEKDAYS}


def minutes_of_day(text: str) -> tuple[float, float]:
    """The first and the last minute of hours written like 09:00-13:00; InputError where they are not.

    >>> minutes_of_day("09:00-13:30")
    (540.0, 810.0)
    """
    opened, _, closed = text.partition("-")
    try:
        first, last = _minute_of_day(opened), _minute_of_day(closed)
    except ValueError:
        raise InputError(f"{text!r} is not written like 09:00-18:00") from None
    if not first < last:
        raise InputError(f"{text!r} does not end after it begins")
    return first, last


def _minute_of_day(text: str) -> float:
    """The minute of the day at HH:MM, up to 24:00; ValueError where it is no such time."""
    hour, minute = (int(part) for part in text.split(":"))
    if not (0 <= minute < 60 and 0 <= hour * 60 + minute <= MINUTES_A_DAY):
        raise ValueError(text)
    return float(hour * 60 + minute)
