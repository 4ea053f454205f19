"""Training (S4.1): when each module is held, and what is left of a compliance training after some time."""

from collections.abc import Mapping

from playbook.clock import OfficeCalendar
from playbook.errors import InputError
from playbook.rules import rule


@rule("S4.1.1", "S4.1.2", "S4.1.3", "S4.1.4")
def training_sessions(module_every_days: Mapping[str, int], calendar: OfficeCalendar) -> list[tuple[int, str]]:
    """The training calendar: (calendar day, module) for each session, at most one a day and none on a closed one.

    A module comes round after so many days, first when they have passed once; of two that fall on one day, and where
    the office is closed, the later goes to the next open day.

    >>> from datetime import date
    >>> week = OfficeCalendar(date(2026, 1, 5), [(day * 1440 + 540, day * 1440 + 1080) for day in (0, 1, 2, 3, 4, 7, 8)])
    >>> training_sessions({"product": 5, "sales": 3}, week)
    [(3, 'sales'), (7, 'product'), (8, 'sales')]
    """
    late = [name for name, days in module_every_days.items() if days < 1]
    if late:
        raise InputError(f"module_every_days.{late[0]} = {module_every_days[late[0]]}: a module needs at least 1 day")
    last_day = int(calendar.open_days[-1])
    due = sorted((day, name) for name, every in module_every_days.items() for day in range(every, last_day + 1, every))
    sessions: list[tuple[int, str]] = []
    for day, name in due:
        earliest = max(day, sessions[-1][0] + 1) if sessions else day
        position = calendar.next_open_day(earliest)
        if position < len(calendar.open_days):
            sessions.append((int(calendar.open_days[position]), name))
    return sessions


@rule("S4.1.1", "S4.1.2", "S4.1.3", "S4.1.4")
def training_hours_a_person(
    module_every_days: Mapping[str, int], module_minutes: Mapping[str, float], days: int
) -> float:
    """The hours of training that everybody attends within so many days.

    >>> training_hours_a_person({"product": 90, "sales": 30}, {"product": 120, "sales": 60}, 365)
    20.0
    """
    return sum(days // every * module_minutes[name] for name, every in module_every_days.items()) / 60


@rule("S4.1.2")
def trained_error_share(
    error_share: float, days_since_training: float, training_error_cut_share: float, training_half_life_days: float
) -> float:
    """The share of pieces of work with an error, some days after a training that cut it; half the gain fades in each
    half-life.

    >>> [round(trained_error_share(0.03, days, 0.4, 90), 4) for days in (0, 90, 180)]
    [0.018, 0.024, 0.027]
    """
    return error_share * (1 - training_error_cut_share * 2 ** (-days_since_training / training_half_life_days))
