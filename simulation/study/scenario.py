"""Scenarios: a question, a base and a few changes, as data; and the setting that a desk can be run in."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import Field

from playbook.cards import items as handbook_items
from playbook.documents import Document, named_file, params_folder, read_document
from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters
from playbook.plans import read_plan
from simulation.desk.book import Book, make_book
from simulation.desk.team import Structure, read_structure
from simulation.study.measures import BY_NAME

MOST_DECIDING = 4


class ScenarioFile(Document):
    """A file of params/scenarios/. `base` names a scenario whose team and changes hold where this one says nothing;
    `plan` names a pay plan, whose changes come before the scenario's own; `items` are the items of the handbook that the
    comparison with the base puts on trial."""

    title: str
    question: str
    base: str | None = None
    team: str | None = None
    plan: str | None = None
    changes: dict[str, Any] = {}
    deciding: list[str] = Field(default=[], max_length=MOST_DECIDING)
    items: list[str] = []


@dataclass(frozen=True)
class Scenario:
    """A scenario with its bases worked in; `given` is the name or path by which it was asked for."""

    given: str
    name: str
    title: str
    question: str
    team: str
    changes: dict[str, Any]
    deciding: tuple[str, ...]

    def with_changes(self, changes: dict[str, Any]) -> "Scenario":
        """The same scenario with further changes."""
        return replace(self, changes=self.changes | changes) if changes else self


@dataclass(frozen=True)
class Setting:
    """All that a run needs but its luck: what any process can be handed."""

    name: str
    parameters: Parameters
    structure: Structure
    book: Book


def labels(scenarios: list[Scenario]) -> list[str]:
    """What to call each scenario in words: its title, with its name where two have the same."""
    titles = [scenario.title for scenario in scenarios]
    return [
        title if titles.count(title) == 1 else f"{title} ({scenario.name})"
        for title, scenario in zip(titles, scenarios, strict=True)
    ]


def scenario_names() -> list[str]:
    """The scenarios that are shipped."""
    return sorted(path.stem for path in (params_folder() / "scenarios").glob("*.yaml"))


def read_scenario(name: str, seen: tuple[str, ...] = ()) -> Scenario:
    """A scenario of params/scenarios/ by name, or any file by path; InputError names what does not fit."""
    path = named_file(params_folder() / "scenarios", name, "scenario")
    if name in seen:
        raise InputError(f"{path}: base: {' -> '.join([*seen, name])} goes round in a circle")
    file = read_document(path, ScenarioFile)
    base = read_scenario(_beside(path, file.base), (*seen, name)) if file.base else None
    team = _beside(path, file.team) if file.team else (base.team if base else None)
    deciding = tuple(file.deciding) or (base.deciding if base else ())
    if team is None:
        raise InputError(f"{path}: the key 'team' is missing, and no base names one")
    if not deciding:
        raise InputError(f"{path}: the key 'deciding' is missing, and no base names a measure")
    for measure in deciding:
        check_measure(measure, f"{path}: deciding")
    for item in file.items:
        if item not in handbook_items():
            raise InputError(f"{path}: items: unknown item {item!r}{did_you_mean(item, handbook_items())}")
    plan = _plan_changes(_beside(path, file.plan), path) if file.plan else {}
    changes = (base.changes if base else {}) | plan | file.changes
    scenario = Scenario(name, Path(name).stem, file.title, file.question, team, changes, deciding)
    _check(scenario, path)
    return scenario


def _plan_changes(plan: str, path: Path) -> dict[str, Any]:
    try:
        return read_plan(plan).parameter_changes()
    except InputError as error:
        raise InputError(f"{path}: plan: {error}") from None


def check_measure(name: str, place: str) -> None:
    """InputError where there is no measure of that name."""
    if name not in BY_NAME:
        raise InputError(f"{place}: unknown measure {name!r}{did_you_mean(name, BY_NAME)}")


def _beside(path: Path, name: str) -> str:
    """A file that a scenario names, looked for beside it first; any other name as it is."""
    near = path.parent / name
    return str(near) if name.endswith((".yaml", ".yml")) and near.is_file() else name


def _check(scenario: Scenario, path: Path) -> None:
    try:
        Parameters.load().changed(scenario.changes)
        read_structure(scenario.team)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def setting(scenario: Scenario, book: Book | None = None, parameters: Parameters | None = None) -> Setting:
    """What a desk needs for a scenario: the handbook's parameters with its changes, its team, and a book, made where
    none is given."""
    changed = (parameters or Parameters.load()).changed(scenario.changes)
    return Setting(scenario.name, changed, read_structure(scenario.team), book or make_book(changed))
