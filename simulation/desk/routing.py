"""Routing: what a team's file means: the classes of work, the lines they wait in, who looks where, and who is asked first.

Work with the same eligible people and the same discipline shares a line. A person who asks for work compares only the heads
of the lines in a row of their post.
"""

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop

import numpy as np

from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters
from playbook.structure import GROUPS
from simulation.desk.disciplines import ORDERS_WITHOUT_CASE, Discipline, accumulating_priority
from simulation.desk.pieces import AWAY, CALL_BACK, KINDS, NOBODY, VERIFICATION, WALK_IN, WITHOUT_CASE, Piece
from simulation.desk.season import Season
from simulation.desk.streams import Column, readable
from simulation.desk.team import Row, Structure, kind_group_line

HOUR = 60
NOT_FOR_ALL = (CALL_BACK, VERIFICATION)  # kinds of which a piece may be barred to somebody, or for one person alone

Place = tuple[int, str]  # the position of a row among those of a post, and the post


class Line:
    """Pieces that wait together, the smallest key first and the earlier comer among equals."""

    __slots__ = ("discipline", "gain", "heap", "is_open", "key")

    def __init__(self, discipline: Discipline, is_open: bool = True):
        """`is_open`: whether every piece of it may be taken by anybody who looks there."""
        self.discipline, self.key, self.gain = discipline, discipline.key, discipline.gain_per_minute
        self.is_open = is_open
        self.heap: list[tuple[float, int, Piece]] = []

    def head(self) -> tuple[float, int, Piece] | None:
        """The first piece that still waits; entries of pieces that left are dropped on the way."""
        heap = self.heap
        while heap and not heap[0][2].is_waiting:
            heappop(heap)
        return heap[0] if heap else None

    def head_for(self, number: int) -> tuple[float, int, Piece] | None:
        """The first piece that a person, by number, may take."""
        head = self.head()
        if self.is_open or head is None or may_take(head[2], number):
            return head
        return min((each for each in self.heap if each[2].is_waiting and may_take(each[2], number)), default=None)

    def rekey(self) -> None:
        """Give every waiting piece its key of today."""
        self.heap = [(self.key(piece), turn, piece) for _, turn, piece in self.heap if piece.is_waiting]
        heapify(self.heap)


def may_take(piece: Piece, number: int) -> bool:
    """Whether a piece is for the person of that number too."""
    return piece.barred != number and piece.only in (NOBODY, number)


class ServiceRow:
    """Lines that a post compares with each other, and how many pieces must wait before it looks at them at all."""

    __slots__ = ("classes", "lines", "only", "waiting_over")

    def __init__(self, lines: list[Line], classes: list[int], waiting_over: int):
        self.lines, self.classes, self.waiting_over = lines, classes, waiting_over
        self.only = lines[0] if len(lines) == 1 and lines[0].is_open else None


def group_names(parameters: Parameters) -> tuple[str, ...]:
    """Groups and walk-in sources; a name's position is the number by which pieces carry it."""
    return tuple(dict.fromkeys((*GROUPS, *parameters.demand.walk_in_per_hour)))


class Classes:
    """The classes of work, numbered, and the words of a team's file for them.

    A class is a kind in a segment: a group or walk-in source, and where the team tells lines apart, a group and a line.
    Segments 0 and 1 are the groups; work that belongs to no policy or to a line that the team does not name is in them.
    """

    def __init__(self, parameters: Parameters, lines: Sequence[str] = ()):
        self.sources, self.lines = tuple(parameters.demand.walk_in_per_hour), tuple(lines)
        self.groups = group_names(parameters)
        self.size = len(self.groups) + len(GROUPS) * len(self.lines)

    def __len__(self) -> int:
        return AWAY * self.size

    def number(self, kind: int, segment: int) -> int:
        """The number of a class."""
        return kind * self.size + segment

    def segment(self, group: int, line: str) -> int:
        """The segment of a policy's work by its group and line."""
        if line not in self.lines:
            return group
        return len(self.groups) + group * len(self.lines) + self.lines.index(line)

    def segments_of_cases(self, season: Season) -> Column | None:
        """The segment of each case of a season; None where the team tells no lines apart and it is the group."""
        if not self.lines:
            return None
        table = np.array([[self.segment(group, line) for line in season.book.lines] for group in range(len(GROUPS))])
        return readable(table[season.group, season.book.line[season.policy]])

    def of(self, word: str) -> list[int]:
        """The classes that a word means: `enquiry` every group's and line's, `enquiry.A` one group's, `enquiry.motor` one
        line's, `enquiry.A.motor` one line's in a group, `walk_in.NAME` one source's."""
        kind, group, line = kind_group_line(word)
        if kind == WALK_IN:
            if group and group not in self.sources:
                near = did_you_mean(group, self.sources)
                raise InputError(f"{word!r}: demand.walk_in_per_hour names no such source{near}")
            return [self.number(kind, self.groups.index(each)) for each in ([group] if group else self.sources)]
        if line and line not in self.lines:
            known = [*GROUPS, *self.lines]
            raise InputError(f"{word!r}: there is no such group or line in this team{did_you_mean(line, known)}")
        groups = [GROUPS.index(group)] if group else range(len(GROUPS))
        segments = [] if line else list(groups)
        segments += [self.segment(each, name) for each in groups for name in ([line] if line else self.lines)]
        return [self.number(kind, each) for each in segments]

    def table(self, parameters: Parameters, name: str, default: float) -> list[float]:
        """A value for each class from a parameter that is a table by word, the narrower word deciding."""
        found, by_word = [default] * len(self), parameters[name]
        for word in sorted(by_word, key=lambda each: "." in each):
            try:
                numbers = self.of(word)
            except InputError as error:
                raise InputError(f"{name}: {error}") from None
            for number in numbers:
                found[number] = by_word[word]
        return found


class Routing:
    """A team's file worked out: `line_of[class]`, `rows[post]`, `offers[class]` (ranks of posts to ask), `lines`.

    Raises InputError where the file or a table of params/allocation.yaml names work, a group or a source that is not
    there, or compares work in one row that is ordered differently.
    """

    def __init__(self, structure: Structure, parameters: Parameters, disciplines: dict[str, Discipline]):
        self.classes = Classes(parameters, structure.lines)
        stopped = self._stopped(parameters)
        rows = {post: list(self._row_classes(structure.serves.get(post, []), stopped)) for post in structure.posts}
        places = self._places(rows)
        self.line_of = self._derive_lines(places, parameters, disciplines)
        self.lines = list({id(line): line for line in self.line_of}.values())
        self.rows = {post: tuple(self._service_rows(post, each)) for post, each in rows.items()}
        self.offers = self._offer_order(structure, places)
        self._always = {
            (post, number)
            for post, each in self.rows.items()
            for row in each
            if not row.waiting_over
            for number in row.classes
        }

    def may_own(self, post: str, number: int) -> bool:
        """Whether a post takes work of a class at any time, not only above a threshold."""
        return (post, number) in self._always

    def _stopped(self, parameters: Parameters) -> set[int]:
        """The classes of work that nobody can do now."""
        found: set[int] = set()
        for word, is_stopped in parameters.allocation.is_stopped.items():
            try:
                found |= set(self.classes.of(word)) if is_stopped else set()
            except InputError as error:
                raise InputError(f"allocation.is_stopped: {error}") from None
        return found

    def _row_classes(self, rows: list[Row], stopped: set[int]) -> Iterator[tuple[list[int], int]]:
        """The classes of each row that a post serves, and its threshold."""
        for row in rows:
            named = (number for word in row.work for number in self.classes.of(word) if number not in stopped)
            yield list(dict.fromkeys(named)), row.when_waiting_over

    def _places(self, rows: dict[str, list[tuple[list[int], int]]]) -> list[list[Place]]:
        """Where each class is served."""
        places: list[list[Place]] = [[] for _ in range(len(self.classes))]
        for post, each in rows.items():
            for position, (classes, _) in enumerate(each):
                for number in classes:
                    places[number].append((position, post))
        return places

    def _derive_lines(
        self, places: list[list[Place]], parameters: Parameters, disciplines: dict[str, Discipline]
    ) -> list[Line]:
        """One line for all classes that stand in the same rows of every post and share a discipline.

        Work that nobody serves has a line too, where it waits until it is given up or the run ends.
        """
        allocation = parameters.allocation
        points = self.classes.table(parameters, "allocation.accumulating_start_points", 0.0)
        per_hour = self.classes.table(parameters, "allocation.accumulating_points_per_hour", 1.0)
        lines: dict[tuple, Line] = {}
        found = []
        for number, where in enumerate(places):
            kind = number // self.classes.size
            name = allocation.discipline[KINDS[kind]]
            if kind in WITHOUT_CASE and name not in ORDERS_WITHOUT_CASE:
                raise InputError(
                    f"allocation.discipline.{KINDS[kind]} = {name!r}: such work belongs to no policy and can only be "
                    f"ordered by {', '.join(ORDERS_WITHOUT_CASE)}"
                )
            if name == "accumulating_priority":
                own = (points[number], per_hour[number])
                discipline = accumulating_priority(own[0], own[1] / HOUR)
            else:
                own, discipline = (), disciplines[name]
            is_open = kind not in NOT_FOR_ALL
            found.append(lines.setdefault((name, own, is_open, *where), Line(discipline, is_open)))
        return found

    def _service_rows(self, post: str, rows: list[tuple[list[int], int]]) -> Iterator[ServiceRow]:
        for classes, waiting_over in rows:
            lines = list({id(line): line for line in map(self.line_of.__getitem__, classes)}.values())
            if len({line.discipline.name for line in lines}) > 1:
                names = sorted({KINDS[number // self.classes.size] for number in classes})
                raise InputError(
                    f"{post} compares {', '.join(names)} in one row, but allocation.discipline orders them differently: "
                    "give each a row of its own, or the same discipline"
                )
            yield ServiceRow(lines, classes, waiting_over)

    def _offer_order(self, structure: Structure, places: list[list[Place]]) -> list[list[list[str]]]:
        """Posts to ask for each class, rank by rank: as the file offers it, and then those for whom it comes earliest."""
        found = [
            [[post for at, post in where if at == position] for position in sorted({at for at, _ in where})]
            for where in places
        ]
        for word, ranks in structure.offers.items():
            named = [[rank] if isinstance(rank, str) else rank for rank in ranks]
            for number in self.classes.of(word):
                rest = [[post for post in rank if not any(post in each for each in named)] for rank in found[number]]
                found[number] = [*named, *(rank for rank in rest if rank)]
        return found
