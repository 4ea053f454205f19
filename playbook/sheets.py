"""The forms that the chapters speak of, as data: what is asked, by whom it is filled in, and what is worked out.

A form's formulas are those of a spreadsheet. `{key}` is a field, or the column of the same row; `{above.key}` that of the
row above, `{table.column}` a whole column and `{checklist}` a checklist's answers; `chapter.name` is a number of
params/. Two functions are ours: WORKING_DEADLINE(moment, hours) on the office's clock and OPEN_DAY_AFTER(day, days). In
any other text `{chapter.name}` is the number's present value with its unit.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from playbook.cards import items
from playbook.documents import Document, read_document
from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameter, Parameters

KEY = r"^[a-z][a-z0-9_]*$"
NUMBER_NAME = re.compile(r"\b[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*(?:\.\w+)?\b")
REFERENCE = re.compile(r"\{([a-z][a-z0-9_.]*)\}")
QUOTED = re.compile(r'"[^"]*"')
PERCENT = 100
TIMES = ("minutes", "hours", "days", "weeks", "months", "years")
GRID = 12  # a page is twelve columns wide; a table's columns share them

Kind = Literal["text", "number", "share", "cny", "date", "time", "moment", "choice"]


class Entry(Document):
    """One thing that a form asks for, or works out where it has a formula: then `hint` says how to do so by hand.

    `number` may be kept `between` two numbers, `choice` takes one of the `options`; `lines` is the height of a text.
    """

    key: str = Field(pattern=KEY)
    label: str
    type: Kind = "text"
    options: list[str] = []
    between: list[float] | None = Field(default=None, min_length=2, max_length=2)
    formula: str | None = None
    needs: list[str] | None = None
    hint: str | None = None
    lines: int = Field(default=1, ge=1, le=20)
    width: int = Field(default=2, ge=1, le=GRID)

    @model_validator(mode="after")
    def _fits(self) -> "Entry":
        if (self.type == "choice" and not self.formula) != bool(self.options):
            raise ValueError(f"{self.key}: options belong to a choice, and a choice has options")
        if self.formula and not self.hint:
            raise ValueError(f"{self.key}: what is worked out says in its hint how to do it by hand")
        if self.needs is not None and not self.formula:
            raise ValueError(f"{self.key}: needs belongs to a formula")
        return self


class Fields(Document):
    """Single entries, two in a row; those of several lines take the whole width."""

    kind: Literal["fields"]
    title: str | None = None
    fields: list[Entry] = Field(min_length=1)


class Table(Document):
    """Rows of the same entries: `rows` empty ones, or `lines` whose first columns are printed already.

    A register goes on for long: it has a sheet of its own that can be filtered.
    """

    kind: Literal["table"]
    key: str = Field(pattern=KEY)
    title: str
    columns: list[Entry] = Field(min_length=2)
    rows: int = Field(default=0, ge=0, le=500)
    lines: list[list[str | int | float]] = []
    height: int = Field(default=1, ge=1, le=8)
    is_register: bool = False

    @model_validator(mode="after")
    def _fits(self) -> "Table":
        if not self.is_register and sum(column.width for column in self.columns) != GRID:
            raise ValueError(f"{self.key}: the widths of the columns must sum to {GRID}")
        if not self.rows and not self.lines:
            raise ValueError(f"{self.key}: a table has rows or lines")
        if any(len(line) > len(self.columns) for line in self.lines):
            raise ValueError(f"{self.key}: a line is longer than the table")
        return self

    @property
    def rows_count(self) -> int:
        """How many rows the table has."""
        return len(self.lines) + self.rows


class Checklist(Document):
    """Points that are answered yes, no or not applicable, each with room for a remark."""

    kind: Literal["checklist"]
    key: str = Field(pattern=KEY)
    title: str
    points: list[str] = Field(min_length=2)


class Note(Document):
    """Words for the one who fills the form in."""

    kind: Literal["note"]
    title: str | None = None
    text: str


class Signatures(Document):
    """A line to sign and a date for each role."""

    kind: Literal["signatures"]
    roles: list[str] = Field(min_length=1)
    statement: str | None = None


Block = Annotated[Fields | Table | Checklist | Note | Signatures, Field(discriminator="kind")]


class Check(Document):
    """A worked-out cell of the example, and what it must show: a plain value, or what a rule function gives.

    `cell` is a field's key, or table.column.row. An argument is a plain value, a number's full name, `{cell}`,
    `{table.column}`, or `office` for the office calendar; `part` picks from a result of several parts.
    """

    cell: str
    value: Any = None
    rule: str | None = Field(default=None, pattern=r"^[a-z_]+\.[a-z_]+$")
    part: str | int | None = None
    arguments: dict[str, Any] = {}

    @model_validator(mode="after")
    def _fits(self) -> "Check":
        if (self.value is None) == (self.rule is None):
            raise ValueError(f"{self.cell}: a check has either a value or a rule")
        return self


class Form(Document):
    """A file of playbook/forms/."""

    title: str
    term: str
    chapter: str
    items: list[str] = Field(min_length=1)
    filled_by: str
    when: str
    purpose: str
    numbers: list[str] = []
    is_landscape: bool = False
    blocks: list[Block] = Field(min_length=1)
    example: dict[str, Any] = Field(min_length=1)
    checks: list[Check] = []

    def entries(self) -> Iterator[tuple[str | None, Entry]]:
        """Every entry with the key of its table, or None for a field."""
        for block in self.blocks:
            if isinstance(block, Fields):
                yield from ((None, each) for each in block.fields)
            elif isinstance(block, Table):
                yield from ((block.key, each) for each in block.columns)

    def texts(self) -> Iterator[str]:
        """Every text that a reader sees and that may name a number."""
        yield self.purpose
        for _, entry in self.entries():
            yield from (text for text in (entry.label, entry.hint) if text)
        for block in self.blocks:
            yield from (text for text in (getattr(block, "title", None), getattr(block, "statement", None)) if text)
            yield from getattr(block, "points", [])
            yield from [block.text] if isinstance(block, Note) else []
            yield from (cell for line in getattr(block, "lines", []) for cell in line if isinstance(cell, str))


def forms_folder() -> Path:
    """Where the forms lie."""
    return Path(__file__).resolve().parent / "forms"


def form_names() -> list[str]:
    """The names of all forms, in alphabetical order."""
    return sorted(path.stem for path in forms_folder().glob("*.yaml"))


@cache
def form(name: str) -> Form:
    """The form of that name; InputError offers the nearest name, or says what is wrong with the file."""
    if name not in form_names():
        raise InputError(f"unknown form {name!r}{did_you_mean(name, form_names())}")
    return read_form(forms_folder() / f"{name}.yaml")


def read_form(path: Path) -> Form:
    """A form's file, with every name in it looked up."""
    found = read_document(path, Form)
    for problem in _problems(found):
        raise InputError(f"{path}: {problem}")
    return found


def _problems(found: Form) -> Iterator[str]:
    parameters = Parameters.load()
    for item in found.items:
        if item not in items():
            yield f"items: unknown item {item!r}{did_you_mean(item, items())}"
    for name in found.numbers:
        if name not in parameters:
            yield f"numbers: unknown parameter {name!r}{did_you_mean(name, parameters)}"
    used = {number for text in found.texts() for number in REFERENCE.findall(text)}
    yield from _key_problems(found)
    for _, entry in found.entries():
        if entry.formula:
            used |= set(NUMBER_NAME.findall(REFERENCE.sub("", QUOTED.sub("", entry.formula))))
    parts = {f"{name}.{part}": name for name in found.numbers for part in table_of(parameters.about(name))}
    for name in sorted(used - set(found.numbers) - set(parts)):
        yield f"{name!r} is not among the form's numbers{did_you_mean(name, found.numbers)}"
    for name in sorted(set(found.numbers) - used - {parts[each] for each in used if each in parts}):
        yield f"numbers: nothing in the form uses {name!r}"


def _key_problems(found: Form) -> Iterator[str]:
    tables = {block.key: block for block in found.blocks if isinstance(block, Table)}
    lists = {block.key for block in found.blocks if isinstance(block, Checklist)}
    fields = [entry.key for table, entry in found.entries() if table is None]
    names = [*fields, *tables, *lists]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        yield f"the key {twice[0]!r} stands twice"
    columns = {f"{table}.{entry.key}" for table, entry in found.entries() if table}
    for table, entry in found.entries():
        row = {column.key for column in tables[table].columns} if table else set()
        known = row | {f"above.{key}" for key in row} | set(fields) | columns | lists
        for name in [*REFERENCE.findall(entry.formula or ""), *(entry.needs or [])]:
            if name not in known:
                yield f"{entry.key}: formula: unknown key {name!r}{did_you_mean(name, known)}"
    for name, value in found.example.items():
        if name not in names:
            yield f"example: unknown key {name!r}{did_you_mean(name, names)}"
        for line in value if name in tables else []:
            for key in line:
                if f"{name}.{key}" not in columns:
                    yield f"example: {name}: unknown column {key!r}{did_you_mean(key, [e.key for e in tables[name].columns])}"


def table_of(about: Parameter) -> Mapping[Any, Any]:
    """The entries of a table of numbers; nothing for a single number."""
    return about.value if isinstance(about.value, dict) else {}


def in_words(value: Any, unit: str) -> str:
    """A value as one says it: with its unit where it has one.

    >>> [in_words(*each) for each in ((0.15, "share"), (48, "hours"), (2000, "cny"), (5, "heads"), ("month_list", "choice"))]
    ['15 %', '48 hours', 'CNY 2,000', '5', 'month list']
    """
    if unit == "share":
        return f"{PERCENT * value:.10g} %"
    if unit == "cny":
        return f"CNY {value:,}"
    if unit in TIMES:
        return f"{value:,} {unit.removesuffix('s') if value == 1 else unit}"
    return (
        f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value).replace("_", " ")
    )


def value_of(name: str, parameters: Parameters) -> tuple[Any, str]:
    """The present value and the unit of a number, or of one entry of a table of numbers."""
    if name in parameters:
        return parameters.about(name).value, parameters.about(name).unit
    whole, _, part = name.rpartition(".")
    about = parameters.about(whole)
    found = next((value for key, value in table_of(about).items() if str(key) == part), None)
    if found is None:
        raise InputError(f"{whole} has no entry {part!r}{did_you_mean(part, table_of(about))}")
    return found, about.unit


def filled(text: str, parameters: Parameters) -> str:
    """A text with its numbers put in.

    >>> filled("after {monitoring.silence_limit_hours} of silence", Parameters.load())
    'after 48 hours of silence'
    """
    return REFERENCE.sub(lambda found: in_words(*value_of(found[1], parameters)), text)
