"""Uploads: a file handed over in a page, kept among the runs; a book's columns are recognised by their names."""

import hashlib
from pathlib import Path

import yaml

from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.book import Book
from simulation.desk.book_file import read_book, read_mapping
from simulation.desk.table_file import EXCEL, PARQUET, TEXT
from simulation.study.folders import runs_folder, whole_file
from simulation.study.map_proposal import proposed

MOST_BYTES = 60_000_000
LETTERS = 12
MAPS = (".yaml", ".yml")
NEEDED = {"premium_cny": "the premium of a year", "due_date": "the date on which a policy falls due"}


def book_of(given: dict[str, bytes], parameters: Parameters) -> tuple[Book, Path, Path]:
    """The book in the uploaded files, with where it and its mapping are kept; a mapping that is not handed over as a YAML
    file is proposed from the headings. InputError says in a sentence what cannot be used."""
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
    if ending not in (*TEXT, *EXCEL, *PARQUET, *MAPS):
        known = ", ".join(TEXT + EXCEL + PARQUET)
        raise InputError(f"{path}: a book is read from {known}, not from {ending or 'a file without an ending'}")
    if not content.strip():
        raise InputError(f"{path}: the file is empty")
    if len(content) > MOST_BYTES:
        raise InputError(
            f"{path}: {len(content) / 1e6:.0f} MB are more than the {MOST_BYTES / 1e6:.0f} MB that a page takes; use "
            f"`renewal run --book {path} --map MAP.yaml`"
        )
    target = runs_folder() / "uploads" / hashlib.sha256(content).hexdigest()[:LETTERS] / path
    with whole_file(target) as aside:
        aside.write_bytes(content)
    return target


def _recognised(file: Path) -> Path:
    """A mapping for a file whose headings are recognised, written beside it."""
    found = proposed(file, "policies")
    columns = found.content["fields"]
    if missing := [says for field, says in NEEDED.items() if field not in columns]:
        names = " and ".join(field for field in NEEDED if field not in columns)
        raise InputError(
            f"{file.name}: no column is recognised as {' or as '.join(missing)}; call it {names}, or hand over a mapping "
            f"(.yaml) with the file. Columns that said nothing: {', '.join(found.left_out) or 'none'}"
        )
    path = file.with_suffix(".map.yaml")
    with whole_file(path) as aside:
        text = yaml.safe_dump({"title": file.stem} | found.content, sort_keys=False, allow_unicode=True)
        aside.write_text(text, encoding="utf-8")
    return path
