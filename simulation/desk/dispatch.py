"""Dispatch: who takes which piece next, and who is asked first when work comes and people are idle.

Work that goes to its owner first waits in a line of the owner's own, and after a while in the common one as well.
"""

from collections.abc import Callable, Iterator
from heapq import heappush
from itertools import count

from simulation.desk.pieces import NOBODY, Piece
from simulation.desk.routing import Line, Routing, may_take
from simulation.desk.streams import Column

FIRST = float("-inf")  # the key of a piece that was pushed to the front


class Dispatch:
    """All lines of a team, its idle people, and the two questions: what next for this person, whom for this piece.

    `choice` picks one of several idle people, given in the order of who rests longest; `now` gives the minute of now.
    `segments` holds the segment of each case, where it is not the group.
    """

    def __init__(
        self,
        routing: Routing,
        choice: Callable[[list], object] | None,
        now: Callable[[], float],
        segments: Column | None = None,
    ):
        self.routing, self._choice, self._now = routing, choice, now
        self._segments = segments
        self._size, self._line_of, self._rows = routing.classes.size, routing.line_of, routing.rows
        self._offers, self._lines = routing.offers, list(routing.lines)
        self._turns, self._rests = count(), count()
        self._waiting = [0] * len(routing.classes)
        self._idle: dict[str, dict[object, int]] = {post: {} for post in routing.rows}
        self.idle_count = 0
        self.pick: Callable[[object, list[Line], Piece], Piece] | None = (
            None  # what somebody takes in place of the head
        )

    def class_of(self, piece: Piece) -> int:
        """The number of a piece's class: its kind and segment."""
        if self._segments is None or piece.case < 0:
            return piece.kind * self._size + piece.group
        return piece.kind * self._size + self._segments[piece.case]

    def segment_of(self, case: int, group: int) -> int:
        """The segment of a case of a group."""
        return group if self._segments is None else self._segments[case]

    # Waiting.

    def take_over(self, other: "Dispatch", people: list) -> None:
        """Everything that waits with another dispatch waits here now, in the same order, and who rests there rests here."""
        turn_of: dict[Piece, int] = {}
        pushed: list[tuple[int, Piece]] = []
        for line in other._lines:
            for key, turn, piece in line.heap:
                if piece.is_waiting:
                    turn_of[piece] = min(turn, turn_of.get(piece, turn))
                    pushed += [(turn, piece)] * (key == FIRST)
        is_open = {piece for line in set(other._line_of) for _, _, piece in line.heap}
        owner_of = {piece: person for person in people for piece in other.own_pieces(person) if piece not in is_open}
        for person in people:
            person.own_lines = {}
        for piece in sorted(turn_of, key=turn_of.__getitem__):
            if piece in owner_of:
                self.put_for(piece, owner_of[piece])
            else:
                self.put(piece)
        for _, piece in sorted(pushed, key=lambda entry: entry[0]):
            self.push_to_front(piece)
        self._idle, self._rests, self.idle_count = other._idle, other._rests, other.idle_count

    def put(self, piece: Piece) -> None:
        """Let a piece wait in its line."""
        self._wait(piece, self._line_of[self.class_of(piece)])

    def put_for(self, piece: Piece, owner) -> None:
        """Let a piece wait for its owner alone."""
        common = self._line_of[self.class_of(piece)]
        line = owner.own_lines.get(common)
        if line is None:
            line = owner.own_lines[common] = Line(common.discipline)
            self._lines.append(line)
        self._wait(piece, line)

    def _wait(self, piece: Piece, line: Line) -> None:
        piece.is_waiting = True
        self._waiting[self.class_of(piece)] += 1
        heappush(line.heap, (line.key(piece), next(self._turns), piece))

    def open_to_all(self, piece: Piece) -> None:
        """Let a piece that waits for its owner wait in the common line as well; its other entry is found taken later."""
        line = self._line_of[self.class_of(piece)]
        heappush(line.heap, (line.key(piece), next(self._turns), piece))

    def own_pieces(self, owner) -> list[Piece]:
        """What waits for an owner alone or was given to others after a while."""
        return [piece for line in owner.own_lines.values() for _, _, piece in line.heap if piece.is_waiting]

    def push_to_front(self, piece: Piece) -> None:
        """Let a waiting piece be the next one of its line until it is rekeyed; its old entry is found taken later."""
        heappush(self._line_of[self.class_of(piece)].heap, (FIRST, next(self._turns), piece))

    def leave(self, piece: Piece) -> None:
        """A waiting piece leaves its line, taken or given up."""
        piece.is_waiting = False
        self._waiting[self.class_of(piece)] -= 1

    def take(self, person) -> Piece | None:
        """The next piece for somebody, off its line; None where nothing waits for them."""
        own = person.own_lines
        for row in self._rows[person.seat.post]:
            if row.waiting_over and sum(self._waiting[each] for each in row.classes) <= row.waiting_over:
                continue
            if own:
                head = self._first_of([*row.lines, *(own[line] for line in row.lines if line in own)], person.number)
            elif row.only is None:
                head = self._first_of(row.lines, person.number)
            elif not row.only.heap:
                continue
            else:
                head = row.only.head()
            if head is not None:
                piece = head[2] if self.pick is None else self.pick(person, row.lines, head[2])
                self.leave(piece)  # its entry is dropped when it comes to the head of its line
                return piece
        return None

    def _first_of(self, lines: list[Line], number: int) -> tuple[float, int, Piece] | None:
        """The head that comes first for a person, by number; keys that fall while pieces wait are compared as of now."""
        best = None
        first = (0.0, 0)
        for line in lines:
            if not line.heap:
                continue
            head = line.head() if line.is_open else line.head_for(number)
            if head is not None:
                rank = (head[0] - line.gain * self._now() if line.gain else head[0], head[1])
                if best is None or rank < first:
                    best, first = head, rank
        return best

    def rekey(self) -> None:
        """Set the keys anew, as the stand-up does, where they change from day to day."""
        for line in self._lines:
            if line.discipline.is_daily:
                line.rekey()

    def waiting_pieces(self) -> list[Piece]:
        """Every piece that waits, once."""
        found = {id(piece): piece for line in self._lines for _, _, piece in line.heap if piece.is_waiting}
        return list(found.values())

    # Idle people.

    def rest(self, person) -> None:
        """Somebody has nothing to do."""
        self._idle[person.seat.post][person] = next(self._rests)
        self.idle_count += 1

    def call(self, person) -> None:
        """Somebody who rests is called for something else."""
        del self._idle[person.seat.post][person]
        self.idle_count -= 1

    def is_idle(self, person) -> bool:
        """Whether somebody rests."""
        return person in self._idle[person.seat.post]

    def matches(self, piece: Piece) -> Iterator[tuple[object, Piece]]:
        """Idle people for the piece that has just come, each with the piece they take, if there is anybody.

        Posts are asked rank by rank; within a rank the person whom `choice` puts first, or who rests longest.
        """
        if piece.barred != NOBODY or piece.only != NOBODY:
            yield from self._match_for_some(piece)
            return
        for rank in self._offers[self.class_of(piece)]:
            posts = [post for post in rank if self._idle[post]]
            while posts:
                person = self._chosen(posts)
                taken = self.take(person)
                if taken is None:  # the post helps out only above a threshold
                    posts.remove(person.seat.post)
                    continue
                self.call(person)
                yield person, taken
                if not piece.is_waiting:
                    return
                posts = [post for post in rank if self._idle[post]]

    def _match_for_some(self, piece: Piece) -> Iterator[tuple[object, Piece]]:
        """The idle person, the longest resting first, for a piece that is not for everybody."""
        for rank in self._offers[self.class_of(piece)]:
            idle = sorted((item for post in rank for item in self._idle[post].items()), key=lambda item: item[1])
            for person, _ in idle:
                if may_take(piece, person.number) and (taken := self.take(person)) is not None:
                    self.call(person)
                    yield person, taken
                if not piece.is_waiting:
                    return

    def _chosen(self, posts: list[str]) -> object:
        """The idle person of these posts who is asked first."""
        if self._choice is None:
            longest = (next(iter(self._idle[post].items())) for post in posts)
            return min(longest, key=lambda item: item[1])[0]
        idle = sorted((item for post in posts for item in self._idle[post].items()), key=lambda item: item[1])
        return self._choice([person for person, _ in idle])
