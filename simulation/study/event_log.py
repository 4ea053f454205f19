"""Event logs: what happened in a run as rows that process mining reads: case, activity, time, resource."""

from pathlib import Path

import numpy as np
import pandas as pd

from playbook.clock import MINUTES_A_DAY
from playbook.errors import InputError
from simulation.desk.pieces import KINDS, NOBODY, RESULTS, WALK_IN
from simulation.desk.record import LAPSED, OUTCOMES, Record
from simulation.study.folders import whole_file

ENDINGS = (".csv", ".parquet")
COLUMNS = ["case", "activity", "came", "queued", "started", "time", "resource", "person", "joined", "role", "grade", "post",
           "result", "worked_minutes", "line", "group"]  # fmt: skip
GROUPS = ("A", "B")
LONGEST_AGO_DAYS = 40 * 365  # before which nobody's joining is dated


def event_log(record: Record) -> pd.DataFrame:
    """One row a piece of work that came to an end, and one for how each policy ended, by time.

    case: `policy N`, a due date of a policy, or `outside N`, work from outside the book. activity: the kind of work, or
    the policy's outcome. came: when it was wanted; queued, started, time: when it began to wait at the open office, was first
    taken in hand (missing: never) and was over, as calendar stamps. resource: the seat, or missing where nobody did it, with
    role and post; person, joined, grade: who sat there then, and since when they are with the team.
    result: what came of it. worked_minutes: minutes of work in it. Work still open at the end of the run is left out.
    """
    events = pd.concat([_work(record), _outcomes(record)], ignore_index=True)
    return events.sort_values(["time", "started"], kind="stable", ignore_index=True)[COLUMNS]


def write_event_log(record: Record, file: Path) -> int:
    """The event log as CSV or Parquet, by the file's ending; how many events it has. InputError for another ending."""
    return _write(event_log(record), file)


def _write(frame: pd.DataFrame, file: Path) -> int:
    if file.suffix.lower() not in ENDINGS:
        raise InputError(f"{file}: an event log is written as {' or '.join(ENDINGS)}")
    with whole_file(file) as aside:
        if file.suffix.lower() == ".csv":
            frame.to_csv(aside, index=False)
        else:
            frame.to_parquet(aside, index=False)
    return len(frame)


def _work(record: Record) -> pd.DataFrame:
    ended = np.isfinite(record.stay("ended"))
    kind, case, person, group = (record.stay(name)[ended].astype(int) for name in ("kind", "case", "person", "group"))
    numbers = np.flatnonzero(ended)
    is_policy = case >= 0
    names = np.where(is_policy, _policies(case), np.char.add("outside ", numbers.astype(str)))
    seated = [*record.seats, None]  # position -1 is nobody
    chosen = [seated[each if each != NOBODY else -1] for each in person.tolist()]
    lines = np.append(_lines(record), None)
    is_group = kind != WALK_IN
    queued, begun = _stamps(record, "queued"), _stamps(record, "begun")
    over = np.fmax(_stamps(record, "ended"), np.fmax(queued, begun))  # a closing and the next opening are one minute
    names_of, grades_of, joined = _occupants(record, person, begun[ended])
    return pd.DataFrame({
        "case": names,
        "activity": np.array(KINDS, dtype=object)[kind],
        "came": _calendar(record, record.stay("born"))[ended],
        "queued": _calendar(record, queued)[ended],
        "started": _calendar(record, begun)[ended],
        "time": _calendar(record, over)[ended],
        "resource": [seat.name if seat else None for seat in chosen],
        "person": names_of,
        "joined": _calendar(record, joined).astype("datetime64[D]"),
        "role": [seat.role if seat else None for seat in chosen],
        "grade": grades_of,
        "post": [seat.post if seat else None for seat in chosen],
        "result": np.array(RESULTS, dtype=object)[record.stay("result")[ended].astype(int)],
        "worked_minutes": record.stay("worked")[ended],
        "line": lines[np.where(is_policy, case, -1)],
        "group": [GROUPS[each] if known else None for each, known in zip(group.tolist(), is_group.tolist(), strict=True)],
    })  # fmt: skip


def _outcomes(record: Record) -> pd.DataFrame:
    """How each policy whose window closed in the run ended, at the stamp at which it was signed or its window closed."""
    policies = record.policies
    stamps = np.where(np.isfinite(policies["signed"]), policies["signed"], record.season.close)
    closed = np.flatnonzero(policies["is_closed"] & (stamps <= record.horizon.measured_to_minute))
    at = stamps[closed]
    never = np.full(len(closed), np.datetime64("NaT", "s"))
    return pd.DataFrame({
        "case": _policies(closed),
        "activity": np.array(OUTCOMES, dtype=object)[policies["outcome"][closed].astype(int)],
        "came": never,
        "queued": never,
        "started": never,
        "time": _calendar(record, at),
        "line": _lines(record)[closed],
    }).reindex(columns=COLUMNS)  # fmt: skip


def _occupants(record: Record, seat: np.ndarray, begun: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Name, grade and first minute in the team of who sat on each seat at a calendar minute; none where nobody did."""
    names, grades = (np.full(len(seat), None, dtype=object) for _ in range(2))
    joined = np.full(len(seat), np.nan)
    by_seat: dict[int, list] = {}
    for each in record.occupants:
        by_seat.setdefault(each.seat, []).append(each)
    for number, rows in by_seat.items():
        own = np.flatnonzero(seat == number)
        at = (np.searchsorted([each.begun for each in rows], begun[own], side="right") - 1).clip(0)
        names[own] = np.array([each.name for each in rows], dtype=object)[at]
        grades[own] = np.array([each.grade for each in rows], dtype=object)[at]
        since = np.array([max(each.joined_on, -LONGEST_AGO_DAYS) for each in rows])
        joined[own] = np.floor(since[at]) * MINUTES_A_DAY
    return names, grades, joined


def policies_export(record: Record) -> pd.DataFrame:
    """One row a due date of a policy that closed in the run or was in hand at its end: what it is, and how it ended.

    policy is the case of the event log; customer, line, premium_cny, due_date, price_ratio, tenure_years, is_instalment are
    the book's; has_lapsed is 1 or 0, missing where the window had not closed when the run ended.
    """
    season, policies = record.season, record.policies
    book, row = season.book, season.policy
    lapsed = (policies["outcome"] >= LAPSED).astype(float)  # who was won back had lapsed
    is_open = season.close > record.horizon.measured_to_minute
    due = np.datetime64(record.horizon.calendar.first_day, "D") + (season.due // MINUTES_A_DAY - 1).astype(int)
    return pd.DataFrame({
        "policy": _policies(np.arange(len(season))),
        "customer": np.char.add("customer ", book.customer[row].astype(str)),
        "line": _lines(record),
        "premium_cny": book.premium_cny[row],
        "due_date": due,
        "price_ratio": book.price_ratio[row],
        "tenure_years": book.tenure_years[row],
        "is_instalment": book.is_instalment[row].astype(int),
        "has_lapsed": pd.array(np.where(is_open & (lapsed == 1), np.nan, lapsed), dtype="Int64"),
    })  # fmt: skip


def write_policies(record: Record, file: Path) -> int:
    """The policies of a run's event log as CSV or Parquet, by the file's ending; how many rows it has."""
    return _write(policies_export(record), file)


def _lines(record: Record) -> np.ndarray:
    """Each case's line by its name."""
    book = record.season.book
    return np.array(book.lines, dtype=object)[book.line[record.season.policy]]


def _policies(cases: np.ndarray) -> np.ndarray:
    return np.char.add("policy ", cases.astype(str))


def _stamps(record: Record, name: str) -> np.ndarray:
    """A column of the stays in calendar minutes; nan where there is none."""
    return np.where(np.isfinite(record.stay(name)), record.stay(f"{name}_stamp"), np.nan)


def _calendar(record: Record, minutes: np.ndarray) -> np.ndarray:
    """Calendar minutes of the run as dates with hours, whole seconds; not a time where there is none."""
    seconds = np.round(np.where(np.isfinite(minutes), minutes, 0) * 60).astype("timedelta64[s]")
    found = np.datetime64(record.horizon.calendar.first_day, "s") + seconds
    return np.where(np.isfinite(minutes), found, np.datetime64("NaT", "s"))
