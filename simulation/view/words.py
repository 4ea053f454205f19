"""Words: numbers with their units, and verdicts that a manager can repeat."""

import math
from collections.abc import Mapping

from simulation.study.compare import MOST_MARGIN_SHARE, Customers, Difference, Margin, replications_to_call
from simulation.study.estimates import Estimate
from simulation.study.measures import BY_NAME, Measure

MANY_REPLICATIONS = 2000
SECONDS_SPOKEN, MINUTES_SPOKEN = 100, 100  # beyond these the next larger unit is said


def number(value: float, unit: str) -> str:
    """A value as it is said.

    >>> number(0.0456, "share"), number(1234567.8, "cny"), number(12.345, "minutes"), number(3.2, "per_day")
    ('4.6 %', 'CNY 1,234,568', '12.3 min', '3.2 a day')
    """
    if math.isnan(value):
        return "none"
    if unit == "share":
        return f"{100 * value:.1f} %"
    if unit == "cny":
        return f"CNY {value:,.0f}"
    ending = {"minutes": " min", "hours": " h", "per_day": " a day"}.get(unit, "")
    return f"{value:,.1f}{ending}"


def change(value: float, unit: str) -> str:
    """A difference as it is said, with its sign; shares in points.

    >>> change(-0.0123, "share"), change(1500, "cny"), change(2.04, "hours")
    ('-1.23 points', '+CNY 1,500', '+2.0 h')
    """
    bare = bare_change(value, unit)
    if unit == "share":
        return f"{bare} points"
    return bare + {"minutes": " min", "hours": " h", "per_day": " a day"}.get(unit, "")


def bare_change(value: float, unit: str) -> str:
    """The same without the unit, for ranges; nothing is shown as a signed nought."""
    if unit == "cny":
        return f"{'-' if value < 0 else '+'}CNY {abs(value):,.0f}"
    digits, shown = (2, 100 * value) if unit == "share" else (1, value)
    rounded = round(shown, digits) + 0.0
    return f"{rounded:,.{digits}f}" if rounded == 0 else f"{rounded:+,.{digits}f}"


def span(low: float, high: float, unit: str) -> str:
    """A range of differences.

    >>> span(-0.0052, 0.0036, "share")
    '-0.52 to +0.36'
    """
    return f"{bare_change(low, unit)} to {bare_change(high, unit)}"


def interval(estimate: Estimate, unit: str) -> str:
    """A mean with its interval.

    >>> interval(Estimate(0.8, 0.79, 0.81, 10), "share")
    '80.0 % (79.0 % to 81.0 %)'
    """
    return stated(estimate.mean, estimate.low, estimate.high, unit)


def stated(mean: float, low: float, high: float, unit: str) -> str:
    """The same from its three figures; a figure that every run agreed on has no interval to be told.

    >>> stated(float("nan"), float("nan"), float("nan"), "share"), stated(1.0, 1.0, 1.0, "share")
    ('none', '100.0 % (in every run)')
    """
    if math.isnan(mean):
        return "none"
    if low == high:
        return f"{number(mean, unit)} (in every run)"
    return f"{number(mean, unit)} ({number(low, unit)} to {number(high, unit)})"


def difference_sentence(difference: Difference) -> str:
    """One deciding measure of a comparison: the difference, its interval, what one year may bring, and the call."""
    measure = BY_NAME[difference.measure]
    unit, estimate = measure.unit, difference.estimate
    if estimate.is_identical and estimate.mean == 0:
        at_most = estimate.differs_at_most_share(difference.confidence)
        return (
            f"{measure.says}: no difference in any of the {estimate.replications} pairs of runs; at most "
            f"{100 * at_most:.0f} years in 100 would show one."
        )
    if estimate.is_identical:
        return (
            f"{measure.says}: {change(estimate.mean, unit)} in each of the {estimate.replications} pairs of runs: "
            f"{call(difference)}."
        )
    return (
        f"{measure.says}: {change(estimate.mean, unit)} ({span(estimate.low, estimate.high, unit)}; a single year may "
        f"bring {span(difference.year_low, difference.year_high, unit)}): {call(difference)}."
    )


def call(difference: Difference) -> str:
    """Better, worse, or too close to call and how many replications would call it."""
    if difference.is_called:
        word = {True: "better", False: "worse", None: "changed"}[difference.is_better]
        return f"{word}, of its size only the joint interval is known" if difference.is_direction_only else word
    wanted = replications_to_call(difference)
    if wanted is None:
        return "too close to call"
    if wanted > MANY_REPLICATIONS:
        return f"too close to call, and so even with {MANY_REPLICATIONS:,} replications"
    return f"too close to call; about {max(wanted, difference.estimate.replications + 1):,} replications would call it"


def customers_sentence(found: Customers) -> str:
    """Who was won and who was lost, among 1,000 customers of the same luck."""
    won, lost = (
        f"{1000 * each.mean:.1f} ({1000 * max(each.low, 0):.1f} to {1000 * each.high:.1f})"
        for each in (found.won, found.lost)
    )
    return f"Of 1,000 policies, {won} renew here and not there, {lost} there and not here."


def margin_sentence(found: Margin) -> str:
    """What money says at the assumed margin on renewed premium, and at which margins it would turn.

    >>> margin_sentence(Margin(0.12, 200_000, 10_000, 0.05, (0.09, 0.5), (0.0, 0.03)))
    'At the assumed margin of 12.0 % on renewed premium it pays, as it does above 9.0 %; it would lose below 3.0 %.'
    >>> margin_sentence(Margin(0.12, -2_000, -50, 0.05, (0.0, 0.02), None))
    'At the assumed margin of 12.0 % on renewed premium money is too close to call; it would pay below 2.0 %.'
    """
    assumed, calls = found.assumed_share, (("pay", found.pays), ("lose", found.loses))
    here = next((call for call in calls if call[1] and call[1][0] <= assumed <= call[1][1]), None)
    says = f"it {here[0]}s, as it does {_margins(here[1])}" if here else "money is too close to call"
    elsewhere = [f"it would {word} {_margins(ends)}" for word, ends in calls if ends and (word, ends) != here]
    where = f"At the assumed margin of {number(assumed, 'share')} on renewed premium"
    return "; ".join([f"{where} {says}", *elsewhere]) + "."


def _margins(ends: tuple[float, float]) -> str:
    """A stretch of margins in words.

    >>> _margins((0.0, MOST_MARGIN_SHARE)), _margins((0.0, 0.08))
    ('at any other', 'below 8.0 %')
    """
    low, high = ends
    if low == 0 and high == MOST_MARGIN_SHARE:
        return "at any other"
    if low == 0:
        return f"below {number(high, 'share')}"
    if high == MOST_MARGIN_SHARE:
        return f"above {number(low, 'share')}"
    return f"from {number(low, 'share')} to {number(high, 'share')}"


def verdict(base: str, other: str, differences: list[Difference], notes: list[str]) -> list[str]:
    """A comparison in plain words: a heading, a sentence for each deciding measure, and what should be said with it."""
    better = [each for each in differences if each.is_better]
    worse = [each for each in differences if each.is_better is False]
    if better and not worse:
        head = f"{other}: better than {base}"
    elif worse and not better:
        head = f"{other}: worse than {base}"
    elif better and worse:
        head = f"{other}: gains and losses against {base}"
    else:
        head = f"{other}: too close to {base} to call"
    return [head, *map(difference_sentence, differences), *notes]


def advice(base: str, by_scenario: dict[str, list[Difference]]) -> list[str]:
    """What several comparisons with a base come to, a sentence for each kind of outcome."""
    kinds: dict[str, list[str]] = {"better": [], "mixed": [], "worse": [], "open": []}
    for name, differences in by_scenario.items():
        better, worse = (any(each.is_better is side for each in differences) for side in (True, False))
        kinds["mixed" if better and worse else "better" if better else "worse" if worse else "open"].append(name)
    says = {
        "better": f"Better than {base} in something and worse in nothing: {{}}.",
        "mixed": f"Gains and losses against {base}, so that it is for you to say which weighs more: {{}}.",
        "worse": f"Worse than {base} and better in nothing: {{}}.",
        "open": f"Too close to {base} to call with so many runs: {{}}.",
    }
    found = [says[kind].format("; ".join(names)) for kind, names in kinds.items() if names]
    return found or [f"Nothing was compared with {base}."]


def promise_sentence(counts: list[int], fewest: int | None, promises: Mapping[str, float]) -> str:
    """How many consultants keep what was promised, of the numbers tried.

    >>> promise_sentence([9, 10, 11], 10, {"late_enquiry_share": 0.05})
    '10 consultants keep it, of 9 to 11 tried: enquiries answered late or lost at most 5.0 %.'
    """
    said = " and ".join(
        f"{BY_NAME[name].says} at most {number(most, BY_NAME[name].unit)}" for name, most in promises.items()
    )
    tried = f"{min(counts)} to {max(counts)} tried"
    if fewest is None:
        return f"None of {tried} keeps it: {said}."
    unknown = " (fewer were not tried)" if fewest == min(counts) else ""
    return f"{fewest} consultants keep it{unknown}, of {tried}: {said}."


def title(measure: Measure) -> str:
    """What a measure is called in a table."""
    return measure.says[0].upper() + measure.says[1:]


def own_lapse(file_lapse: float | None, renewed: Estimate, anyway: Estimate, driven_away: Estimate) -> str | None:
    """The simulated lapse beside the one that the book's own file records."""
    if file_lapse is None:
        return None
    base = 1 - anyway.mean - driven_away.mean
    return (
        f"Lapse: the file's own record says {number(file_lapse, 'share')}. On this desk {number(base, 'share')} would lapse "
        f"without any service and {number(1 - renewed.mean, 'share')} lapse with it. The level comes from "
        "decision.renewal_rate_share and not from the file; to start from the file's, set it to "
        f"{1 - file_lapse:.3f} for the lines in question."
    )


def break_even(contribution: Estimate, saved: Estimate) -> str:
    """The caution that belongs to every figure of money."""
    return (
        f"The margin on renewed premium less pay is {number(contribution.mean, 'cny')}, but only "
        f"{number(saved.mean, 'share')} of the policies are renewed because of service; what would renew without the desk "
        "is the first number to measure before money decides."
    )


def spoken(seconds: float) -> str:
    """A stretch of time as it is said.

    >>> spoken(42.4), spoken(372), spoken(5 * 3600)
    ('42 s', '6 min', '5.0 h')
    """
    if seconds < SECONDS_SPOKEN:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < MINUTES_SPOKEN else f"{minutes / 60:.1f} h"
