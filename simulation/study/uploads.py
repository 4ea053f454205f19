"""Uploads: a book handed over in a page, kept among the runs, with its columns recognised by their names."""

import csv
import hashlib
import re
from datetime import datetime
from pathlib import Path

import pandas as pd
import yaml

from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.book import Book
from simulation.desk.book_file import EXCEL, TEXT, read_book, read_mapping
from simulation.study.folders import runs_folder, whole_file

MOST_BYTES = 60_000_000
LETTERS = 12
HEAD_ROWS = 50
MAPS = (".yaml", ".yml")
# Names under which the columns of a book go, without case, blanks and punctuation; ours first.
KNOWN = {
    "premium_cny": ("premium_cny", "premium", "annual_premium", "new_premium", "保费", "年保费"),
    "due_date": ("due_date", "due", "expiry", "expiry_date", "renewal_date", "end_date", "到期日", "到期日期"),
    "id": ("policy", "policy_no", "policy_number", "policy_id", "id", "保单号"),
    "line": ("line", "product", "line_of_business", "lob", "险种"),
    "customer": ("customer", "client", "customer_id", "customer_no", "客户", "客户号"),
    "price_ratio": ("price_ratio",),
    "tenure_years": ("tenure_years", "tenure", "years_with_us"),
    "is_instalment": ("is_instalment", "instalment", "installment"),
}
NEEDED = ("premium_cny", "due_date")
DATE_FORMATS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d")
ENCODINGS = ("utf-8-sig", "gb18030")
DELIMITERS = ",;\t|"


def book_of(given: dict[str, bytes], parameters: Parameters) -> tuple[Book, Path, Path]:
    """The book in the uploaded files, with where it and its mapping are kept; a mapping that is not handed over as a YAML
    file is recognised from the headings. InputError says in a sentence what cannot be used."""
    maps = [name for name in given if name.lower().endswith(MAPS)]
    books = [name for name in given if name not in maps]
    if len(books) != 1 or len(maps) > 1:
        raise InputError(
            f"{len(books)} books and {len(maps)} mappings were handed over; one book is read at a time, a CSV or Excel file, "
            "with at most one mapping (.yaml) beside it"
        )
    file = kept_upload(books[0], given[books[0]])
    mapping = kept_upload(maps[0], given[maps[0]]) if maps else _recognised(file)
    book = read_book(file, read_mapping(str(mapping)), parameters)
    book.check_lines(parameters)
    return book, file, mapping


def kept_upload(name: str, content: bytes) -> Path:
    """An uploaded file, kept under a name that its content decides; InputError where it is none that can be read."""
    path = Path(name.replace("\\", "/")).name
    ending = Path(path).suffix.lower()
    if ending not in (*TEXT, *EXCEL, *MAPS):
        raise InputError(f"{path}: a book is read from {', '.join(TEXT + EXCEL)}, not from {ending or 'this'}")
    if not content:
        raise InputError(f"{path}: the file is empty")
    if len(content) > MOST_BYTES:
        raise InputError(f"{path}: {len(content) / 1e6:.0f} MB are more than the {MOST_BYTES / 1e6:.0f} MB that a page takes; "
                         f"use `renewal run --book {path} --map MAP.yaml`")  # fmt: skip
    folder = runs_folder() / "uploads" / hashlib.sha256(content).hexdigest()[:LETTERS]
    target = folder / path
    with whole_file(target) as aside:
        aside.write_bytes(content)
    return target


def _recognised(file: Path) -> Path:
    """A mapping for a file whose headings are known names, written beside it."""
    encoding, delimiter, rows = _head(file)
    if not rows or not any(rows[0]):
        raise InputError(f"{file.name}: the file is empty")
    headings = rows[0]
    by_key = {_key(heading): heading for heading in headings if heading}
    found = {
        field: next((by_key[_key(name)] for name in names if _key(name) in by_key), None)
        for field, names in KNOWN.items()
    }
    missing = [field for field in NEEDED if not found[field]]
    if missing:
        says = {"premium_cny": "the premium of a year", "due_date": "the date on which a policy falls due"}
        raise InputError(
            f"{file.name}: no column is recognised as {' or as '.join(says[field] for field in missing)}; found "
            f"{', '.join(heading for heading in headings if heading)}. Call it {' and '.join(missing)}, or hand over a "
            "mapping (.yaml) with the file"
        )
    content = {
        "title": file.stem,
        "fields": {field: {"column": heading} for field, heading in found.items() if heading},
        "encoding": encoding,
        "delimiter": delimiter,
        "date_format": _date_format([row[headings.index(found["due_date"])] for row in rows[1:] if
                                     len(row) > headings.index(found["due_date"])]),
    }  # fmt: skip
    path = file.with_suffix(".map.yaml")
    with whole_file(path) as aside:
        aside.write_text(yaml.safe_dump(content, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def _head(file: Path) -> tuple[str, str, list[list[str]]]:
    """Encoding, delimiter and first rows of a file; an Excel file has neither of the first two."""
    if file.suffix.lower() in EXCEL:
        try:
            frame = pd.read_excel(file, header=None, nrows=HEAD_ROWS, dtype=object).fillna("")
        except Exception as error:  # many kinds for a file that is no workbook
            raise InputError(f"{file.name}: not readable as an Excel workbook: {error}") from None
        return ENCODINGS[0], ",", [[_cell(each) for each in row] for row in frame.itertuples(index=False)]
    content = file.read_bytes()
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeError:
            continue
        lines = text.splitlines()[:HEAD_ROWS]
        delimiter = max(DELIMITERS, key=lambda each: lines[0].count(each) if lines else 0)
        return encoding, delimiter, [[cell.strip() for cell in row] for row in csv.reader(lines, delimiter=delimiter)]
    raise InputError(f"{file.name}: not readable as text ({' or '.join(ENCODINGS)}); save it as CSV UTF-8 or as .xlsx")


def _cell(value: object) -> str:
    return (
        value.strftime(DATE_FORMATS[0]) if isinstance(value, datetime) else "" if value is None else str(value).strip()
    )


def _key(heading: str) -> str:
    """A heading without case, blanks and punctuation.

    >>> _key("Policy No.")
    'policyno'
    """
    return re.sub(r"[\W_]+", "", heading.lower())


def _date_format(values: list[str]) -> str:
    """The first format that reads every one of these dates; the ISO one where none does, so that the reader can complain.

    >>> _date_format(["31/12/2026", "01/02/2026"]), _date_format(["12/31/2026"]), _date_format(["soon"])
    ('%d/%m/%Y', '%m/%d/%Y', '%Y-%m-%d')
    """
    filled = [value for value in values if value]
    return next(
        (each for each in DATE_FORMATS if filled and all(_reads(value, each) for value in filled)), DATE_FORMATS[0]
    )


def _reads(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)
    except ValueError:
        return False
    return True
