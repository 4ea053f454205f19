"""Silence (S2.2.3) and the team's meetings (S2.2.2)."""

from playbook.clock import OfficeCalendar
from playbook.rules import rule


@rule("S2.2.3a")
def silence_deadline(
    since_minute: float, silence_limit_hours: float, silence_clock: str, calendar: OfficeCalendar
) -> float:
    """The calendar minute at which a silence that began at `since_minute` reaches its limit.

    >>> from datetime import date
    >>> monday_to_wednesday = OfficeCalendar(date(2026, 1, 5), [(540, 1080), (1980, 2520), (3420, 3960)])
    >>> silence_deadline(600, 48, "calendar", monday_to_wednesday) - 600 == 48 * 60
    True
    >>> silence_deadline(600, 9, "working", monday_to_wednesday) - 600 == 24 * 60
    True
    """
    return calendar.deadline(since_minute, silence_limit_hours, silence_clock)


@rule("S2.2.3a")
def has_alert(now_minute: float, deadline_minute: float) -> bool:
    """Whether a silence calls for an alert: only once it is longer than its limit.

    >>> [has_alert(now, 2880.0) for now in (2879.0, 2880.0, 2881.0)]
    [False, False, True]
    """
    return now_minute > deadline_minute


@rule("S2.2.3a")
def silence_runs(silence_reading: str, has_step_due: bool, is_first_touch: bool) -> bool:
    """Whether the silence clock runs, under each reading of Q20.

    >>> silence_runs("next_step_due", has_step_due=False, is_first_touch=False)
    False
    >>> silence_runs("last_contact", has_step_due=False, is_first_touch=False)
    True
    >>> silence_runs("first_touch", has_step_due=True, is_first_touch=False)
    False
    """
    return {
        "next_step_due": has_step_due,
        "last_contact": True,
        "first_touch": has_step_due and is_first_touch,
    }[silence_reading]


@rule("S2.2.2a")
def stand_up_share(stand_up_minutes: float, paid_hours_per_day: float) -> float:
    """The part of a paid day that the stand-up takes.

    >>> round(stand_up_share(15, 8), 3)
    0.031
    """
    return stand_up_minutes / (paid_hours_per_day * 60)
