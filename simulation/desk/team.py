"""Team structures as data: which posts there are, who sits on them, and whom each may serve in which order."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field, field_validator

from playbook.clock import MINUTES_A_DAY, minutes_of_day, week_spans
from playbook.documents import Document, checked, named_file, params_folder, read_document
from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters
from playbook.staffing import team_heads
from playbook.structure import GROUPS
from simulation.desk.pieces import AWAY, KINDS, WALK_IN, WITHOUT_CASE

ROLES = ("consultant", "coordinator", "leader", "analyst", "trainer")
GRADES = ("expert", "senior", "junior")
STAND_INS = ("leader", "coordinator", "consultant")  # who takes the work of a role in which there is nobody, in order
Role = Literal["consultant", "coordinator", "leader", "analyst", "trainer"]


class Post(Document):
    """A kind of place in the team. `share` is its part of the role's heads; `count` fixes them instead.

    `grades` names who sits here first; `only_group` marks people who serve one group and are quicker at it; `lines` names
    the lines that people here know, all of them where it is empty. Own hours inside the office's are a `shift` such as
    09:00-13:00, `weekdays`, and `hours_share`, the first part of each day; outside them nobody is paid.
    """

    role: Role
    share: float | None = Field(default=None, ge=0, le=1)
    count: int | None = Field(default=None, ge=0, le=100_000)
    grades: list[Literal["expert", "senior", "junior"]] = []
    only_group: Literal["A", "B"] | None = None
    lines: list[str] = []
    speed: float = Field(default=1.0, gt=0, le=100)
    shift: str | None = None
    weekdays: list[Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]] = []
    hours_share: float | None = Field(default=None, gt=0, le=1)


class Row(Document):
    """Kinds of work that a post takes with equal right, the discipline deciding between them.

    A kind alone means every group's; `enquiry.A` means group A's, `enquiry.motor` one line's, `enquiry.A.motor` one line's
    in group A, `walk_in.NAME` one source's. With `when_waiting_over` the post helps out only while more than so many pieces
    of such work wait.
    """

    work: list[str] = Field(min_length=1)
    when_waiting_over: int = Field(default=0, ge=0)


class Structure(Document):
    """A file of params/teams/.

    `offers` says which posts are asked in which order when such work comes and people are idle; posts in a list of their
    own are asked with equal right. Kinds under `owner_first` wait for the owner of their case before others take them.
    `lines` are the lines of business by which this team tells work and people apart.
    """

    title: str
    question: str
    lines: list[str] = []
    posts: dict[str, Post] = Field(min_length=1)
    serves: dict[str, list[Row]]
    offers: dict[str, list[str | list[str]]] = {}
    owner_first: list[Literal["follow_up", "proposal", "signing", "request", "enquiry"]] = []

    @field_validator("serves", mode="before")
    @classmethod
    def _short_rows(cls, value: object) -> object:
        """A row may be written as a plain list of work."""
        if not isinstance(value, dict):
            return value
        return {
            post: [row if isinstance(row, dict) else {"work": row} for row in rows] if isinstance(rows, list) else rows
            for post, rows in value.items()
        }


@dataclass(frozen=True)
class Seat:
    """One person's place: the name by which their luck is drawn, what they are, and for what part of the office's week they
    are paid."""

    name: str
    post: str
    role: str
    grade: str
    paid_share: float = 1.0
    only_group: str | None = None


def read_structure(name: str) -> Structure:
    """A structure of params/teams/ by name, or any file by path."""
    path = named_file(params_folder() / "teams", name, "team")
    return checked_structure(read_document(path, Structure), path)


def checked_structure(structure: Structure, place: Path | str) -> Structure:
    """The structure, if its names fit together; InputError where a post or a kind of work is unknown."""
    for name, post in structure.posts.items():
        try:
            post.shift and minutes_of_day(post.shift)
        except InputError as error:
            raise InputError(f"{place}: posts.{name}.shift: {error}") from None
        for line in post.lines:
            if line not in structure.lines:
                raise InputError(
                    f"{place}: posts.{name}.lines: unknown line {line!r}{did_you_mean(line, structure.lines)}"
                )
    for post, rows in structure.serves.items():
        if post not in structure.posts:
            raise InputError(f"{place}: serves: unknown post {post!r}{did_you_mean(post, structure.posts)}")
        for row in rows:
            for work in row.work:
                _check_work(work, structure.lines, f"{place}: serves.{post}")
    for work, posts in structure.offers.items():
        _check_work(work, structure.lines, f"{place}: offers")
        for post in (each for rank in posts for each in ([rank] if isinstance(rank, str) else rank)):
            if post not in structure.serves:
                raise InputError(f"{place}: offers.{work}: unknown post {post!r}{did_you_mean(post, structure.serves)}")
    return structure


def structure_from(content: object, place: str) -> Structure:
    """A structure that stands inside another file."""
    return checked_structure(checked(content, Structure, place), place)


def team_with_the_posts_of(present: Structure, other: Structure) -> Structure:
    """The other structure, if people can turn to it in the middle of a run; InputError where its posts, lines or owners
    differ."""
    for what in ("posts", "lines", "owner_first"):
        if getattr(present, what) != getattr(other, what):
            raise InputError(
                f"{other.title}: its {what} differ from the present team's, and only its rows of work may change"
            )
    return other


def kind_group_line(work: str) -> tuple[int, str, str]:
    """A word for work, `enquiry`, `enquiry.A`, `enquiry.motor` or `enquiry.A.motor`, as the kind's number, the group or
    walk-in source, and the line, each of which may be empty.

    >>> kind_group_line("follow_up.A.motor")[1:], kind_group_line("enquiry.motor")[1:], kind_group_line("enquiry.B")[1:]
    (('A', 'motor'), ('', 'motor'), ('B', ''))
    """
    kind, _, rest = work.partition(".")
    if kind not in KINDS[:AWAY]:
        raise InputError(f"unknown work {work!r}{did_you_mean(kind, KINDS[:AWAY])}")
    number = KINDS.index(kind)
    if number == WALK_IN:
        return number, rest, ""
    group, _, line = rest.partition(".")
    return (number, group, line) if group in GROUPS or not group else (number, "", rest)


def _check_work(work: str, lines: list[str], place: str) -> None:
    try:
        kind, group, line = kind_group_line(work)
    except InputError as error:
        raise InputError(f"{place}: {error}") from None
    if line and line not in lines:
        what = "line" if group or lines else "group"
        raise InputError(f"{place}: {work!r}: unknown {what} {line!r}{did_you_mean(line, [*GROUPS, *lines])}")
    if line and kind in WITHOUT_CASE:
        raise InputError(f"{place}: {work!r}: such work belongs to no policy and so to no line")


def seats(structure: Structure, parameters: Parameters, policies: int) -> list[Seat]:
    """Everybody in the team: heads by the staffing ratios, shared out over the posts, graded, less vacant posts.

    A seat's name holds role, grade and number alone, so that the same person keeps the same luck in every structure.
    """
    heads = team_heads(policies, parameters)
    found: list[Seat] = []
    for role in ROLES:
        posts = {name: post for name, post in structure.posts.items() if post.role == role}
        counts = _counts(posts, heads[role])
        pool = _graded(sum(counts.values()), parameters) if role == "consultant" else {}
        shares = {name: paid_share(post, parameters) for name, post in posts.items()}
        found += _seated(role, posts, counts, pool, shares)
    return _without_vacant(found, parameters)


def paid_share(post: Post, parameters: Parameters) -> float:
    """What part of the office's ordinary week somebody on a post is paid for: one head counts as so much of a full-time one.

    >>> parameters = Parameters.load()
    >>> paid_share(Post(role="consultant"), parameters)
    1.0
    >>> paid_share(Post(role="consultant", weekdays=["monday", "tuesday", "wednesday"]), parameters)
    0.6
    >>> paid_share(Post(role="consultant", hours_share=0.5), parameters)
    0.5
    """
    shift = minutes_of_day(post.shift) if post.shift else (0.0, float(MINUTES_A_DAY))
    own = whole = 0.0
    for weekday, spans in week_spans(parameters).items():
        whole += sum(closed - opened for opened, closed in spans)
        if not post.weekdays or weekday in post.weekdays:
            own += sum(max(0.0, min(closed, shift[1]) - max(opened, shift[0])) for opened, closed in spans)
    return own * (1.0 if post.hours_share is None else post.hours_share) / whole if whole else 1.0


def full_time_equivalents(seated: list[Seat]) -> float:
    """The heads of a team by the part of the office's week for which each is paid."""
    return sum(seat.paid_share for seat in seated)


def staffed(structure: Structure, seated: list[Seat]) -> Structure:
    """The structure as it can be worked with these people: where nobody sits on a post, others of its role take its work
    after their own, or else a leader, a coordinator or a consultant does. A small team so serves what a large one does."""
    there = {seat.post for seat in seated}
    serves = dict(structure.serves)
    for post, rows in structure.serves.items():
        if post in there or not rows:
            continue
        for role in (structure.posts[post].role, *STAND_INS):
            names = [name for name, each in structure.posts.items() if each.role == role and name in there]
            if names:
                serves |= {name: [*serves.get(name, []), *rows] for name in names}
                break
    return structure if serves == structure.serves else structure.model_copy(update={"serves": serves})


def unserved(structure: Structure, seated: list[Seat]) -> list[str]:
    """Work of the book that no post with anybody on it takes, by the words of a team's file."""
    structure = staffed(structure, seated)
    taken = {work for seat in seated for row in structure.serves.get(seat.post, []) for work in row.work}
    missing = []
    for kind in KINDS[:WALK_IN]:
        places = {group: [line for line in structure.lines if not {f"{kind}.{line}", f"{kind}.{group}.{line}"} & taken]
                  for group in GROUPS if not {kind, f"{kind}.{group}"} & taken}  # fmt: skip
        groups = [group for group, lines in places.items() if lines or not structure.lines]
        lines = {line for lines in places.values() for line in lines}
        if structure.lines and len(lines) < len(structure.lines):
            missing += [f"{kind}.{line}" for line in structure.lines if line in lines]
        else:
            missing += [kind] if len(groups) == len(GROUPS) else [f"{kind}.{group}" for group in groups]
    return missing


def _counts(posts: dict[str, Post], heads: int) -> dict[str, int]:
    """Heads by post: fixed counts as they are, the role's heads over the others by largest remainder, at least one."""
    shared = {name: post.share for name, post in posts.items() if post.count is None}
    left = max(0, heads - sum(post.count or 0 for post in posts.values()))
    weights = {name: 1.0 if share is None else share for name, share in shared.items()}
    total = sum(weights.values()) or 1.0
    exact = {name: left * weight / total for name, weight in weights.items()}
    counts = {name: int(each) for name, each in exact.items()}
    by_remainder = sorted(exact, key=lambda name: counts[name] - exact[name])
    for name in by_remainder[: left - sum(counts.values())]:
        counts[name] += 1
    for name in counts:
        richest = max(counts, key=counts.__getitem__)
        if counts[name] == 0 and weights[name] > 0 and counts[richest] > 1:
            counts[name], counts[richest] = 1, counts[richest] - 1
    return {name: post.count if post.count is not None else counts[name] for name, post in posts.items()}


def _graded(heads: int, parameters: Parameters) -> dict[str, int]:
    """Consultants by grade, by largest remainder of the mix."""
    mix = parameters.people.grade_mix_share
    total = sum(mix.values())
    if total <= 0:
        raise InputError("people.grade_mix_share: the shares sum to 0")
    exact = np.array([heads * mix[grade] / total for grade in GRADES])
    counts = np.floor(exact).astype(int)
    for position in np.argsort(counts - exact, kind="stable")[: heads - counts.sum()]:
        counts[position] += 1
    return dict(zip(GRADES, counts.tolist(), strict=True))


def _seated(
    role: str, posts: dict[str, Post], counts: dict[str, int], pool: dict[str, int], shares: dict[str, float]
) -> list[Seat]:
    """People on posts; a post that names grades picks first, and the others share what is left in order."""
    found, numbers = [], dict.fromkeys(pool, 0)
    for name, post in sorted(posts.items(), key=lambda item: not item[1].grades):
        for _ in range(counts[name]):
            grade = next((each for each in [*post.grades, *GRADES] if pool.get(each)), "senior")
            if grade in pool:
                pool[grade] -= 1
            numbers[grade] = numbers.get(grade, 0) + 1
            found.append(Seat(f"{role} {grade} {numbers[grade]}", name, role, grade, shares[name], post.only_group))
    return found


def _without_vacant(found: list[Seat], parameters: Parameters) -> list[Seat]:
    """The seats less the vacant consultants' posts, the last of each grade first."""
    vacant: set[str] = set()
    for grade, count in parameters.people.vacant_posts_count.items():
        names = [seat.name for seat in found if seat.role == "consultant" and seat.grade == grade]
        if count > len(names):
            raise InputError(
                f"people.vacant_posts_count.{grade} = {count}: a team for this book has {len(names)} such consultants"
            )
        vacant |= set(names[len(names) - int(count) :])
    return [seat for seat in found if seat.name not in vacant]
