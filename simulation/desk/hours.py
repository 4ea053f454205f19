"""Own hours: when the people of a post are at the office, inside the hours in which it is open."""

from functools import cached_property

from playbook.clock import MINUTES_A_DAY, WEEKDAYS, OfficeCalendar, minutes_of_day
from simulation.desk.team import Post


class OwnHours:
    """The own hours of a post on each open day: its shift, its weekdays and its share of the day, as the office is open."""

    def __init__(self, post: Post, calendar: OfficeCalendar):
        self._calendar, self._post = calendar, post
        self._mornings = [*calendar.morning_minutes.tolist(), calendar.working_total]
        self._days = calendar.open_days.tolist()
        self._first_weekday = calendar.first_day.weekday()
        self._shift = minutes_of_day(post.shift) if post.shift else None

    def weekday(self, day: int) -> str:
        """The name of an open day's weekday, by its number."""
        return WEEKDAYS[int(self._first_weekday + self._days[day]) % len(WEEKDAYS)]

    def office(self, day: int) -> tuple[float, float]:
        """The first and the last working minute of an open day of the office."""
        return self._mornings[day], self._mornings[day + 1]

    def on(self, day: int) -> tuple[float, float]:
        """The first and the last working minute of the own hours on an open day; the same one twice where there are none."""
        begin, end = self._mornings[day], self._mornings[day + 1]
        if self.is_whole:
            return begin, end
        post = self._post
        if post.weekdays and self.weekday(day) not in post.weekdays:
            return begin, begin
        if self._shift is not None:
            midnight = self._days[day] * MINUTES_A_DAY
            came, left = (self._calendar.working(midnight + minute) for minute in self._shift)
            begin, end = max(begin, min(came, end)), max(begin, min(left, end))
        if post.hours_share is not None:
            end = begin + int((end - begin) * post.hours_share)
        return begin, end

    @cached_property
    def is_whole(self) -> bool:
        """Whether these are the office's hours."""
        post = self._post
        return self._shift is None and not post.weekdays and post.hours_share is None
