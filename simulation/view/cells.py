"""Cells of a workbook that is written: the door to openpyxl for writing; styles, what may be typed, and the paper."""

from datetime import date, datetime, time
from math import ceil
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from playbook.parameters import Parameter
from playbook.sheets import Entry

FORMATS = {
    "number": "#,##0.##;-#,##0.##;0", "share": "0.0 %", "cny": "#,##0.00", "date": "yyyy-mm-dd", "time": "hh:mm",
    "moment": "yyyy-mm-dd hh:mm", "text": "General", "choice": "General",
}  # fmt: skip
LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
LINE_HEIGHT = 15.0
ORDINARY_SIZE = 11
LETTERS_A_WIDTH = 1.05
LONGEST_MESSAGE = 250

THIN, THICK = Side(style="thin", color="FF5B6770"), Side(style="medium", color="FF1D2733")
BOX, HEAD = Border(*[THIN] * 4), Border(THIN, THIN, THIN, THICK)
TOP, FOOT = Border(THIN, THIN, THIN), Border(THIN, THIN, None, THICK)  # of a head in two rows
UNDERLINE = Border(bottom=THIN)
TO_FILL, SHADED = PatternFill("solid", fgColor="FFFFFBE8"), PatternFill("solid", fgColor="FFEDEFF1")


def new_book(title: str) -> Workbook:
    """A workbook without any sheet."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title, book.properties.creator = title, "The Renewal Playbook"
    return book


def put(cell: Any, value: Any) -> None:
    """A value of ours in a cell; a text that a spreadsheet would take for a formula stays a text."""
    cell.value = value
    if isinstance(value, str) and value.startswith(LIKE_A_FORMULA):
        cell.data_type, cell.quotePrefix = "s", True


def words(
    sheet: Worksheet,
    row: int,
    first: int,
    width: int,
    text: str | None = None,
    rows: int = 1,
    size: int = 10,
    is_bold: bool = False,
    is_italic: bool = False,
    indent: int = 0,
) -> Any:
    """A cell over some columns and rows, with a text in it; its row grows until it holds the text."""
    cell = sheet.cell(row, first)
    if width > 1 or rows > 1:
        sheet.merge_cells(start_row=row, start_column=first, end_row=row + rows - 1, end_column=first + width - 1)
    cell.font = Font(size=size, bold=is_bold, italic=is_italic)
    cell.alignment = Alignment("left" if indent else None, "top", wrap_text=True, indent=indent)
    if text is not None:
        put(cell, text)
        room = sum(width_of(sheet, column) for column in range(first, first + width)) - 2 * indent
        grow(sheet, row, text_height(text, room, size))
    return cell


def frame(
    sheet: Worksheet, row: int, first: int, width: int, border: Border, fill: PatternFill | None = None, rows: int = 1
) -> None:
    """A border, and perhaps a shade, around a cell over some columns and rows."""
    for line in range(row, row + rows):
        for column in range(first, first + width):
            cell = sheet.cell(line, column)
            cell.border = border
            if fill:
                cell.fill = fill


def grow(sheet: Worksheet, row: int, height: float) -> None:
    """Make a row at least that high."""
    sheet.row_dimensions[row].height = max(sheet.row_dimensions[row].height or 0, height)


def text_height(text: str, width: float, size: int) -> float:
    """The height that a text takes in a column of that width; a Chinese character is as wide as two letters."""
    letters = width * LETTERS_A_WIDTH * ORDINARY_SIZE / size
    wide = [sum(2 if ord(letter) > 0x2E7F else 1 for letter in line) for line in text.split("\n")]
    return sum(max(1, ceil(each / letters)) for each in wide) * LINE_HEIGHT * max(size, 10) / ORDINARY_SIZE + 3


def width_of(sheet: Worksheet, column: int) -> float:
    """The width of a column in letters."""
    return sheet.column_dimensions[get_column_letter(column)].width


def head_row(sheet: Worksheet, names: tuple[str, ...], widths: tuple[float, ...]) -> None:
    """The names of columns in the first row, which stays in sight and is repeated on each page."""
    for column, (name, width) in enumerate(zip(names, widths, strict=True), 1):
        cell = sheet.cell(1, column, name or None)
        cell.font, cell.border = Font(bold=True), Border(bottom=THICK)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"


def open_to_fill(sheet: Worksheet, cell: Any, entry: Entry | None = None) -> None:
    """Unlock a cell, and keep to what may be typed there."""
    cell.protection = Protection(locked=False)
    if entry and (rule := _validation(entry)):
        sheet.add_data_validation(rule)
        rule.add(cell.coordinate)


def keep_allowed(sheet: Worksheet, cell: Any, about: Parameter, value: Any) -> None:
    """Keep a number's cell to its allowed range, or its words."""
    if about.unit in ("choice", "yes_no"):
        rule = DataValidation(type="list", formula1=f'"{",".join(map(str, about.allowed))}"')
    elif isinstance(value, int | float):
        low, high = about.allowed
        rule = DataValidation(type="decimal", operator="between", formula1=str(low), formula2=str(high))
    else:
        return
    rule.error, rule.errorTitle = f"Allowed: {allowed_in_words(about)}", "Outside the allowed range"
    sheet.add_data_validation(rule)
    rule.add(cell.coordinate)


def allowed_in_words(about: Parameter) -> str:
    """The allowed values of a number."""
    if about.unit in ("choice", "yes_no"):
        return ", ".join(map(str, about.allowed))
    return f"{about.allowed[0]} to {about.allowed[-1]}"


def _validation(entry: Entry) -> DataValidation | None:
    """What may be typed into an entry's cell, with a sentence for a slip."""
    low, high = entry.between or ([0, 1] if entry.type == "share" else [-1e12, 1e12])
    if entry.type == "choice":
        rule = DataValidation(type="list", formula1=f'"{",".join(entry.options)}"')
        rule.error = f"Choose one of: {', '.join(entry.options)}"[:LONGEST_MESSAGE]
    elif entry.type in ("number", "share", "cny"):
        rule = DataValidation(type="decimal", operator="between", formula1=f"{low:g}", formula2=f"{high:g}")
        rule.error = f"A number from {low:g} to {high:g}" if entry.between or entry.type == "share" else "A number"
    elif entry.type == "time":
        rule = DataValidation(type="time", operator="greaterThanOrEqual", formula1="0", error="A time such as 09:30")
    elif entry.type in ("date", "moment"):
        rule = DataValidation(type="date", operator="greaterThanOrEqual", formula1="DATE(2000,1,1)")
        rule.error = "A day such as 2026-01-31" + (", and a time such as 09:30" if entry.type == "moment" else "")
    else:
        return None
    rule.allow_blank, rule.errorTitle = True, "This cannot stand here"
    return rule


def typed(value: Any, kind: str) -> Any:
    """A given value as a cell holds it: times and moments are written as texts in a form's file."""
    reader = {"date": date, "moment": datetime, "time": time}.get(kind)
    if reader and not isinstance(value, reader):
        return reader.fromisoformat(str(value))
    return ("no", "yes")[value] if isinstance(value, bool) else value


def for_paper(sheet: Worksheet, is_landscape: bool, title: str) -> None:
    """A4, one page wide, without colour, with title and page numbers in the footer."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if is_landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.page_setup.blackAndWhite = True
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.6, 0.8, 0.4
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = title, "Page &P of &N"
    sheet.sheet_view.showGridLines = False


def protect(sheet: Worksheet) -> None:
    """Lock what is not to be filled in, without a password; columns may be widened and rows filtered."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.autoFilter = False


def define(book: Workbook, name: str, target: str) -> None:
    """Give a place in a workbook a name that formulas can use."""
    book.defined_names[name] = DefinedName(name, attr_text=target)


def letter_of(column: int) -> str:
    """A column's letter."""
    return get_column_letter(column)


def save(book: Workbook, path: Path) -> None:
    """Write the workbook."""
    book.save(path)
