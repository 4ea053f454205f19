"""Lessons: which training is held on which open day, and how long ago the last one of a module was."""

from bisect import bisect_right
from math import inf

from playbook.clock import MINUTES_A_DAY, OfficeCalendar
from playbook.parameters import Parameters
from playbook.training import training_sessions


class Lessons:
    """The training calendar of a run: sessions by open day, laid out before it begins; always open, none is held."""

    def __init__(self, parameters: Parameters, calendar: OfficeCalendar):
        every = parameters.training.module_every_days
        sessions = [] if calendar.is_always_open else training_sessions(every, calendar)
        self._by_day = {calendar.next_open_day(day): module for day, module in sessions}
        self._days: dict[str, list[int]] = {module: [] for module in every}
        for day, module in sessions:
            self._days[module].append(day)

    def module_on(self, day: int) -> str | None:
        """The module that is taught on an open day, by its number."""
        return self._by_day.get(day)

    def days_since(self, module: str, stamp: float) -> float:
        """Whole days at a calendar minute since the last session of a module; infinite before the first one."""
        today, held = int(stamp // MINUTES_A_DAY), self._days[module]
        last = bisect_right(held, today)
        return float(today - held[last - 1]) if last else inf
