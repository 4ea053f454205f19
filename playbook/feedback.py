"""Customers who write in (S5.3): the reply in time, the call-back after closing, and care before a customer goes."""

from collections.abc import Callable, Hashable, Iterable

from playbook.clock import MINUTES_A_DAY, OfficeCalendar
from playbook.rules import rule


@rule("S5.3.3a")
def reply_deadline(
    asked_minute: float, enquiry_reply_hours: float, enquiry_reply_clock: str, calendar: OfficeCalendar
) -> float:
    """The calendar minute until which a question asked at `asked_minute` is answered in time.

    A question asked while the office is closed begins to wait at the next opening on the working clock.

    >>> from datetime import date
    >>> two_days = OfficeCalendar(date(2026, 1, 5), [(540, 1080), (1980, 2520)])
    >>> reply_deadline(600, 2, "working", two_days)
    720.0
    >>> reply_deadline(1200, 2, "working", two_days) == 1980 + 120      # asked at eight in the evening
    True
    """
    return float(calendar.deadline(asked_minute, enquiry_reply_hours, enquiry_reply_clock))


@rule("S5.3.3a")
def is_late(replied_minute: float, deadline_minute: float) -> bool:
    """Whether a reply came after its deadline; a reply at the deadline is in time.

    >>> [is_late(minute, 720.0) for minute in (719.0, 720.0, 721.0)]
    [False, False, True]
    """
    return replied_minute > deadline_minute


# Reading Q14: from when the call-back is due, whose call it may be, and what meets it.
CALL_BACK_STARTS: dict[str, Callable[[float, float | None], float | None]] = {
    "request_closed": lambda closed, renewed: closed,
    "policy_renewed": lambda closed, renewed: renewed,
}
CALLERS: dict[str, Callable[[Hashable, Hashable], bool]] = {
    "other_than_handler": lambda person, handler: person != handler,
    "handler": lambda person, handler: person == handler,
    "anybody": lambda person, handler: True,
}
MEETS_CALL_BACK: dict[str, Callable[[float | None, float | None], float | None]] = {
    "attempt": lambda tried, reached: tried,
    "contact": lambda tried, reached: reached,
}


def _same_time_on_an_open_day(from_minute: float, hours: float, calendar: OfficeCalendar) -> float:
    day, minute = divmod(from_minute + hours * 60, MINUTES_A_DAY)
    position = calendar.next_open_day(int(day))
    open_day = calendar.open_days[position] if position < len(calendar.open_days) else day
    return float(open_day * MINUTES_A_DAY + minute)


# Reading Q4 for the call-back: `open_day` is the calendar clock, moved to the next day on which the office is open.
CALL_BACK_CLOCKS: dict[str, Callable[[float, float, OfficeCalendar], float]] = {
    "calendar": lambda start, hours, calendar: calendar.deadline(start, hours, "calendar"),
    "open_day": _same_time_on_an_open_day,
    "working": lambda start, hours, calendar: calendar.deadline(start, hours, "working"),
}


@rule("S5.3.1")
def call_back_deadline(
    closed_minute: float,
    renewed_minute: float | None,
    call_back_limit_hours: float,
    call_back_clock: str,
    call_back_start: str,
    calendar: OfficeCalendar,
) -> float | None:
    """The calendar minute until which a customer is called back; None where the start has not come (Q14).

    >>> from datetime import date
    >>> week = OfficeCalendar(date(2026, 1, 5), [(day * 1440 + 540, day * 1440 + 1080) for day in (0, 1, 2, 3, 4, 7)])
    >>> friday_five = 4 * 1440 + 17 * 60
    >>> for clock in ("calendar", "open_day"):      # Saturday at five, Monday at five
    ...     due = call_back_deadline(friday_five, None, 24, clock, "request_closed", week)
    ...     print(clock, (due - friday_five) / 60)
    calendar 24.0
    open_day 72.0
    >>> call_back_deadline(friday_five, None, 24, "calendar", "policy_renewed", week) is None
    True
    """
    start = CALL_BACK_STARTS[call_back_start](closed_minute, renewed_minute)
    return None if start is None else CALL_BACK_CLOCKS[call_back_clock](start, call_back_limit_hours, calendar)


@rule("S5.3.1")
def may_call_back(person: Hashable, handler: Hashable, call_back_caller: str) -> bool:
    """Whether a person may call a customer whose request `handler` has closed.

    >>> [may_call_back(3, handler, "other_than_handler") for handler in (3, 4)]
    [False, True]
    >>> [may_call_back(3, handler, "handler") for handler in (3, 4)]
    [True, False]
    """
    return CALLERS[call_back_caller](person, handler)


@rule("S5.3.1")
def is_call_back_met(
    tried_minute: float | None, reached_minute: float | None, deadline_minute: float, call_back_met_reading: str
) -> bool:
    """Whether a call-back was made in time: the first attempt counts, or only the customer's answer (Q14).

    >>> [is_call_back_met(minute, None, 1440.0, "attempt") for minute in (None, 1439.0, 1440.0, 1441.0)]
    [False, True, True, False]
    >>> is_call_back_met(600.0, None, 1440.0, "contact"), is_call_back_met(600.0, 1440.0, 1440.0, "contact")
    (False, True)
    """
    counted = MEETS_CALL_BACK[call_back_met_reading](tried_minute, reached_minute)
    return counted is not None and not is_late(counted, deadline_minute)


@rule("S5.3.1")
def has_call_back_ended(attempts_count: int, is_reached: bool, call_back_attempts_count: int) -> bool:
    """Whether no further attempt is owed: the customer was reached, or has been tried often enough.

    >>> [has_call_back_ended(attempts, False, 2) for attempts in (0, 1, 2, 3)]
    [False, False, True, True]
    >>> has_call_back_ended(1, True, 2)
    True
    """
    return is_reached or attempts_count >= call_back_attempts_count


@rule("S5.3.1")
def call_back_work_hours(closed_requests_count: float, call_back_minutes: float) -> float:
    """Hours of work that calling back so many customers takes.

    >>> call_back_work_hours(24, 5)
    2.0
    """
    return closed_requests_count * call_back_minutes / 60


# Reading Q15: which of a customer's quotes count together, from their days and today.
QUOTES_TOGETHER: dict[str, Callable[[float, float, float], bool]] = {
    "rolling_window": lambda quote_day, today_day, window_days: today_day - quote_day <= window_days,
    "whole_case": lambda quote_day, today_day, window_days: True,
}


@rule("S5.3.4")
def is_care_due(
    quote_days: Iterable[float],
    today_day: float,
    has_bought: bool,
    last_care_day: float | None,
    care_quotes_count: int,
    care_window_days: float,
    care_pause_days: float,
    care_reading: str,
) -> bool:
    """Whether a customer who asks for quotes and does not buy is called before they go (Q15).

    A quote exactly `care_window_days` old still counts; after a care call the customer is left in peace for a while.

    >>> [is_care_due([day, 10], 10, False, None, 2, 7, 14, "rolling_window") for day in (2.9, 3, 3.1)]
    [False, True, True]
    >>> is_care_due([10], 10, False, None, 2, 7, 14, "rolling_window")
    False
    >>> [is_care_due([9, 10], 10, False, last, 2, 7, 14, "rolling_window") for last in (-3, -4, -5)]
    [False, True, True]
    >>> is_care_due([9, 10], 10, True, None, 2, 7, 14, "rolling_window")
    False
    >>> is_care_due([0, 40], 40, False, None, 2, 7, 14, "whole_case")
    True
    """
    counts = QUOTES_TOGETHER[care_reading]
    together = sum(counts(each, today_day, care_window_days) for each in quote_days)
    is_left_in_peace = last_care_day is not None and today_day - last_care_day < care_pause_days
    return together >= care_quotes_count and not has_bought and not is_left_in_peace
