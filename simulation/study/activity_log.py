"""A log of activities from the user's own file: who did what for which case when, cleaned, without anybody's name.

Names of people and numbers of cases are turned into salted hashes as they are read; the salt is kept nowhere, so that nobody
can find a name by trying. What cannot be used is left out and told.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from playbook.clock import MINUTES_A_DAY
from playbook.errors import InputError, did_you_mean
from simulation.desk.book_file import Source
from simulation.desk.stamps import read_stamps
from simulation.desk.table_file import check_columns, frames
from simulation.study.quality import Quality
from simulation.study.team_map import WORDS, LogMapping

STAMPS = ("came", "begin", "end")
DATED = (*STAMPS, "joined")
IDENTITIES = ("case", "person")
WORDED = ("activity", "result", "role", "grade", "group")
SECONDS_A_MINUTE = 60.0
MOST_NAMED = 8  # unknown words that are named in a remark
FEWEST_NAMED = 5  # times that a word must be seen to be named: what stands there once may be somebody's note
MUCH_LEFT_OUT = 0.05

FAULTS = {  # by column and check, the first that a row breaks is told
    ("activity", "not_nullable"): "the activity is not one of the mapping's",
    ("case", "not_equal_to(0)"): "there is no case",
    ("end", "not_nullable"): "there is no time",
    ("ahead_minutes", "less_than(0)"): "it lies in the future",
    ("span_minutes", "greater_than_or_equal_to(0)"): "it ends before it begins",
    ("wait_minutes", "greater_than_or_equal_to(0)"): "it begins before it was wanted",
    ("minutes", f"in_range(0, {MINUTES_A_DAY})"): "its minutes are below 0 or over a day",
}
CLEAN = pa.DataFrameSchema(
    {
        "activity": pa.Column(),
        "case": pa.Column("uint64", pa.Check.ne(0)),
        "end": pa.Column(),
        "ahead_minutes": pa.Column("float64", pa.Check.lt(0), nullable=True),
        "span_minutes": pa.Column("float64", pa.Check.ge(0), nullable=True),
        "wait_minutes": pa.Column("float64", pa.Check.ge(0), nullable=True),
        "minutes": pa.Column("float64", pa.Check.in_range(0, MINUTES_A_DAY), nullable=True),
    }
)


def read_log(path: Path, mapping: LogMapping, salt: str) -> tuple[pd.DataFrame, Quality]:
    """The usable rows of a log in order of time, and what was left out.

    Columns: row (of the file), case and person (hashes; 0 is nobody), activity, result, role, grade, group (categories),
    came, begin, end, joined (moments to the second, missing where not known), minutes. InputError where nothing can be used.
    """
    quality = Quality(path.name)
    unknown: dict[str, dict[str, int]] = {}
    parts = [_part(frame, first, mapping, salt, quality, unknown) for first, frame in _filled(path, mapping, quality)]
    if not quality.rows_count:
        raise InputError(f"{path}: the file has no rows")
    log = pd.concat(parts, ignore_index=True)
    del parts
    for name in WORDED:
        log[name] = log[name].astype("category")
    log = _without_faults(log, _last_moment(mapping), quality)
    log = _without_doubles(log, quality)
    quality.used_count = len(log)
    for name, words in unknown.items():
        quality.remarks.append(_unknown_remark(name, words))
    if not len(log):
        raise InputError("\n".join([f"{path}: no row can be used", *quality.lines()[1:]]))
    return log.sort_values(["end", "begin", "row"], kind="stable", ignore_index=True), quality


def _filled(path: Path, mapping: LogMapping, quality: Quality) -> Iterator[tuple[np.ndarray, pd.DataFrame]]:
    """The file's rows with their numbers, without those that are blank; a cell too many leaves its row out."""
    crooked: list[int] = []
    for first, frame in frames(path, mapping, lambda row, *_: crooked.append(row)):
        check_columns(frame.columns, mapping.needs(), path)
        frame = frame[list(dict.fromkeys(column for column, _ in mapping.needs()))]
        rows = np.arange(first, first + len(frame))
        is_blank = frame.eq("").all(axis=1).to_numpy()
        is_crooked = np.isin(rows, crooked)
        quality.rows_count += int((~is_blank | is_crooked).sum())
        quality.leave_out("it has more cells than the heading", crooked)
        crooked.clear()
        yield rows[~is_blank & ~is_crooked], frame[~is_blank & ~is_crooked].reset_index(drop=True)


def _part(
    frame: pd.DataFrame, rows: np.ndarray, mapping: LogMapping, salt: str, quality: Quality, unknown: dict
) -> pd.DataFrame:
    fields = mapping.fields
    found = pd.DataFrame({"row": rows.astype(np.int32)})
    for name in IDENTITIES:
        found[name] = hashed(_texts(frame, getattr(fields, name)), salt)
    for name in WORDED:
        texts = _texts(frame, getattr(fields, name))
        found[name] = (
            _known_words(name, texts, unknown) if name in WORDS else texts.replace("", None).astype("category")
        )
    is_unreadable = np.zeros(len(frame), dtype=bool)
    for name in DATED:
        texts = _texts(frame, getattr(fields, name))
        found[name] = read_stamps(texts, mapping.date_format).to_numpy()
        is_unreadable |= (found[name].isna() & texts.ne("")).to_numpy()
    texts = _texts(frame, fields.minutes)
    minutes = pd.to_numeric(texts, errors="coerce") * ((fields.minutes and fields.minutes.times) or 1.0)
    is_wrong = (minutes.isna() & texts.ne("")).to_numpy() | np.isinf(minutes.to_numpy(dtype=float))
    found["minutes"] = minutes.to_numpy(dtype=float)
    quality.leave_out(f"a time is not written as {mapping.date_format}", rows[is_unreadable])
    quality.leave_out("its minutes are not a number", rows[is_wrong & ~is_unreadable])
    return _completed(found[~is_unreadable & ~is_wrong])


def _texts(frame: pd.DataFrame, source: Source | None) -> pd.Series:
    """A field's text in each row; words of a map are turned into the mapping's, one that it does not name is kept as it is."""
    if source is None:
        return pd.Series("", index=frame.index, dtype=str)
    if source.constant is not None:
        return pd.Series(str(source.constant), index=frame.index, dtype=str)
    texts = frame[source.column or source.map]
    if source.values is None:
        return texts
    values = {str(key): "" if value is None else str(value) for key, value in source.values.items()}
    return texts.map(lambda text: values.get(text, text))


def _known_words(name: str, texts: pd.Series, unknown: dict[str, dict[str, int]]) -> pd.Series:
    known = WORDS[name]
    strange = texts[~texts.isin(known) & texts.ne("")]
    for word, count in strange.value_counts().items():
        counts = unknown.setdefault(name, {})
        counts[str(word)] = counts.get(str(word), 0) + int(count)
    return pd.Series(pd.Categorical(texts.where(texts.isin(known)), categories=known), index=texts.index)


def hashed(texts: pd.Series, salt: str) -> np.ndarray:
    """Each text as a number that says nothing of it (SipHash with a secret key); 0 for an empty one."""
    numbers = pd.util.hash_array(texts.to_numpy(dtype=object), hash_key=salt)
    return np.where(texts.eq("").to_numpy(), np.uint64(0), numbers)


def _completed(found: pd.DataFrame) -> pd.DataFrame:
    """Begin, end or minutes from the other two where one is missing."""
    length = pd.to_timedelta((found["minutes"] * SECONDS_A_MINUTE).round(), unit="s")
    found["end"] = found["end"].fillna(found["begin"] + length.fillna(pd.Timedelta(0))).astype("datetime64[s]")
    is_timed = found["begin"].isna() & found["minutes"].gt(0) & found["end"].notna()
    found.loc[is_timed, "begin"] = (found["end"] - length)[is_timed].astype("datetime64[s]")
    found["span_minutes"] = (found["end"] - found["begin"]).dt.total_seconds() / SECONDS_A_MINUTE
    found["minutes"] = found["minutes"].fillna(found["span_minutes"])
    return found


def _last_moment(mapping: LogMapping) -> datetime:
    return datetime.combine((mapping.recorded_until or date.today()) + timedelta(days=1), datetime.min.time())


def _without_faults(log: pd.DataFrame, last: datetime, quality: Quality) -> pd.DataFrame:
    """The rows that keep every promise of CLEAN; each other one is told under the first that it breaks."""
    since = log["came"]
    log["wait_minutes"] = (log["begin"] - since).dt.total_seconds() / SECONDS_A_MINUTE
    latest = log[list(STAMPS)].max(axis=1)
    log["ahead_minutes"] = (latest - np.datetime64(last, "s")).dt.total_seconds() / SECONDS_A_MINUTE
    try:
        CLEAN.validate(log, lazy=True)
    except pa.errors.SchemaErrors as faults:
        cases = faults.failure_cases.dropna(subset=["index"])
        broken = pd.Series(list(zip(cases["column"], cases["check"], strict=True)), index=cases["index"].astype(int))
        for fault, reason in FAULTS.items():
            own = broken.index[broken == fault].intersection(log.index)
            quality.leave_out(reason, log.loc[own, "row"])
            log = log.drop(index=own)
        CLEAN.validate(log)  # a fault without a sentence would be ours
    return log.drop(columns=["span_minutes", "wait_minutes", "ahead_minutes"])


def _without_doubles(log: pd.DataFrame, quality: Quality) -> pd.DataFrame:
    """The first of rows that tell the same: of one case and person, one activity, at one time."""
    is_double = log.duplicated(["case", "activity", "came", "begin", "end", "person", "minutes"])
    quality.leave_out("it tells the same as a row before", log.loc[is_double, "row"])
    return log[~is_double]


def _unknown_remark(name: str, words: dict[str, int]) -> str:
    """What to do about words that the mapping does not name."""
    often = [word for word in words if words[word] >= FEWEST_NAMED]
    common = sorted(often, key=words.__getitem__, reverse=True)[:MOST_NAMED]
    told = [f"{word!r} ({words[word]:,})" for word in common]
    others = len(words) - len(common)
    told += [f"{others:,} {'other ' if common else ''}word{'s' if others > 1 else ''}"] if others else []
    near = did_you_mean(common[0], WORDS[name]) if len(words) == 1 and common else ""
    return f"Unknown {name}: {', '.join(told)}{near}. Name them under log.fields.{name}.values to have them counted."


def much_is_left_out(quality: Quality) -> bool:
    """Whether so many rows were left out that the mapping should be looked at first."""
    return quality.left_out_share > MUCH_LEFT_OUT
