"""The paper mock audit (S4.1.2): files with faults planted by lot, read by pairs, marked against the key.

It has no desk. Which facts of a file are wrong is drawn by a seed, so that nobody can learn the answers; a plain fault shows
in the file itself, any other only to somebody who compares two places.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from playbook.cards import items
from playbook.documents import Document, checked, lines_of, yaml_of
from playbook.errors import InputError, did_you_mean
from simulation.desk.streams import Luck
from simulation.drill.check import text_of
from simulation.drill.drill_file import NOTHING, Criterion, Length, drill_path
from simulation.drill.score import FEWEST_ERRORS, SCALE, Gap, gap_of

PAR, SENSIBLE = "par", "checklist"


class Question(Document):
    """A question of the audit: what is asked of each file, the points of finding a fault, and the item behind it."""

    title: str
    points: float = Field(gt=0, le=100)
    rule: str


class Fact(Document):
    """What a file says that bears on a question: as it should be, and as it reads where a fault was planted."""

    right: str
    wrong: str
    is_plain: bool = False


class Case(Document):
    """A file to be audited: its title and its facts by question."""

    title: str
    facts: dict[str, Fact] = Field(min_length=1)


class Audit(Document):
    """A file of params/drills/ of kind audit."""

    kind: Literal["audit"]
    title: str
    question: str
    items: list[str] = Field(min_length=1)
    objectives: dict[str, str] = Field(min_length=1)
    story: str
    files_count: int = Field(ge=1, le=100)
    fault_share: float = Field(gt=0, lt=1)
    false_alarm_points: float = Field(ge=0, le=100)
    checks: dict[str, Question] = Field(min_length=1)
    cases: dict[str, Case] = Field(min_length=1)
    notes: list[str] = Field(min_length=1)
    lengths: dict[str, Length] = Field(min_length=1)
    ground_rules: list[str] = Field(min_length=1)
    questions_before: list[str] = Field(min_length=1)
    questions_after: list[str] = Field(min_length=1)
    output: str
    follow_up_days: int = Field(default=30, ge=1, le=365)
    rubric: dict[str, Criterion] = Field(min_length=1)


@dataclass(frozen=True)
class File:
    """A file as it lies on the table: what it says by question, and which of its facts are wrong."""

    name: str
    title: str
    says: dict[str, str]
    wrong: frozenset[str]
    plain: frozenset[str]


@dataclass(frozen=True)
class Marked:
    """What was found: by file the faults found, missed and alleged without ground, the points, and the most there were."""

    found: dict[str, list[str]]
    missed: dict[str, list[str]]
    alleged: dict[str, list[str]]
    points: float
    most: float


@dataclass(frozen=True)
class AuditDryRun:
    """What robots reach over seeds: nobody looks; a checklist finds what shows; par compares."""

    points: dict[str, NDArray[np.float64]]
    gaps: dict[str, Gap]

    def complaints(self) -> list[str]:
        """Why the audit should not be played; none where it may."""
        return [
            f"{what} is {gap.mean:.2f} points with a standard error of {gap.error:.2f}; it should be {FEWEST_ERRORS:g} errors"
            for what, gap in self.gaps.items()
            if not gap.has_ratio
        ]

    @property
    def sensible_ratio(self) -> float:
        """What the checklist reaches, of 100 for par."""
        over = self.points[SENSIBLE] - self.points[NOTHING]
        return float(SCALE * over.mean() / (self.points[PAR] - self.points[NOTHING]).mean())


def read_audit(name: str) -> Audit:
    """An audit of params/drills/ by name, or any file by path; InputError names line, key and the nearest right name."""
    path = drill_path(name)
    text = text_of(path)
    lines = lines_of(text) if isinstance(yaml_of(text, str(path)), dict) else {}
    audit = checked(yaml_of(text, str(path)), Audit, str(path), lines)
    found = [f"{path}:{lines.get(key, '?')}: {key}: {says}" for key, says in _problems(audit)]
    if found:
        raise InputError("\n".join(found))
    return audit


def _problems(audit: Audit) -> list[tuple[str, str]]:
    found = []
    for name, each in audit.checks.items():
        if each.rule not in items():
            found.append((f"checks.{name}.rule", f"unknown item {each.rule!r}{did_you_mean(each.rule, items())}"))
    for place, item in enumerate(audit.items):
        if item not in items():
            found.append((f"items.{place}", f"unknown item {item!r}{did_you_mean(item, items())}"))
    for name, case in audit.cases.items():
        found += [
            (f"cases.{name}.facts.{check}", f"unknown question {check!r}{did_you_mean(check, audit.checks)}")
            for check in case.facts
            if check not in audit.checks
        ]
    if audit.files_count > len(audit.cases):
        found.append(("files_count", f"{audit.files_count} files are drawn, and there are {len(audit.cases)}"))
    return found


def drawn(audit: Audit, seed: int, replication: int = 0) -> list[File]:
    """The files of a seed: which are drawn by lot, and which of their facts are wrong."""
    luck = Luck(seed, replication)
    order = np.argsort(luck.column("audit files", len(audit.cases)), kind="stable")[: audit.files_count]
    names = list(audit.cases)
    return [_file(audit, names[place], luck) for place in sorted(order.tolist())]


def _file(audit: Audit, name: str, luck: Luck) -> File:
    facts = audit.cases[name].facts
    chance = luck.row("audit faults", name, len(facts))
    wrong = frozenset(check for check, draw in zip(facts, chance.tolist(), strict=True) if draw < audit.fault_share)
    says = {check: fact.wrong if check in wrong else fact.right for check, fact in facts.items()}
    return File(
        name, audit.cases[name].title, says, wrong, frozenset(check for check in wrong if facts[check].is_plain)
    )


def mark(audit: Audit, files: list[File], said: Mapping[str, set[str]]) -> Marked:
    """What somebody said of each file, held against the key; InputError where a question is named that nobody asked."""
    for words in said.values():
        for word in words:
            if word not in audit.checks:
                raise InputError(f"{word!r} is no question of this audit{did_you_mean(word, audit.checks)}")
    found = {each.name: sorted(said.get(each.name, set()) & each.wrong) for each in files}
    missed = {each.name: sorted(each.wrong - said.get(each.name, set())) for each in files}
    alleged = {each.name: sorted(said.get(each.name, set()) - each.wrong) for each in files}
    worth = {name: each.points for name, each in audit.checks.items()}
    points = sum(worth[check] for checks in found.values() for check in checks)
    points -= audit.false_alarm_points * sum(map(len, alleged.values()))
    return Marked(found, missed, alleged, points, sum(worth[check] for each in files for check in each.wrong))


def audit_dry_run(audit: Audit, seeds: int) -> AuditDryRun:
    """Nothing, the checklist and par over so many draws."""
    points: dict[str, list[float]] = {NOTHING: [], SENSIBLE: [], PAR: []}
    for n in range(seeds):
        files = drawn(audit, 1, n)
        says = {
            NOTHING: {},
            SENSIBLE: {each.name: set(each.plain) for each in files},
            PAR: {each.name: set(each.wrong) for each in files},
        }
        for robot, said in says.items():
            points[robot].append(mark(audit, files, said).points)
    found = {robot: np.array(each) for robot, each in points.items()}
    gaps = {
        "par less nothing": gap_of(found[NOTHING], found[PAR]),
        "the checklist less nothing": gap_of(found[NOTHING], found[SENSIBLE]),
        "par less the checklist": gap_of(found[SENSIBLE], found[PAR]),
    }
    return AuditDryRun(found, gaps)
