"""Monitoring (S2.2): figures of the dashboard and the luck in them, the team's meetings, silences and their alerts."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playbook.clock import OfficeCalendar
from playbook.errors import chosen
from playbook.rules import rule

# Reading Q20: when the silence clock runs, from whether a step of ours is due and whether it is the first touch.
SILENCES: dict[str, Callable[[bool, bool], bool]] = {
    "next_step_due": lambda has_step_due, _: has_step_due,
    "last_contact": lambda *_: True,
    "first_touch": lambda has_step_due, is_first_touch: has_step_due and is_first_touch,
}

# Reading Q11: minutes of meeting a week, from those of the weekly meeting and of a team meeting of its own.
MEETINGS: dict[str, Callable[[float, float], float]] = {
    "one_meeting": lambda weekly, _: weekly,
    "two_weekly": lambda weekly, team: weekly + team,
    "team_meeting_fortnightly": lambda weekly, team: weekly + team / 2,
}


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
    return chosen("monitoring.silence_reading", SILENCES, silence_reading)(has_step_due, is_first_touch)


@rule("S2.2.2a")
def stand_up_share(stand_up_minutes: float, paid_hours_per_day: float) -> float:
    """The part of a paid day that the stand-up takes.

    >>> round(stand_up_share(15, 8), 3)
    0.031
    """
    return stand_up_minutes / (paid_hours_per_day * 60)


@rule("S2.2.2b", "S5.1.1")
def meeting_minutes_per_week(meeting_reading: str, weekly_meeting_minutes: float, team_meeting_minutes: float) -> float:
    """Minutes a week that everybody sits in meetings, the stand-up aside, under each reading of Q11.

    >>> [meeting_minutes_per_week(reading, 60, 45) for reading in MEETINGS]
    [60, 105, 82.5]
    """
    meetings = chosen("monitoring.meeting_reading", MEETINGS, meeting_reading)
    return meetings(weekly_meeting_minutes, team_meeting_minutes)


@rule("S1.1.2b")
def pre_alert_deadline(
    since_minute: float,
    silence_limit_hours: float,
    pre_alert_share: float,
    silence_clock: str,
    calendar: OfficeCalendar,
) -> float:
    """The calendar minute from which the coordinator looks into a silence, before it reaches its limit.

    >>> from datetime import date
    >>> monday_and_tuesday = OfficeCalendar(date(2026, 1, 5), [(540, 1080), (1980, 2520)])
    >>> (pre_alert_deadline(600, 48, 0.75, "calendar", monday_and_tuesday) - 600) / 60
    36.0
    """
    return calendar.deadline(since_minute, silence_limit_hours * pre_alert_share, silence_clock)


@rule("S2.2.3b")
def alert_day_share(alerts_per_day: float, alert_minutes: float, productive_hours_per_day: float) -> float:
    """The part of the leader's day that alerts fill; above 1 they wait for ever longer.

    >>> [alert_day_share(alerts, 3, 5) for alerts in (50, 100, 150)]
    [0.5, 1.0, 1.5]
    """
    return alerts_per_day * alert_minutes / (productive_hours_per_day * 60)


@rule("S2.2.1")
def follow_up_completion_share(done_minute: ArrayLike, deadline_minute: ArrayLike, now_minute: float) -> float | None:
    """The part of the follow-up steps due by now that was done by its deadline; None where none was due.

    A step whose deadline lies ahead does not count yet, though it may be done: the easy ones are done first. A step that
    is not done has no minute (nan).

    >>> follow_up_completion_share([90, 110, float("nan"), 50], [100, 100, 100, 300], now_minute=200)
    0.3333333333333333
    """
    done, deadline = np.asarray(done_minute, dtype=float), np.asarray(deadline_minute, dtype=float)
    is_due = deadline <= now_minute
    return float((done <= deadline)[is_due].mean()) if is_due.any() else None


@rule("S2.2.1")
def response_hours(
    asked_minute: ArrayLike,
    replied_minute: ArrayLike,
    now_minute: float,
    response_quantile_share: float,
    enquiry_reply_clock: str,
    calendar: OfficeCalendar,
) -> float | None:
    """The hours within which that share of customers had their reply, on the calendar or the working clock.

    A customer without a reply (nan) has waited until now at least, and counts with that. None where nobody asked.

    >>> from datetime import date
    >>> monday = OfficeCalendar(date(2026, 1, 5), [(540, 1080)])
    >>> asked, replied = [540, 540, 540, 540], [600, 600, 660, float("nan")]
    >>> [response_hours(asked, replied, 840, share, "working", monday) for share in (0.5, 0.75, 0.76)]
    [1.0, 2.0, 5.0]
    """
    asked, replied = np.asarray(asked_minute, dtype=float), np.asarray(replied_minute, dtype=float)
    if not asked.size:
        return None
    until = np.where(np.isnan(replied), now_minute, replied)
    waited = (
        until - asked if enquiry_reply_clock == "calendar" else calendar.to_working(until) - calendar.to_working(asked)
    )
    return float(np.quantile(waited, response_quantile_share, method="inverted_cdf") / 60)


@rule("S1.1.1c", "S2.2.1", "S3.1.2")
def luck_share(share: float, cases_count: ArrayLike) -> NDArray[np.float64]:
    """The standard error of a share counted over so many cases: how far luck alone commonly moves it.

    >>> luck_share(0.8, [100, 1_600]).tolist()
    [0.04, 0.01]
    """
    return np.sqrt(share * (1 - share) / np.asarray(cases_count, dtype=float))


@rule("S2.2.1", "S3.1.2")
def deviates(
    done_count: ArrayLike, due_count: ArrayLike, usual_share: float, deviation_limit_factor: float
) -> NDArray[np.bool_]:
    """Which shares lie farther from the usual one (the team's, or that of other weeks) than so many standard errors;
    those without cases never do.

    >>> deviates([68, 67, 0], [100, 100, 0], 0.8, 3).tolist()
    [False, True, False]
    >>> deviates([295, 297, 343, 345], [400] * 4, 0.8, 3).tolist()
    [True, False, False, True]
    """
    done, due = np.asarray(done_count, dtype=float), np.asarray(due_count, dtype=float)
    cases = np.maximum(due, 1)
    is_far = np.abs(done / cases - usual_share) > deviation_limit_factor * luck_share(usual_share, cases)
    return (due > 0) & is_far


@rule("S2.2.1", "S3.1.2")
def run_alarm_share(run_weeks_count: int, above_share: float) -> float:
    """The part of the weeks in which a run of so many on one side of the middle ends by luck alone, each counted once.

    `above_share` is the chance of a week above the middle. From the mean waiting time for a run (Feller, An Introduction
    to Probability Theory, volume I, XIII.7).

    >>> 1 / run_alarm_share(8, 0.5)
    255.0
    """

    def of_one_side(share: float) -> float:
        return (1 - share) * share**run_weeks_count / (1 - share**run_weeks_count)

    return of_one_side(above_share) + of_one_side(1 - above_share)


@rule("S2.2.1", "S3.1.2")
def ends_run(distance: ArrayLike, run_weeks_count: int) -> NDArray[np.bool_]:
    """The weeks in which a run of so many on one side of the middle is full; then the count begins anew.

    `distance` is how far each week lies from what was expected; its sign is its side, and nought is on none.

    >>> ends_run([1, 2, 1, 1, 3, -1, -1, -2, 0, -1], 3).tolist()
    [False, False, True, False, False, False, False, True, False, False]
    """
    found, length, side = [], 0, 0
    for each in np.sign(np.asarray(distance, dtype=float)).tolist():
        length = length + 1 if each and each == side else int(each != 0)
        side = each
        found.append(length == run_weeks_count)
        length = 0 if found[-1] else length
    return np.array(found, dtype=bool)
