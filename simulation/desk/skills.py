"""Skills: how quick and how good somebody is at a line's work, today."""

from typing import Any

from playbook.structure import GROUPS
from simulation.desk.streams import durations
from simulation.desk.team import Post, Seat

NO_LINE = -1  # of work that belongs to no policy

Known = tuple[dict[int, float], float, float]  # speed by group, speed at work of no group, and skill in conversations


class Skills:
    """Speed and skill of whoever sits on a seat: by post, grade, group and line.

    People of a post that serves one group, or one line of several, are quicker at that work; on lines that they do not know
    they are slower and talk less well.
    """

    def __init__(self, seat: Seat, post: Post, desk: Any):
        self._post, self._lines, self._is_graded = post, desk.season.book.lines, seat.role == "consultant"
        self.grade = seat.grade
        self.differ_by_line = bool(post.lines)
        self.ability = ability(seat.name, desk.parameters.people.ability_variation_factor, desk.luck)
        people, gain = desk.parameters.people, desk.parameters.structure.specialist_speed_factor
        self.read(people, gain, 1.0, people.contact_skill_factor[seat.grade])

    def read(self, people: Any, specialist_speed_factor: float, speed_factor: float, skill_factor: float) -> None:
        """Take what holds today: `people`, that chapter's parameters; `speed_factor` of newcomers and the like, and
        `skill_factor` in contacts."""
        post, gain = self._post, specialist_speed_factor
        graded = people.speed_factor[self.grade] if self._is_graded else 1.0
        any_speed = post.speed * self.ability * speed_factor * graded
        skill = skill_factor if self._is_graded else 1.0

        def known(speed: float, talk: float) -> Known:
            by_group = dict.fromkeys(range(len(GROUPS)), speed)
            if post.only_group:
                by_group[GROUPS.index(post.only_group)] = speed * gain
            return by_group, speed, talk

        own = any_speed * (gain if len(post.lines) == 1 else 1.0), skill
        other = any_speed * people.other_line_speed_factor, skill * people.other_line_skill_factor
        self._by_line = {NO_LINE: known(any_speed, skill)}
        if self.differ_by_line:
            self._by_line |= {
                number: known(*(own if line in post.lines else other)) for number, line in enumerate(self._lines)
            }

    def for_line(self, line: int) -> Known:
        """Speed by group, speed at work of no group, and skill, at the work of a line of the book."""
        return self._by_line[line if self.differ_by_line else NO_LINE]


def ability(name: str, variation_factor: float, luck: Any) -> float:
    """How quick somebody is beside others of the grade; on average over people the minutes of a piece stay as they are."""
    if not variation_factor:
        return 1.0
    return 1.0 / float(durations(luck.row("ability", name, 1), "lognormal", 1.0, variation_factor)[0])
