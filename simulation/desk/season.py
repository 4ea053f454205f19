"""The season: the yearly book laid over the days of a run, wrapped at both ends so that it starts and ends lived-in.

A policy appears once for each of its due dates that matters to the run. Its window opens when its list is released and
closes at the end of its grace; it is measured when that closing falls into the measured days, which for a year happens
exactly once to each policy of the book.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from playbook.clock import DAYS_A_YEAR, MINUTES_A_DAY, OfficeCalendar, office_calendar
from playbook.parameters import Parameters
from simulation.desk.book import Book, Floats, Whole
from simulation.desk.streams import Column, readable

LONGEST_RELEASE_LEAD_DAYS = 31  # a monthly list comes up to a month before the day from which it could be ready
DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Horizon:
    """The days of a run: the office calendar from the first day on, and which calendar minutes are measured."""

    calendar: OfficeCalendar
    measured_from_minute: float
    measured_to_minute: float

    @cached_property
    def end_minute(self) -> float:
        """The working minute at which the run ends."""
        return float(self.calendar.to_working(self.measured_to_minute))

    @property
    def first_measured_day(self) -> int:
        """The first measured day, counted from the first day of the run."""
        return int(self.measured_from_minute) // MINUTES_A_DAY


def horizon(parameters: Parameters, has_book: bool) -> Horizon:
    """The days that params/experiment.yaml asks for, preceded by the warm-in that the book's windows need."""
    experiment, book = parameters.experiment, parameters.book
    longest = book.list_ready_days + LONGEST_RELEASE_LEAD_DAYS + max(book.grace_days.values(), default=0)
    warm_in = int(experiment.warm_in_days + (longest if has_book else 0))
    first_day = date.fromisoformat(experiment.start_date) - timedelta(days=warm_in)
    days = warm_in + int(experiment.measured_days)
    return Horizon(
        calendar=office_calendar(parameters, first_day, days),
        measured_from_minute=float(warm_in * MINUTES_A_DAY),
        measured_to_minute=float(days * MINUTES_A_DAY),
    )


@dataclass(frozen=True)
class Season:
    """One row a due date of a policy; all times are calendar minutes from the first day of the run.

    policy: row in the book. release, quote, due, close: when the list comes, the quote opens, cover ends, grace ends.
    group: 0 for A, 1 for B.
    """

    book: Book
    policy: Whole
    release: Floats
    quote: Floats
    due: Floats
    close: Floats
    group: Whole
    is_measured: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.policy)

    @cached_property
    def _lines(self) -> Column:
        return readable(self.book.line[self.policy])

    def line_of(self, case: int) -> int:
        """The position of a case's line among those of the book; -1 for work that belongs to no case."""
        return self._lines[case] if case >= 0 else case


def season_of(book: Book, parameters: Parameters, days: Horizon) -> Season:
    """The book laid over the horizon; row numbers do not depend on how lists are released, so luck stays paired."""
    ready = int(parameters.book.list_ready_days)
    last_day = int(days.measured_to_minute) // MINUTES_A_DAY
    first = days.first_measured_day
    years = range(
        -(first // DAYS_A_YEAR + 1), (last_day + ready + LONGEST_RELEASE_LEAD_DAYS - first) // DAYS_A_YEAR + 1
    )
    due_day = np.concatenate([book.due_day + first + year * DAYS_A_YEAR for year in years])
    policy = np.tile(np.arange(len(book)), len(years))
    matters = (due_day >= ready + LONGEST_RELEASE_LEAD_DAYS) & (due_day < last_day + ready + LONGEST_RELEASE_LEAD_DAYS)
    due_day, policy = due_day[matters], policy[matters]
    due = (due_day + 1.0) * MINUTES_A_DAY
    close = due + book.by_line("book.grace_days", parameters)[policy] * MINUTES_A_DAY
    quote_day = due_day - book.by_line("book.quote_open_days", parameters)[policy]
    release_day = release_days(due_day - ready, parameters.book.list_release, days.calendar)
    calendar = days.calendar
    return Season(
        book=book,
        policy=policy,
        release=calendar.to_calendar(calendar.to_working(release_day * float(MINUTES_A_DAY))),
        quote=np.maximum(quote_day, release_day) * MINUTES_A_DAY,
        due=due,
        close=close,
        group=np.where(book.is_group_a(parameters), 0, 1)[policy],
        is_measured=(close > days.measured_from_minute) & (close <= days.measured_to_minute),
    )


def release_days(ready_day: Whole, list_release: str, calendar: OfficeCalendar) -> Whole:
    """The day on which each list comes: when it could be ready, or the first day of that week or month."""
    if list_release == "daily":
        return ready_day
    dates = np.datetime64(calendar.first_day) + ready_day
    if list_release == "weekly":
        weekday = (dates.astype(int) + 3) % DAYS_A_WEEK  # 1 January 1970, numpy's day 0, was a Thursday
        return ready_day - weekday
    return ready_day - (dates - dates.astype("datetime64[M]").astype("datetime64[D]")).astype(int)
