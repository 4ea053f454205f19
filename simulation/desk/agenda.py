"""The agenda: everything that will happen without anybody working, in the order in which it is due.

It is lazy: entries wait in one sorted stream (known from the start) and one heap (added on the way) until somebody asks
for work, so that a timer of the engine exists only while somebody is idle. Entries of one instant are ordered by calendar
minute, kind and number.
"""

from collections.abc import Callable, Iterator
from heapq import heappop, heappush
from itertools import count
from math import inf

import numpy as np
from numpy.typing import NDArray

from playbook.clock import OfficeCalendar

(
    CALL, MORNING, RELEASE, DECISION, ENQUIRY, COMPLAINT, EXCEPTION, ISSUE, WALK_IN, SILENCE, PRE_SILENCE, PATIENCE, LAPSE,
    OWNER_WAIT, COMING, NOTICE, CANCEL,
) = range(17)  # fmt: skip

BLOCK = 4096  # rows of the sorted stream that are taken up at a time

Entry = tuple[float, float, int, int, int, object]

Known = tuple[int, NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]


def known(kind: int, stamps: NDArray[np.float64], calendar: OfficeCalendar) -> Known:
    """Entries of one kind that are certain from the start, numbered in the order of their calendar minutes' rows."""
    return kind, calendar.to_working(stamps), stamps, np.arange(len(stamps))


def known_at(kind: int, working: NDArray[np.float64], calendar: OfficeCalendar) -> Known:
    """Entries that belong to the office's own day: at an opening they come before whatever has come overnight."""
    return kind, working, calendar.to_calendar(working, is_end=True), np.arange(len(working))


def _rows(columns: list[NDArray]) -> Iterator[tuple]:
    """The rows of columns one after another, as plain numbers, a block of them at a time."""
    for begin in range(0, len(columns[0]), BLOCK):
        yield from zip(*(column[begin : begin + BLOCK].tolist() for column in columns), strict=True)


class Agenda:
    """Entries (working minute, calendar minute, kind, number, turn, what it concerns), earliest first.

    `next_minute` is the working minute of the earliest entry, infinite when there is none.
    """

    def __init__(self, known: list[Known]):
        working, stamps, numbers = (np.concatenate([each[column] for each in known]) for column in (1, 2, 3))
        kinds = np.concatenate([np.full(len(each[1]), each[0], dtype=np.int8) for each in known])
        order = np.lexsort((numbers, kinds, stamps, working))
        self._stream = _rows([column[order] for column in (working, stamps, kinds, numbers.astype(np.int32))])
        self._head: Entry | None = None
        self._heap: list[Entry] = []
        self._turns = count()
        self.next_minute = inf
        self._advance()

    def add(self, working: float, stamp: float, kind: int, number: int, concern: object = None) -> None:
        """Put an entry on the agenda."""
        heappush(self._heap, (working, stamp, kind, number, next(self._turns), concern))
        if working < self.next_minute:
            self.next_minute = working

    def pop(self) -> Entry:
        """Take the earliest entry off the agenda."""
        if self._head is None or (self._heap and self._heap[0] < self._head):
            entry = heappop(self._heap)
            self._look()
        else:
            entry = self._head
            self._advance()
        return entry

    def drop_past(self, is_past: Callable[[int, object], bool]) -> None:
        """Take off the earliest entries as long as they can no longer change anything."""
        heap = self._heap
        while heap and heap[0][0] == self.next_minute:
            _, _, kind, _, _, concern = heap[0]
            if not is_past(kind, concern):
                return
            heappop(heap)
            self._look()

    def _advance(self) -> None:
        head = next(self._stream, None)
        self._head = None if head is None else (*head, -1, None)
        self._look()

    def _look(self) -> None:
        """Find the earliest minute again."""
        self.next_minute = self._head[0] if self._head is not None else inf
        if self._heap and self._heap[0][0] < self.next_minute:
            self.next_minute = self._heap[0][0]
