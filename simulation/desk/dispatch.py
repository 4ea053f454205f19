"""Dispatch: where work waits, who takes which piece next, and who is asked first when work comes and people are idle.

Work with the same eligible people and the same discipline waits in one line, a heap of our own. Lines are derived from the
team's file; a person who asks for work compares only the heads of the lines in a row.
"""

from collections import deque
from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush
from itertools import count

from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters
from playbook.structure import GROUPS
from simulation.desk.pieces import AWAY, KINDS, MESSAGE, WALK_IN, Piece
from simulation.desk.team import Structure

Key = Callable[[Piece], float]
FIRST = float("-inf")  # the key of a piece that was pushed to the front
WITHOUT_CASE, ORDERS_WITHOUT_CASE = (MESSAGE, WALK_IN), ("first_come",)


class Line:
    """Pieces that wait together, the smallest key first and the earlier comer among equals."""

    __slots__ = ("discipline", "heap", "key")

    def __init__(self, discipline: str, key: Key):
        self.discipline, self.key = discipline, key
        self.heap: list[tuple[float, int, Piece]] = []

    def head(self) -> tuple[float, int, Piece] | None:
        """The first piece that still waits; entries of pieces that left are dropped on the way."""
        heap = self.heap
        while heap and not heap[0][2].is_waiting:
            heappop(heap)
        return heap[0] if heap else None

    def rekey(self) -> None:
        """Give every waiting piece its key of today."""
        self.heap = [(self.key(piece), turn, piece) for _, turn, piece in self.heap if piece.is_waiting]
        heapify(self.heap)


class ServiceRow:
    """Lines that a post compares with each other, and how many pieces must wait before it looks at them at all."""

    __slots__ = ("classes", "lines", "waiting_over")

    def __init__(self, lines: list[Line], classes: list[int], waiting_over: int):
        self.lines, self.classes, self.waiting_over = lines, classes, waiting_over


def group_names(parameters: Parameters) -> tuple[str, ...]:
    """Groups and walk-in sources; a name's position is the number by which pieces carry it."""
    return tuple(dict.fromkeys((*GROUPS, *parameters.demand.walk_in_per_hour)))


class Dispatch:
    """All lines of a team, its idle people, and the two questions: what next for this person, whom for this piece."""

    def __init__(self, structure: Structure, parameters: Parameters, disciplines: dict[str, Key]):
        self._sources = tuple(parameters.demand.walk_in_per_hour)
        self._groups = group_names(parameters)
        self._turns = count()
        self._waiting = [0] * (len(KINDS) * len(self._groups))
        rows = {post: list(self._row_classes(structure, post)) for post in structure.posts}
        places = self._places(rows)
        self._line_of = self._derive_lines(places, parameters, disciplines)
        self._rows = {post: tuple(self._service_rows(post, each)) for post, each in rows.items()}
        self._offers = self._offer_order(structure, places)
        self._idle: dict[str, deque] = {post: deque() for post in structure.posts}
        self.idle_count = 0

    def lines(self) -> list[Line]:
        """Every line once."""
        return list({id(line): line for line in self._line_of.values()}.values())

    def group_number(self, name: str) -> int:
        """The number by which pieces of a group or of a walk-in source name it."""
        return self._groups.index(name)

    def class_of(self, piece: Piece) -> int:
        """The number of a piece's class: its kind and group."""
        return piece.kind * len(self._groups) + piece.group

    def put(self, piece: Piece) -> None:
        """Let a piece wait in its line."""
        number = piece.kind * len(self._groups) + piece.group
        line = self._line_of[number]
        piece.is_waiting = True
        self._waiting[number] += 1
        heappush(line.heap, (line.key(piece), next(self._turns), piece))

    def push_to_front(self, piece: Piece) -> None:
        """Let a waiting piece be the next one of its line until it is rekeyed; its old entry is found taken later."""
        heappush(self._line_of[self.class_of(piece)].heap, (FIRST, next(self._turns), piece))

    def leave(self, piece: Piece) -> None:
        """A waiting piece leaves its line, taken or given up."""
        piece.is_waiting = False
        self._waiting[piece.kind * len(self._groups) + piece.group] -= 1

    def take(self, post: str) -> Piece | None:
        """The next piece for somebody on this post, off its line; None where nothing waits for them."""
        for row in self._rows[post]:
            if row.waiting_over and sum(self._waiting[each] for each in row.classes) <= row.waiting_over:
                continue
            best = None
            for line in row.lines:
                head = line.head()
                if head is not None and (best is None or head < best[0]):
                    best = (head, line)
            if best is not None:
                heappop(best[1].heap)
                self.leave(best[0][2])
                return best[0][2]
        return None

    def rest(self, person) -> None:
        """Somebody has nothing to do; the one who rests longest is asked first."""
        self._idle[person.seat.post].append(person)
        self.idle_count += 1

    def call(self, person) -> None:
        """Somebody who rests is called for something else."""
        self._idle[person.seat.post].remove(person)
        self.idle_count -= 1

    def matches(self, piece: Piece) -> Iterator[tuple[object, Piece]]:
        """An idle person for the piece that has just come, with the piece they take, if there is any."""
        for post in self._offers.get(self.class_of(piece), ()):
            idle = self._idle[post]
            if idle and (taken := self.take(post)) is not None:
                self.idle_count -= 1
                yield idle.popleft(), taken
                if not piece.is_waiting:
                    return

    def rekey(self) -> None:
        """Set the keys anew, as the stand-up does; only disciplines that change from day to day need it."""
        for line in self.lines():
            if line.discipline == "handbook_priority":
                line.rekey()

    def waiting_pieces(self) -> list[Piece]:
        """Every piece that waits, once."""
        found = {id(piece): piece for line in self.lines() for _, _, piece in line.heap if piece.is_waiting}
        return list(found.values())

    def _row_classes(self, structure: Structure, post: str) -> Iterator[tuple[list[int], int]]:
        """The classes of each row that a post serves, and its threshold."""
        for row in structure.serves.get(post, []):
            yield [number for work in row.work for number in self._classes(work)], row.when_waiting_over

    def _classes(self, work: str) -> list[int]:
        """The classes that a word of a team's file means: `enquiry` every group's, `enquiry.A` one group's."""
        kind_name, _, group = work.partition(".")
        kind, size = KINDS.index(kind_name), len(self._groups)
        wanted = (group,) if group else self._sources if kind == WALK_IN else GROUPS
        if kind == WALK_IN and group and group not in self._sources:
            near = did_you_mean(group, self._sources)
            raise InputError(f"{work!r}: demand.walk_in_per_hour names no such source{near}")
        return [kind * size + self._groups.index(each) for each in wanted if each in self._groups]

    def _places(self, rows: dict[str, list[tuple[list[int], int]]]) -> dict[int, list[tuple[int, str]]]:
        """Where each class is served: the position of the row, and the post."""
        places: dict[int, list[tuple[int, str]]] = {}
        for post, each in rows.items():
            for position, (classes, _) in enumerate(each):
                for number in classes:
                    places.setdefault(number, []).append((position, post))
        return places

    def _derive_lines(self, places: dict, parameters: Parameters, disciplines: dict[str, Key]) -> dict[int, Line]:
        """One line for all classes that stand in the same rows of every post and share a discipline.

        Work that nobody serves has a line too, where it waits until it is given up or the run ends.
        """
        lines: dict[tuple, Line] = {}
        found = {}
        for number in range(AWAY * len(self._groups)):
            kind = number // len(self._groups)
            name = parameters.allocation.discipline[KINDS[kind]]
            if kind in WITHOUT_CASE and name not in ORDERS_WITHOUT_CASE:
                raise InputError(
                    f"allocation.discipline.{KINDS[kind]} = {name!r}: such work belongs to no policy and can only be "
                    f"ordered by {', '.join(ORDERS_WITHOUT_CASE)}"
                )
            found[number] = lines.setdefault((name, *places.get(number, ())), Line(name, disciplines[name]))
        return found

    def _service_rows(self, post: str, rows: list[tuple[list[int], int]]) -> Iterator[ServiceRow]:
        for classes, waiting_over in rows:
            lines = list({id(line): line for line in map(self._line_of.__getitem__, classes)}.values())
            if len({line.discipline for line in lines}) > 1:
                names = sorted({KINDS[number // len(self._groups)] for number in classes})
                raise InputError(
                    f"{post} compares {', '.join(names)} in one row, but allocation.discipline orders them differently: "
                    "give each a row of its own, or the same discipline"
                )
            yield ServiceRow(lines, classes, waiting_over)

    def _offer_order(self, structure: Structure, places: dict) -> dict[int, tuple[str, ...]]:
        """Posts to ask for each class, in order: those that the file offers it to, then those for whom it comes earliest."""
        found = {
            number: tuple(post for _, post in sorted(where, key=lambda place: place[0]))
            for number, where in places.items()
        }
        for work, posts in structure.offers.items():
            for number in self._classes(work):
                found[number] = tuple(dict.fromkeys([*posts, *found.get(number, ())]))
        return found
