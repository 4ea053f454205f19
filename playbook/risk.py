"""Early signs (S6.1): the risk indicators, when a swing is more than luck, benchmarks, and what feedback can tell."""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from playbook.errors import InputError, did_you_mean
from playbook.monitoring import luck_share
from playbook.rules import rule


@rule("S6.1.1")
def complaint_rate(complaints_count: int, policies_count: int) -> float | None:
    """Complaints received in a period for each policy in the team's hands in it; None where there is no policy.

    >>> complaint_rate(12, 1_200), complaint_rate(0, 1_200), complaint_rate(0, 0)
    (0.01, 0.0, None)
    """
    return complaints_count / policies_count if policies_count else None


@rule("S6.1.1")
def cancellation_rate(
    signed_day: ArrayLike, cancelled_day: ArrayLike, today_day: float, cancellation_window_days: float
) -> float | None:
    """The share of renewed policies that were cancelled within the window after signing; None where none can be judged.

    Only policies whose window has passed are counted: a policy signed yesterday has had no time to be cancelled, and
    counting it makes a busy month look good. `cancelled_day` is nan where a policy stands.

    >>> signed, cancelled = [0, 0, 5, 40], [60, 61, float("nan"), 41]
    >>> [cancellation_rate(signed, cancelled, today, 60) for today in (59, 64, 65)]
    [None, 0.5, 0.3333333333333333]
    """
    signed, cancelled = np.asarray(signed_day, dtype=float), np.asarray(cancelled_day, dtype=float)
    is_ripe = today_day - signed >= cancellation_window_days
    was_cancelled = cancelled - signed <= cancellation_window_days
    return float(was_cancelled[is_ripe].mean()) if is_ripe.any() else None


def excess_spread_factor(counts: ArrayLike, policies: ArrayLike) -> float:
    """How many times further an indicator's past periods lie apart than luck alone would put them, at least 1.

    The square root of Pearson's chi-squared over its degrees of freedom. Above 1 something other than luck moves the
    indicator (a season, a price round), and limits that know only luck raise too many alarms (Laney 2002).

    >>> excess_spread_factor([10, 10, 10], [1_000, 1_000, 1_000])
    1
    >>> round(excess_spread_factor([2, 18, 10], [1_000, 1_000, 1_000]), 2)
    2.54
    """
    count, size = np.asarray(counts, dtype=float), np.asarray(policies, dtype=float)
    base = count.sum() / size.sum()
    if len(count) < 2 or not 0 < base < 1:
        return 1
    squares = (count - base * size) ** 2 / (size * base * (1 - base))
    return max(1, float(math.sqrt(squares.sum() / (len(count) - 1))))


def _exact(base: float, size: float, false_alarm: float) -> tuple[float, float]:
    size = int(size)
    cumulative = special.bdtr(np.arange(size + 1), size, base)
    low = np.count_nonzero(cumulative <= false_alarm / 2)
    high = np.searchsorted(cumulative, 1 - false_alarm / 2)
    return float(low / size), float(high / size)


def _normal(base: float, size: float, false_alarm: float) -> tuple[float, float]:
    reach = special.ndtri(1 - false_alarm / 2) * luck_share(base, size)
    return float(max(0, base - reach)), float(min(1, base + reach))


# How the limits are drawn: from the binomial distribution itself, or from the normal one, as a textbook's p-chart is.
LIMITS: dict[str, Callable[[float, float, float], tuple[float, float]]] = {"exact": _exact, "normal": _normal}


@rule("S6.1.1")
def control_limits(
    base_share: float,
    policies_count: int,
    false_alarm_share: float,
    limits_method: str,
    spread_factor: float = 1,
) -> tuple[float, float]:
    """The lowest and highest share that luck explains, for an indicator whose own history has the share `base_share`.

    Where nothing has changed, at most `false_alarm_share` of periods fall outside (with `exact`; about so many with
    `normal`), the history's share being taken for known: a short history raises more. Where the history spreads more
    than luck would (`excess_spread_factor`), the limits widen as if there were fewer policies.

    The normal limits at three standard deviations are those of the p-chart in Montgomery, Introduction to Statistical
    Quality Control: 347 faulty in 30 samples of 50 cans.

    >>> three_deviations = 2 * (1 - special.ndtr(3))
    >>> [round(limit, 4) for limit in control_limits(347 / 1500, 50, three_deviations, "normal")]
    [0.0524, 0.4102]
    >>> [round(limit, 4) for limit in control_limits(0.01, 1_250, 0.01, "exact")]
    [0.0032, 0.0176]
    >>> [round(limit, 4) for limit in control_limits(0.01, 1_250, 0.01, "exact", spread_factor=2)]
    [0.0, 0.0256]
    """
    size = max(1, policies_count / spread_factor**2)
    return LIMITS[limits_method](base_share, size, false_alarm_share)


@rule("S6.1.1")
def is_unusual(share: float, limits: tuple[float, float]) -> bool:
    """Whether a period's share lies outside its limits; a share on a limit does not.

    >>> [is_unusual(share, (0.004, 0.018)) for share in (0.0039, 0.004, 0.018, 0.0181)]
    [True, False, False, True]
    """
    low, high = limits
    return not low <= share <= high


def chance_of_alarm(true_share: float, policies_count: int, limits: tuple[float, float]) -> float:
    """The chance that one period of so many policies falls outside the limits when the true share is `true_share`.

    At the history's own share this is the chance of a false alarm; at another, the chance that the change is seen.

    >>> limits = control_limits(0.01, 1_250, 0.01, "exact")
    >>> [round(chance_of_alarm(share, 1_250, limits), 3) for share in (0.01, 0.015, 0.02)]
    [0.006, 0.189, 0.685]
    """
    counts = np.arange(policies_count + 1)
    chances = np.diff(special.bdtr(counts, policies_count, true_share), prepend=0)
    is_outside = (counts / policies_count < limits[0]) | (counts / policies_count > limits[1])
    return float(chances[is_outside].sum())


def chance_of_any_alarm(false_alarm_share: float, looks_count: int) -> float:
    """The chance that at least one of so many looks raises a false alarm.

    >>> [round(chance_of_any_alarm(0.01, looks), 2) for looks in (1, 12, 36)]
    [0.01, 0.11, 0.3]
    """
    return 1 - (1 - false_alarm_share) ** looks_count


@rule("S6.1.1")
def place_in_benchmark(
    share: float, indicator: str, benchmark_low_share: Mapping[str, float], benchmark_high_share: Mapping[str, float]
) -> str:
    """Whether an indicator lies below, within or above the range that has been published for it.

    >>> [place_in_benchmark(share, "renewal_motor", {"renewal_motor": 0.7}, {"renewal_motor": 0.9})
    ...  for share in (0.69, 0.7, 0.9, 0.91)]
    ['below', 'within', 'within', 'above']
    """
    if indicator not in benchmark_low_share:
        raise InputError(f"no benchmark for {indicator!r}{did_you_mean(indicator, benchmark_low_share)}")
    if share < benchmark_low_share[indicator]:
        return "below"
    return "above" if share > benchmark_high_share[indicator] else "within"


@rule("S6.1.2")
def answers_count(asked_by_channel: Mapping[str, int], response_by_channel_share: Mapping[str, float]) -> float:
    """Answers to expect when so many customers are asked by each channel.

    >>> answers_count({"call_back": 100, "online_form": 1_000}, {"call_back": 0.3, "online_form": 0.1})
    130.0
    """
    return sum(asked * response_by_channel_share[channel] for channel, asked in asked_by_channel.items())


@rule("S6.1.2")
def satisfaction_bounds(satisfied_share: float, response_share: float) -> tuple[float, float]:
    """The least and the largest share of all customers who can be satisfied, when only some have answered.

    Nothing is assumed of those who were silent (Manski 1989).

    >>> [round(bound, 3) for bound in satisfaction_bounds(0.82, 0.30)]
    [0.246, 0.946]
    >>> satisfaction_bounds(0.82, 1)
    (0.82, 0.82)
    """
    return satisfied_share * response_share, satisfied_share * response_share + (1 - response_share)


@rule("S6.1.2")
def weak_steps(negatives_by_step: Mapping[str, int], contacts_by_step: Mapping[str, int]) -> list[str]:
    """The steps of the service with negative feedback, the most for each contact first.

    >>> weak_steps({"first call": 30, "signing": 12, "quote": 0}, {"first call": 6_000, "signing": 800, "quote": 900})
    ['signing', 'first call']
    """
    rates = {step: count / contacts_by_step[step] for step, count in negatives_by_step.items() if count}
    return sorted(rates, key=lambda step: -rates[step])


@rule("S6.1.3")
def detection_share(violations_count: ArrayLike, sampled_share: float, recognised_share: float) -> NDArray[np.float64]:
    """The chance that sampling finds at least one of a person's violations, when that share of recordings is heard.

    `recognised_share` is the chance that the listener sees what is wrong in a recording that is heard.

    >>> detection_share([0, 1, 2, 3, 4, 5], 0.5, 0.8).round(5).tolist()      # RSurveillance, sep.hypergeo
    [0.0, 0.4, 0.64, 0.784, 0.8704, 0.92224]
    """
    return 1 - (1 - sampled_share * recognised_share) ** np.asarray(violations_count, dtype=float)
