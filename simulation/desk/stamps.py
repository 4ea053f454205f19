"""Dates and times as files hold them: a named format, ISO 8601, or a spreadsheet's serial number."""

from datetime import datetime

import numpy as np
import pandas as pd

ANY_MOMENT = datetime(2026, 1, 31, 13, 45)
SERIAL_FROM, SERIAL_TO = 20_000.0, 80_000.0  # 1954 to 2119: numbers outside are no dates of a team's records
SERIAL_ORIGIN = "1899-12-30"  # of the 1900 system, whose day 60 never was
SECONDS_A_DAY = 86_400
ISO = r"\d{4}-\d{2}-\d{2}([ T].*)?"
OFFSET = r"(Z|[+-]\d{2}:?\d{2})$"  # a time is read as it stands on the office's own clock


def is_whole_date(text: str) -> bool:
    """Whether a format writes a whole date that it reads back.

    >>> is_whole_date("%Y-%m-%d"), is_whole_date("%d/%m/%Y %H:%M"), is_whole_date("%m-%d")
    (True, True, False)
    """
    try:
        return datetime.strptime(ANY_MOMENT.strftime(text), text).date() == ANY_MOMENT.date()
    except ValueError:
        return False


def read_stamps(text: pd.Series, stamp_format: str) -> pd.Series:
    """Each text as a moment to the second, missing where it is none: the named format first, then ISO 8601, then the
    serial number of a spreadsheet.

    >>> read_stamps(pd.Series(["31/01/2026 09:30", "2026-01-31T09:30:00+08:00", "46053.395833333", "soon"]),
    ...             "%d/%m/%Y %H:%M").dt.strftime("%d. %H:%M").fillna("none").tolist()
    ['31. 09:30', '31. 09:30', '31. 09:30', 'none']
    """
    found = pd.to_datetime(text, format=stamp_format, errors="coerce", exact=True).astype("datetime64[s]")
    missing = found.isna() & (text != "")
    if missing.any():
        rest = text[missing]
        iso = rest[rest.str.fullmatch(ISO)].str.replace(OFFSET, "", regex=True)
        found[iso.index] = pd.to_datetime(iso, format="ISO8601", errors="coerce").astype("datetime64[s]")
        serial = pd.to_numeric(rest.drop(iso.index), errors="coerce")
        serial = serial[serial.between(SERIAL_FROM, SERIAL_TO)]
        seconds = np.rint(serial.to_numpy(dtype=float) * SECONDS_A_DAY).astype("timedelta64[s]")
        found[serial.index] = np.datetime64(SERIAL_ORIGIN, "s") + seconds
    return found
