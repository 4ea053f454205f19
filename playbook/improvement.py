"""Proof that an improvement improves (S6.2): risk points in order, shares compared, and how many policies that takes."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scipy import special

from playbook.errors import InputError
from playbook.rules import rule

Sample = tuple[int, int]  # how many of how many


@dataclass(frozen=True)
class Comparison:
    """A difference between two shares, its interval, and the chance of one so large where there is none."""

    difference_share: float
    low_share: float
    high_share: float
    chance_share: float


def share_interval(sample: Sample, confidence_share: float) -> tuple[float, float]:
    """Wilson's score interval for a share (Wilson 1927).

    >>> [round(limit, 4) for limit in share_interval((81, 263), 0.95)]      # Newcombe 1998, 17, 857-872, table I
    [0.2553, 0.3662]
    >>> [round(limit, 4) for limit in share_interval((0, 20), 0.95)]
    [0.0, 0.1611]
    """
    count, size = _checked(sample)
    square = float(special.ndtri((1 + confidence_share) / 2)) ** 2
    middle = (count + square / 2) / (size + square)
    reach = math.sqrt(square * (count * (size - count) / size + square / 2 / 2)) / (size + square)
    return max(0.0, middle - reach), min(1.0, middle + reach)


@rule("S6.2.3")
def compare_shares(changed: Sample, unchanged: Sample, test_confidence_share: float) -> Comparison:
    """The difference of two independent shares, with Newcombe's interval from the two score intervals.

    Method 10 of Newcombe, Statistics in Medicine 17 (1998) 873-890, whose table II has the first example. The chance
    is that of the two-sided test with the pooled share, without correction for continuity.

    >>> found = compare_shares((56, 70), (48, 80), 0.95)
    >>> round(found.difference_share, 4), round(found.low_share, 4), round(found.high_share, 4)
    (0.2, 0.0524, 0.3339)
    >>> round(found.chance_share, 4)
    0.008
    >>> compare_shares((40, 50), (40, 50), 0.95).chance_share
    1.0
    """
    (hits, size), (other_hits, other_size) = _checked(changed), _checked(unchanged)
    share, other_share = hits / size, other_hits / other_size
    low, high = share_interval(changed, test_confidence_share)
    other_low, other_high = share_interval(unchanged, test_confidence_share)
    pooled = (hits + other_hits) / (size + other_size)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / size + 1 / other_size))
    distance = abs(share - other_share) / spread if spread else 0
    return Comparison(
        difference_share=share - other_share,
        low_share=share - other_share - math.hypot(share - low, other_high - other_share),
        high_share=share - other_share + math.hypot(high - share, other_share - other_low),
        chance_share=float(2 * special.ndtr(-distance)),
    )


def _difference_in_differences(
    changed_before: Sample, changed_after: Sample, control_before: Sample, control_after: Sample, confidence: float
) -> Comparison:
    own = compare_shares(changed_after, changed_before, confidence)
    other = compare_shares(control_after, control_before, confidence)
    difference = own.difference_share - other.difference_share
    below = math.hypot(own.difference_share - own.low_share, other.high_share - other.difference_share)
    above = math.hypot(own.high_share - own.difference_share, other.difference_share - other.low_share)
    spread = math.sqrt(
        sum(hits / size * (1 - hits / size) / size for hits, size in
            (changed_before, changed_after, control_before, control_after))
    )  # fmt: skip
    distance = abs(difference) / spread if spread else 0
    return Comparison(difference, difference - below, difference + above, float(2 * special.ndtr(-distance)))


# Reading Q12: what "A/B test before and after" compares. Only the last two have a control at the same time.
COMPARISONS: dict[str, Callable[[Sample, Sample, Sample, Sample, float], Comparison]] = {
    "before_after": lambda before, after, _, __, confidence: compare_shares(after, before, confidence),
    "concurrent_control": lambda _, after, __, control, confidence: compare_shares(after, control, confidence),
    "difference_in_differences": _difference_in_differences,
}


@rule("S6.2.3")
def effect_of_change(
    changed_before: Sample,
    changed_after: Sample,
    control_before: Sample,
    control_after: Sample,
    test_confidence_share: float,
    comparison_reading: str,
) -> Comparison:
    """What a change did to a share, under each reading of the comparison (Q12).

    The difference of differences joins the two intervals as Newcombe joins two shares (Zou and Donner 2008).

    >>> samples = (750, 1_000), (780, 1_000), (760, 1_000), (790, 1_000)      # everybody gained three points
    >>> for reading in COMPARISONS:
    ...     print(reading, round(effect_of_change(*samples, 0.95, reading).difference_share, 3))
    before_after 0.03
    concurrent_control -0.01
    difference_in_differences 0.0
    """
    return COMPARISONS[comparison_reading](
        changed_before, changed_after, control_before, control_after, test_confidence_share
    )


@rule("S6.2.3")
def verdict(found: Comparison, smallest_difference_share: float, is_more_better: bool = True) -> str:
    """What follows from a comparison: keep, drop, undo, or go on because it cannot be told yet.

    Keep where the whole interval is at least the smallest difference worth having, undo where it is all harm, drop
    where even its best end is too small, else go on.

    >>> [verdict(Comparison(0, low, high, 1), 0.02)
    ...  for low, high in ((0.02, 0.04), (0.019, 0.04), (-0.01, 0.02), (-0.01, 0.019), (-0.02, 0), (-0.02, -0.001))]
    ['keep', 'go on', 'go on', 'drop', 'drop', 'undo']
    >>> verdict(Comparison(0, -0.04, -0.02, 0), 0.02, is_more_better=False)
    'keep'
    """
    low, high = found.low_share, found.high_share
    if not is_more_better:
        low, high = -high, -low
    if low >= smallest_difference_share:
        return "keep"
    if high < 0:
        return "undo"
    return "drop" if high < smallest_difference_share else "go on"


@rule("S6.2.3")
def policies_needed(
    base_share: float, smallest_difference_share: float, test_confidence_share: float, test_power_share: float
) -> int:
    """Policies in each of two equal groups, so that a true difference of that size is found with that power.

    Fleiss, Statistical Methods for Rates and Proportions (1981), chapter 3, without the correction for continuity;
    the first example is that of R's power.prop.test (76.7); the second, 807.1, becomes 827 with the correction, as in
    Fleiss's own worked example.

    >>> policies_needed(0.50, 0.25, 0.95, 0.90), policies_needed(0.60, 0.10, 0.99, 0.95)
    (77, 808)
    """
    other = base_share + smallest_difference_share
    if not (0 < base_share < 1 and 0 < other < 1 and smallest_difference_share):
        raise InputError(
            f"base_share {base_share} and smallest_difference_share {smallest_difference_share}: both shares must lie "
            "between 0 and 1 and must differ"
        )
    middle = (base_share + other) / 2
    at_no_difference = special.ndtri((1 + test_confidence_share) / 2) * math.sqrt(2 * middle * (1 - middle))
    at_difference = special.ndtri(test_power_share) * math.sqrt(base_share * (1 - base_share) + other * (1 - other))
    return math.ceil((at_no_difference + at_difference) ** 2 / smallest_difference_share**2)


@rule("S6.2.3")
def cases_needed(
    spread: float, smallest_difference: float, test_confidence_share: float, test_power_share: float
) -> int:
    """Cases in each of two equal groups, so that a true difference of means of that size is found with that power.

    `spread` is the standard deviation of a case, in the unit of the difference. Normal approximation (Fleiss 1981); R's
    power.t.test, which knows the t distribution, asks for one more (64) in the example.

    >>> cases_needed(1, 0.5, 0.95, 0.80)
    63
    """
    if not (spread > 0 and smallest_difference):
        raise InputError(f"spread {spread} and smallest difference {smallest_difference}: neither may be 0")
    reach = special.ndtri((1 + test_confidence_share) / 2) + special.ndtri(test_power_share)
    return math.ceil(2 * (reach * spread / smallest_difference) ** 2)


@rule("S6.2.3")
def design_effect_factor(policies_per_consultant: float, consultant_correlation_share: float) -> float:
    """How many times more policies are needed when people, not policies, are put into the two groups.

    One plus the policies of a person less one, times the correlation among them (Kish 1965).

    >>> design_effect_factor(1, 0.01), design_effect_factor(101, 0.01)
    (1.0, 2.0)
    """
    return 1 + (policies_per_consultant - 1) * consultant_correlation_share


@rule("S6.2.3")
def is_report_month(month_number: int, report_interval_months: int) -> bool:
    """Whether the effect report is due at the end of a month, counted from 1.

    >>> [month for month in range(1, 13) if is_report_month(month, 3)]
    [3, 6, 9, 12]
    """
    return month_number % report_interval_months == 0


@rule("S6.2.1")
def slip_share_left(slip_share: float, automated_entry_share: float, automation_prevents_share: float) -> float:
    """The share of pieces with a slip that is left, when a tool does a share of them and prevents a share of slips.

    >>> [round(slip_share_left(0.03, automated, 0.7), 4) for automated in (0, 0.5, 1)]
    [0.03, 0.0195, 0.009]
    """
    return slip_share * (1 - automated_entry_share * automation_prevents_share)


@rule("S6.2.1")
def costliest_first(slips_per_year: Mapping[str, float], harm_cny: Mapping[str, float]) -> dict[str, float]:
    """What each kind of slip costs in a year, the dearest first: how often it happens times the harm of one.

    >>> costliest_first({"entry": 450, "terms": 40}, {"entry": 20, "terms": 900})
    {'terms': 36000, 'entry': 9000}
    """
    cost = {slip: often * harm_cny[slip] for slip, often in slips_per_year.items()}
    return dict(sorted(cost.items(), key=lambda each: -each[1]))


def _checked(sample: Sample) -> Sample:
    count, size = sample
    if not 0 <= count <= size or size == 0:
        raise InputError(f"{count} of {size}: a sample is a count of at least 0, out of at least 1 and of no fewer")
    return sample
