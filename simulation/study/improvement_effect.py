"""What a change did (S6.2.3): before and after, beside a control at the same time, or the difference of both.

Cases of one person are alike, and so are weeks that follow each other. Where people are known, each is one block; a series of
weeks is fitted with the correlation from week to week (Prais and Winsten 1954).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from playbook.errors import InputError
from playbook.improvement import Comparison, effect_of_change, verdict

Floats = NDArray[np.float64]
Cells = dict[tuple[str, str], tuple[Floats, NDArray]]  # by group and period: values, and whose they are
CHANGED, CONTROL, BEFORE, AFTER = "changed", "control", "before", "after"
FEWEST_BLOCKS, SURE_BLOCKS = 3, 10
FEWEST_WEEKS, SURE_WEEKS = 8, 26
ROUNDS = 20
MOST_CORRELATION = 0.9

WITHOUT_CONTROL = (
    "A before/after without a control group cannot tell the change from the season, the market or anything else that came at "
    "the same time. Keep a control group next time, drawn by lot."
)
BY_LOT = "This holds if the two groups were drawn by lot; else they may have differed before."
SAME_COURSE = "This holds if both groups would have moved alike without the change; look whether they did before it."
TREND = "The straight line before the change is taken to go on without it; a season bends lines."


@dataclass(frozen=True)
class Effect:
    """`difference` in `low` to `high`: what a change did, as a share (`is_share`) or in the figure's own unit.

    `reading` is the way of looking; `counts` says how many cases, people or weeks speak for it.
    """

    name: str
    reading: str
    difference: float
    low: float
    high: float
    confidence: float
    is_share: bool
    counts: dict[str, int]
    cautions: tuple[str, ...]
    smallest: float | None = None

    @property
    def verdict(self) -> str:
        """Keep, drop, undo or go on, where it is said which difference would be worth having; else whether there is one."""
        if self.smallest is not None:
            return verdict(Comparison(self.difference, self.low, self.high, np.nan), self.smallest)
        return "go on" if self.low <= 0 <= self.high else "more" if self.low > 0 else "less"


def effect_of_cases(name: str, cells: Cells, confidence: float, smallest: float | None = None) -> Effect:
    """The effect from cases by group and period, by the best way of looking that they allow.

    InputError where nobody was changed or there is nothing to hold them against.
    """
    reading = _reading(name, cells)
    used = {BEFORE: [(CHANGED, BEFORE), (CHANGED, AFTER)], CONTROL: [(CHANGED, AFTER), (CONTROL, AFTER)]}
    wanted = {"before_after": used[BEFORE], "concurrent_control": used[CONTROL]}.get(reading, list(cells))
    own = {key: cells[key] for key in wanted}
    counts = {f"{group}, {period}": len(values) for (group, period), (values, _) in own.items()}
    is_share = all(np.isin(values, (0, 1)).all() for values, _ in own.values())
    has_people = all(len(people) for _, people in own.values())
    if has_people:
        found, blocks, more = _by_person(name, own, reading, confidence)
        counts |= blocks
    else:
        found, more = _by_case(own, reading, confidence, is_share), []
    cautions = {"before_after": WITHOUT_CONTROL, "concurrent_control": BY_LOT}.get(reading, SAME_COURSE)
    alone = (
        []
        if has_people
        else ["Cases of one person are alike; without a column `person` the interval may be too narrow."]
    )
    return Effect(
        name, reading, *found, confidence, is_share, counts, (cautions, *more, *alone), smallest if is_share else None
    )  # fmt: skip


def _reading(name: str, cells: Cells) -> str:
    has = {key for key, (values, _) in cells.items() if len(values)}
    if (CHANGED, AFTER) not in has:
        raise InputError(f"{name}: there is no case of the group 'changed' in the period 'after'")
    if len(has) == len((CHANGED, CONTROL)) * len((BEFORE, AFTER)):
        return "difference_in_differences"
    if (CONTROL, AFTER) in has:
        return "concurrent_control"
    if (CHANGED, BEFORE) in has:
        return "before_after"
    raise InputError(f"{name}: there is neither a group 'control' nor a period 'before' to hold the change against")


def _by_case(cells: Cells, reading: str, confidence: float, is_share: bool) -> tuple[float, float, float]:
    none = (np.array([0.0]), np.array([]))
    ordered = [cells.get(key, none)[0] for key in
               ((CHANGED, BEFORE), (CHANGED, AFTER), (CONTROL, BEFORE), (CONTROL, AFTER))]  # fmt: skip
    if is_share:
        samples = [(int(values.sum()), len(values)) for values in ordered]
        found = effect_of_change(*samples, confidence, reading)
        return found.difference_share, found.low_share, found.high_share
    signs = {"before_after": (-1, 1, 0, 0), "concurrent_control": (0, 1, 0, -1)}.get(reading, (-1, 1, 1, -1))
    return _interval([(sign, values) for sign, values in zip(signs, ordered, strict=True) if sign], confidence)


def _interval(parts: list[tuple[int, Floats]], confidence: float) -> tuple[float, float, float]:
    """A sum of means with signs, with Welch's interval."""
    if any(len(values) < 2 for _, values in parts):
        raise InputError("each group and period needs at least two cases or people")
    middle = sum(sign * float(values.mean()) for sign, values in parts)
    own = [float(values.var(ddof=1)) / len(values) for _, values in parts]
    total = sum(own)
    below = sum(each**2 / (len(values) - 1) for each, (_, values) in zip(own, parts, strict=True))
    freedom = total**2 / below if below else np.inf
    half = float(stdtrit(min(freedom, 1e9), (1 + confidence) / 2)) * np.sqrt(total)
    return middle, middle - half, middle + half


def _by_person(name: str, cells: Cells, reading: str, confidence: float):
    """Each person is one block: their own change, their own difference, or the mean of their cases."""
    means = {key: _person_means(*cell) for key, cell in cells.items()}

    def changes(group: str) -> dict[object, float]:
        before, after = means[(group, BEFORE)], means[(group, AFTER)]
        return {person: after[person] - before[person] for person in after if person in before}

    if reading == "before_after":
        parts, known = [changes(CHANGED)], len(set(means[(CHANGED, BEFORE)]) | set(means[(CHANGED, AFTER)]))
    elif reading == "difference_in_differences":
        parts, known = [changes(CHANGED), changes(CONTROL)], len(set().union(*means.values()))
    else:
        parts, known = [means[(CHANGED, AFTER)], means[(CONTROL, AFTER)]], 0
        known = len(set(parts[0]) | set(parts[1]))
    both = set(parts[0]) & set(parts[-1]) if len(parts) > 1 else set()
    if len(both) >= FEWEST_BLOCKS:  # the lot was drawn among each person's own cases
        parts = [{person: parts[0][person] - parts[1][person] for person in both}]
    values = [np.array(list(part.values())) for part in parts]
    if min(len(each) for each in values) < FEWEST_BLOCKS:
        raise InputError(f"{name}: there must be at least {FEWEST_BLOCKS} people to a side who can be compared")
    found = _interval(list(zip((1, -1), values, strict=False)), confidence)
    counts = {"people": sum(len(each) for each in values)}
    more = ["Each person counts alike, whatever the number of their cases."]
    if counts["people"] < known:
        more.append(f"{known - counts['people']} of {known} people have cases on one side only and are left out.")
    if counts["people"] < SURE_BLOCKS:
        more.append(f"Only {counts['people']} people: one of them can turn the result.")
    return found, counts, more


def _person_means(values: Floats, people: NDArray) -> dict[object, float]:
    names, place = np.unique(people, return_inverse=True)
    means = np.bincount(place, weights=values) / np.bincount(place)
    return dict(zip(names.tolist(), means.tolist(), strict=True))


def effect_of_weeks(
    name: str, changed: Floats, control: Floats | None, is_after: NDArray[np.bool_], confidence: float, is_share: bool,
    smallest: float | None = None,
) -> Effect:  # fmt: skip
    """The effect from a figure a week: the step at the change against the line before it, or, with a control, the step of
    the difference between the groups."""
    before, after = int((~is_after).sum()), int(is_after.sum())
    if min(before, after) < FEWEST_WEEKS:
        raise InputError(
            f"{name}: {before} weeks before and {after} after; there must be at least {FEWEST_WEEKS} of each"
        )
    series = changed if control is None else changed - control
    time = (np.arange(len(series)) - before) / len(series)
    columns = [np.ones(len(series)), is_after.astype(float)] + ([time] if control is None else [])
    found, follows = _fitted_step(np.column_stack(columns), series, confidence)
    cautions = [WITHOUT_CONTROL, TREND] if control is None else [SAME_COURSE]
    if min(before, after) < SURE_WEEKS:
        cautions.append(
            f"Only {min(before, after)} weeks on one side: the correlation from week to week is hardly known."
        )
    reading = "interrupted_series" if control is None else "controlled_series"
    counts = {"weeks before": before, "weeks after": after}
    told = (*cautions, f"Correlation from week to week: {follows:.2f}; the interval counts it.")
    return Effect(name, reading, *found, confidence, is_share, counts, told, smallest if is_share else None)


def _fitted_step(columns: Floats, series: Floats, confidence: float) -> tuple[tuple[float, float, float], float]:
    """The second coefficient under errors that follow each other, with its interval, and how far they do."""
    count, width = columns.shape
    follows = 0.0
    for _ in range(ROUNDS):
        own, figures = _whitened(columns, follows), _whitened(series, follows)
        coefficients = np.linalg.lstsq(own, figures, rcond=None)[0]
        left = series - columns @ coefficients
        correlation = float(left[1:] @ left[:-1] / (left @ left)) if left @ left > 0 else 0.0
        freed = (
            correlation + (width + (width + 2) * max(correlation, 0.0)) / count
        )  # residuals lean to the negative side
        follows = float(np.clip(freed, 0.0, MOST_CORRELATION))
    own, figures = _whitened(columns, follows), _whitened(series, follows)
    inverse = np.linalg.inv(own.T @ own)
    coefficients = inverse @ own.T @ figures
    spread = float(((figures - own @ coefficients) ** 2).sum()) / (count - width - 1)
    half = float(stdtrit(count - width - 1, (1 + confidence) / 2)) * np.sqrt(spread * inverse[1, 1])
    step = float(coefficients[1])
    return (step, step - half, step + half), follows


def _whitened(values: Floats, follows: float) -> Floats:
    return np.concatenate([values[:1] * np.sqrt(1 - follows**2), values[1:] - follows * values[:-1]])


def coverage(draw: Callable[[np.random.Generator], Effect], truth: float, seed: int, times: int) -> int:
    """In how many repeated experiments the interval held the truth."""
    luck = np.random.default_rng(seed)
    return sum(found.low <= truth <= found.high for found in (draw(luck) for _ in range(times)))
