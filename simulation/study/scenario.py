"""Scenarios: a question, a base and a few changes, as data; and the setting that a desk can be run in."""

from collections.abc import Iterable
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
from simulation.desk.changes import DatedChange, check_live
from simulation.desk.team import Structure, read_structure
from simulation.study.measures import BY_NAME

MOST_DECIDING = 4


class Shock(Document):
    """A dated change of a scenario's file: from the opening of a day (the first measured one is 0), or so many working
    hours after it, to the end of the run, or for some calendar days or working hours."""

    day: int
    after_hours: float = Field(default=0, ge=0, le=24)
    for_days: int | None = Field(default=None, ge=1, le=3_660)
    for_hours: float | None = Field(default=None, gt=0, le=1_000)
    changes: dict[str, Any] = Field(min_length=1)


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
    shocks: list[Shock] = []
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
    shocks: tuple[Shock, ...] = ()

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
    dated: tuple[DatedChange, ...] = ()

    def with_parameters(self, changes: dict[str, Any]) -> "Setting":
        """The same team and book under other parameters; nothing that makes the book may be among them."""
        return replace(self, parameters=self.parameters.changed(changes))


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
    shocks = (base.shocks if base else ()) + tuple(file.shocks)
    scenario = Scenario(name, Path(name).stem, file.title, file.question, team, changes, deciding, shocks)
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
        dated_changes(scenario.shocks, Parameters.load().changed(scenario.changes))
        read_structure(scenario.team)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def setting(scenario: Scenario, book: Book | None = None, parameters: Parameters | None = None) -> Setting:
    """What a desk needs for a scenario: the handbook's parameters with its changes, its team, and a book, made where
    none is given."""
    changed = (parameters or Parameters.load()).changed(scenario.changes)
    dated = dated_changes(scenario.shocks, changed)
    return Setting(scenario.name, changed, read_structure(scenario.team), book or make_book(changed), dated)


def dated_changes(shocks: Iterable[Shock], parameters: Parameters) -> tuple[DatedChange, ...]:
    """What changes when: the beginning of each shock, and its end, where values go back to what they were without it.

    Values that two shocks change at once go back to those of the scenario when the first of them ends; one that outlasts
    the measured days does not end in the run.
    """
    found, days = [], parameters.experiment.measured_days
    for shock in shocks:
        check_live(shock.changes)
        parameters.changed(shock.changes)
        found.append(DatedChange(shock.day, shock.changes, shock.after_hours))
        before = {name: parameters.value_at(name) for name in shock.changes}
        if shock.for_days is not None and shock.day + shock.for_days < days:
            found.append(DatedChange(shock.day + shock.for_days, before, shock.after_hours))
        if shock.for_hours is not None:
            found.append(DatedChange(shock.day, before, shock.after_hours + shock.for_hours))
    return tuple(found)
