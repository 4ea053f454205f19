"""Team structures as data: which posts there are, who sits on them, and whom each may serve in which order."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field, field_validator

from playbook.documents import Document, checked, named_file, params_folder, read_document
from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters
from playbook.staffing import team_heads
from playbook.structure import GROUPS
from simulation.desk.pieces import AWAY, KINDS, WALK_IN

ROLES = ("consultant", "coordinator", "leader", "analyst", "trainer")
GRADES = ("expert", "senior", "junior")
Role = Literal["consultant", "coordinator", "leader", "analyst", "trainer"]


class Post(Document):
    """A kind of place in the team. `share` is its part of the role's heads; `count` fixes them instead.

    `grades` names who sits here first; `only_group` marks people who serve one group and are quicker at it.
    """

    role: Role
    share: float | None = Field(default=None, ge=0, le=1)
    count: int | None = Field(default=None, ge=0, le=100_000)
    grades: list[Literal["expert", "senior", "junior"]] = []
    only_group: Literal["A", "B"] | None = None
    speed: float = Field(default=1.0, gt=0, le=100)


class Row(Document):
    """Kinds of work that a post takes with equal right, the discipline deciding between them.

    A kind alone means every group's; `enquiry.A` means group A's, `walk_in.NAME` one source's. With `when_waiting_over`
    the post helps out only while more than so many pieces of such work wait.
    """

    work: list[str] = Field(min_length=1)
    when_waiting_over: int = Field(default=0, ge=0)


class Structure(Document):
    """A file of params/teams/.

    `offers` says which posts are asked in which order when such work comes and people are idle; posts in a list of their
    own are asked with equal right. Kinds under `owner_first` wait for the owner of their case before others take them.
    """

    title: str
    question: str
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
    """One person's place: the name by which their luck is drawn, and what they are."""

    name: str
    post: str
    role: str
    grade: str
    only_group: str | None = None


def read_structure(name: str) -> Structure:
    """A structure of params/teams/ by name, or any file by path."""
    path = named_file(params_folder() / "teams", name, "team")
    return checked_structure(read_document(path, Structure), path)


def checked_structure(structure: Structure, place: Path | str) -> Structure:
    """The structure, if its names fit together; InputError where a post or a kind of work is unknown."""
    for post, rows in structure.serves.items():
        if post not in structure.posts:
            raise InputError(f"{place}: serves: unknown post {post!r}{did_you_mean(post, structure.posts)}")
        for row in rows:
            for work in row.work:
                _check_work(work, f"{place}: serves.{post}")
    for work, posts in structure.offers.items():
        _check_work(work, f"{place}: offers")
        for post in (each for rank in posts for each in ([rank] if isinstance(rank, str) else rank)):
            if post not in structure.serves:
                raise InputError(f"{place}: offers.{work}: unknown post {post!r}{did_you_mean(post, structure.serves)}")
    return structure


def structure_from(content: object, place: str) -> Structure:
    """A structure that stands inside another file."""
    return checked_structure(checked(content, Structure, place), place)


def kind_and_group(work: str) -> tuple[int, str]:
    """A word for work, `enquiry` or `enquiry.A`, as the kind's number and the group's name, which may be empty."""
    kind, _, group = work.partition(".")
    if kind not in KINDS[:AWAY]:
        raise InputError(f"unknown work {work!r}{did_you_mean(kind, KINDS[:AWAY])}")
    return KINDS.index(kind), group


def _check_work(work: str, place: str) -> None:
    try:
        kind, group = kind_and_group(work)
    except InputError as error:
        raise InputError(f"{place}: {error}") from None
    if group and kind != WALK_IN and group not in GROUPS:
        raise InputError(f"{place}: {work!r}: unknown group {group!r}{did_you_mean(group, GROUPS)}")


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
        found += _seated(role, posts, counts, pool)
    return _without_vacant(found, parameters)


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


def _seated(role: str, posts: dict[str, Post], counts: dict[str, int], pool: dict[str, int]) -> list[Seat]:
    """People on posts; a post that names grades picks first, and the others share what is left in order."""
    found, numbers = [], dict.fromkeys(pool, 0)
    for name, post in sorted(posts.items(), key=lambda item: not item[1].grades):
        for _ in range(counts[name]):
            grade = next((each for each in [*post.grades, *GRADES] if pool.get(each)), "senior")
            if grade in pool:
                pool[grade] -= 1
            numbers[grade] = numbers.get(grade, 0) + 1
            found.append(Seat(f"{role} {grade} {numbers[grade]}", name, role, grade, only_group=post.only_group))
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
