"""Complaints (S5.3.2, S5.3.3): their grades, the first reply and the last day, what is reviewed."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping

from playbook.errors import InputError, did_you_mean
from playbook.escalation import SEVERITIES
from playbook.rules import rule


@rule("S5.3.3a")
def complaint_severity(is_contested: bool, has_gone_outside: bool, claimed_cny: float, serious_from_cny: float) -> str:
    """The grade of a complaint: disputed where the facts are contested, serious where it has gone outside the firm
    (regulator, press, court) or asks for much money, ordinary otherwise.

    >>> [complaint_severity(False, False, claimed, 3_000) for claimed in (2_999, 3_000, 3_001)]
    ['ordinary', 'serious', 'serious']
    >>> complaint_severity(False, True, 0, 3_000), complaint_severity(True, True, 0, 3_000)
    ('serious', 'disputed')
    """
    if is_contested:
        return "disputed"
    return "serious" if has_gone_outside or claimed_cny >= serious_from_cny else "ordinary"


# Reading Q21: the hours to the first reply of each grade of complaint; the source gives one grade, the ordinary enquiry.
GRADED: dict[str, Callable[[str, float, Mapping[str, float]], float]] = {
    "by_severity": lambda severity, ordinary, graver: min(ordinary, graver.get(severity, ordinary)),
    "same_for_all": lambda severity, ordinary, graver: ordinary,
}


@rule("S5.3.3a")
def complaint_first_reply_hours(
    severity: str,
    complaint_reply_hours: float,
    graver_complaint_reply_hours: Mapping[str, float],
    severity_reading: str,
) -> float:
    """Hours until a complaint's first reply is due; a graver complaint never waits longer than an ordinary one.

    >>> [complaint_first_reply_hours(each, 2, {"serious": 1, "disputed": 1}, "by_severity") for each in SEVERITIES]
    [2, 1, 1]
    >>> [complaint_first_reply_hours(each, 0.5, {"serious": 1, "disputed": 1}, "by_severity") for each in SEVERITIES]
    [0.5, 0.5, 0.5]
    >>> complaint_first_reply_hours("serious", 2, {"serious": 1, "disputed": 1}, "same_for_all")
    2
    """
    _check_known("severity", severity, SEVERITIES)
    return GRADED[severity_reading](severity, complaint_reply_hours, graver_complaint_reply_hours)


@rule("S5.3.3a")
def complaint_closing_limit_days(
    case: str, complaint_closing_days: float, closing_extension_days: Mapping[str, float]
) -> float:
    """Days from receipt until a complaint must be decided and the customer told: the plain term and its extension.

    >>> extension = {"plain": 0, "complex": 15, "special": 45}
    >>> [complaint_closing_limit_days(case, 15, extension) for case in extension]
    [15, 30, 60]
    """
    _check_known("case", case, closing_extension_days)
    return complaint_closing_days + closing_extension_days[case]


@rule("S5.3.2")
def is_review_month(month_number: int, complaint_review_interval_months: int) -> bool:
    """Whether complaints are reviewed at the end of a month, counted from 1.

    >>> [is_review_month(month, 1) for month in (1, 2)], [is_review_month(month, 2) for month in (1, 2, 3, 4)]
    ([True, True], [False, True, False, True])
    """
    return month_number % complaint_review_interval_months == 0


@rule("S5.3.2")
def causes_for_review(causes: Iterable[str], review_causes_count: int) -> list[str]:
    """The most frequent causes among a month's complaints; of equally frequent ones, the one that came first.

    >>> causes_for_review(["late reply", "price", "terms", "price", "terms", "price"], 2)
    ['price', 'terms']
    >>> causes_for_review([], 2)
    []
    """
    return [cause for cause, _ in Counter(causes).most_common(review_causes_count)]


def _check_known(name: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise InputError(f"unknown {name} {value!r}{did_you_mean(value, known)}")
