"""Forms as fillable workbooks: cells to fill, formulas that follow the numbers' sheet, an example, ready to print."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playbook.parameters import Parameters
from playbook.sheets import (
    GRID,
    REFERENCE,
    Block,
    Checklist,
    Entry,
    Fields,
    Form,
    Note,
    Signatures,
    Table,
    filled,
)  # fmt: skip
from simulation.study.folders import whole_file
from simulation.view import cells
from simulation.view.formulas import ABOVE, cell_formula, is_on_office_clock, text_formula
from simulation.view.number_sheet import NUMBERS, write_numbers, write_office_hours

FORM, EXAMPLE = "Form", "Example"
WORKED_OUT = "ƒ"
LONGEST_NAME = 31
COLUMN_WIDTH, LANDSCAPE_WIDTH, REGISTER_WIDTH = 7.6, 11.0, 7.0
LEAST_WIDTH = {"moment": 16.0, "date": 11.0}
ANSWER = Entry(key="answer", label="Answer", type="choice", options=["yes", "no", "not applicable"])
REMARK = Entry(key="remark", label="Remark")
CHECKLIST_HEAD = {"No.": 1, "Point": 6, "Answer": 2, "Remark": 3}

Find = Callable[[str], str | None]


def write_form(form: Form, path: Path, parameters: Parameters) -> dict[str, tuple[str, str]]:
    """Write a form as a workbook; gives sheet and address of each cell of its example, by key or table.column.row."""
    book = cells.new_book(form.title)
    _Sheets(book, form, parameters).write(FORM, {})
    places = _Sheets(book, form, parameters).write(EXAMPLE, form.example)
    if form.numbers:
        write_numbers(book, form, parameters)
    if any(is_on_office_clock(entry) for _, entry in form.entries()):
        write_office_hours(book, parameters)
    with whole_file(path) as aside:
        cells.save(book, aside)
    return places


@dataclass
class _Page:
    """A sheet on which blocks are laid out from the top, and where its cells and columns came to stand."""

    sheet: Any
    is_register: bool
    row: int = 1
    cells: dict[str, str] = field(default_factory=dict)
    ranges: dict[str, str] = field(default_factory=dict)
    to_put: list[tuple[Any, Entry, str]] = field(default_factory=list)

    def spans(self, widths: list[int]) -> list[tuple[int, int]]:
        """First column and number of columns of each part; on a register's sheet each has a column to itself."""
        if self.is_register:
            return [(number, 1) for number in range(1, len(widths) + 1)]
        return [(1 + sum(widths[:number]), width) for number, width in enumerate(widths)]


class _Sheets:
    """The sheets of one filling of a form: a page, and one more for each register."""

    def __init__(self, book: Any, form: Form, parameters: Parameters):
        self.book, self.form, self.parameters = book, form, parameters

    def write(self, name: str, given: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
        """Lay everything out, then put formulas and given values where they belong."""
        parts = {name: [block for block in self.form.blocks if not _is_register(block)]}
        parts |= {(f"{block.title} - example" if given else block.title)[:LONGEST_NAME]: [block]
                  for block in self.form.blocks if _is_register(block)}  # fmt: skip
        pages = [self._laid_out(title, blocks) for title, blocks in parts.items() if blocks]
        places = {key: f"'{page.sheet.title}'!{at}" for page in pages for key, at in page.cells.items()}
        ranges = {key: f"'{page.sheet.title}'!{at}" for page in pages for key, at in page.ranges.items()}
        for page in pages:
            for cell, entry, key in page.to_put:
                if entry.formula:
                    cell.value = cell_formula(entry, _finder(key, places), ranges)
                elif (value := _given(given, key)) is not None:
                    cells.put(cell, cells.typed(value, entry.type))
        return {key: (page.sheet.title, at.replace("$", "")) for page in pages for key, at in page.cells.items()}

    def _laid_out(self, title: str, blocks: list[Block]) -> _Page:
        page = _Page(self.book.create_sheet(title), _is_register(blocks[0]))
        widths = [LANDSCAPE_WIDTH if self.form.is_landscape else COLUMN_WIDTH] * GRID
        if page.is_register:
            widths = [
                max(column.width * REGISTER_WIDTH, LEAST_WIDTH.get(column.type, 0)) for column in blocks[0].columns
            ]
        for number, width in enumerate(widths, 1):
            page.sheet.column_dimensions[cells.letter_of(number)].width = width
        self._head(page, len(widths))
        for block in blocks:
            LAYOUTS[type(block)](self, page, block)
        if not page.is_register:
            page.sheet.freeze_panes, page.sheet.print_title_rows = "A2", "1:1"
        cells.protect(page.sheet)
        cells.for_paper(page.sheet, self.form.is_landscape or page.is_register, self.form.title)
        return page

    def _head(self, page: _Page, width: int) -> None:
        form = self.form
        legend = "Framed cells are yours to fill."
        if any(entry.formula for _, entry in form.entries()):
            legend += f" Shaded cells marked {WORKED_OUT} are worked out"
            legend += f"; the numbers that they use stand on the sheet {NUMBERS}." if form.numbers else "."
        else:
            legend += " Nothing is worked out on this form."
        legend += " The sheets are protected without a password."
        self._words(page, 1, width, f"{form.title}  {form.term}", size=16, is_bold=True)
        page.row += 1
        about = f"Filled in by: {form.filled_by}.  When: {form.when}.  Handbook: {', '.join(form.items)}."
        for text in (form.purpose, about, legend):
            self._words(page, 1, width, text, size=9 if text != form.purpose else 10, is_italic=text == form.purpose)
            page.row += 1

    def fields(self, page: _Page, block: Fields) -> None:
        self._heading(page, block.title)
        for pair in _in_pairs(block.fields):
            rows = 1 + any(entry.hint for entry in pair)
            for entry, first in zip(pair, (1, 1 + GRID // 2), strict=False):
                is_wide = entry.lines > 1
                width, indent = (GRID, 0) if is_wide else (3, first > 1)
                self._words(page, first, width, _label(entry), is_bold=True, indent=indent)
                page.row += 1
                if entry.hint:
                    self._words(page, first, width, entry.hint, size=8, is_italic=True, indent=indent)
                page.row += rows - 1 if is_wide else -1
                self._entry(page, entry, entry.key, *((1, GRID, 1) if is_wide else (first + 3, 3, rows)))
                cells.grow(page.sheet, page.row, entry.lines * cells.LINE_HEIGHT + 1)
            page.row += 1 if is_wide else rows

    def table(self, page: _Page, block: Table) -> None:
        if not page.is_register:
            self._heading(page, block.title)
        spans = page.spans([column.width for column in block.columns])
        hints = [column.hint or "" for column in block.columns]
        self._row_of_words(
            page, spans, [_label(column) for column in block.columns], cells.TOP if any(hints) else cells.HEAD
        )
        if any(hints):
            self._row_of_words(page, spans, hints, cells.FOOT, size=8, is_italic=True, is_bold=False)
        if page.is_register:
            page.sheet.freeze_panes, page.sheet.print_title_rows = f"B{page.row}", f"1:{page.row - 1}"
            last = f"{cells.letter_of(len(spans))}{page.row - 1 + block.rows_count}"
            page.sheet.auto_filter.ref = f"A{page.row - 1}:{last}"
        top = page.row
        for number in range(1, block.rows_count + 1):
            line = block.lines[number - 1] if number <= len(block.lines) else []
            for position, (column, (first, width)) in enumerate(zip(block.columns, spans, strict=True)):
                key = f"{block.key}.{column.key}.{number}"
                if position < len(line) and isinstance(line[position], str):
                    self._words(page, first, width, line[position], border=cells.BOX)
                    page.cells[key] = f"${cells.letter_of(first)}${page.row}"
                else:
                    preset = line[position] if position < len(line) else None
                    self._entry(page, column, key, first, width, preset=preset)
            cells.grow(page.sheet, page.row, block.height * cells.LINE_HEIGHT + 3)
            page.row += 1
        for column, (first, _) in zip(block.columns, spans, strict=True):
            letter = cells.letter_of(first)
            page.ranges[f"{block.key}.{column.key}"] = f"${letter}${top}:${letter}${page.row - 1}"

    def checklist(self, page: _Page, block: Checklist) -> None:
        self._heading(page, block.title)
        spans = page.spans(list(CHECKLIST_HEAD.values()))
        self._row_of_words(page, spans, list(CHECKLIST_HEAD), cells.HEAD)
        top = page.row
        for number, point in enumerate(block.points, 1):
            self._words(page, *spans[0], str(number), border=cells.BOX)
            self._words(page, *spans[1], point, border=cells.BOX)
            self._entry(page, ANSWER, f"{block.key}.answer.{number}", *spans[2])
            self._entry(page, REMARK, f"{block.key}.remark.{number}", *spans[3])
            page.row += 1
        letter = cells.letter_of(spans[2][0])
        page.ranges[block.key] = f"${letter}${top}:${letter}${page.row - 1}"

    def note(self, page: _Page, block: Note) -> None:
        self._heading(page, block.title)
        self._words(page, 1, GRID, block.text)
        page.row += 1

    def signatures(self, page: _Page, block: Signatures) -> None:
        self._heading(page, "Signatures")
        if block.statement:
            self._words(page, 1, GRID, block.statement)
            page.row += 1
        for role in block.roles:
            cells.grow(page.sheet, page.row, 2 * cells.LINE_HEIGHT)
            for first, width, text in ((1, 3, role), (4, 5, None), (9, 1, "Date"), (10, 3, None)):
                cell = self._words(page, first, width, text, border=None if text else cells.UNDERLINE)
                if text is None:
                    cells.open_to_fill(page.sheet, cell)
            page.row += 1

    def _heading(self, page: _Page, title: str | None) -> None:
        cells.grow(page.sheet, page.row, cells.LINE_HEIGHT / 2)
        page.row += 1
        if title:
            self._words(page, 1, GRID, title, size=12, is_bold=True)
            page.row += 1

    def _row_of_words(
        self, page: _Page, spans: list[tuple[int, int]], texts: list[str], border: Any, **style: Any
    ) -> None:
        for (first, width), text in zip(spans, texts, strict=True):
            self._words(page, first, width, text, border=border, **({"size": 9, "is_bold": True} | style))
        page.row += 1

    def _words(self, page: _Page, first: int, width: int, text: str | None, border: Any = None, **style: Any) -> Any:
        """A text over some columns; where it names numbers, a formula that follows them."""
        shown = filled(text, self.parameters) if text else None
        cell = cells.words(page.sheet, page.row, first, width, shown, **style)
        if text and REFERENCE.search(text):
            cell.value = text_formula(text, self.parameters)
        if border:
            cells.frame(page.sheet, page.row, first, width, border)
        return cell

    def _entry(
        self, page: _Page, entry: Entry, key: str, first: int, width: int, rows: int = 1, preset: Any = None
    ) -> None:
        """A cell to fill, perhaps with a number in it already, or one that is worked out and locked."""
        cell = cells.words(page.sheet, page.row, first, width, rows=rows)
        cells.put(cell, preset)
        fill = cells.SHADED if entry.formula else cells.TO_FILL
        cells.frame(page.sheet, page.row, first, width, cells.BOX, fill, rows)
        cell.number_format = cells.FORMATS[entry.type]
        if not entry.formula:
            cells.open_to_fill(page.sheet, cell, entry)
        page.cells[key] = f"${cells.letter_of(first)}${page.row}"
        page.to_put.append((cell, entry, key))


LAYOUTS: dict[type, Callable[[_Sheets, _Page, Any], None]] = {
    Fields: _Sheets.fields, Table: _Sheets.table, Checklist: _Sheets.checklist, Note: _Sheets.note,
    Signatures: _Sheets.signatures,
}  # fmt: skip


def _label(entry: Entry) -> str:
    return f"{entry.label} {WORKED_OUT}" if entry.formula else entry.label


def _in_pairs(fields: list[Entry]) -> Iterator[list[Entry]]:
    """Fields two by two, as they stand in a row; one of several lines stands alone."""
    waiting: list[Entry] = []
    for entry in fields:
        if waiting and (entry.lines > 1 or len(waiting) == 2):
            yield waiting
            waiting = []
        if entry.lines > 1:
            yield [entry]
        else:
            waiting.append(entry)
    if waiting:
        yield waiting


def _finder(key: str, places: Mapping[str, str]) -> Find:
    """Where a name leads from the cell of that key: to the same row of its table first, or the one above; then to a
    field. Above the first row there is 0."""
    table, row = key.partition(".")[0], key.rpartition(".")[2]

    def find(name: str) -> str | None:
        if name.startswith(ABOVE):
            return places.get(f"{table}.{name.removeprefix(ABOVE)}.{int(row) - 1}", "0")
        return places.get(f"{table}.{name}.{row}") or places.get(name)

    return find


def _given(given: Mapping[str, Any], key: str) -> Any:
    """What an example gives for a cell."""
    name, *place = key.split(".")
    if not place:
        return given.get(name)
    column, row = place[0], int(place[1]) - 1
    lines = given.get(name, [])
    if row >= len(lines):
        return None
    return lines[row].get(column) if isinstance(lines[row], dict) else lines[row] if column == ANSWER.key else None


def _is_register(block: Block) -> bool:
    return isinstance(block, Table) and block.is_register
