"""A report as a workbook: what is said, every table with its numbers as numbers, and how it was made."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from simulation.study.folders import whole_file
from simulation.study.kept import Kept
from simulation.view.cells import for_paper, head_row, new_book, put, save, words

WIDE, NARROW, MOST_WIDE = 90.0, 12.0, 48.0
NUMBER = "#,##0.0000"


def write_report_book(kept: Kept, path: Path) -> None:
    """The workbook, put in place whole. A text that a spreadsheet would take for a formula stays a text."""
    book = new_book(kept.question)
    sheet = book.create_sheet("Answer")
    sheet.column_dimensions["A"].width = WIDE
    for row, text in enumerate([kept.question, *kept.sentences], 1):
        words(sheet, row, 1, 1, text, is_bold=row == 1, size=12 if row == 1 else 10)
    for_paper(sheet, False, kept.question)
    for title, frame in kept.tables.items():
        _table(book.create_sheet(title), frame, title)
    made = pd.DataFrame([{"what": key, "value": str(value)} for key, value in kept.record.items()])
    _table(book.create_sheet("How it was made"), made, "How it was made")
    with whole_file(path) as aside:
        save(book, aside)


def _table(sheet: Any, frame: pd.DataFrame, title: str) -> None:
    names = tuple(str(name) for name in frame.columns)
    head_row(sheet, names, tuple(_width(frame[name], str(name)) for name in frame.columns))
    for row, values in enumerate(frame.itertuples(index=False), 2):
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column)
            put(cell, _plain(value))
            if isinstance(value, float):
                cell.number_format = NUMBER
    for_paper(sheet, True, title)


def _plain(value: Any) -> Any:
    """A value as a cell takes it: nothing for what is missing, a plain number for one of numpy's."""
    if isinstance(value, str | bool | int | date | datetime) or value is None:
        return value
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _width(column: pd.Series, name: str) -> float:
    longest = max([len(name), *(len(str(value)) for value in column.head(200) if isinstance(value, str))], default=0)
    return min(max(NARROW, longest + 1.0), MOST_WIDE)
