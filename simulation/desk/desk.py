"""The desk: one office through one season, with its people and its lines of work, on SimPy's clock of working minutes."""

import gc
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import simpy
from scipy.special import ndtri
from simpy.events import URGENT

from playbook.careers import outside_delay_hours
from playbook.clock import DAYS_A_YEAR, MINUTES_A_DAY
from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.roles import risk_scores
from simulation.desk.agenda import CALL, COMING, MORNING, OWNER_WAIT, Agenda, known_at
from simulation.desk.alarm import Alarm
from simulation.desk.book import Book
from simulation.desk.cases import Cases
from simulation.desk.changes import DatedChange, check_live
from simulation.desk.choices import idle_choice
from simulation.desk.customers import Customers
from simulation.desk.decision import wishes
from simulation.desk.disciplines import case_disciplines
from simulation.desk.dispatch import Dispatch
from simulation.desk.duties import with_duties
from simulation.desk.effort import Effort
from simulation.desk.oversight import WATCHING
from simulation.desk.owners import Owners
from simulation.desk.people import Person
from simulation.desk.pieces import AWAY, NOBODY, WITHDRAWN, Piece
from simulation.desk.record import Ledger, Record
from simulation.desk.routing import Routing
from simulation.desk.season import Horizon, horizon, season_of
from simulation.desk.service import SERVING
from simulation.desk.slips import Slips
from simulation.desk.streams import Luck, readable
from simulation.desk.team import Structure, seats
from simulation.desk.work import RENEWING

KINDS_OF_WORK = {**RENEWING, **SERVING, **WATCHING}


class Desk:
    """A team at work on a book under one luck. `advance` it, then read its `record`.

    `dated` are changes of parameters on days of the run; `change` makes one now.
    """

    def __init__(
        self, parameters: Parameters, structure: Structure, book: Book, luck: Luck, dated: Iterable[DatedChange] = ()
    ):
        self.parameters, self.structure, self.luck = parameters, structure, luck
        self.horizon = horizon(parameters, has_book=len(book) > 0)
        self.calendar = self.horizon.calendar
        self.season = season_of(book, parameters, self.horizon)
        self.wishes = wishes(self.season, parameters, luck)
        leaves = self.wishes.resistance > 0
        noise = ndtri(luck.column("risk score", len(self.season)))
        self.risk_score = readable(risk_scores(leaves, noise, parameters.roles.risk_score_auc_share))
        self.env = simpy.Environment()
        self.ledger = Ledger()
        self.cases = Cases(self, luck)
        self.customers = Customers(self)
        self.slips = Slips(self)
        self.library_count = parameters.escalation.library_start_count
        self.work: dict = {}
        self._read_work()
        self._span_begin = self._span_end = self._span_open = 0.0
        self.turn_to(0.0)
        self.dispatch = self._dispatch(parameters)
        self.morning = 0.0
        self.closing = np.inf if self.calendar.is_always_open else 0.0
        mornings = self.calendar.morning_minutes
        self._closings = [*mornings[1:].tolist(), self.calendar.working_total]
        self._came_at_closing: list[Piece] = []
        self._planned: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._last_record: Record | None = None
        rows = with_duties(structure, parameters)
        self.people = [
            Person(number, seat, structure.posts[seat.post], bool(rows[seat.post]), self)
            for number, seat in enumerate(seats(structure, parameters, len(book)))
        ]
        self.owners = Owners(structure.owner_first, self)
        self.effort = Effort(self)
        self.dispatch.pick = self.effort.pick if self.effort.picks else None
        self.agenda = Agenda([known_at(MORNING, mornings, self.calendar), *self.customers.known()])
        own = {MORNING: self._morning, CALL: self._call, OWNER_WAIT: self.owners.wait_ends, COMING: self._comes}
        self.alarm = Alarm(self, own | self.customers.happens)
        self.customers.await_walk_ins()
        for person in self.people:
            self.env.process(person.run())
        self._put_on_calendar(dated)

    def advance(self, until: float | None = None) -> "Desk":
        """Go on to a working minute, by default to the end of the horizon; a minute that has passed changes nothing."""
        until = self.horizon.end_minute if until is None else until
        if until <= self.env.now:
            return self
        was_collecting = gc.isenabled()
        gc.disable()  # rows and pieces hold no cycles; collecting them again and again would double the time
        try:
            self.env.run(until=until)
            self.alarm.read(before=self.env.now)  # what came while everybody was busy, and nobody has looked at yet
        finally:
            if was_collecting:
                gc.enable()
        return self

    # What may change on the way.

    def change(self, changes: Mapping[str, Any]) -> None:
        """Other values of parameters from now on; InputError where one is read before a run begins.

        What waits is put in order anew where the order of work has changed. What is in hand goes on as it was begun.
        """
        check_live(changes)
        parameters = self.parameters.changed(changes)
        dispatch = self._dispatch(parameters)  # before anything is altered: it tells what does not fit together
        self.parameters = parameters
        self._read_work()
        self.cases.read(parameters)
        self.customers.read(parameters)
        self.slips.read(parameters)
        self.owners.read(parameters)
        dispatch.take_over(self.dispatch, self.people)
        dispatch.pick = self.dispatch.pick
        self.dispatch = dispatch

    def _put_on_calendar(self, dated: Iterable[DatedChange]) -> None:
        """Let changes happen on their days, before everything else of their moment."""
        announced = self.parameters
        for each in sorted(dated, key=lambda each: (each.day, each.after_hours)):
            check_live(each.changes)
            announced = announced.changed(each.changes)
            self._dispatch(announced)  # tells now what would not fit together then
            day = self.calendar.next_open_day(self._day_of_run(each.day))
            if day < len(self.calendar.open_days):  # a shock that outlasts the run does not end in it
                event = self.env.event()
                event._ok, event._value = True, None
                event.callbacks.append(lambda _, changes=each.changes: self._change_on_time(changes))
                at = float(self.calendar.morning_minutes[day]) + each.after_hours * 60
                self.env.schedule(event, URGENT, at)

    def _day_of_run(self, day: int) -> int:
        """A day counted from the first measured one, as a day of the run; InputError where the run has no such day."""
        first, last = -self.horizon.first_measured_day, int(self.horizon.measured_to_minute) // MINUTES_A_DAY - 1
        if not first <= day <= last + first:
            raise InputError(f"a dated change on day {day}: the run has the days {first} to {last + first}")
        return day - first

    def _change_on_time(self, changes: Mapping[str, Any]) -> None:
        self.alarm.read(before=self.env.now)
        self.change(changes)

    def _read_work(self) -> None:
        self.stays_late = self.parameters.people.shift_end == "overtime"
        for kind, work in KINDS_OF_WORK.items():
            self.work[kind] = work(self)

    def _dispatch(self, parameters: Parameters) -> Dispatch:
        """The lines of work and who may take what under these parameters; InputError where they do not fit together."""
        disciplines = case_disciplines(
            self.season, readable(self.wishes.chance_alone), self.risk_score, parameters, self
        )
        routing = Routing(self.structure, parameters, disciplines)
        return Dispatch(routing, idle_choice(parameters, self.calendar.longest_day_minutes), lambda: self.now)

    def turn_to(self, now: float, stamp: float | None = None) -> None:
        """The desk's own now: the engine's, or that of an entry of the agenda, which may lie a little before it.

        `stamp` is its calendar minute, which for an entry may be one at which the office was closed.
        """
        self.now = now
        if stamp is None:
            if not self._span_begin <= now < self._span_end:
                self._span_begin, self._span_end, self._span_open = self.calendar.span(now)
            stamp = self._span_open + (now - self._span_begin)
        self.stamp = stamp

    # What people ask of the desk.

    def next_piece(self, person: Person) -> Piece | None:
        """What a person does next: what the diary wants, what was carried over, or what dispatch has for them."""
        now = self.env.now
        if self.agenda.next_minute <= now:
            self.alarm.read()
        self.turn_to(now)
        if person.away_minute <= now and (away := person.away_now()) is not None:
            return away
        if person.tray:
            return person.tray.popleft()
        return self.dispatch.take(person)

    def rest(self, person: Person) -> simpy.Event:
        """The event that will call a person who has nothing to do, with the piece to do."""
        person.wake = self.env.event()
        self.dispatch.rest(person)
        if person.away_minute < np.inf:
            at = person.away_minute
            self.agenda.add(at, self.calendar.calendar(at, is_end=True), CALL, person.number, person.wake)
        self.alarm.set()
        return person.wake

    def done(self, piece: Piece, person: Person) -> None:
        """A piece is done: what follows from it, and its row."""
        self.turn_to(self.env.now)
        self.work[piece.kind].done(piece, person)
        self.ledger.stay(piece, person.number, self.now)

    # What cases and customers ask of the desk.

    def want(self, kind: int, case: int, deadline: float = np.inf) -> Piece:
        """A piece of work for a case waits from now on."""
        piece = Piece(kind, self.cases.group[case], case, self.stamp, self.now, deadline)
        self.queue(piece)
        return piece

    def await_piece(self, piece: Piece, stamp: float) -> None:
        """A piece of work comes at a calendar minute, or now where that has passed."""
        if stamp <= self.stamp:
            self.queue(piece)
        elif (at := self.calendar.working(stamp)) <= self.calendar.working_total:
            self.agenda.add(at, stamp, COMING, piece.case, piece)

    def outside(self, piece: Piece, department: str) -> None:
        """Another department has a case of ours in hand; it comes back as this piece (S4.2.2)."""
        cooperation, careers = self.parameters.cooperation, self.parameters.careers
        returned = int(careers.placements_per_year_count * self.stamp / MINUTES_A_DAY / DAYS_A_YEAR)
        hours = outside_delay_hours(cooperation.outside_hours[department], returned, careers.placement_delay_cut_share)
        self.await_piece(piece, self.calendar.deadline(self.stamp, hours, cooperation.outside_clock))

    def plan(self, kind: int, case: int, stamp: float) -> None:
        """A step of a case is due from the opening of a day on, or from now on if that day has come.

        None is planned once the policy has lapsed, or while the customer waits to be served.
        """
        if stamp >= self.cases.close_minute[case] or self.cases.has_asked[case]:
            return
        if stamp <= self.stamp:
            self.customers.step(kind, case)
        else:
            self._planned[self.calendar.next_open_day(int(stamp // MINUTES_A_DAY))].append((case, kind))
        self.customers.watch(case, has_step_due=False)

    def queue(self, piece: Piece) -> None:
        """A piece waits, for its owner or for all; an idle person is called for it."""
        if self.structure.owner_first and (owner := self.owners.asked_first(piece)) is not None:
            self.owners.queue(owner, piece)
            return
        self.dispatch.put(piece)
        self.offer(piece)

    def offer(self, piece: Piece) -> None:
        """Idle people are called for a piece that waits; what comes as the office closes waits for the next morning."""
        if self.now >= self.closing:
            self._came_at_closing.append(piece)
        elif self.dispatch.idle_count:
            for person, taken in self.dispatch.matches(piece):
                person.wake.succeed(taken)

    def leave(self, piece: Piece, result: int) -> None:
        """A waiting piece leaves its line undone."""
        self.dispatch.leave(piece)
        piece.result = result
        self.ledger.stay(piece, NOBODY, self.now)

    def withdraw(self, case: int) -> None:
        """The step of a case that waits is no longer wanted."""
        self.drop(case, WITHDRAWN)

    def drop(self, case: int, result: int) -> None:
        """The step of a case that waits, if there is one, leaves its line with that result."""
        piece = self.cases.waiting[case]
        if piece is not None and piece.is_waiting:
            self.leave(piece, result)

    def take_up_next(self, case: int) -> None:
        """The step of a case that waits goes to the front of its line."""
        piece = self.cases.waiting[case]
        if piece is not None and piece.is_waiting:
            self.dispatch.push_to_front(piece)
            self.offer(piece)

    # What happens by itself.

    def _morning(self, day: int, stamp: float, _: object) -> None:
        """A new day: its closing, the order of work set anew, and the steps planned for it."""
        self.turn_to(self.now)  # the opening, not the closing before it
        if not self.calendar.is_always_open:
            self.closing = self._closings[day]
        self.morning = self.now
        for person in self.people:
            person.worked_today = 0.0
        self.owners.morning()
        self.effort.morning()
        self.dispatch.rekey()
        for case, kind in sorted(self._planned.pop(day, ())):
            if self.cases.is_ours(case):
                self.customers.step(kind, case)
        self.slips.morning()
        self.customers.morning(day)
        overnight, self._came_at_closing = self._came_at_closing, []
        for piece in overnight:
            if piece.is_waiting:
                self.offer(piece)

    def _comes(self, case: int, stamp: float, piece: Piece) -> None:
        """A piece of work that was awaited has come."""
        piece.born, piece.queued = stamp, self.now
        self.queue(piece)

    def _call(self, number: int, stamp: float, wake: simpy.Event) -> None:
        """The diary calls a person who rests, unless work has called first."""
        if not wake.triggered:
            person = self.people[number]
            self.dispatch.call(person)
            wake.succeed(person.away_now())

    def record(self) -> Record:
        """What has been written down so far, with what is still open; the desk may go on afterwards."""
        is_over = self.env.now >= self.horizon.end_minute
        if is_over and self._last_record is not None:
            return self._last_record
        final = self.ledger if is_over else self.ledger.copy()
        for person in self.people:
            final.spell(person.number, person.doing, person.since, self.env.now)
            for piece in [person.in_hand, *person.tray]:
                if piece is not None and piece.kind != AWAY:
                    final.stay(piece, person.number, np.inf)
        for piece in self.dispatch.waiting_pieces():
            final.stay(piece, NOBODY, np.inf)
        policies = self.cases.columns() | self.wishes.columns()
        record = Record.of(self.season, self._horizon_so_far(), [each.seat for each in self.people], final, policies)
        if is_over:
            self._last_record = record
        return record

    def _horizon_so_far(self) -> Horizon:
        """The horizon, ending now where the run has not come to its end."""
        if self.env.now >= self.horizon.end_minute:
            return self.horizon
        return replace(self.horizon, measured_to_minute=self.calendar.calendar(self.env.now, is_end=True))
