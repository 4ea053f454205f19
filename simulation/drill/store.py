"""The store: sessions as append-only events in one SQLite file; an event that was committed outlives any crash.

A session's events are numbered from 1 without a gap. What is appended was made from the very events before it: the
transaction holds the lock while it reads, checks and writes, so two teams that decide at once wait for each other.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from playbook.errors import InputError
from simulation.drill.events import Event, as_json

WAIT_SECONDS = 60.0  # for somebody else's transaction
LAYOUT = 1
TABLES = """
CREATE TABLE IF NOT EXISTS events (
  session TEXT NOT NULL, number INTEGER NOT NULL, kind TEXT NOT NULL, team TEXT NOT NULL, body TEXT NOT NULL, at TEXT NOT NULL,
  PRIMARY KEY (session, number)) WITHOUT ROWID;
"""


class Store:
    """Sessions in the file at `path`, which is made where there is none; InputError where it is no such file."""

    def __init__(self, path: Path | str):
        self.path = Path(path)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self._transaction() as connection:
                layout = connection.execute("PRAGMA user_version").fetchone()[0]
                if layout not in (0, LAYOUT):
                    raise InputError(f"{self.path}: sessions of layout {layout}; this edition reads layout {LAYOUT}")
                connection.execute(TABLES)
                connection.execute(f"PRAGMA user_version = {LAYOUT}")
        except OSError as error:
            raise InputError(f"{self.path}: sessions cannot be kept there: {error.strerror}") from None

    def sessions(self) -> list[str]:
        """The names of all sessions, in alphabetical order."""
        with self._reading() as connection:
            return [name for (name,) in connection.execute("SELECT DISTINCT session FROM events ORDER BY session")]

    def events(self, session: str, after: int = 0) -> list[Event]:
        """The events of a session behind a number, in order; none where there is no such session."""
        with self._reading() as connection:
            return list(_events(connection, session, after))

    def append(self, session: str, after: int, make: Callable[[list[Event]], list[Event]]) -> list[Event]:
        """Append what `make` answers to the events behind number `after`, all or nothing; an error in it changes nothing.

        Returns the events behind `after`, those appended at their end, with their numbers.
        """
        with self._transaction() as connection:
            before = list(_events(connection, session, after))
            last = after + len(before)
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            made = [replace(each, number=last + place, at=at) for place, each in enumerate(make(before), start=1)]
            rows = [(session, each.number, each.kind, each.team, as_json(each.body), at) for each in made]
            connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?)", rows)
        return before + made

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._errors_told(), closing(self._connect()) as connection:
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """One writer at a time, from reading to writing; what was committed is on the disk."""
        with self._errors_told(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=WAIT_SECONDS, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _errors_told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise InputError(f"{self.path}: sessions cannot be read or written there: {error}") from None


def _events(connection: sqlite3.Connection, session: str, after: int) -> Iterator[Event]:
    found = connection.execute(
        "SELECT number, kind, team, body, at FROM events WHERE session = ? AND number > ? ORDER BY number",
        (session, after),
    )
    for number, kind, team, body, at in found:
        yield Event(kind, team, json.loads(body), number, at)
