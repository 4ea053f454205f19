"""A book from the user's own file: a table through a mapping, checked row by row, in bounded memory."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from playbook.clock import DAYS_A_YEAR
from playbook.documents import Document, checked, named_file, params_folder, read_document, read_yaml
from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.book import Book
from simulation.desk.stamps import read_stamps
from simulation.desk.table_file import TableFormat, check_columns, frames

ORDINARY_DAYS_BEFORE_MARCH = 31 + 28
MOST_PROBLEMS = 20
THOUSANDS = r"\d{1,3}(,\d{3})+(\.\d+)?"
TRUE_WORDS = {"1": True, "true": True, "yes": True, "y": True, "0": False, "false": False, "no": False, "n": False}
GOLDEN_STEP = 0.6180339887498949  # spreads any number of rows evenly over a year, in any order of rows


class Source(Document):
    """Where a field of the book comes from: exactly one of these.

    column (numbers may be multiplied by `times`), ratio of two columns, map of a column's words, constant for all rows,
    spread over the year for a book without due dates.
    """

    column: str | None = None
    times: float | None = Field(default=None, gt=0, le=1e6, allow_inf_nan=False)
    ratio: list[str] | None = Field(default=None, min_length=2, max_length=2)
    map: str | None = None
    values: dict[str | int | float | bool, Any] | None = None
    constant: Any = None
    spread: Literal["even"] | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> "Source":
        named = [name for name in ("column", "ratio", "map", "constant", "spread") if getattr(self, name) is not None]
        if len(named) != 1:
            raise ValueError("name exactly one of column, ratio, map, constant, spread")
        if (self.map is None) != (self.values is None):
            raise ValueError("map and values go together")
        if self.times is not None and self.column is None:
            raise ValueError("times goes with column")
        return self

    def needs(self) -> list[str]:
        """The columns of the file that this reads."""
        return [name for name in [self.column, *(self.ratio or []), self.map] if name is not None]


class Fields(Document):
    """The fields of a book; premium and due date are needed, the others have a neutral value where they are left out."""

    premium_cny: Source
    due_date: Source
    id: Source | None = None
    line: Source = Source(constant="motor")
    customer: Source | None = None
    price_ratio: Source = Source(constant=1.0)
    tenure_years: Source = Source(constant=0)
    is_instalment: Source = Source(constant=False)
    has_lapsed: Source | None = None


class Mapping(TableFormat):
    """A file of params/books/: how a user's table becomes a book."""

    title: str
    source: str | None = None
    fields: Fields

    def needs(self) -> list[tuple[str, str]]:
        """Each column of the file that is read, with the field that it is mapped to."""
        return [(column, name) for name, source in self.fields if source for column in source.needs()]


@dataclass
class Problems:
    """What is wrong in a file, by row and column, up to a limit."""

    file: Path
    found: list[str] = field(default_factory=list)
    _told: set[tuple[int, str]] = field(default_factory=set)

    def add(self, row: int, column: str, value: Any, wrong: str) -> None:
        """A cell that cannot be used; rows are counted as the spreadsheet shows them, with the heading as row 1."""
        if (row, column) in self._told:
            return
        self._told.add((row, column))
        if len(self.found) < MOST_PROBLEMS:
            self.found.append(f"{self.file.name}: row {row:,}, column {column!r}: {value!r} {wrong}")

    @property
    def rows(self) -> dict[int, str]:
        """Each row in which something is wrong, with the first column in which it is."""
        return dict(sorted(self._told, reverse=True))

    def raise_if_any(self) -> None:
        """InputError with all that was found."""
        if self._told:
            more = len(self._told) - len(self.found)
            raise InputError("\n".join([*self.found, *([f"... and {more:,} more"] if more else [])]))


def read_mapping(name: str) -> Mapping:
    """A mapping of params/books/ by name, or any file by path; of a file that maps a log too, its part for the policies."""
    path = named_file(params_folder() / "books", name, "mapping")
    content = read_yaml(path)
    if isinstance(content, dict) and isinstance(content.get("policies"), dict) and "fields" not in content:
        return checked({"title": content.get("title")} | content["policies"], Mapping, f"{path}: policies")
    return read_document(path, Mapping)


def read_book(path: Path | str, mapping: Mapping, parameters: Parameters) -> Book:
    """The book in a file; InputError names each row and column that cannot be used, and nothing is read half.

    Rows without any entry are passed over.
    """
    columns, _, problems = read_rows(Path(path), mapping, parameters)
    problems.raise_if_any()
    return book_of(columns, mapping)


def read_rows(
    path: Path, mapping: Mapping, parameters: Parameters
) -> tuple[dict[str, np.ndarray], np.ndarray, "Problems"]:
    """Every row of a file of policies as columns, its number, and what is wrong in it; what cannot be used has a value that
    stands for it. InputError where the file has no rows."""
    problems, chunks, numbers = Problems(path), [], []
    seen: dict[str, int] = {}
    for first_row, frame in frames(path, mapping, problems.add):
        check_columns(frame.columns, mapping.needs(), path)
        is_blank = frame.eq("").all(axis=1).to_numpy()
        rows = np.flatnonzero(~is_blank) + first_row
        chunks.append(_columns(frame[~is_blank], rows, mapping, parameters, problems, seen))
        numbers.append(rows)
    rows = np.concatenate(numbers)
    if not len(rows):
        problems.raise_if_any()
        raise InputError(f"{path}: the file has no rows")
    return {name: np.concatenate([chunk[name] for chunk in chunks]) for name in chunks[0]}, rows, problems


def book_of(columns: dict[str, np.ndarray], mapping: Mapping) -> Book:
    """The columns of policies as a book."""
    lines, line = np.unique(columns["line"], return_inverse=True)
    _, customer = np.unique(columns["customer"], return_inverse=True)
    lapsed = columns["has_lapsed"]
    return Book(
        title=f"{mapping.title} ({len(line):,} policies)",
        lines=tuple(str(each) for each in lines),
        line=line.astype(np.int64),
        customer=customer.astype(np.int64),
        premium_cny=columns["premium_cny"],
        due_day=columns["due_day"].astype(np.int64),
        price_ratio=columns["price_ratio"],
        tenure_years=columns["tenure_years"],
        is_instalment=columns["is_instalment"].astype(bool),
        file_lapse_share=float(np.nanmean(lapsed))
        if mapping.fields.has_lapsed and not np.isnan(lapsed).all()
        else None,
    )


def _columns(
    frame: pd.DataFrame,
    rows: np.ndarray,
    mapping: Mapping,
    parameters: Parameters,
    problems: Problems,
    seen: dict[str, int],
) -> dict[str, np.ndarray]:
    """One chunk as columns of the book; what cannot be used goes into `problems`."""
    fields = mapping.fields
    _refuse_twice(frame, fields.id, rows, problems, seen)
    own = np.array([f"row {row}" for row in rows], dtype=object)
    due = _due_dates(frame, mapping, rows, parameters, problems)
    start = np.datetime64(parameters.experiment.start_date)
    return {
        "id": own if fields.id is None else _words(frame, fields.id, "id", rows, problems),
        "premium_cny": _numbers(frame, fields.premium_cny, "premium_cny", rows, problems, is_positive=True),
        "due_date": due,
        "due_day": (_day_of_ordinary_year(due) - _day_of_ordinary_year(start)) % DAYS_A_YEAR,
        "line": _words(frame, fields.line, "line", rows, problems),
        "customer": own if fields.customer is None else _words(frame, fields.customer, "customer", rows, problems),
        "price_ratio": _numbers(frame, fields.price_ratio, "price_ratio", rows, problems, is_positive=True),
        "tenure_years": _numbers(frame, fields.tenure_years, "tenure_years", rows, problems),
        "is_instalment": _truths(frame, fields.is_instalment, "is_instalment", rows, problems),
        "has_lapsed": _lapses(frame, fields.has_lapsed, rows, problems),
    }


def _refuse_twice(
    frame: pd.DataFrame, source: Source | None, rows: np.ndarray, problems: Problems, seen: dict[str, int]
) -> None:
    if source is None or source.column is None:
        return
    for row, value in zip(rows.tolist(), frame[source.column], strict=True):
        if value in seen:
            problems.add(row, source.column, value, f"stands already in row {seen[value]:,}; an id names one policy")
        else:
            seen[value] = row


def _numbers(
    frame: pd.DataFrame, source: Source, name: str, rows: np.ndarray, problems: Problems, is_positive: bool = False
) -> np.ndarray:
    """Numbers from 0 on, or above 0."""
    if source.constant is not None:
        return np.full(len(frame), _number(source.constant, f"the mapping's {name}.constant", is_positive))
    if source.ratio:
        above, below = (_column_numbers(frame, each, rows, problems, is_positive=True) for each in source.ratio)
        return above / below
    if source.map:
        values = {
            key: _number(value, f"the mapping's {name}.values.{key}", is_positive)
            for key, value in (source.values or {}).items()
        }
        found = _mapped(frame, source.model_copy(update={"values": values}), name, rows, problems)
        return np.array([1.0 if each is None else each for each in found])
    if source.column is None:
        raise InputError(f"the mapping's {name} cannot be spread; only due_date can")
    return _column_numbers(frame, source.column, rows, problems, is_positive) * (source.times or 1.0)


def _number(value: Any, place: str, is_positive: bool) -> float:
    """A number that stands in a mapping."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value)
    if not is_number or value < 0 or (is_positive and value == 0):
        raise InputError(f"{place}: {value!r} must be a number {'above 0' if is_positive else 'from 0 on'}")
    return float(value)


def _truth(value: Any, place: str) -> bool:
    """A yes or no that stands in a mapping."""
    found = TRUE_WORDS.get(str(value).strip().lower())
    if found is None:
        raise InputError(f"{place}: {value!r} must be yes or no")
    return found


def _column_numbers(
    frame: pd.DataFrame, column: str, rows: np.ndarray, problems: Problems, is_positive: bool
) -> np.ndarray:
    text = frame[column].astype(str)
    is_grouped = text.str.fullmatch(THOUSANDS)
    text = text.where(~is_grouped, text.str.replace(",", "", regex=False))
    numbers = pd.to_numeric(text, errors="coerce").to_numpy(dtype=float)
    wrong = {
        "is not a number": ~np.isfinite(numbers),
        "must be above 0": is_positive & (numbers <= 0),
        "must not be below 0": (not is_positive) & (numbers < 0),
    }
    for sentence, where in wrong.items():
        for at in np.flatnonzero(where).tolist():
            problems.add(int(rows[at]), column, frame[column].iloc[at], sentence)
    return np.where(np.isfinite(numbers) & (numbers > 0 if is_positive else numbers >= 0), numbers, 1.0)


def _words(frame: pd.DataFrame, source: Source, name: str, rows: np.ndarray, problems: Problems) -> np.ndarray:
    if source.constant is not None:
        return np.full(len(frame), str(source.constant), dtype=object)
    if source.map:
        return np.array([str(each) for each in _mapped(frame, source, name, rows, problems)], dtype=object)
    if source.column is None:
        raise InputError(f"the mapping's {name} is a word: take it from column, map or constant")
    words = frame[source.column].astype(str).str.strip()
    for at in np.flatnonzero((words == "").to_numpy()).tolist():
        problems.add(int(rows[at]), source.column, "", "is empty")
    return words.to_numpy(dtype=object)


def _truths(frame: pd.DataFrame, source: Source, name: str, rows: np.ndarray, problems: Problems) -> np.ndarray:
    if source.constant is not None:
        return np.full(len(frame), _truth(source.constant, f"the mapping's {name}.constant"))
    if source.map:
        values = {
            key: _truth(value, f"the mapping's {name}.values.{key}") for key, value in (source.values or {}).items()
        }
        found = _mapped(frame, source.model_copy(update={"values": values}), name, rows, problems)
        return np.array([bool(each) for each in found], dtype=bool)
    if source.column is None:
        raise InputError(f"the mapping's {name} is yes or no: take it from column, map or constant")
    found = frame[source.column].astype(str).str.strip().str.lower().map(TRUE_WORDS)
    for at in np.flatnonzero(found.isna().to_numpy()).tolist():
        problems.add(int(rows[at]), source.column, frame[source.column].iloc[at], "is not 0 or 1, yes or no")
    return found.eq(True).to_numpy(dtype=bool)


def _mapped(frame: pd.DataFrame, source: Source, name: str, rows: np.ndarray, problems: Problems) -> list[Any]:
    """A column's words turned into the mapping's values; a word that it does not name is a problem."""
    known = {str(key): value for key, value in (source.values or {}).items()}
    words = frame[source.map].astype(str).str.strip().tolist()
    for row, word in zip(rows.tolist(), words, strict=True):
        if word not in known:
            problems.add(row, str(source.map), word, f"is not named by the mapping's {name}.values")
    return [known.get(word) for word in words]


def _due_dates(
    frame: pd.DataFrame, mapping: Mapping, rows: np.ndarray, parameters: Parameters, problems: Problems
) -> np.ndarray:
    """The day on whose end each policy expires, or one spread evenly over the measured year."""
    source = mapping.fields.due_date
    start = np.datetime64(parameters.experiment.start_date)
    if source.spread:
        return start + np.floor((rows * GOLDEN_STEP) % 1 * DAYS_A_YEAR).astype(np.int64)
    if source.column is None:
        raise InputError("the mapping's due_date is taken from a column, or spread")
    dates = read_stamps(frame[source.column].astype(str).str.strip(), mapping.date_format)
    for at in np.flatnonzero(dates.isna().to_numpy()).tolist():
        wrong = f"is not a date written as {mapping.date_format}"
        problems.add(int(rows[at]), source.column, frame[source.column].iloc[at], wrong)
    filled = dates.to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(filled), start, filled)


def _lapses(frame: pd.DataFrame, source: Source | None, rows: np.ndarray, problems: Problems) -> np.ndarray:
    """1 for lapsed, 0 for renewed, nan where the file does not say: an empty cell, or a word mapped to nothing."""
    if source is None:
        return np.zeros(len(frame))
    column = source.column or source.map
    is_known = np.ones(len(frame), dtype=bool) if column is None else frame[column].ne("").to_numpy(copy=True)
    if source.map:
        silent = {str(key) for key, value in (source.values or {}).items() if value is None}
        is_known &= ~frame[source.map].isin(silent).to_numpy()
        source = source.model_copy(update={"values": {k: v for k, v in source.values.items() if v is not None}})
    found = np.full(len(frame), np.nan)
    found[is_known] = _truths(frame[is_known], source, "has_lapsed", rows[is_known], problems)
    return found


def _day_of_ordinary_year(days: np.ndarray | np.datetime64) -> Any:
    """The day of the year, 0 to 364, by month and day alone; 29 February is taken as the 28th."""
    year, month = days.astype("datetime64[Y]"), days.astype("datetime64[M]")
    day = (days - year.astype("datetime64[D]")).astype(int)
    first_of_march = (year.astype("datetime64[M]") + 2).astype("datetime64[D]")
    has_leap_day = (first_of_march - year.astype("datetime64[D]")).astype(int) > ORDINARY_DAYS_BEFORE_MARCH
    return day - (has_leap_day & ((month >= year.astype("datetime64[M]") + 2) | (day == ORDINARY_DAYS_BEFORE_MARCH)))
