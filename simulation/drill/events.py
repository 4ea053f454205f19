"""Events: what can happen in a session, each with the shape of what it carries."""

import json
from dataclasses import dataclass, field
from typing import Any

from pydantic import ConfigDict, Field

from playbook.documents import Document, checked
from playbook.errors import InputError, did_you_mean
from simulation.drill.drill_file import Inject

LONGEST_TEXT = 4000
NAME = r"^[\w][\w .'-]{0,39}$"


class Said(Document):
    """What an event carries: numbers are numbers and words are words, and nothing is turned into the other."""

    model_config = ConfigDict(strict=True)


class Opened(Said):
    """A session begins: the drill's name and whole text, its luck, and what it was branched from."""

    drill: str
    text: str
    seed: int = Field(ge=0, le=2**31)
    edition: str
    branched_from: str | None = None
    branched_turn: int | None = None


class Joined(Said):
    """A member takes a seat in a team, or a robot of the drill plays the team."""

    member: str = Field(pattern=NAME)
    role: str | None = None
    robot: str | None = None


class Predicted(Said):
    """A team says beforehand what a measure of the coming turn will be, and may give a range it would bet four to one on."""

    turn: int
    value: float = Field(ge=-1e12, le=1e12)
    low: float | None = Field(default=None, ge=-1e12, le=1e12)
    high: float | None = Field(default=None, ge=-1e12, le=1e12)


class Decided(Said):
    """A lever is to be moved in a turn; the last word of a turn counts."""

    turn: int
    lever: str
    option: str
    member: str = ""


class Locked(Said):
    """A team has decided for a turn."""

    turn: int


class Directed(Said):
    """The trainer sends an inject to a turn, or skips it (no turn)."""

    inject: str
    turn: int | None = None


class Improvised(Document):
    """The trainer makes up an inject for the turn ahead."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")
    inject: Inject


class Resolved(Said):
    """A turn was played: the fingerprint of each team's board after it."""

    turn: int
    boards: dict[str, str]


class Noted(Said):
    """Somebody wrote something down."""

    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class Rated(Said):
    """An observer's or a juror's marks by criterion."""

    by: str = Field(pattern=NAME)
    marks: dict[str, float]
    is_jury: bool = False


class Promised(Said):
    """An action that comes out of the debrief, with who does it and by when."""

    action: str = Field(min_length=1, max_length=LONGEST_TEXT)
    owner: str = Field(min_length=1, max_length=80)
    by: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$")


class Undone(Said):
    """An event no longer counts."""

    number: int = Field(ge=1)


SHAPES: dict[str, type[Document]] = {
    "opened": Opened, "joined": Joined, "predicted": Predicted, "decided": Decided, "locked": Locked, "directed": Directed,
    "improvised": Improvised, "resolved": Resolved, "noted": Noted, "rated": Rated, "promised": Promised, "undone": Undone,
}  # fmt: skip
OF_A_TEAM = ("joined", "predicted", "decided", "locked", "rated")


@dataclass(frozen=True)
class Event:
    """What happened: its kind, whose it is (empty: the trainer's), what it carries, its place in the session and when."""

    kind: str
    team: str
    body: dict[str, Any] = field(default_factory=dict)
    number: int = 0
    at: str = ""

    def read(self) -> Any:
        """The body in its shape; InputError where it does not fit."""
        if self.kind not in SHAPES:
            raise InputError(f"unknown kind of event {self.kind!r:.40}{did_you_mean(self.kind, SHAPES)}")
        return checked(self.body, SHAPES[self.kind], self.kind)


def event(kind: str, team: str = "", **body: Any) -> Event:
    """An event that fits its shape; InputError where it does not."""
    found = Event(kind, team, body)
    return Event(kind, team, found.read().model_dump(mode="json"))


def as_json(value: Any) -> str:
    """Canonical JSON: keys in order, no spaces, one form for every number."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
