"""What comes to the desk without anybody there doing anything: lists, questions, complaints, decisions, silences."""

from collections import defaultdict
from collections.abc import Iterable
from math import inf
from typing import Any

import numpy as np

from playbook.clock import MINUTES_A_DAY
from playbook.complaints import causes_for_review, complaint_first_reply_hours, complaint_severity, is_review_month
from playbook.cooperation import reminder_mean_minutes
from playbook.escalation import LEVELS, SEVERITIES, issue_deadline, repeat_factor
from playbook.feedback import call_back_deadline, may_call_back, reply_deadline
from playbook.monitoring import pre_alert_deadline, silence_deadline, silence_runs
from playbook.parameters import Parameters
from playbook.roles import exception_deadline
from playbook.staffing import MONTHS_A_YEAR
from playbook.structure import GROUPS
from simulation.desk import agenda
from simulation.desk.agenda import Known, known
from simulation.desk.book import Floats
from simulation.desk.demand import Hours, arrivals
from simulation.desk.oversight import Matter
from simulation.desk.pieces import (
    ALERT,
    CALL_BACK,
    CANCELLATION,
    COMPLAINT,
    ENQUIRY,
    EXCEPTION,
    FOLLOW_UP,
    GIVEN_UP,
    ISSUES,
    MESSAGE,
    NO_CASE,
    PRE_ALERT,
    REQUEST,
    WALK_IN,
    WIN_BACK,
    Piece,
)
from simulation.desk.service import Courtesy, Grievance
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
        per_policy = parameters.roles.exceptions_per_policy, parameters.escalation.issues_per_policy
        self.exceptions = arrivals("exception", per_policy[0], 0.0, season, hours, luck)
        self.issues = arrivals("issue", per_policy[1], 0.0, season, hours, luck)
        self._asks, self._ask_ordinal = readable(self.enquiries.case), readable(self.enquiries.ordinal)
        self._complains = readable(self.complaints.case)
        self._is_odd = readable(self.exceptions.case)
        self._raises, self._raise_ordinal = readable(self.issues.case), readable(self.issues.ordinal)
        self._call_backs: dict[int, int] = defaultdict(int)
        self._causes: list[str] = []
        self._reviewed: list[str] = []
        self._month: tuple[int, int] | None = None
        size = len(season)
        self._is_new = Draws(luck, "issue is new", size)
        self._level = Draws(luck, "issue level", size)
        self._claim = Draws(luck, "claim", size)
        self._is_contested = Draws(luck, "contested", size)
        self._goes_outside = Draws(luck, "goes outside", size)
        self._is_prevented = Draws(luck, "review", size)
        self._cancels_after = Draws(luck, "cancels after", size)
        self._cancels = Draws(luck, "cancels", size)
        self._is_tried_again = Draws(luck, "tried again", size)
        self._sources = walk_in_sources(parameters, luck)
        self._written_to = self._cases_by_message_day(demand.message_days_left_days)
        self.happens = {
            agenda.RELEASE: self._list_comes, agenda.DECISION: self._decides, agenda.ENQUIRY: self._asks_something,
            agenda.COMPLAINT: self._is_cross, agenda.WALK_IN: self._walks_in, agenda.SILENCE: self._silences_end,
            agenda.PATIENCE: self._loses_patience, agenda.LAPSE: self._lapses, agenda.EXCEPTION: self._is_special,
            agenda.ISSUE: self._raises_an_issue, agenda.PRE_SILENCE: self._silences_near, agenda.NOTICE: self._notices,
            agenda.CANCEL: self._changes_mind,
        }  # fmt: skip

        self.read(parameters)

    def read(self, parameters: Parameters) -> None:
        """Take what may change during a run from the parameters."""
        demand, self.monitoring, feedback = parameters.demand, parameters.monitoring, parameters.feedback
        self.demand, self.feedback, self.escalation, self.roles = (
            demand,
            feedback,
            parameters.escalation,
            parameters.roles,
        )
        self.reply_hours = (feedback.enquiry_reply_hours, feedback.enquiry_reply_clock)
        self.complaint_hours = {
            severity: complaint_first_reply_hours(
                severity,
                feedback.complaint_reply_hours,
                feedback.graver_complaint_reply_hours,
                feedback.severity_reading,
            )
            for severity in SEVERITIES
        }
        season = self.season
        by_policy = season.book.by_line("decision.cancellation_share", parameters) if len(season) else np.zeros(0)
        self._cancellation_share = readable(by_policy[season.policy])
        self._cancellation_days = parameters.risk.cancellation_window_days
        mean = demand.enquiry_patience_minutes
        self._patience = Draws(
            self.desk.luck, "enquiry patience", len(self.season), lambda u: durations(u, "exponential", mean)
        )
        self._watched_from, self._watched = -inf, []
        reading, either = self.monitoring.silence_reading, (False, True)
        self._runs = {(due, first): silence_runs(reading, due, first) for due in either for first in either}
        automatic = parameters.cooperation.automatic_reminder_share
        self._message_minutes = reminder_mean_minutes(demand.message_minutes, automatic)
        self._batch = demand.message_batch_count

    def known(self) -> list[Known]:
        """What is certain from the start."""
        return [
            known(agenda.RELEASE, self.season.release, self.calendar),
            known(agenda.DECISION, self.desk.wishes.decides, self.calendar),
            known(agenda.LAPSE, self.season.close, self.calendar),
            known(agenda.ENQUIRY, self.enquiries.minutes, self.calendar),
            known(agenda.COMPLAINT, self.complaints.minutes, self.calendar),
            known(agenda.EXCEPTION, self.exceptions.minutes, self.calendar),
            known(agenda.ISSUE, self.issues.minutes, self.calendar),
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
        """The grace of a policy has ended: what still waits for it is too late; some who are gone are tried once more."""
        if self.cases.lapse(case) and self._is_tried_again(case, 0) < self.demand.win_back_share:
            after = stamp + self.demand.win_back_after_days * MINUTES_A_DAY
            self.desk.await_piece(Piece(WIN_BACK, self.cases.group[case], case, after, self.desk.now), after)

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

    def morning(self, day: int) -> None:
        """What a new day brings: a review at the end of a month, a surge while it lasts, and the day's messages."""
        if len(self.season):
            self._review()
            self._surge(day)
            self.write_messages(day)

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
            near = pre_alert_deadline(
                stamp,
                monitoring.silence_limit_hours,
                monitoring.pre_alert_share,
                monitoring.silence_clock,
                self.calendar,
            )
            if near < end:
                self.desk.agenda.add(
                    self.calendar.working(near), near, agenda.PRE_SILENCE, NO_CASE, (stamp, self._watched)
                )
        silent_since[case] = stamp
        self._watched.append(case)

    def _silences_near(self, _: int, stamp: float, watched: tuple[float, list[int]]) -> None:
        """Silences that began together near their limit: a coordinator is to look into them."""
        since, cases = watched
        for case in cases:
            if self.cases.silent_since[case] == since and not self.cases.is_over(case):
                self.desk.queue(Piece(PRE_ALERT, self.cases.group[case], case, stamp, self.desk.now))

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
        self.complain(self._complains[number], stamp, "other")

    def complain(self, case: int, stamp: float, cause: str) -> None:
        """A customer complains, unless what gave cause to it has been put right by the last review (S5.3.2)."""
        ordinal = self.cases.complaints[case]
        if cause in self._reviewed and self._is_prevented(case, ordinal) < self.feedback.review_cut_share:
            return
        self._causes.append(cause)
        self.cases.add(case, self.cases.decision.complaint_logit)
        severity = self._severity(case, ordinal)
        hours = self.complaint_hours[severity]
        deadline = reply_deadline(stamp, hours, self.feedback.enquiry_reply_clock, self.calendar)
        piece = Piece(COMPLAINT, self.cases.group[case], case, stamp, self.desk.now, deadline)
        piece.ordinal, piece.concerns = ordinal, Grievance(severity, stamp, deadline)
        self.cases.complaints[case] += 1
        self.desk.queue(piece)

    def _severity(self, case: int, ordinal: int) -> str:
        """How grave a complaint is (S5.3.3a): its facts, where it has gone, and what it asks for."""
        demand = self.demand
        claimed = durations(
            np.array([self._claim(case, ordinal)]), "lognormal", demand.complaint_claim_mean_cny,
            demand.complaint_claim_variation_factor,
        )[0]  # fmt: skip
        return complaint_severity(
            self._is_contested(case, ordinal) < demand.complaint_contested_share,
            self._goes_outside(case, ordinal) < demand.complaint_outside_share,
            claimed,
            self.feedback.serious_from_cny,
        )

    def _surge(self, day: int) -> None:
        """While a surge lasts, customers whose case is open complain each day."""
        per_policy = self.demand.complaint_surge_per_policy
        if per_policy:
            cross = self.desk.luck.column("surge", len(self.season), day) < per_policy
            cross &= (self.season.release <= self.desk.stamp) & (self.season.close > self.desk.stamp)
            for case in np.flatnonzero(cross).tolist():
                self.complain(case, self.desk.stamp, "surge")

    def _review(self) -> None:
        """At the end of a month of review the commonest causes of its complaints are looked into (S5.3.2)."""
        today = self.calendar.day_of(self.desk.stamp).astype("datetime64[M]").astype(int)
        month = int(today)
        if (
            self._month is not None
            and month != self._month
            and is_review_month(self._month % MONTHS_A_YEAR + 1, self.feedback.complaint_review_interval_months)
        ):
            self._reviewed = causes_for_review(self._causes, self.feedback.review_causes_count)
            self._causes = []
        self._month = month

    # What comes of the work.

    def call_back(self, case: int, handler: Any, closed_minute: float | None, renewed_minute: float | None) -> None:
        """A request is closed or a policy renewed: where that starts it, the customer is called back (S5.3.1)."""
        feedback = self.feedback
        deadline = call_back_deadline(
            closed_minute, renewed_minute, feedback.call_back_limit_hours, feedback.call_back_clock,
            feedback.call_back_start, self.calendar,
        )  # fmt: skip
        if deadline is None:
            return
        piece = Piece(CALL_BACK, self.cases.group[case], case, self.desk.stamp, self.desk.now, deadline)
        piece.ordinal = self._call_backs[case] * feedback.call_back_attempts_count
        piece.concerns = Courtesy()
        self._call_backs[case] += 1
        if not may_call_back(handler.number, handler.number, feedback.call_back_caller):
            self.desk.bar(piece, handler.number)
        elif not may_call_back(-1, handler.number, feedback.call_back_caller):
            self.desk.keep_for(piece, handler.number)
        self.desk.queue(piece)

    def renewed(self, case: int) -> None:
        """A policy is renewed; some customers will take that back within the window."""
        if self._cancels(case, 0) < self._cancellation_share[case]:
            days = self._cancels_after(case, 0) * self._cancellation_days
            stamp = self.desk.stamp + days * MINUTES_A_DAY
            self.desk.agenda.add(self.calendar.working(stamp), stamp, agenda.CANCEL, case)

    def _changes_mind(self, case: int, stamp: float, _: object) -> None:
        self.cancel(case)

    def cancel(self, case: int) -> None:
        """A customer takes back a renewal that stands."""
        if self.cases.is_renewed(case) and np.isnan(self.cases.cancelled[case]):
            self.cases.cancelled[case] = self.desk.stamp
            self.desk.want(CANCELLATION, case)

    def will_notice(self, what: str, case: int, ordinal: int, stamp: float) -> None:
        """A customer will notice a slip that nobody of the house finds before."""
        self.desk.agenda.add(self.calendar.working(stamp), stamp, agenda.NOTICE, case, (what, ordinal))

    def _notices(self, case: int, stamp: float, slip: tuple[str, int]) -> None:
        what, ordinal = slip
        self.desk.slips.is_noticed(what, case, ordinal)

    def _is_special(self, number: int, stamp: float, _: object) -> None:
        """Something about a policy is not as the ordinary way takes it (S1.1.2c)."""
        case = self._is_odd[number]
        deadline = exception_deadline(stamp, self.roles.exception_days, self.calendar)
        self.desk.queue(Piece(EXCEPTION, self.cases.group[case], case, stamp, self.desk.now, deadline))

    def _raises_an_issue(self, number: int, stamp: float, _: object) -> None:
        """The work on a case gives rise to an issue, unless the case library holds the answer (S2.3.3)."""
        case, ordinal, escalation = self._raises[number], self._raise_ordinal[number], self.escalation
        left = repeat_factor(self.desk.library_count, escalation.library_effect_share, escalation.library_half_count)
        if self._is_new(case, ordinal) >= left:
            return
        level = self._level_of(self._level(case, ordinal))
        deadline = issue_deadline(stamp, level, escalation.issue_hours, escalation.issue_clock, self.calendar)
        piece = Piece(ISSUES[LEVELS.index(level)], self.cases.group[case], case, stamp, self.desk.now, deadline)
        piece.ordinal, piece.concerns = ordinal, Matter(level, deadline)
        self.desk.queue(piece)

    def _level_of(self, uniform: float) -> str:
        """The level of an issue, by the shares of the levels."""
        reached = 0.0
        for level in LEVELS:
            reached += self.escalation.issue_level_share[level]
            if uniform < reached:
                return level
        return LEVELS[-1]

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
