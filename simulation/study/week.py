"""A week of the team, read from a record: who did what and when, what waited and how long, which promises broke."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from playbook.clock import MINUTES_A_DAY
from playbook.errors import InputError
from simulation.desk.pieces import FOLLOW_UP, GIVEN_UP, KINDS, REQUEST, REST, SPELLS, UNPAID, WITHDRAWN, WORK
from simulation.study.measures import Reading, beyond_silence

DAYS_A_WEEK = 7
Bools, Floats = NDArray[np.bool_], NDArray[np.float64]


@dataclass(frozen=True)
class Block:
    """A stretch of somebody's time in working minutes: a kind of work (`is_work`), or what else the time went into."""

    person: int
    begin: float
    end: float
    what: str
    is_work: bool


@dataclass(frozen=True)
class Wait:
    """A piece that waited in the week: its kind and case, from when to when in working minutes, by whom it was taken up
    (-1: nobody), how it ended (taken up, given up, withdrawn, still waiting), and whether a promise to the customer broke:
    `broken` is the working minute at which it did, nan where it held."""

    kind: str
    case: int
    queued: float
    until: float
    person: int
    fate: str
    broken: float

    @property
    def minutes(self) -> float:
        """Working minutes waited."""
        return self.until - self.queued

    @property
    def is_late(self) -> bool:
        """Whether the promise broke."""
        return not np.isnan(self.broken)


@dataclass(frozen=True)
class Week:
    """One calendar week of a record, Monday to Sunday; `number` counts from the first measured week.

    `days` gives for each open day its date and its first and last working minutes.
    """

    reading: Reading
    number: int
    days: list[tuple[date, float, float]]

    @property
    def begin(self) -> float:
        """The first working minute."""
        return self.days[0][1]

    @property
    def end(self) -> float:
        """The last working minute."""
        return self.days[-1][2]

    @cached_property
    def blocks(self) -> list[Block]:
        """What everybody's time went into, in order; work by its kind. They fill the week without gap or overlap."""
        record = self.reading.record
        spells = record.spells[(record.spell("begun") < self.end) & (record.spell("ended") > self.begin)]
        pieces = self._pieces_in_hand()
        found = []
        for person, what, begin, end in spells.tolist():
            begin, end = max(begin, self.begin), min(end, self.end)
            if int(what) == WORK:
                found += self._work(int(person), begin, end, pieces.get(int(person), []))
            elif end > begin:
                found.append(Block(int(person), begin, end, SPELLS[int(what)], False))
        return sorted(found, key=lambda block: (block.person, block.begin))

    def _pieces_in_hand(self) -> dict[int, list[tuple[float, float, str]]]:
        """By person, the pieces in hand at some moment of the week with when they were begun and ended."""
        stays = self.reading.record.stay
        chosen = np.flatnonzero((stays("begun") < self.end) & (stays("ended") > self.begin) & (stays("person") >= 0))
        order = chosen[np.argsort(stays("begun")[chosen], kind="stable")]
        found: dict[int, list[tuple[float, float, str]]] = {}
        for row in order.tolist():
            kind = KINDS[int(stays("kind")[row])]
            found.setdefault(int(stays("person")[row]), []).append((stays("begun")[row], stays("ended")[row], kind))
        return found

    def _work(self, person: int, begin: float, end: float, pieces: list[tuple[float, float, str]]) -> list[Block]:
        """A spell of work cut into its pieces."""
        cut = (
            (max(float(since), begin), min(float(until), end), kind)
            for since, until, kind in pieces
            if since < end and until > begin
        )
        return [Block(person, since, until, kind, True) for since, until, kind in cut if until > since]

    @cached_property
    def waits(self) -> list[Wait]:
        """Every piece that waited at some moment of the week, the longest first."""
        reading, record = self.reading, self.reading.record
        begun, ended, queued = record.stay("begun"), record.stay("ended"), record.stay("queued")
        until = np.where(np.isnan(begun), np.minimum(ended, reading.window[1]), begun)
        chosen = np.flatnonzero((queued < self.end) & (until >= self.begin) & (until > queued))
        broken = self._broken(chosen, until)
        fates = {GIVEN_UP: "given up", WITHDRAWN: "withdrawn"}
        results = record.stay("result")
        found = [
            Wait(
                KINDS[int(record.stay("kind")[row])],
                int(record.stay("case")[row]),
                float(queued[row]),
                float(until[row]),
                int(record.stay("person")[row]) if not np.isnan(begun[row]) else -1,
                "taken up" if not np.isnan(begun[row]) else fates.get(int(results[row]), "still waiting"),
                float(when),
            )
            for row, when in zip(chosen.tolist(), broken.tolist(), strict=True)
        ]
        return sorted(found, key=lambda wait: (-wait.minutes, wait.queued, wait.case))

    def _broken(self, chosen: NDArray, until: Floats) -> Floats:
        """When each promise broke, in working minutes; nan where it held. A piece with a deadline promises that, a
        follow-up or a request the silence limit (S2.2.3a); what the customer gave up is late from then on."""
        record, calendar = self.reading.record, self.reading.horizon.calendar
        kind, deadline = record.stay("kind")[chosen], record.stay("deadline")[chosen]
        taken_up = calendar.to_calendar(until[chosen])
        came = record.stay("queued_stamp")[chosen]
        monitoring = self.reading.parameters.monitoring
        limit = calendar.deadlines(came, monitoring.silence_limit_hours, monitoring.silence_clock)
        is_silence = np.isin(kind, (FOLLOW_UP, REQUEST)) & beyond_silence(self.reading, came, taken_up)
        is_past = taken_up > deadline
        is_lost = record.stay("result")[chosen] == GIVEN_UP
        when = np.full(len(chosen), np.inf)
        when[is_lost] = taken_up[is_lost]
        when[is_silence] = np.minimum(when, limit)[is_silence]
        when[is_past] = np.minimum(when, deadline)[is_past]
        found = np.full(len(chosen), np.nan)
        known = np.isfinite(when)
        found[known] = calendar.to_working(when[known])
        return found

    def waiting_counts(self, kinds: set[str]) -> tuple[Floats, Floats]:
        """How many pieces of these kinds wait: the minutes at which the number changes, and the number from each on."""
        own = [wait for wait in self.waits if wait.kind in kinds]
        came = np.array([max(wait.queued, self.begin) for wait in own])
        left = np.array([wait.until for wait in own if wait.until < self.end])
        minutes = np.concatenate([[self.begin], came, left])
        steps = np.concatenate([[0.0], np.ones(len(came)), -np.ones(len(left))])
        order = np.argsort(minutes, kind="stable")
        return np.append(minutes[order], self.end), np.append(np.cumsum(steps[order]), np.cumsum(steps[order])[-1])

    @cached_property
    def _hours(self) -> list[dict[str, float]]:
        found: list[dict[str, float]] = [{} for _ in self.reading.record.seats]
        for block in self.blocks:
            what, own = SPELLS[WORK] if block.is_work else block.what, found[block.person]
            own[what] = own.get(what, 0.0) + (block.end - block.begin) / 60
        return found

    def hours(self, person: int) -> dict[str, float]:
        """Hours of a person's week by what they went into; work under its name as a spell."""
        return self._hours[person]

    def spells(self) -> list[str]:
        """What time went into this week, by the names of SPELLS and in their order."""
        found = {what for hours in self._hours for what in hours}
        return [what for what in SPELLS if what in found] + sorted(found - set(SPELLS))

    def occupancy(self, person: int) -> float:
        """Time at work over time at work or waiting for it; nan where somebody was not there."""
        hours = self.hours(person)
        worked, rested = hours.get(SPELLS[WORK], 0.0), hours.get(SPELLS[REST], 0.0)
        return worked / (worked + rested) if worked + rested else float("nan")

    def broken_in_week(self) -> list[Wait]:
        """The waits whose promise broke in this very week; a promise that several waits of a case belong to counts once."""
        own = [wait for wait in self.waits if wait.is_late and self.begin <= wait.broken <= self.end]
        return list({(wait.kind, wait.case if wait.case >= 0 else wait, wait.broken): wait for wait in own}.values())

    def when(self, minute: float) -> str:
        """A working minute as weekday and time of the clock; days outside the week by their date.

        What begins at an opening is told by the opening, not by the closing before it.
        """
        stamp = float(self.reading.horizon.calendar.to_calendar(np.array([minute]))[0])
        day = self.reading.horizon.calendar.first_day + timedelta(days=int(stamp // MINUTES_A_DAY))
        clock = f"{int(stamp % MINUTES_A_DAY // 60):02}:{int(stamp % 60):02}"
        is_near = self.days[0][0] <= day <= self.days[-1][0]
        return f"{day:%a} {clock}" if is_near else f"{day:%d %b} {clock}"


def week_of(reading: Reading, number: int | None = None) -> Week:
    """A week of the measured days by its number from 1 on; or, of those with as many open days as most have, the one in
    which the consultants were busiest.

    InputError where the measured days have no such week.
    """
    weeks = weeks_of(reading)
    if number is not None:
        if number not in weeks:
            raise InputError(f"week {number}: the measured days have the weeks {min(weeks)} to {max(weeks)}")
        return Week(reading, number, weeks[number])
    usual = int(np.median([len(days) for days in weeks.values()]))
    whole = {each: days for each, days in weeks.items() if len(days) == usual} or weeks
    busy = {each: reading.occupancy("consultant", days[0][1], days[-1][2]) for each, days in whole.items()}
    known = {each: share for each, share in busy.items() if share == share}
    busiest = max(known, key=known.__getitem__) if known else min(whole)
    return Week(reading, busiest, weeks[busiest])


def weeks_of(reading: Reading) -> dict[int, list[tuple[date, float, float]]]:
    """The measured weeks with at least one open day, each with its open days."""
    calendar = reading.horizon.calendar
    mornings = np.append(calendar.morning_minutes, calendar.working_total)
    first = reading.horizon.first_measured_day
    monday = first - (calendar.first_day + timedelta(days=first)).weekday()
    found: dict[int, list[tuple[date, float, float]]] = {}
    for position, day in enumerate(calendar.open_days.tolist()):
        begin, end = float(mornings[position]), float(mornings[position + 1])
        if day >= first and begin < reading.window[1]:
            on = calendar.first_day + timedelta(days=int(day))
            found.setdefault((int(day) - monday) // DAYS_A_WEEK + 1, []).append(
                (on, begin, min(end, reading.window[1]))
            )
    return found


def paid_hours(reading: Reading, role: str, begin: float | None = None, end: float | None = None) -> dict[str, float]:
    """Hours of a role between two working minutes by what they went into, by the names of SPELLS; unpaid ones left out."""
    begin, end = reading.window[0] if begin is None else begin, reading.window[1] if end is None else end
    people = reading.people(role)
    hours = {what: reading.minutes_in(number, people, begin, end) / 60 for number, what in enumerate(SPELLS)}
    unpaid = {SPELLS[each] for each in UNPAID}
    return {what: each for what, each in hours.items() if each and what not in unpaid}
