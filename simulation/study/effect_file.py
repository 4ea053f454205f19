"""Improvements from the manager's own file: a row a case, or a row a week and group.

Cases: `period` (before, after) and `value` (a number, or yes and no), perhaps `group` (changed, control), `person`, and
`improvement` where the file tracks several. Weeks: `week` and `value`, perhaps `of` (out of how many) and `group`.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from playbook.errors import InputError, did_you_mean
from simulation.desk.book_file import TRUE_WORDS
from simulation.study.improvement_effect import (
    AFTER,
    BEFORE,
    CHANGED,
    CONTROL,
    Effect,
    effect_of_cases,
    effect_of_weeks,
)  # fmt: skip
from simulation.study.weekly_file import numbers_in, read_table, week_in

WORDS = {"group": (CHANGED, CONTROL), "period": (BEFORE, AFTER)}


def effects_in(path: Path | str, improvement, since: str | None = None) -> list[Effect]:
    """One effect an improvement of the file; InputError names row, column and value of what cannot be used."""
    name, frame = Path(path).name, read_table(path)
    if "value" not in frame:
        raise InputError(f"{name}: there is no column 'value'{did_you_mean('value', frame.columns)}")
    if not len(frame):
        raise InputError(f"{name}: the file has no rows")
    title = frame["improvement"] if "improvement" in frame else pd.Series("The change", frame.index)
    if "period" not in frame and "week" not in frame:
        raise InputError(f"{name}: there is neither a column 'period' nor a column 'week'")
    if "period" not in frame and since is None:
        raise InputError(f"{name}: a file by week needs --since with the first week of the change")
    read = _cases if "period" in frame else _weeks
    return [read(own, str(each), name, improvement, since) for each, own in frame.groupby(title, sort=False)]


def _words(own: pd.DataFrame, column: str, name: str) -> pd.Series:
    """A column of known words; a group that is not named is the changed one."""
    if column not in own:
        return pd.Series(CHANGED, own.index)
    words = own[column].str.strip().str.lower()
    wrong = ~words.isin(WORDS[column])
    if wrong.any():
        row = own.index[wrong][0]
        near = did_you_mean(words[row], WORDS[column])
        raise InputError(f"{name}: row {row:,}, column {column!r}: {own.loc[row, column]!r} is not known{near}")
    return words


def _cases(own: pd.DataFrame, title: str, name: str, improvement, _: str | None) -> Effect:
    words = own["value"].str.strip().str.lower()
    is_yes = words.isin(TRUE_WORDS).all()
    value = words.map(TRUE_WORDS).to_numpy(dtype=float) if is_yes else numbers_in(own, "value", name)
    group, period = _words(own, "group", name), _words(own, "period", name)
    cells = {}
    for key in [(each, when) for each in WORDS["group"] for when in WORDS["period"]]:
        chosen = ((group == key[0]) & (period == key[1])).to_numpy()
        people = own["person"].to_numpy()[chosen] if "person" in own else np.array([])
        cells[key] = (value[chosen], people)
    return effect_of_cases(title, cells, improvement.test_confidence_share, improvement.smallest_difference_share)


def _weeks(own: pd.DataFrame, title: str, name: str, improvement, since: str | None) -> Effect:
    first = week_in(str(since), None, "--since")
    sizes = numbers_in(own, "of", name) if "of" in own else np.ones(len(own))
    if (sizes <= 0).any():
        raise InputError(f"{name}: row {own.index[sizes <= 0][0]:,}, column 'of': must be above 0")
    weeks = [week_in(each, row, name) for row, each in own["week"].items()]
    frame = pd.DataFrame({
        "week": weeks, "group": _words(own, "group", name).to_numpy(), "figure": numbers_in(own, "value", name) / sizes,
    })  # fmt: skip
    if frame.duplicated(["week", "group"]).any():
        raise InputError(f"{name}: {title} has a week twice in a group; a row is a week and group")
    wide = frame.pivot(index="week", columns="group", values="figure")
    if CHANGED not in wide:
        raise InputError(f"{name}: {title} has no row of the group 'changed'")
    wide = wide.dropna()
    control = wide[CONTROL].to_numpy() if CONTROL in wide else None
    is_share = "of" in own or bool(own["value"].str.strip().str.endswith("%").all())
    return effect_of_weeks(
        title, wide[CHANGED].to_numpy(), control, np.array(wide.index >= first), improvement.test_confidence_share,
        is_share, improvement.smallest_difference_share,
    )  # fmt: skip
