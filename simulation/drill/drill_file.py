"""Drill files: the shape of params/drills/*.yaml, read strictly, with line and key in every complaint."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from playbook.documents import Document, named_file, params_folder, read_yaml
from simulation.desk.team import Row

NOTHING = "nothing"  # the robot that moves no lever


class Start(Document):
    """Where play begins: a scenario with its changes, and the luck of the play (scores use luck of their own).

    `serves` are rows of work by post, where they differ from the team's own. The scenario's `experiment.start_date` is the
    first day of play; the desk has worked for its whole lead-in by then.
    """

    scenario: str
    changes: dict[str, Any] = {}
    serves: dict[str, list[Row | list[str]]] = {}
    seed: int = Field(default=1, ge=0, le=2**31)
    score_seed: int = Field(default=1001, ge=0, le=2**31)


class Sight(Document):
    """A measure on a role's board: seen so many turns late, off by a relative error of that spread."""

    measure: str
    delay_turns: int = Field(default=0, ge=0, le=4)
    noise_share: float = Field(default=0, ge=0, le=0.5)


class RolePart(Document):
    """A role of the drill: what it is there for, and what it sees. The levers say whose they are."""

    title: str
    duty: str
    sees: list[Sight] = Field(min_length=1)


class Option(Document):
    """A position of a lever: parameters that change while it is in force, and rows of work by post; what it costs in points
    and after how many days it works. `reveals` names injects whose true cause the team learns in the turn after."""

    title: str
    changes: dict[str, Any] = {}
    serves: dict[str, list[Row | list[str]]] = {}
    cost_once_points: float = Field(default=0, ge=0, le=1000)
    cost_a_turn_points: float = Field(default=0, ge=0, le=1000)
    lead_days: int = Field(default=0, ge=0, le=28)
    reveals: list[str] = []


class Lever(Document):
    """A lever of a role. It stands at `standing` until somebody moves it; away from there for `at_most_turns` at most."""

    role: str
    title: str
    text: str
    standing: str
    options: dict[str, Option] = Field(min_length=2)
    at_most_turns: int | None = Field(default=None, ge=1, le=52)


class Effect(Document):
    """What an inject does to the desk: parameters and rows of work that change on a day of its turn (0 is the first), or so
    many working hours after that day's opening, for some days or working hours, or for good."""

    day: int = Field(default=0, ge=0, le=6)
    after_hours: float = Field(default=0, ge=0, le=24)
    for_days: int | None = Field(default=None, ge=1, le=365)
    for_hours: float | None = Field(default=None, gt=0, le=1000)
    changes: dict[str, Any] = {}
    serves: dict[str, list[Row | list[str]]] = {}


class Inject(Document):
    """News that comes in: what players read, what it does to the desk, and what only the trainer knows."""

    turn: int = Field(ge=1, le=52)
    when: str = "always"
    channel: Literal["telephone", "e-mail", "chat", "letter", "in person", "system", "press"]
    sender: str
    to: str
    title: str
    text: str
    effects: list[Effect] = []
    cause: str
    note: str
    expected: list[str] = []
    hint: str
    objective: str
    question: str
    rules: list[str] = Field(min_length=1)


class Move(Document):
    """What a robot does from one turn to another (by default in that turn alone) when a condition holds."""

    turn: int = Field(default=1, ge=1, le=52)
    until_turn: int | None = Field(default=None, ge=1, le=52)
    when: str = "always"
    set: dict[str, str] = Field(min_length=1)


class Robot(Document):
    """A named policy: what it is about, and its moves in order."""

    title: str
    moves: list[Move] = Field(min_length=1)


class Criterion(Document):
    """A line of the observer's rubric, marked from 1 to 5."""

    title: str
    low: str
    high: str


class Length(Document):
    """A minute plan: steps with their minutes, in order; `of` names the workshop of the handbook whose plan it is."""

    title: str
    of: str | None = None
    steps: dict[str, int] = {}


class Drill(Document):
    """A file of params/drills/: a desk stopped between turns, with what may be done and what will happen."""

    kind: Literal["drill", "competition"] = "drill"
    title: str
    question: str
    items: list[str] = Field(min_length=1)
    objectives: dict[str, str] = Field(min_length=1)
    story: str
    start: Start
    turns: int = Field(ge=1, le=26)
    days_a_turn: int = Field(default=7, ge=1, le=28)
    moves_a_turn: int = Field(default=2, ge=1, le=20)
    swap_before_turns: list[int] = []
    roles: dict[str, RolePart] = Field(min_length=1)
    levers: dict[str, Lever] = Field(min_length=1)
    injects: dict[str, Inject]
    predict: str
    weights: dict[str, float] = Field(min_length=1)
    par: str
    sensible: str
    afterwards: str = NOTHING
    weeks_after: int = Field(default=4, ge=0, le=8)
    robots: dict[str, Robot]
    lengths: dict[str, Length] = Field(min_length=1)
    ground_rules: list[str] = Field(min_length=1)
    questions_before: list[str] = Field(min_length=1)
    questions_after: list[str] = Field(min_length=1)
    output: str
    follow_up_days: int = Field(default=30, ge=1, le=365)
    rubric: dict[str, Criterion] = Field(min_length=1)


def drill_names() -> list[str]:
    """The drills that are shipped."""
    return sorted(path.stem for path in drills_folder().glob("*.yaml"))


def drills_folder() -> Path:
    """The folder params/drills/."""
    return params_folder() / "drills"


def drill_path(name: str) -> Path:
    """Where a drill's file lies, by its name in params/drills/ or by path."""
    return named_file(drills_folder(), name, "drill")


def title_of(path: Path) -> str:
    """The title of a drill's or audit's file; its name where it has none."""
    content = read_yaml(path)
    return str(content.get("title", path.stem)) if isinstance(content, dict) else path.stem


def is_audit(path: Path) -> bool:
    """Whether a file of the folder is a paper mock audit, which has no desk."""
    content = read_yaml(path)
    return isinstance(content, dict) and content.get("kind") == "audit"
