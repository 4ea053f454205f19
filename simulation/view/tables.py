"""Tables: tidy frames of what runs gave."""

import numpy as np
import pandas as pd

from playbook.parameters import Parameters
from simulation.desk.book import Book
from simulation.study.compare import Difference
from simulation.study.measures import BY_NAME, MEASURES
from simulation.study.replicate import Replications
from simulation.view import words

KINDS_IN_WORDS = {
    "follow_up": "calling and talking, with wrap-up",
    "proposal": "proposals and re-quotes",
    "signing": "signing and entry",
    "message": "messages",
    "request": "customers' requests to renew",
    "enquiry": "enquiries",
    "complaint": "complaints (coordinators)",
    "alert": "silence alerts (leader)",
    "walk_in": "work from outside the book",
}


def said_frame(replications: Replications, confidence: float) -> pd.DataFrame:
    """One row a measure, in words; those with a control variate are sharpened by it."""
    rows = [
        (words.title(measure), words.interval(replications.sharpened(measure.name, confidence)[0], measure.unit))
        for measure in MEASURES
    ]
    return pd.DataFrame(rows, columns=["Measure", "Mean (interval)"])


def lines_of(frame: pd.DataFrame) -> list[str]:
    """A frame of two columns as lines of a terminal, names to the left, values below each other."""
    names, values = (frame[column].astype(str).tolist() for column in frame.columns)
    width = max(map(len, names), default=0)
    return [f"{name:{width}}  {value}" for name, value in zip(names, values, strict=True)]


def minutes_frame(replications: Replications) -> pd.DataFrame:
    """Minutes a policy by kind of work, the mean over the replications."""
    rows = [(KINDS_IN_WORDS[kind], round(float(values.mean()), 2)) for kind, values in replications.minutes.items()]
    return pd.DataFrame(rows, columns=["Work", "Minutes a policy"])


def differences_frame(name: str, differences: list[Difference]) -> pd.DataFrame:
    """One row a deciding measure of a comparison, in words."""
    rows = []
    for each in differences:
        unit = BY_NAME[each.measure].unit
        rows.append(
            {
                "Scenario": name,
                "Measure": words.title(BY_NAME[each.measure]),
                "Base": words.number(each.base, unit),
                "Here": words.number(each.other, unit),
                "Difference": words.change(each.estimate.mean, unit),
                "Interval": words.span(each.estimate.low, each.estimate.high, unit),
                "A single year": words.span(each.year_low, each.year_high, unit),
                "Call": words.call(each),
            }
        )
    return pd.DataFrame(rows)


def cases_frame(by_case: dict[str, Replications], deciding: tuple[str, ...], confidence: float) -> pd.DataFrame:
    """One row a measure, one column a case, in words; the deciding measures first."""
    names = [*deciding, *(name for name in BY_NAME if name not in deciding)]
    frame = pd.DataFrame({"Measure": [words.title(BY_NAME[name]) for name in names]})
    for case, runs in by_case.items():
        frame[case] = [words.interval(runs.estimate(name, confidence), BY_NAME[name].unit) for name in names]
    return frame


def wide_cases_frame(table: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """A sweep's tidy table as one row a measure and one column a case, in words."""
    frame = pd.DataFrame({"Measure": [words.title(BY_NAME[name]) for name in names]})
    for title, rows in table.groupby("title", sort=False):
        found = rows.set_index("measure")
        frame[str(title)] = [words.stated(row["mean"], row["low"], row["high"], row["unit"]) for row in
                             (found.loc[name] for name in names)]  # fmt: skip
    return frame


def book_facts(book: Book, parameters: Parameters) -> dict[str, str]:
    """What a manager would ask of a book first."""
    by_line = np.bincount(book.line, minlength=len(book.lines))
    month = (np.datetime64(parameters.experiment.start_date) + book.due_day).astype("datetime64[M]")
    months, due = np.unique(month, return_counts=True)
    is_a = book.is_group_a(parameters)
    facts = {
        "book": book.title,
        "customers": f"{book.customer.max(initial=-1) + 1:,}",
        "premium of a year": words.number(float(book.premium_cny.sum()), "cny"),
        "by line": ", ".join(f"{line} {count:,}" for line, count in zip(book.lines, by_line, strict=True)),
        "due by month": ", ".join(f"{name} {count:,}" for name, count in zip(months, due, strict=True)),
        "group A": f"{is_a.sum():,} policies, {words.number(float(book.premium_cny[is_a].sum()), 'cny')}",
    }
    if book.file_lapse_share is not None:
        facts["lapsed in the file"] = words.number(book.file_lapse_share, "share")
    return facts
