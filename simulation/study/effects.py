"""Effects: which of the names that a sweep's cases differ in moves an answer, and by how much."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from simulation.study.results import Results

MANY_VALUES = 8  # of a number: from here on cases are ranked along it, not grouped by it
PART = 5  # the lowest and the highest fifth stand for the ends of a sampled range


@dataclass(frozen=True)
class Effect:
    """What a name does to a measure over the cases of a sweep.

    low_at, high_at: the value, or for a sampled number the end of its range, where the measure's mean over the other
    names is lowest and highest. low, high: those means. share: of the variation between cases, 0 to 1: for groups the sum
    of squares between them over the whole, for a sampled number the squared rank correlation (Spearman).
    """

    name: str
    measure: str
    low_at: str
    high_at: str
    low: float
    high: float
    share: float


def effects(results: Results) -> list[Effect]:
    """Every swept name on every deciding measure, the largest share first within a measure."""
    found = []
    for measure in results.deciding:
        rows = results.table[results.table["measure"] == measure]
        each = [effect for name in results.swept if (effect := _effect(rows, name, measure))]
        found += sorted(each, key=lambda effect: -effect.share)
    return found


def is_number(column: pd.Series) -> bool:
    """Whether a swept name has numbers for values."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)


def _effect(rows: pd.DataFrame, name: str, measure: str) -> Effect | None:
    """None where nothing can be said: one value only, or a measure that never differs."""
    known = rows[rows[name].notna() & rows["mean"].notna()]
    values, means = known[name], known["mean"].to_numpy(dtype=float)
    distinct = values.nunique()
    if distinct < 2 or np.ptp(means) == 0:
        return None
    if is_number(values) and distinct > MANY_VALUES:
        return _along(values.to_numpy(dtype=float), means, name, measure)
    by_value = known.groupby(name, sort=False)["mean"].agg(["mean", "size"])
    between = float((by_value["size"] * (by_value["mean"] - means.mean()) ** 2).sum())
    low, high = by_value["mean"].idxmin(), by_value["mean"].idxmax()
    return Effect(name, measure, _said(low), _said(high), float(by_value["mean"].min()), float(by_value["mean"].max()),
                  between / float(((means - means.mean()) ** 2).sum()))  # fmt: skip


def _along(values: np.ndarray, means: np.ndarray, name: str, measure: str) -> Effect:
    from scipy.stats import spearmanr

    order = np.argsort(values, kind="stable")
    size = max(1, len(order) // PART)
    ends = {f"the lowest fifth, up to {values[order[size - 1]]:g}": float(means[order[:size]].mean()),
            f"the highest fifth, from {values[order[-size]]:g}": float(means[order[-size:]].mean())}  # fmt: skip
    low, high = min(ends, key=ends.__getitem__), max(ends, key=ends.__getitem__)
    return Effect(name, measure, low, high, ends[low], ends[high], float(spearmanr(values, means).statistic ** 2))


def _said(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
