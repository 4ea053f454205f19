"""Last-place improvement (S3.3.1): who misses the standard, what follows, and how often luck alone would do it (Q7)."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playbook.clock import OfficeCalendar
from playbook.errors import InputError, chosen
from playbook.rules import rule
from playbook.targets import PERIOD_MONTHS

IN_ORDER, COACHED, TO_DECIDE, TRANSFERRED, DISMISSED = "in_order", "coached", "to_decide", "transferred", "dismissed"


@dataclass(frozen=True)
class Standing:
    """Where a person stands: a state, and the appraisals in a row that were missed (in order) or held (coached)."""

    state: str = IN_ORDER
    appraisals: int = 0


def _below_standard(points: NDArray[np.float64], standard: float, _: float) -> NDArray[np.bool_]:
    return points < standard


def _among_the_last(points: NDArray[np.float64], _: float, share: float) -> NDArray[np.bool_]:
    chosen = np.zeros(len(points), dtype=bool)
    chosen[np.argsort(points, kind="stable")[: max(1, int(len(points) * share))]] = True
    return chosen


# Reading Q7: whom an appraisal finds wanting, from everybody's points, the standard, and the share that ranks last.
MISSES: dict[str, Callable[[NDArray[np.float64], float, float], NDArray[np.bool_]]] = {
    "absolute": _below_standard,
    "forced_rank": _among_the_last,
}


@rule("S3.3.1")
def misses_standard(
    points: ArrayLike, standard_points: float, bottom_share: float, last_place_reading: str
) -> NDArray[np.bool_]:
    """Who misses an appraisal, one answer a person.

    `absolute`: who is below the standard, be it nobody or all. `forced_rank`: the share of people with the fewest
    points, rounded down and at least one of them, however good they are; of equals the earlier in the list.

    >>> misses_standard([59.9, 60, 60.1], 60, 0.10, "absolute").tolist()
    [True, False, False]
    >>> misses_standard([95, 93, 94], 60, 0.10, "forced_rank").tolist()
    [False, True, False]
    """
    given, reading = (
        np.asarray(points, dtype=float),
        chosen("incentives.last_place_reading", MISSES, last_place_reading),
    )
    return reading(given, standard_points, bottom_share) if len(given) else given.astype(bool)


@rule("S3.3.1")
def next_standing(
    standing: Standing, has_missed: bool, consecutive_misses_count: int, coaching_appraisals_count: int
) -> Standing:
    """Where a person stands after an appraisal.

    So many misses in a row begin the coaching; the appraisal at the end of the coaching brings them back in order or
    puts the decision on the table. Whoever awaits a decision, or was moved or dismissed, is not appraised further.

    >>> path, standing = [], Standing()
    >>> for has_missed in (True, False, True, True, True):
    ...     standing = next_standing(standing, has_missed, 2, 1)
    ...     path.append(standing.state)
    >>> path
    ['in_order', 'in_order', 'in_order', 'coached', 'to_decide']
    >>> next_standing(Standing(COACHED), False, 2, 1)
    Standing(state='in_order', appraisals=0)
    """
    appraisals = standing.appraisals + 1
    if standing.state == IN_ORDER:
        if not has_missed:
            return Standing()
        return Standing(COACHED) if appraisals >= consecutive_misses_count else Standing(IN_ORDER, appraisals)
    if standing.state == COACHED:
        if appraisals < coaching_appraisals_count:
            return Standing(COACHED, appraisals)
        return Standing(TO_DECIDE) if has_missed else Standing()
    return standing


@rule("S3.3.1")
def after_appeal(standing: Standing, is_upheld: bool) -> Standing:
    """Where a person stands once an appeal is heard: an upheld one clears the record, a rejected one changes nothing.

    >>> after_appeal(Standing(TO_DECIDE), is_upheld=True), after_appeal(Standing(COACHED), is_upheld=False)
    (Standing(state='in_order', appraisals=0), Standing(state='coached', appraisals=0))
    """
    if standing.state in (TRANSFERRED, DISMISSED):
        raise InputError(f"an appeal is heard before the decision is carried out; this person is {standing.state}")
    return Standing() if is_upheld else standing


@rule("S3.3.1")
def after_decision(standing: Standing, has_other_post: bool, is_appeal_open: bool) -> Standing:
    """Where a person stands once the decision is carried out: another post where there is one, else dismissal.

    Nothing is carried out while an appeal may still be made or waits to be heard.

    >>> [after_decision(Standing(TO_DECIDE), other, is_appeal_open=False).state for other in (True, False)]
    ['transferred', 'dismissed']
    >>> after_decision(Standing(TO_DECIDE), has_other_post=False, is_appeal_open=True).state
    'to_decide'
    """
    if standing.state != TO_DECIDE or is_appeal_open:
        return standing
    return Standing(TRANSFERRED if has_other_post else DISMISSED)


@rule("S3.3.1")
def last_appeal_day(told_day: int, appeal_window_days: int, calendar: OfficeCalendar) -> int:
    """The last calendar day of an appeal, counted in working days from the day after somebody was told.

    >>> from datetime import date
    >>> week = OfficeCalendar(date(2026, 1, 5), [(day * 1440 + 540, day * 1440 + 1080) for day in (0, 1, 2, 3, 4, 7, 8)])
    >>> last_appeal_day(0, 1, week), last_appeal_day(3, 2, week), last_appeal_day(5, 1, week)
    (1, 7, 7)
    """
    position = calendar.next_open_day(told_day + 1) + appeal_window_days - 1
    if position >= len(calendar.open_days):
        raise InputError(f"the calendar ends before {appeal_window_days} working days have passed after day {told_day}")
    return int(calendar.open_days[position])


@rule("S3.3.1")
def run_share(miss_share: float, appraisals_count: int, consecutive_misses_count: int) -> float:
    """The chance of so many misses in a row within a number of appraisals that are each missed by luck alone.

    >>> [round(run_share(0.2, appraisals, 2), 4) for appraisals in (1, 2, 3, 4)]
    [0.0, 0.04, 0.072, 0.104]
    """
    if consecutive_misses_count < 1:
        return 1.0
    shares = [1.0, *[0.0] * consecutive_misses_count]  # by the number of misses in a row so far; the last one stays
    for _ in range(appraisals_count):
        missed = [share * miss_share for share in shares[:-1]]
        shares = [sum(shares[:-1]) * (1 - miss_share), *missed[:-1], shares[-1] + missed[-1]]
    return shares[-1]


@rule("S3.3.1")
def false_alarm_share(
    heads_count: int,
    miss_share: float,
    consecutive_misses_count: int,
    appraisal_period: str,
    last_place_reading: str,
) -> float:
    """The chance that within a year a team of equally able people sends somebody to coaching by luck alone.

    Under `absolute` each appraisal is missed with the chance `miss_share`. Under `forced_rank`, with one place at the
    bottom, somebody misses each time, and the question is only whether it is the same person again.

    >>> round(false_alarm_share(10, 0.05, 2, "quarter", "absolute"), 3)
    0.07
    >>> round(false_alarm_share(10, 0.05, 2, "quarter", "forced_rank"), 3)
    0.271
    """
    appraisals = PERIOD_MONTHS["year"] // chosen("appraisal.appraisal_period", PERIOD_MONTHS, appraisal_period)
    if last_place_reading == "forced_rank":
        return run_share(1 / heads_count, appraisals - 1, consecutive_misses_count - 1)
    return 1 - math.pow(1 - run_share(miss_share, appraisals, consecutive_misses_count), heads_count)
