"""Tables: tidy frames of what runs gave."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from playbook.parameters import Parameters
from simulation.desk.book import Book
from simulation.desk.pieces import KINDS
from simulation.study.answers import Answer
from simulation.study.compare import Difference
from simulation.study.heads import Headcounts, readings
from simulation.study.measures import BY_NAME, MEASURES
from simulation.study.replicate import Estimate, Replications, estimate_in
from simulation.study.week import Week
from simulation.study.workload import expected_workload
from simulation.view import words
from simulation.view.kinds import spell_words, work_words


def said_frame(replications: Replications, confidence: float) -> pd.DataFrame:
    """One row a measure, in words; those with a control variate are sharpened by it."""
    rows = [
        (words.title(measure), words.interval(replications.sharpened(measure.name, confidence)[0], measure.unit))
        for measure in MEASURES
    ]
    return pd.DataFrame(rows, columns=["Measure", "Mean (interval)"])


def lines_of(frame: pd.DataFrame) -> list[str]:
    """A frame as lines of a terminal, its columns below each other, the names of more than two above them."""
    columns = [frame[column].astype(str).tolist() for column in frame.columns]
    if len(columns) > 2:
        columns = [[str(name), *values] for name, values in zip(frame.columns, columns, strict=True)]
    widths = [max(map(len, column), default=0) for column in columns]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in zip(*columns, strict=True)]  # fmt: skip


def minutes_frame(replications: Replications, confidence: float) -> pd.DataFrame:
    """Minutes a policy by kind of work with their intervals, beside what published averages lead one to expect; below
    them the sum of the kinds of which something is expected."""
    expected = expected_workload()
    rows = []
    for kind, values in replications.minutes.items():
        row = next((each for each in expected.rows if kind in each.kinds), None)
        others = [work_words(each) for each in row.kinds if each != kind] if row else []
        beside = f"{row.minutes_per_policy:.1f}" + (f" with {', '.join(others)}" if others else "") if row else "none"
        rows.append((work_words(kind), _minutes_in_words(values, confidence), beside))
    compared = [values for kind, values in replications.minutes.items() if kind in expected.kinds]
    if compared:
        total = _minutes_in_words(np.sum(compared, axis=0), confidence)
        rows.append(("together, of those with a figure to expect", total, f"{expected.minutes_per_policy:.1f}"))
    return pd.DataFrame(rows, columns=["Work", "Minutes a policy (interval)", "Expected"])


def _minutes_in_words(values: NDArray[np.float64], confidence: float) -> str:
    found = estimate_in(values, "minutes", confidence)
    return f"{found.mean:.2f} ({found.low:.2f} to {found.high:.2f})"


def heads_frame(found: Headcounts) -> pd.DataFrame:
    """One row a number of consultants: the promised measures with their intervals, and whether the promises are kept."""
    rows = []
    for count, answer in found.by_count.items():
        told = {
            words.title(BY_NAME[name]): words.interval(
                answer.replications.estimate(name, answer.confidence), BY_NAME[name].unit
            )
            for name in [*found.promises, "consultant_occupancy_share"]
        }
        rows.append({"Consultants": count} | told | {"Promises": "kept" if found.is_kept(count) else "not kept"})
    return pd.DataFrame(rows)


def readings_frame(found: Answer, names: Sequence[str]) -> pd.DataFrame:
    """One row a reading of the staffing ratios: heads, cost, and how full a consultant's year would be."""
    return pd.DataFrame(
        [
            {
                "Where the handbook is open": name.partition(".")[2].replace("_", " "),
                "Reading": row["reading"].replace("_", " "),
                "Heads in all": row["heads"],
                "Cost of a year": words.number(row["cost_cny"], "cny"),
                "A consultant's year is full to": words.number(row["full_share"], "share"),
                "In force": "yes" if found.setting.parameters[name] == row["reading"] else "",
            }
            for name in names
            for row in readings(found, name)
        ]
    )


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


def occupancy_frame(occupancy: Mapping[str, Mapping[str, Estimate]]) -> pd.DataFrame:
    """Time at work by month, a column a role, the year last; in words with intervals."""
    months = list(dict.fromkeys(month for by_month in occupancy.values() for month in by_month))
    frame = pd.DataFrame({"Month": months})
    for role, by_month in occupancy.items():
        frame[f"{role[0].upper()}{role[1:]}s"] = [
            words.interval(by_month[month], "share") if month in by_month else "none" for month in months
        ]
    return frame


def week_people_frame(week: Week) -> pd.DataFrame:
    """One row a person of a week: hours by what they went into, pieces taken up, and those of them that were late."""
    rows = []
    for person, seat in enumerate(week.reading.record.seats):
        hours = week.hours(person)
        taken = [wait for wait in week.waits if wait.person == person and week.begin <= wait.until < week.end]
        rows.append(
            {"Person": seat.name, "Post": seat.post}
            | {f"{spell_words(what)}, h": round(hours.get(what, 0.0), 1) for what in week.spells()}
            | {"Time at work": words.number(week.occupancy(person), "share")}
            | {"Taken up late": sum(wait.is_late for wait in taken)}
        )
    return pd.DataFrame(rows)


def week_kinds_frame(week: Week) -> pd.DataFrame:
    """One row a kind of work of a week: hours, pieces that waited, how long, and promises broken in the week."""
    hours: dict[str, float] = {}
    for block in week.blocks:
        if block.is_work:
            hours[block.what] = hours.get(block.what, 0.0) + (block.end - block.begin) / 60
    broken = [wait.kind for wait in week.broken_in_week()]
    rows = []
    for kind in [each for each in KINDS if each in hours or any(wait.kind == each for wait in week.waits)]:
        minutes = [wait.minutes for wait in week.waits if wait.kind == kind]
        rows.append(
            {
                "Work": work_words(kind),
                "Hours worked": round(hours.get(kind, 0.0), 1),
                "Pieces that waited": len(minutes),
                "Mean wait, working h": round(float(np.mean(minutes)) / 60, 1) if minutes else 0.0,
                "Longest wait, working h": round(max(minutes, default=0.0) / 60, 1),
                "Promises broken": broken.count(kind),
            }
        )
    return pd.DataFrame(rows)


def week_waits_frame(week: Week, most_of_a_kind: int | None = None) -> pd.DataFrame:
    """The waits of a week, the longest first: which piece, from when to when, how long, who took it up, and whether late."""
    seats = week.reading.record.seats
    by_kind = {kind: [wait for wait in week.waits if wait.kind == kind][:most_of_a_kind] for kind in KINDS}
    rows = [
        {
            "Work": work_words(wait.kind),
            "Case": "none" if wait.case < 0 else str(wait.case),
            "Waited from": week.when(wait.queued),
            "To": week.when(wait.until),
            "Working hours": round(wait.minutes / 60, 2),
            "What became of it": f"taken up by {seats[wait.person].name}" if wait.person >= 0 else wait.fate,
            "Promise": f"broke {week.when(wait.broken)}" if wait.is_late else "held",
        }
        for wait in sorted((wait for waits in by_kind.values() for wait in waits), key=lambda wait: -wait.minutes)
    ]
    return pd.DataFrame(
        rows, columns=["Work", "Case", "Waited from", "To", "Working hours", "What became of it", "Promise"]
    )
