"""Training (S4.1): when each module is held, and what is left of a compliance training after some time."""

from collections.abc import Iterable, Mapping

from playbook.clock import OfficeCalendar
from playbook.errors import InputError
from playbook.rules import rule


@rule("S4.1.1", "S4.1.2", "S4.1.3", "S4.1.4")
def training_sessions(module_every_days: Mapping[str, int], calendar: OfficeCalendar) -> list[tuple[int, str]]:
    """The training calendar: (calendar day, module) for each session, at most one a day and none on a closed one.

    A module comes round after so many days. The modules begin staggered: of three, the first after a third of its
    days, the second after two thirds of its own, the last after all. Of two that fall on one day, and where the
    office is closed, the later goes to the next open day.

    >>> from datetime import date
    >>> open_days = (0, 1, 2, 3, 4, 7, 8, 9, 10)     # a Monday and the open days after it
    >>> weeks = OfficeCalendar(date(2026, 1, 5), [(day * 1440 + 540, day * 1440 + 1080) for day in open_days])
    >>> training_sessions({"product": 8, "sales": 5}, weeks)
    [(4, 'product'), (7, 'sales'), (10, 'sales')]
    """
    last_day, modules = int(calendar.open_days[-1]), len(module_every_days)
    due: list[tuple[int, str]] = []
    for place, (module, every) in enumerate(module_every_days.items(), start=1):
        if every < 1:
            raise InputError(f"module_every_days.{module} = {every}: a module needs at least 1 day")
        first = max(1, int(every * place / modules))
        due += [(day, module) for day in range(first, last_day + 1, int(every))]
    sessions: list[tuple[int, str]] = []
    for day, module in sorted(due):
        earliest = max(day, sessions[-1][0] + 1) if sessions else day
        position = calendar.next_open_day(earliest)
        if position < len(calendar.open_days):
            sessions.append((int(calendar.open_days[position]), module))
    return sessions


@rule("S4.1.1", "S4.1.2", "S4.1.3", "S4.1.4")
def training_hours(sessions: Iterable[tuple[int, str]], module_minutes: Mapping[str, float]) -> float:
    """The hours that somebody spends who attends all these sessions.

    >>> training_hours([(4, "product"), (7, "sales"), (10, "sales")], {"product": 120, "sales": 60})
    4.0
    """
    return sum(module_minutes[module] for _, module in sessions) / 60


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
