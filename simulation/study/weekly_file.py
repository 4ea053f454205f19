"""Weekly indicators from the manager's own file: a row a week and indicator, or a column each.

Long: the columns week, indicator, value, and where a value is a count, `of` (out of how many cases: a share) or `per` (per how
much: a rate). Wide: week and a column an indicator; a column "NAME of" or "NAME per" beside it makes it a share or a rate.
"""

import re
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from playbook.errors import InputError, did_you_mean
from simulation.desk.book_file import Problems
from simulation.desk.table_file import frames
from simulation.study.control_chart import RATE, SHARE, VALUE, Indicator
from simulation.study.map_proposal import format_of

ISO_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})")
PARTS = {"of": SHARE, "per": RATE}


def read_table(path: Path | str) -> pd.DataFrame:
    """A CSV, Excel or Parquet file as one frame of text; the index is the row as the spreadsheet shows it.

    Rows without any entry are passed over; InputError where the file cannot be read.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    problems = Problems(path)
    parts = [
        frame.set_index(np.arange(first, first + len(frame)))
        for first, frame in frames(path, format_of(path), problems.add)
    ]
    problems.raise_if_any()
    frame = pd.concat(parts)
    return frame[~frame.eq("").all(axis=1)]


def read_indicators(path: Path | str) -> list[Indicator]:
    """The indicators of a file, each by week in order; weeks without a figure are passed over.

    InputError names row, column and value of a cell that cannot be used.
    """
    frame = read_table(path)
    name = Path(path).name
    if "week" not in frame:
        raise InputError(f"{name}: there is no column 'week'{did_you_mean('week', frame.columns)}")
    if not len(frame):
        raise InputError(f"{name}: the file has no rows")
    frame = frame.assign(week=[week_in(each, row, name) for row, each in frame["week"].items()])
    if "indicator" in frame:
        if "value" not in frame:
            raise InputError(f"{name}: there is no column 'value'{did_you_mean('value', frame.columns)}")
        found = [_long(own, str(each), name) for each, own in frame.groupby("indicator", sort=False)]
    else:
        found = [_wide(frame, column, name) for column in frame.columns if _is_figure(column, frame.columns)]
    if not found:
        raise InputError(f"{name}: beside 'week' there is no column with a figure")
    return found


def _is_figure(column: str, columns: pd.Index) -> bool:
    base, _, last = column.rpartition(" ")
    if last in PARTS and base not in columns:
        raise InputError(f"the column {column!r} has no {base!r} beside it{did_you_mean(base, columns)}")
    return column != "week" and last not in PARTS


def _long(own: pd.DataFrame, indicator: str, name: str) -> Indicator:
    parts = [part for part in PARTS if part in own and own[part].ne("").any()]
    if len(parts) > 1:
        raise InputError(f"{name}: {indicator} has both 'of' and 'per'; a figure is a share or a rate")
    return _indicator(own, indicator, "value", parts[0] if parts else None, PARTS[parts[0]] if parts else VALUE, name)


def _wide(frame: pd.DataFrame, column: str, name: str) -> Indicator:
    part = next((each for each in PARTS if f"{column} {each}" in frame), None)
    return _indicator(frame, column, column, f"{column} {part}" if part else None, PARTS.get(part, VALUE), name)


def _indicator(own: pd.DataFrame, indicator: str, value: str, size: str | None, kind: str, name: str) -> Indicator:
    own = own[own[value].ne("")].sort_values("week", kind="stable")
    twice = own["week"].duplicated()
    if twice.any():
        row = own.index[twice][0]
        raise InputError(f"{name}: row {row:,}: {indicator} has the week {own.loc[row, 'week']} a second time")
    values = numbers_in(own, value, name)
    sizes = numbers_in(own, size, name) if size else None
    if sizes is not None:
        for bad, wrong in ((sizes <= 0, "must be above 0"), (values < 0, "belongs to a count below 0"),
                           ((values > sizes) & (kind == SHARE), "is fewer than the cases counted out of it")):  # fmt: skip
            if bad.any():
                raise InputError(
                    f"{name}: row {own.index[bad][0]:,}, column {size!r}: {own[size][bad].iloc[0]!r} {wrong}"
                )
    return Indicator(indicator, tuple(own["week"]), values, kind, sizes)


def numbers_in(own: pd.DataFrame, column: str, name: str) -> np.ndarray:
    """A column as numbers; 82 % is 0.82."""
    text = own[column].str.replace(",", "").str.strip()
    is_percent = text.str.endswith("%")
    numbers = pd.to_numeric(text.str.rstrip("% "), errors="coerce").to_numpy(dtype=float)
    wrong = ~np.isfinite(numbers)
    if wrong.any():
        row = own.index[wrong][0]
        raise InputError(f"{name}: row {row:,}, column {column!r}: {own.loc[row, column]!r} is not a number")
    return np.where(is_percent, numbers / 100, numbers)


def week_in(text: str, row: int | None, name: str) -> str:
    """A week as 2026-W05, from that or from any day of it."""
    try:
        if found := ISO_WEEK.fullmatch(text.strip()):
            day = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        else:
            day = date.fromisoformat(text.strip()[:10].replace("/", "-"))
    except ValueError:
        wrong = "is neither a week such as 2026-W05 nor a day such as 2026-01-31"
        place = f"{name}: row {row:,}, column 'week'" if row is not None else name
        raise InputError(f"{place}: {text!r} {wrong}") from None
    return f"{day.isocalendar().year}-W{day.isocalendar().week:02}"
