"""The two-hour reply (S5.3.3a): until when a customer must have an answer."""

from playbook.clock import OfficeCalendar
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
