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
from simulation.desk.by_role import with_duties
from simulation.desk.cases import Cases
from simulation.desk.changes import DatedChange, check_live
from simulation.desk.choices import idle_choice
from simulation.desk.customers import Customers
from simulation.desk.decision import wishes
from simulation.desk.disciplines import case_disciplines
from simulation.desk.dispatch import Dispatch
from simulation.desk.duties import Duties
from simulation.desk.effort import Effort
from simulation.desk.occupants import Occupants
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
from simulation.desk.team import Structure, seats, staffed, team_with_the_posts_of
from simulation.desk.work import RENEWING

KINDS_OF_WORK = {**RENEWING, **SERVING, **WATCHING}


class Desk:
    """A team at work on a book under one luck. `advance` it, then read its `record`.

    `dated` are changes of parameters on days of the run; `change` makes one now.
    """

    def __init__(
        self, parameters: Parameters, structure: Structure, book: Book, luck: Luck, dated: Iterable[DatedChange] = ()
    ):
        seated = seats(structure, parameters, len(book))
        self.parameters, self.luck, self._team, self._seated = parameters, luck, structure, seated
        rows = self._as_worked(parameters).serves
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
        self.closing = np.inf if self.calendar.is_always_open else 0.0
        mornings = self.calendar.morning_minutes
        self._closings = [*mornings[1:].tolist(), self.calendar.working_total]
        self._planned: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self._able: dict[int, set[int]] = {}  # by class of work, worked out when first asked for
        self._last_record: Record | None = None
        self.people = [
            Person(number, seat, structure.posts[seat.post], bool(rows.get(seat.post)), self)
            for number, seat in enumerate(seated)
        ]
        self.owners = Owners(structure.owner_first, self)
        self.effort = Effort(self)
        self.dispatch.pick = self.effort.pick if self.effort.picks else None
        self.agenda = Agenda([known_at(MORNING, mornings, self.calendar), *self.customers.known()])
        self.occupants, self.duties = Occupants(self), Duties(self)
        self._check_people(parameters)
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

    def change(self, changes: Mapping[str, Any], team: Structure | None = None) -> None:
        """Other values of parameters from now on, and other rows of work where a `team` is given; InputError where a
        parameter is read before a run begins, or where the team has other posts.

        What waits is put in order anew where the order of work has changed. What is in hand goes on as it was begun.
        """
        check_live(changes)
        before, parameters = self._team, self.parameters.changed(changes)
        self._team = team_with_the_posts_of(before, team) if team else before
        try:
            dispatch = self._dispatch(parameters)  # before anything is altered: it tells what does not fit together
            self._check_people(parameters)
        except InputError:
            self._team = before
            raise
        self.parameters = parameters
        self._read_work()
        self.cases.read(parameters)
        self.customers.read(parameters)
        self.slips.read(parameters)
        self.owners.read(parameters)
        self.occupants.read()
        self.duties.read()
        self.effort.read()
        dispatch.take_over(self.dispatch, self.people)
        self._able = {}
        dispatch.pick = self.effort.pick if self.effort.picks else None
        self.dispatch = dispatch

    def _put_on_calendar(self, dated: Iterable[DatedChange]) -> None:
        """Let changes happen on their days, before everything else of their moment."""
        announced = self.parameters
        for each in sorted(dated, key=lambda each: (each.day, each.after_hours)):
            check_live(each.changes)
            announced = announced.changed(each.changes)
            self._dispatch(announced)  # tells now what would not fit together then
            self._check_people(announced)
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

    def _check_people(self, parameters: Parameters) -> None:
        """InputError where somebody's ordinary day has no room for what is wanted of it."""
        if not self.calendar.is_always_open:
            for person in {person.seat.role: person for person in self.people}.values():
                person.diary.check(parameters)

    def _as_worked(self, parameters: Parameters) -> Structure:
        """The team's file with the duties that the handbook gives to roles, as it can be worked with the people there are."""
        return staffed(with_duties(self._team, parameters), self._seated)

    def _dispatch(self, parameters: Parameters) -> Dispatch:
        """The lines of work and who may take what under these parameters; InputError where they do not fit together."""
        disciplines = case_disciplines(
            self.season, readable(self.wishes.chance_alone), self.risk_score, parameters, self
        )
        routing = Routing(self._as_worked(parameters), parameters, disciplines)
        choice = idle_choice(parameters, self.calendar.longest_day_minutes)
        return Dispatch(routing, choice, lambda: self.now, routing.classes.segments_of_cases(self.season))

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
        self._call_on_time(person)
        self.alarm.set()
        return person.wake

    def done(self, piece: Piece, person: Person) -> None:
        """A piece is done: what follows from it, and its row; what is finished at a closing carries the evening's stamp."""
        now = self.env.now
        if self._span_begin < now < self._span_end:
            self.turn_to(now)
        else:
            self.turn_to(now, self.calendar.calendar(now, is_end=True))
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

    def bar(self, piece: Piece, number: int) -> None:
        """Keep a piece from a person who would else take it, where there is somebody else who can."""
        able = self._able_to_take(piece)
        if number in able and len(able) > 1:
            piece.barred = number

    def keep_for(self, piece: Piece, number: int) -> None:
        """Keep a piece for one person, where that person takes such work at all."""
        if number in self._able_to_take(piece):
            piece.only = number

    def _able_to_take(self, piece: Piece) -> set[int]:
        """Who takes such work at any time, by number."""
        work = self.dispatch.class_of(piece)
        if work not in self._able:
            routing = self.dispatch.routing
            self._able[work] = {each.number for each in self.people if routing.may_own(each.seat.post, work)}
        return self._able[work]

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
        if self._team.owner_first and (owner := self.owners.asked_first(piece)) is not None:
            self.owners.queue(owner, piece)
            return
        self.dispatch.put(piece)
        self.offer(piece)

    def offer(self, piece: Piece) -> None:
        """Idle people are called for a piece that waits; for what comes up at a closing, the next morning."""
        if self.dispatch.idle_count and self.env.now < self.closing:
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
            self._begin_day(day)
        self.owners.morning()
        self.effort.morning()
        self.dispatch.rekey()
        for case, kind in sorted(self._planned.pop(day, ())):
            if self.cases.is_ours(case):
                self.customers.step(kind, case)
        self.slips.morning()
        self.customers.morning(day)
        self._call_for_waiting()

    def _comes(self, case: int, stamp: float, piece: Piece) -> None:
        """A piece of work that was awaited has come."""
        piece.born, piece.queued = stamp, self.now
        self.queue(piece)

    def _call_for_waiting(self) -> None:
        """Whoever rests in the morning takes up what came up at the last closing."""
        for person in self.people:
            if self.dispatch.is_idle(person) and (taken := self.dispatch.take(person)) is not None:
                self.dispatch.call(person)
                person.wake.succeed(taken)

    def _begin_day(self, day: int) -> None:
        """Everybody's page of the day; whoever rests is called for what it holds."""
        self.occupants.begin_day(day)
        away = {}
        for person in self.people:
            elsewhere = self.occupants.elsewhere(person, day)
            away[person] = person.diary.away_for(day, self.parameters) if elsewhere is None else elsewhere
        duties = self.duties.of_day(day, [person for person in self.people if away[person] is None])
        for person in self.people:
            person.worked_today = 0.0
            person.turn_to_page(person.diary.page(day, self.parameters, duties.get(person, ()), away[person]))
        for person in self.people:
            if self.dispatch.is_idle(person):
                if person.away_minute <= self.now:
                    self._call(person.number, self.stamp, person.wake)
                else:
                    self._call_on_time(person)

    def _call_on_time(self, person: Person) -> None:
        """Let somebody who rests be called at the minute at which the diary next wants them."""
        at = person.away_minute
        if at < np.inf:
            self.agenda.add(at, self.calendar.calendar(at, is_end=True), CALL, person.number, person.wake)

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
        record = Record.of(
            self.season,
            self._horizon_so_far(),
            [each.seat for each in self.people],
            final,
            policies,
            self.occupants.rows(),
        )
        if is_over:
            self._last_record = record
        return record

    def _horizon_so_far(self) -> Horizon:
        """The horizon, ending now where the run has not come to its end."""
        if self.env.now >= self.horizon.end_minute:
            return self.horizon
        return replace(self.horizon, measured_to_minute=self.calendar.calendar(self.env.now, is_end=True))
