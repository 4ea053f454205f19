"""Duties: what the calendar asks of people on a day: lessons, tests, coaching, talks, reviews, mentoring, hand-overs."""

from typing import Any

import numpy as np
from scipy.special import ndtri

from playbook.clock import DAYS_A_YEAR
from playbook.roles import weak_topics
from playbook.sharing import is_one_to_one_due
from playbook.structure import MONTHS_A_YEAR
from simulation.desk.choices import history_shares
from simulation.desk.diary import Duty
from simulation.desk.lessons import Lessons
from simulation.desk.pieces import CASES, COACHING, HAND_OVER, MENTORING, REVIEW, TALK, TEST, TRAINING

DAYS_A_WEEK = 7
TURNS = 15  # open days over which people take their tests and reviews, one after another: the fewest that a month has


class Duties:
    """The calendar of duties of a desk's people; whoever is away on the day of one misses it."""

    def __init__(self, desk: Any):
        self._desk, self._calendar = desk, desk.calendar
        self.read()
        self.lessons = Lessons(desk.parameters, desk.calendar)
        dates = np.datetime64(desk.calendar.first_day) + desk.calendar.open_days.astype(int)
        months = dates.astype("datetime64[M]").astype(int)
        begins = np.searchsorted(months, months)  # the first open day of each day's month
        self._month, self._turn = months.tolist(), (np.arange(len(months)) - begins).tolist()
        self._open_days_a_week = max(1, round(len(months) * DAYS_A_WEEK / (len(months) and self._span())))

    def read(self) -> None:
        """Take what may change during a run from the parameters."""
        parameters = self._desk.parameters
        self._training, self._escalation, self._roles = parameters.training, parameters.escalation, parameters.roles
        self._sharing, self._credibility = parameters.sharing, parameters.allocation.history_credibility_count
        self._mentoring_minutes = parameters.careers.mentoring_minutes

    def _span(self) -> float:
        days = self._calendar.open_days
        return float(days[-1] - days[0] + 1)

    def of_day(self, day: int, people: list[Any]) -> dict[Any, list[Duty]]:
        """The duties of everybody who is at the office on an open day, by person."""
        found: dict[Any, list[Duty]] = {person: [] for person in people}
        module = self.lessons.module_on(day)
        for person in people:
            duties, own = found[person], self._is_own_weekday(day, person)
            if module is not None:
                duties.append((self._training.module_minutes[module], TRAINING))
            if self._has_turn(day, self._escalation.case_session_months, TURNS - 1):
                duties.append((self._escalation.case_session_minutes, CASES))
            if person.hand_over_minutes:
                minutes = min(person.hand_over_minutes, self._calendar.longest_day_minutes / 2)
                person.hand_over_minutes -= minutes
                duties.append((minutes, HAND_OVER))
            if person.seat.role == "consultant":
                self._of_consultant(day, person, own, duties)
        self._talks(day, people, found)
        self._mentoring(day, people, found)
        return found

    def _has_turn(self, day: int, months: float, turn: int) -> bool:
        """Whether an open day is the one of that turn, in a month in which something that comes every so many is held."""
        return self._turn[day] == turn % TURNS and self._month[day] % int(months) == 0

    def _is_own_weekday(self, day: int, person: Any) -> bool:
        return day % self._open_days_a_week == person.number % self._open_days_a_week

    def _of_consultant(self, day: int, person: Any, is_own_weekday: bool, duties: list[Duty]) -> None:
        roles, occupant = self._roles, person.occupant
        if self._has_turn(day, roles.personal_review_months, person.number + 1):
            duties.append((roles.personal_review_minutes, REVIEW))
        if roles.skills_test_minutes and self._has_turn(day, roles.skills_test_months, person.number):
            duties.append((roles.skills_test_minutes, TEST))
            if weak_topics(self._points(day, person), roles.skills_pass_points):
                occupant.coaching_left = int(roles.coaching_sessions_count)
        elif occupant.coaching_left and is_own_weekday:
            duties.append((roles.coaching_minutes, COACHING))
            occupant.coaching_left -= 1
            occupant.coached_count += 1

    def _points(self, day: int, person: Any) -> dict[str, float]:
        """What somebody reaches in a test, by topic: as skilled as the person is, give or take."""
        topics, roles = list(self._training.module_every_days), self._roles
        luck = ndtri(self._desk.luck.row("skills test", f"{person.seat.name} day {day}", len(topics)))
        points = roles.skills_mean_points * person.skill + roles.skills_spread_points * luck
        return dict(zip(topics, points.tolist(), strict=True))

    def _talks(self, day: int, people: list[Any], found: dict[Any, list[Duty]]) -> None:
        """Talks of the leaders with those who are new or lag behind the others' share of yeses."""
        sharing = self._sharing
        leaders = [person for person in people if person.seat.role == "leader"]
        consultants = [person for person in people if person.seat.role == "consultant"]
        if not leaders or not consultants:
            return
        shares = history_shares(consultants, self._credibility)
        usual = float(np.mean(shares))
        today = int(self._calendar.open_days[day])
        for person, share in zip(consultants, np.asarray(shares).tolist(), strict=True):
            occupant = person.occupant
            if is_one_to_one_due(
                occupant.days_in_post(today) * MONTHS_A_YEAR / DAYS_A_YEAR,
                share / usual if usual else 1.0,
                today - occupant.talked_on,
                sharing.one_to_one_new_months,
                sharing.one_to_one_attainment_share,
                sharing.one_to_one_interval_days,
            ):
                occupant.talked_on = today
                for each in (person, leaders[person.number % len(leaders)]):
                    found[each].append((sharing.one_to_one_minutes, TALK))

    def _mentoring(self, day: int, people: list[Any], found: dict[Any, list[Duty]]) -> None:
        """Mentors' time: for newcomers every day a part of the week's, for those settled once a week."""
        minutes = self._mentoring_minutes
        for person in people:
            mentor = person.mentor
            if mentor is None or mentor not in found:
                continue
            if person.is_newcomer:
                found[mentor].append((minutes["newcomer"] / self._open_days_a_week, MENTORING))
            elif self._is_own_weekday(day, person):
                found[mentor].append((minutes["settled"], MENTORING))
