"""Roles (S1.1): what each post owes the team in figures: rates, tiers and scores, the coordinator's day, tests, coaching."""

from collections.abc import Mapping
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from playbook.clock import OfficeCalendar
from playbook.errors import InputError, did_you_mean, refuse_unless_whole
from playbook.rules import rule
from playbook.staffing import MONTHS_A_YEAR
from playbook.structure import in_group_a
from playbook.targets import renewal_share

Floats = NDArray[np.float64]
DECIMALS = 9  # of a sum of shares
LUCK = NormalDist()


@rule("S1.1.3c")
def rates_by_reading(
    line: ArrayLike,
    is_kept: ArrayLike,
    premium_due_cny: ArrayLike,
    line_reading: Mapping[str, str],
    renewal_measure: str,
) -> dict[str, float | None]:
    """The rate of each kind of line apart: renewals, and premiums that go on being paid (reading Q18).

    >>> lines = ["motor", "motor", "life", "life"]
    >>> reading = {"motor": "renewal", "life": "persistency"}
    >>> rates_by_reading(lines, [True, False, True, True], [1_000] * 4, reading, "policies")
    {'renewal': 0.5, 'persistency': 1.0}
    >>> rates_by_reading(lines, [True, False, True, True], [1_000] * 4, reading | {"life": "renewal"}, "policies")
    {'renewal': 0.75}
    """
    names = np.asarray(line)
    for name in set(names.tolist()) - set(line_reading):
        raise InputError(f"roles.line_reading has no entry for the line {name!r}{did_you_mean(name, line_reading)}")
    kept, premium = np.asarray(is_kept, dtype=bool), np.asarray(premium_due_cny, dtype=float)
    kinds = np.array([line_reading[name] for name in names.tolist()])
    return {
        kind: renewal_share(premium[kinds == kind], kept[kinds == kind], renewal_measure)
        for kind in dict.fromkeys(line_reading.values())
    }


@rule("S1.1.3c")
def value_tiers(value_cny: ArrayLike, value_tier_share: Mapping[str, float]) -> list[str]:
    """Each customer's tier, from shares of the customers that begin with the most valuable ones and sum to 1.

    >>> value_tiers([100, 900, 300, 200], {"high": 0.25, "middle": 0.25, "low": 0.5})
    ['low', 'high', 'middle', 'low']
    """
    refuse_unless_whole("roles.value_tier_share", value_tier_share)
    tiers = np.full(len(np.asarray(value_cny)), next(reversed(value_tier_share)), dtype=object)
    ends = np.cumsum(list(value_tier_share.values())).round(DECIMALS).tolist()
    for name, end in reversed(list(zip(value_tier_share, ends, strict=True))[:-1]):
        tiers[in_group_a(value_cny, end)] = name
    return tiers.tolist()


@rule("S1.1.3a")
def risk_scores(is_leaver: ArrayLike, noise: ArrayLike, risk_score_auc_share: float) -> Floats:
    """Scores that put a leaver above a stayer as often as the area under the curve (AUC) says.

    `noise` holds a standard normal draw a customer. Leavers are shifted by sqrt(2) times the normal quantile of the AUC,
    the binormal model with equal spread; at an area of one half the score knows nothing.

    >>> risk_scores([True, False], [0.0, 0.0], 0.5).tolist()
    [0.0, 0.0]
    >>> risk_scores([True, False], [0.0, 0.0], 0.61).round(3).tolist()
    [0.395, 0.0]
    """
    return separation(risk_score_auc_share) * np.asarray(is_leaver, dtype=float) + np.asarray(noise, dtype=float)


@rule("S1.1.3a")
def leavers_found_share(stayers_called_share: float, risk_score_auc_share: float) -> float:
    """The part of the leavers among those whom a score picks, where it also picks that part of the stayers.

    >>> [round(leavers_found_share(called, 0.61), 2) for called in (0, 0.2, 1)]
    [0.0, 0.33, 1.0]
    >>> round(leavers_found_share(0.2, 0.5), 2)
    0.2
    """
    if not 0 < stayers_called_share < 1:
        return float(stayers_called_share)
    return LUCK.cdf(separation(risk_score_auc_share) + LUCK.inv_cdf(stayers_called_share))


def separation(risk_score_auc_share: float) -> float:
    """How many standard deviations a score of that area under the curve puts between leavers and stayers.

    >>> round(separation(0.76), 2)
    1.0
    """
    return 2 ** (1 / 2) * LUCK.inv_cdf(risk_score_auc_share)


@rule("S1.1.2a", "S1.1.2c")
def coordinator_hours_per_day(
    policies_count: int,
    coordinators_count: int,
    working_days: int,
    standing_work_hours: float,
    complaints_per_policy: float,
    complaint_minutes: float,
    exceptions_per_policy: float,
    exception_minutes: float,
) -> float:
    """Hours of an average day that allocation and watching, complaints and exceptions ask of one coordinator.

    >>> round(coordinator_hours_per_day(12_000, 2, 240, 2, 0.01, 45, 0.04, 25), 2)
    2.6
    """
    cases = policies_count * (complaints_per_policy * complaint_minutes + exceptions_per_policy * exception_minutes)
    return standing_work_hours + cases / 60 / working_days / coordinators_count


@rule("S1.1.2c")
def exception_deadline(found_minute: float, exception_days: float, calendar: OfficeCalendar) -> float:
    """The calendar minute until which an exception is settled.

    >>> from datetime import date
    >>> exception_deadline(600, 3, OfficeCalendar(date(2026, 1, 5), [(540, 1080)])) / 60
    82.0
    """
    return calendar.deadline(found_minute, exception_days * 24, "calendar")


@rule("S1.1.1c", "S1.1.4b")
def consultant_duty_hours(
    personal_review_minutes: float,
    personal_review_months: float,
    skills_test_minutes: float,
    skills_test_months: float,
) -> float:
    """Hours of a year that a consultant spends on a review of the own figures and on tests of skill.

    >>> consultant_duty_hours(60, 1, 45, 3)
    15.0
    """
    reviews, tests = MONTHS_A_YEAR / personal_review_months, MONTHS_A_YEAR / skills_test_months
    return (reviews * personal_review_minutes + tests * skills_test_minutes) / 60


@rule("S1.1.4b", "S1.1.4c")
def weak_topics(tested_points: Mapping[str, float], skills_pass_points: float) -> list[str]:
    """The topics to coach, the weakest first: those below the pass mark.

    >>> weak_topics({"terms": 69, "underwriting": 70, "objections": 50}, 70)
    ['objections', 'terms']
    """
    return sorted(
        (name for name, points in tested_points.items() if points < skills_pass_points), key=tested_points.get
    )


@rule("S1.1.4c")
def coached_skill_factor(
    skill_factor: float, sessions_count: int, coaching_gain_share: float, coaching_ceiling_factor: float
) -> float:
    """Skill after some hours of coaching: each closes a share of what is missing to the ceiling, and none beyond it.

    >>> [round(coached_skill_factor(0.8, sessions, 0.5, 1.0), 3) for sessions in (0, 1, 2)]
    [0.8, 0.9, 0.95]
    >>> coached_skill_factor(1.1, 4, 0.5, 1.0)
    1.1
    """
    missing = max(0, coaching_ceiling_factor - skill_factor)
    return skill_factor + missing * (1 - (1 - coaching_gain_share) ** sessions_count)


@rule("S1.1.4c")
def coaching_hours(coached_count: int, coaching_sessions_count: int, coaching_minutes: float) -> float:
    """Hours that a round of coaching takes, of the trainer and of those coached together.

    >>> coaching_hours(3, 4, 60)
    24.0
    """
    return 2 * coached_count * coaching_sessions_count * coaching_minutes / 60
