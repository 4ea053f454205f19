"""The generator's book as a file that reads back as the same book."""

from calendar import isleap
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import yaml

from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.book import make_book


def _in_an_ordinary_year(day: date) -> date:
    """The same month and day at the beginning of twelve months without a leap day, which a yearly book does not know."""
    while any(isleap(year) for year in (day.year, day.year + 1)):
        day = day.replace(year=day.year + 1, day=min(day.day, 28) if day.month == 2 else day.day)
    return day


def write_book(file: Path, parameters: Parameters) -> Path:
    """Write a made book as CSV and a mapping beside it; the mapping's path comes back."""
    mapping = file.with_suffix(".map.yaml")
    if file.suffix.lower() != ".csv":
        raise InputError(f"{file}: a book is written as a .csv file")
    for each in (file, mapping):
        if each.exists():
            raise InputError(f"{each}: there is such a file already, and it is not written over")
    book = make_book(parameters)
    start = _in_an_ordinary_year(date.fromisoformat(parameters.experiment.start_date))
    frame = pd.DataFrame(
        {
            "policy": [f"P{number:07d}" for number in range(len(book))],
            "customer": [f"C{number:07d}" for number in book.customer],
            "line": [book.lines[number] for number in book.line],
            "premium_cny": book.premium_cny,
            "due_date": [(start + timedelta(days=int(day))).isoformat() for day in book.due_day],
            "price_ratio": book.price_ratio,
            "tenure_years": book.tenure_years,
            "is_instalment": book.is_instalment.astype(int),
        }
    )
    content = {
        "title": book.title,
        "fields": {"id": {"column": "policy"}} | {name: {"column": name} for name in frame.columns if name != "policy"},
    }
    try:
        frame.to_csv(file, index=False)
        mapping.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{file}: cannot be written: {error.strerror or error}") from None
    return mapping
