"""What comes to the desk without anybody there doing anything: lists, questions, complaints, decisions, silences."""

from collections import defaultdict
from collections.abc import Iterable
from math import inf
from typing import Any

import numpy as np

from playbook.clock import MINUTES_A_DAY
from playbook.feedback import reply_deadline
from playbook.monitoring import silence_deadline, silence_runs
from playbook.parameters import Parameters
from playbook.structure import GROUPS
from simulation.desk import agenda
from simulation.desk.agenda import Known, known
from simulation.desk.book import Floats
from simulation.desk.demand import Hours, arrivals
from simulation.desk.pieces import (
    ALERT,
    COMPLAINT,
    ENQUIRY,
    FOLLOW_UP,
    GIVEN_UP,
    MESSAGE,
    NO_CASE,
    REQUEST,
    WALK_IN,
    Piece,
)
from simulation.desk.streams import Draws, durations, readable
from simulation.desk.walk_ins import Coming, walk_in_sources


class Customers:
    """The customers of a season and the walk-in sources, as entries of the desk's agenda."""

    def __init__(self, desk: Any):
        parameters, season, luck = desk.parameters, desk.season, desk.luck
        demand = parameters.demand
        self.desk, self.cases, self.calendar, self.season = desk, desk.cases, desk.calendar, season
        hours = Hours(parameters, desk.horizon, season.due.max(initial=0.0), luck)
        outside = demand.enquiry_out_of_hours_share
        self.enquiries = arrivals("enquiry", demand.enquiries_per_policy, outside, season, hours, luck)
        self.complaints = arrivals("complaint", demand.complaints_per_policy, outside, season, hours, luck)
        self._asks, self._ask_ordinal = readable(self.enquiries.case), readable(self.enquiries.ordinal)
        self._complains = readable(self.complaints.case)
        self._sources = walk_in_sources(parameters, luck)
        self._written_to = self._cases_by_message_day(demand.message_days_left_days)
        self.happens = {
            agenda.RELEASE: self._list_comes, agenda.DECISION: self._decides, agenda.ENQUIRY: self._asks_something,
            agenda.COMPLAINT: self._is_cross, agenda.WALK_IN: self._walks_in, agenda.SILENCE: self._silences_end,
            agenda.PATIENCE: self._loses_patience, agenda.LAPSE: self._lapses,
        }  # fmt: skip

        self.read(parameters)

    def read(self, parameters: Parameters) -> None:
        """Take what may change during a run from the parameters."""
        demand, self.monitoring, feedback = parameters.demand, parameters.monitoring, parameters.feedback
        self.reply_hours = (feedback.enquiry_reply_hours, feedback.enquiry_reply_clock)
        self.complaint_hours = (feedback.complaint_reply_hours, feedback.enquiry_reply_clock)
        mean = demand.enquiry_patience_minutes
        self._patience = Draws(
            self.desk.luck, "enquiry patience", len(self.season), lambda u: durations(u, "exponential", mean)
        )
        self._watched_from, self._watched = -inf, []
        reading, either = self.monitoring.silence_reading, (False, True)
        self._runs = {(due, first): silence_runs(reading, due, first) for due in either for first in either}
        self._message_minutes, self._batch = demand.message_minutes, demand.message_batch_count

    def known(self) -> list[Known]:
        """What is certain from the start."""
        return [
            known(agenda.RELEASE, self.season.release, self.calendar),
            known(agenda.DECISION, self.desk.wishes.decides, self.calendar),
            known(agenda.LAPSE, self.season.close, self.calendar),
            known(agenda.ENQUIRY, self.enquiries.minutes, self.calendar),
            known(agenda.COMPLAINT, self.complaints.minutes, self.calendar),
        ]

    def await_walk_ins(self) -> None:
        """What comes first from every source goes on the agenda."""
        for number, source in enumerate(self._sources):
            for coming in source.first():
                self._await(number, coming)

    # Renewals.

    def _list_comes(self, case: int, stamp: float, _: object) -> None:
        """The list with this policy has come: it has an owner from now on, and the first step is ours."""
        self.desk.owners.give(case)
        self.step(FOLLOW_UP, case)

    def step(self, kind: int, case: int) -> None:
        """The next step of a case waits from now on, and its silence clock runs."""
        self.cases.waiting[case] = self.desk.want(kind, case)
        self.watch(case, has_step_due=True)

    def _decides(self, case: int, stamp: float, _: object) -> None:
        """The customer's day: renewing alone, asking the desk, or gone; nobody can renew before the quote is open."""
        quote = self.cases.quote[case]
        if stamp < quote:
            self.desk.agenda.add(self.calendar.working(quote), quote, agenda.DECISION, case)
        elif self.cases.decide(case):
            self.desk.withdraw(case)
            until = self.cases.close_minute[case]
            piece = Piece(REQUEST, self.cases.group[case], case, stamp, self.desk.now, until)
            self.cases.waiting[case] = piece
            self.desk.queue(piece)
            self.watch(case, has_step_due=True)

    def _lapses(self, case: int, stamp: float, _: object) -> None:
        """The grace of a policy has ended: what still waits for it is too late."""
        self.cases.lapse(case)

    # Messages.

    def _cases_by_message_day(self, days_left: tuple[float, ...]) -> dict[int, list[int]]:
        """Cases to write to on each open day, one entry for each reminder that falls into the case's window."""
        found: dict[int, list[int]] = {}
        for days in days_left:
            stamps = self.season.due - days * MINUTES_A_DAY
            cases = np.flatnonzero((stamps >= self.season.release) & (stamps > 0))
            for day, own in self._by_open_day(cases.tolist(), stamps[cases]).items():
                found.setdefault(day, []).extend(own)
        return found

    def _by_open_day(self, cases: Iterable[int], stamps: Floats) -> dict[int, list[int]]:
        """Cases by the open day on which a calendar minute of each is noticed."""
        found = defaultdict(list)
        for case, day in zip(cases, (stamps // MINUTES_A_DAY).astype(int).tolist(), strict=True):
            found[self.calendar.next_open_day(day)].append(case)
        return found

    def write_messages(self, day: int) -> None:
        """The morning's messages to customers whose case is still open, in batches by group."""
        cases, groups = self._written_to.pop(day, ()), [0] * len(GROUPS)
        if not self._message_minutes:
            return
        for case in cases:
            groups[self.cases.group[case]] += not self.cases.is_over(case)
        for group, count in enumerate(groups):
            for done in range(0, count, self._batch):
                piece = Piece(MESSAGE, group, NO_CASE, self.desk.stamp, self.desk.now)
                piece.handling = min(self._batch, count - done) * self._message_minutes
                self.desk.queue(piece)

    # Silence.

    def watch(self, case: int, has_step_due: bool) -> None:
        """The silence clock starts, if under the reading in force it runs at all and does not run already."""
        silent_since = self.cases.silent_since
        if silent_since[case] is not None or not self._runs[has_step_due, self.cases.touches[case] == 0]:
            return
        stamp, monitoring = self.desk.stamp, self.monitoring
        if stamp != self._watched_from:
            self._watched_from, self._watched = stamp, []
            end = silence_deadline(stamp, monitoring.silence_limit_hours, monitoring.silence_clock, self.calendar)
            self.desk.agenda.add(self.calendar.working(end), end, agenda.SILENCE, NO_CASE, (stamp, self._watched))
        silent_since[case] = stamp
        self._watched.append(case)

    def _silences_end(self, _: int, stamp: float, watched: tuple[float, list[int]]) -> None:
        """Silences that began together reach their limit, but for those that ended in the meantime."""
        since, cases = watched
        for case in cases:
            if self.cases.silent_since[case] == since and not self.cases.is_over(case):
                self.cases.add(case, self.cases.decision.silence_logit)
                self.desk.queue(Piece(ALERT, self.cases.group[case], case, stamp, self.desk.now))

    # Questions and complaints.

    def _asks_something(self, number: int, stamp: float, _: object) -> None:
        case, ordinal = self._asks[number], self._ask_ordinal[number]
        deadline = reply_deadline(stamp, *self.reply_hours, self.calendar)
        piece = Piece(ENQUIRY, self.cases.group[case], case, stamp, self.desk.now, deadline)
        piece.ordinal = ordinal
        self.desk.queue(piece)
        self._lasts_for(piece, self._patience(case, ordinal))

    def _is_cross(self, number: int, stamp: float, _: object) -> None:
        self.complain(self._complains[number], stamp)

    def complain(self, case: int, stamp: float) -> None:
        """A customer complains."""
        self.cases.add(case, self.cases.decision.complaint_logit)
        deadline = reply_deadline(stamp, *self.complaint_hours, self.calendar)
        piece = Piece(COMPLAINT, self.cases.group[case], case, stamp, self.desk.now, deadline)
        piece.ordinal = self.cases.complaints[case]
        self.cases.complaints[case] += 1
        self.desk.queue(piece)

    # Work from outside the book.

    def _walks_in(self, number: int, stamp: float, drawn: tuple[float, float, int]) -> None:
        """Somebody comes from outside the book."""
        source = self._sources[number]
        piece = Piece(
            WALK_IN, self.desk.dispatch.routing.classes.groups.index(source.source), NO_CASE, stamp, self.desk.now
        )
        piece.handling, patience, piece.ordinal = drawn
        self.desk.queue(piece)
        self._lasts_for(piece, patience)
        self._await(number, source.after_arrival())

    def replied_to(self, piece: Piece) -> None:
        """Work from outside is over, done or given up: where the customers are few, this one will ask again."""
        classes = self.desk.dispatch.routing.classes
        number = classes.sources.index(classes.groups[piece.group])
        self._await(number, self._sources[number].after_reply(piece.ordinal, self.desk.now))

    def _await(self, number: int, coming: Coming | None) -> None:
        if coming is not None and coming[0] <= self.calendar.working_total:
            minute, drawn = coming
            self.desk.agenda.add(minute, self.calendar.calendar(minute), agenda.WALK_IN, number, drawn)

    # Patience.

    def _lasts_for(self, piece: Piece, patience: float) -> None:
        """A piece that still waits is given up after some working minutes."""
        if patience < inf and piece.is_waiting:
            at = self.desk.now + patience
            self.desk.agenda.add(at, self.calendar.calendar(at), agenda.PATIENCE, piece.case, piece)

    def _loses_patience(self, case: int, stamp: float, piece: Piece) -> None:
        if piece.is_waiting:
            self.desk.leave(piece, GIVEN_UP)
            if piece.kind == ENQUIRY:
                self.cases.breach(case)
            elif piece.kind == WALK_IN:
                self.replied_to(piece)
