"""Tables from the user's own files: CSV, Excel or Parquet as frames of text, a bounded number of rows at a time."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow
import pyarrow.parquet
from openpyxl import load_workbook
from pydantic import Field, field_validator

from playbook.documents import Document
from playbook.errors import InputError, did_you_mean
from simulation.desk.stamps import is_whole_date

CHUNK_ROWS = 50_000
EXCEL = (".xlsx", ".xlsm")
TEXT = (".csv", ".txt", ".tsv")
PARQUET = (".parquet",)

Misplaced = Callable[[int, str, str, str], None]  # row, column, value, what is wrong


class TableFormat(Document):
    """How a file is written: encoding and sign between cells of a text, format of dates, sheet of a workbook."""

    encoding: str = "utf-8-sig"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    date_format: str = "%Y-%m-%d"
    sheet: str | None = None

    @field_validator("date_format")
    @classmethod
    def _reads_what_it_writes(cls, value: str) -> str:
        if not is_whole_date(value):
            raise ValueError("is not a format of a whole date such as %Y-%m-%d")
        return value

    @field_validator("delimiter")
    @classmethod
    def _parts_cells(cls, value: str) -> str:
        if value in '\r\n"':
            raise ValueError("cannot part cells")
        return value


def frames(path: Path, written: TableFormat, misplaced: Misplaced) -> Iterator[tuple[int, pd.DataFrame]]:
    """The file as frames of text with the number of their first row, counted as a spreadsheet shows them (heading: 1).

    `misplaced` is told of each cell beyond the heading. InputError where the file cannot be read.
    """
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    ending = path.suffix.lower()
    if ending in EXCEL:
        yield from _excel_frames(path, written, misplaced)
    elif ending in TEXT:
        yield from _text_frames(path, written, misplaced)
    elif ending in PARQUET:
        yield from _parquet_frames(path, written, misplaced)
    else:
        known = ", ".join(TEXT + EXCEL + PARQUET)
        raise InputError(f"{path}: a table is read from {known}, not from {path.suffix or 'this'}")


def check_columns(columns: Iterable[str], wanted: Iterable[tuple[str, str]], path: Path) -> None:
    """InputError where a (column, field) of a mapping is not in the file; it offers the nearest column."""
    known = list(columns)
    for column, name in wanted:
        if column not in known:
            raise InputError(f"{path}: there is no column {column!r} (mapped to {name}){did_you_mean(column, known)}")


def _text_frames(path: Path, written: TableFormat, misplaced: Misplaced) -> Iterator[tuple[int, pd.DataFrame]]:
    try:
        with path.open(encoding=written.encoding, newline="") as text:
            rows = csv.reader(text, delimiter=written.delimiter)
            yield from _blocks(([cell.strip() for cell in row] for row in rows), path, misplaced)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: byte {error.object[error.start]:#x} is not {written.encoding} text: name the file's encoding in "
            "the mapping, for example encoding: gb18030"
        ) from None
    except UnicodeError as error:
        raise InputError(f"{path}: not readable as {written.encoding} text: {error}") from None
    except LookupError:
        raise InputError(f"the mapping names an unknown encoding {written.encoding!r}") from None
    except csv.Error as error:
        raise InputError(f"{path}: not readable as text with {written.delimiter!r} between cells: {error}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None


def _excel_frames(path: Path, written: TableFormat, misplaced: Misplaced) -> Iterator[tuple[int, pd.DataFrame]]:
    try:
        workbook = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises many kinds for a file that is no workbook
        raise InputError(f"{path}: not readable as an Excel workbook: {error}") from None
    try:
        if written.sheet is not None and written.sheet not in workbook.sheetnames:
            near = did_you_mean(written.sheet, workbook.sheetnames)
            raise InputError(f"{path}: there is no sheet {written.sheet!r}{near}")
        rows = workbook[written.sheet or workbook.sheetnames[0]].iter_rows(values_only=True)
        yield from _blocks(([_as_text(cell, written) for cell in row] for row in rows), path, misplaced)
    finally:
        workbook.close()


def _parquet_frames(path: Path, written: TableFormat, misplaced: Misplaced) -> Iterator[tuple[int, pd.DataFrame]]:
    try:
        with pyarrow.parquet.ParquetFile(path) as file:
            yield from _blocks(_parquet_rows(file, written), path, misplaced)
    except (pyarrow.ArrowException, OSError) as error:
        raise InputError(f"{path}: not readable as a Parquet file: {error}") from None


def _parquet_rows(file: Any, written: TableFormat) -> Iterator[list[str]]:
    yield list(file.schema_arrow.names)
    for batch in file.iter_batches(batch_size=CHUNK_ROWS):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield [_as_text(cell, written) for cell in row]


def _as_text(cell: Any, written: TableFormat) -> str:
    """A typed cell as text: a moment with its time where it has one, a number without a fraction that says nothing."""
    if cell is None:
        return ""
    if isinstance(cell, datetime) and (cell.hour or cell.minute or cell.second):
        return cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, datetime | date):
        return cell.strftime(written.date_format)
    if isinstance(cell, float):
        return "" if cell != cell else str(int(cell)) if cell.is_integer() else str(cell)
    return str(cell).strip()


def _blocks(rows: Iterator[list[str]], path: Path, misplaced: Misplaced) -> Iterator[tuple[int, pd.DataFrame]]:
    """Rows of text below a heading as frames; a cell keeps the place of its heading, and blank headings are left out."""
    names = next(rows, [])
    if not any(names):
        raise InputError(f"{path}: the file is empty")
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise InputError(f"{path}: two columns are called {twice!r}")
    kept = [place for place, name in enumerate(names) if name]
    block: list[list[str]] = []
    first = 2
    for number, cells in enumerate(rows, start=2):
        if len(cells) != len(names):
            if any(cells[len(names) :]):
                misplaced(number, names[-1], cells[len(names)], f"is a cell more than the {len(names)} of the heading")
            cells = cells + [""] * (len(names) - len(cells))
        block.append([cells[place] for place in kept])
        if len(block) == CHUNK_ROWS:
            yield first, pd.DataFrame(block, columns=[names[place] for place in kept], dtype=str)
            first, block = number + 1, []
    yield first, pd.DataFrame(block, columns=[names[place] for place in kept], dtype=str)
