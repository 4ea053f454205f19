"""The sheets behind a form: its numbers as names that its formulas use, and the hours in which the office is open."""

from datetime import date, datetime, time, timedelta
from typing import Any

from playbook.clock import DAYS_A_YEAR, Holidays, office_calendar
from playbook.documents import params_folder, read_document
from playbook.parameters import Parameters
from playbook.sheets import Form, table_of
from simulation.view import cells

NUMBERS, OFFICE = "Numbers", "Office hours"
COLUMNS = {"Name": 38, "Entry": 14, "Value": 14, "Unit": 12, "Allowed": 22, "Basis": 12, "Source": 60}


def write_numbers(book: Any, form: Form, parameters: Parameters) -> None:
    """The form's numbers as defined names, each with unit, range, basis and source; a change here is followed."""
    sheet = book.create_sheet(NUMBERS)
    cells.head_row(sheet, tuple(COLUMNS), tuple(COLUMNS.values()))
    row = 2
    for name in form.numbers:
        about = parameters.about(name)
        top = row
        for part, value in (table_of(about) or {None: about.value}).items():
            row_of = (name, part, value, about.unit, cells.allowed_in_words(about), about.basis, about.source)
            for column, content in enumerate(row_of, 1):
                cells.put(cells.words(sheet, row, column, 1, "" if content is None else str(content)), content)
                cells.frame(sheet, row, column, 1, cells.BOX, cells.TO_FILL if column == 3 else None)
            cell = sheet.cell(row, 3)
            cells.open_to_fill(sheet, cell)
            cells.keep_allowed(sheet, cell, about, value)
            cells.define(book, name if part is None else f"{name}.{part}", f"'{NUMBERS}'!$C${row}")
            row += 1
        if table_of(about):
            cells.define(book, name, f"'{NUMBERS}'!$B${top}:$C${row - 1}")
    cells.protect(sheet)
    cells.for_paper(sheet, True, form.title)


def write_office_hours(book: Any, parameters: Parameters) -> None:
    """Every span in which the office is open, with the open minutes before it, and every open day."""
    first, days = _reach(parameters)
    calendar = office_calendar(parameters, first, days)
    midnight = datetime.combine(first, time())
    sheet = book.create_sheet(OFFICE)
    cells.head_row(sheet, ("Opens", "Closes", "Minutes before", "", "Open day"), (18, 18, 16, 4, 14))
    columns = {
        "opens": [midnight + timedelta(minutes=minute) for minute in calendar.open_minutes],
        "closes": [midnight + timedelta(minutes=minute) for minute in calendar.close_minutes],
        "before": [int(minute) for minute in calendar.begin_minutes],
        "days": [midnight + timedelta(days=int(day)) for day in calendar.open_days],
    }
    kinds = {"opens": "moment", "closes": "moment", "before": "number", "days": "date"}
    for (name, contents), letter in zip(columns.items(), "ABCE", strict=True):
        for row, content in enumerate(contents, 2):
            sheet[f"{letter}{row}"].value = content
            sheet[f"{letter}{row}"].number_format = cells.FORMATS[kinds[name]]
        cells.define(book, f"office.{name}", f"'{OFFICE}'!${letter}$2:${letter}${len(contents) + 1}")
    cells.protect(sheet)
    cells.for_paper(sheet, False, OFFICE)
    sheet.page_setup.fitToHeight = 1  # a thousand lines that nobody wants on paper


def _reach(parameters: Parameters) -> tuple[date, int]:
    """The first day of the office hours and their number of days: those of the holiday calendar, or two years."""
    if parameters.clock.holiday_calendar == "none":
        return date.fromisoformat(parameters.experiment.start_date), 2 * DAYS_A_YEAR
    reach = read_document(params_folder() / "calendars" / f"{parameters.clock.holiday_calendar}.yaml", Holidays)
    return reach.from_date, (reach.to_date - reach.from_date).days + 1
