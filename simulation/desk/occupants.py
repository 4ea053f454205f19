"""Occupants: who sits on which seat: leaving, vacancy, newcomers and their mentors, rotation, placements elsewhere.

A seat has luck of its own, by its name and the day; its occupants come and go. Nothing here happens at a desk that is
always open.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil, inf, log
from typing import Any

from playbook.careers import mentor_seats
from playbook.clock import DAYS_A_YEAR, MINUTES_A_DAY
from playbook.roles import coached_skill_factor
from playbook.structure import ramp_speed_factor, rotated_speed_factor, rotation_days, rotation_swaps
from simulation.desk.pieces import PLACEMENT, VACANT
from simulation.desk.record import Occupancy
from simulation.desk.skills import ability
from simulation.desk.streams import readable


@dataclass
class Occupant:
    """Somebody who sits on a seat: a name, a grade, when they came to the team (calendar day), and what has become of them
    since: the day of the last swap, when they were last talked to, hours of coaching had and still to come."""

    name: str
    grade: str
    ability: float
    came_on: float
    swapped_on: float = -inf
    talked_on: float = -inf
    coached_count: int = 0
    coaching_left: int = 0
    has_been_placed: bool = False

    def days_in_post(self, today: float) -> float:
        """Calendar days since the occupant came to the team."""
        return today - self.came_on


@dataclass
class _Place:
    """A seat as time goes by: its luck, how many have sat on it, since when the present one does, and what keeps it away."""

    leaves: Any
    number_of: int = 1
    since: float = 0.0
    vacant_until: float = -inf
    placed_until: int = -1
    rows: list[Occupancy] = field(default_factory=list)


class Occupants:
    """The people of a desk as they come, go and change places, morning by morning."""

    def __init__(self, desk: Any):
        self._desk, self._calendar, luck = desk, desk.calendar, desk.luck
        self._read_chapters()
        days = self._calendar.open_days
        self._open_days_a_year = max(1.0, len(days) * DAYS_A_YEAR / (days[-1] - days[0] + 1))
        self._places = {}
        for person in desk.people:
            person.occupant = Occupant(person.seat.name, person.seat.grade, person.skills.ability, -inf)
            if not self._calendar.is_always_open:
                self._places[person] = _Place(readable(luck.row("leaving", person.seat.name, len(days))))
        self._consultants = [person for person in self._places if person.seat.role == "consultant"]
        self._resigned: dict[str, int] = {}
        self._have_changed = True
        self.returned_count = 0  # who have come back from a placement in another department
        last = self._calendar.first_day + timedelta(days=int(days[-1]))
        months = int(desk.parameters.structure.rotation_months)
        turns = rotation_days(self._calendar.first_day, last, months)
        self._turns = {self._calendar.next_open_day((each - self._calendar.first_day).days) for each in turns}

    def _read_chapters(self) -> None:
        parameters = self._desk.parameters
        self._people, self._structure, self._roles = parameters.people, parameters.structure, parameters.roles
        self._careers = parameters.careers

    def read(self) -> None:
        """Other parameters hold from now on."""
        self._read_chapters()
        self._have_changed = True
        for person in self._desk.people:
            self.know(person)

    def begin_day(self, day: int) -> None:
        """Who leaves, comes, swaps and goes elsewhere this morning, and what everybody can do today."""
        today = int(self._calendar.open_days[day])
        if day == 0:
            self._settle(today)
        for person in self._consultants:
            self._come_or_go(person, day, today)
        self._resign(today)
        if day in self._turns and self._structure.has_rotation:
            self._rotate(today)
        self._place(day)
        if self._have_changed:
            self._mentor()
        for person in self._places:
            self.know(person, today)

    def elsewhere(self, person: Any, day: int) -> int | None:
        """What keeps a seat from work for the whole of an open day: nobody sits on it, or its occupant is elsewhere."""
        place = self._places[person]
        if self._is_vacant(person):
            return VACANT
        return PLACEMENT if place.placed_until > day else None

    def know(self, person: Any, today: float | None = None) -> None:
        """Bring somebody's speed and skill up to today's."""
        occupant, structure, roles = person.occupant, self._structure, self._roles
        person.skills.grade, person.skills.ability = occupant.grade, occupant.ability
        speed, today = 1.0, self._desk.stamp // MINUTES_A_DAY if today is None else today
        if person.seat.role == "consultant" and occupant.came_on > -inf:
            has_mentor = person.mentor is not None
            ramp = structure.ramp_start_factor, structure.ramp_days, structure.mentored_ramp_factor
            speed = ramp_speed_factor(occupant.days_in_post(today), has_mentor, *ramp)
        person.is_newcomer = speed < 1
        if occupant.swapped_on > -inf:
            speed *= rotated_speed_factor(
                today - occupant.swapped_on,
                structure.rotation_dip_share,
                structure.rotation_dip_days,
                structure.cross_skill_share,
            )
        skill = self._people.contact_skill_factor[occupant.grade]
        if occupant.coached_count:
            ceiling = roles.coaching_ceiling_factor
            skill = coached_skill_factor(skill, occupant.coached_count, roles.coaching_gain_share, ceiling)
        person.skills.read(self._people, structure.specialist_speed_factor, speed, skill)
        person.know()

    def rows(self) -> Iterator[Occupancy]:
        """Who sat where, seat by seat in order of time."""
        for person, place in self._places.items():
            yield from place.rows
            if not self._is_vacant(person):
                yield self._row(person, inf)

    def _row(self, person: Any, ended: float) -> Occupancy:
        begun, occupant = self._places[person].since, person.occupant
        return Occupancy(person.number, occupant.name, occupant.grade, begun, ended, occupant.came_on)

    def _settle(self, today: float) -> None:
        """How long everybody has been there when the run begins: as if people had always left at this rate."""
        people, luck = self._people, self._desk.luck
        for person in self._consultants:
            share = people.leaving_per_year_share[person.seat.grade]
            if share:
                chance = float(luck.row("tenure", person.seat.name, 1)[0])
                person.occupant.came_on = today - DAYS_A_YEAR * log(chance) / log(1 - share)

    # Coming and going.

    def _come_or_go(self, person: Any, day: int, today: int) -> None:
        place, people = self._places[person], self._people
        if place.vacant_until > today:
            return
        if place.vacant_until > -inf:
            self._come(person, today)
        share = people.leaving_per_year_share[person.occupant.grade]
        if place.leaves[day] < 1 - (1 - share) ** (1 / self._open_days_a_year):
            self._leave(person, today)

    def _come(self, person: Any, today: int) -> None:
        place, people = self._places[person], self._people
        place.number_of += 1
        name = f"{person.seat.name}, no. {place.number_of}"
        grade = "junior" if people.newcomer_grade == "junior" else person.seat.grade
        own = ability(name, people.ability_variation_factor, self._desk.luck)
        person.occupant, place.since = Occupant(name, grade, own, today), float(today * MINUTES_A_DAY)
        place.vacant_until, person.is_gone = -inf, False
        person.talks_count = person.yes_count = 0
        self._have_changed = True

    def _leave(self, person: Any, today: int) -> None:
        place = self._places[person]
        place.rows.append(self._row(person, float(today * MINUTES_A_DAY)))
        place.vacant_until, place.placed_until = today + max(1, int(self._people.fill_days)), -1
        person.is_gone = self._have_changed = True
        self._hand_over(person)

    def _resign(self, today: int) -> None:
        """Those who have given notice since yesterday, by a change of parameters: the last seats of the grade."""
        for grade, count in self._people.resigned_count.items():
            wanted = int(count) - self._resigned.get(grade, 0)
            self._resigned[grade] = int(count)
            there = [each for each in self._consultants if each.occupant.grade == grade and not self._is_vacant(each)]
            for person in there[max(0, len(there) - wanted) :] if wanted > 0 else []:
                self._leave(person, today)

    def _hand_over(self, person: Any) -> None:
        """Somebody is gone, or away for long: the cases get other owners, and begun work other hands."""
        self._desk.owners.hand_over(person)
        others = [each for each in self._consultants if each.seat.post == person.seat.post and not each.is_gone]
        if others:
            others[0].tray.extend(person.tray)
            person.tray.clear()

    # Rotation, placements, mentors.

    def _is_vacant(self, person: Any) -> bool:
        return self._places[person].vacant_until > -inf

    def _here(self, role: str) -> list[Any]:
        """Who of a role is there to be moved, the longest in place first."""
        found = [
            each
            for each, place in self._places.items()
            if each.seat.role == role and place.vacant_until == -inf and place.placed_until < 0
        ]
        return sorted(found, key=lambda each: (each.occupant.swapped_on, each.occupant.came_on, each.number))

    def _rotate(self, today: int) -> None:
        """The turn: occupants exchange seats, and whoever takes over open cases needs time for each."""
        structure = self._structure
        pairs = rotation_swaps(self._here("coordinator"), self._here("consultant"), structure.rotation_reading)
        for one, other in pairs:
            for each in (one, other):
                place = self._places[each]
                place.rows.append(self._row(each, float(today * MINUTES_A_DAY)))
                place.since = float(today * MINUTES_A_DAY)
                each.occupant.swapped_on = today
                each.hand_over_minutes += each.open_cases * structure.handover_minutes
            one.occupant, other.occupant = other.occupant, one.occupant
            one.talks_count, other.talks_count = other.talks_count, one.talks_count
            one.yes_count, other.yes_count = other.yes_count, one.yes_count
        self._have_changed = True

    def _place(self, day: int) -> None:
        """Placements in another department, evenly over the year: who has been there longest goes first."""
        careers, a_year = self._careers, self._open_days_a_year
        for person, place in self._places.items():
            if place.placed_until == day:
                place.placed_until, person.is_gone = -1, False
                self.returned_count += 1
        count = careers.placements_per_year_count
        for _ in range(int((day + 1) * count / a_year) - int(day * count / a_year)):
            settled = sorted(self._here("consultant"), key=lambda each: (each.occupant.came_on, each.number))
            person = next(
                (each for each in settled if not each.occupant.has_been_placed and not each.is_newcomer), None
            )
            if person is not None:
                person.occupant.has_been_placed = True
                self._places[person].placed_until = day + int(careers.placement_days)
                if careers.placement_days >= self._people.long_away_days:
                    person.is_gone = True
                    self._hand_over(person)

    def _mentor(self) -> None:
        """Everybody has a mentor of a higher grade, as far as there are enough of them among the people of one leader."""
        careers, staffing = self._careers, self._desk.parameters.staffing
        self._have_changed = False
        here = [each for each in self._consultants if not self._is_vacant(each)]
        teams = max(1, ceil(len(here) / staffing.heads_per_leader_count))
        for number in range(teams):
            team = here[number::teams]
            mentors = mentor_seats([each.occupant.grade for each in team], int(careers.mentees_per_mentor_count))
            for person, mentor in zip(team, mentors, strict=True):
                person.mentor = team[mentor] if mentor is not None and careers.has_mentors else None
