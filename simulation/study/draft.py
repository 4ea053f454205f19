"""Drafts: a scenario while it is being changed in a form, as plain data that can be kept, opened again and saved."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from playbook.documents import Document, params_folder, read_document
from playbook.errors import InputError
from playbook.parameters import Parameters, problem
from simulation.study.answers import scenario_setting
from simulation.study.folders import runs_folder, whole_file
from simulation.study.scenario import Scenario, ScenarioFile, Setting, read_scenario

OWN = "own"  # the folder of saved scenarios among the runs
NAME_LETTERS = 60


class PanelFile(Document):
    """A file of params/panels/: the question a form asks, the scenario it begins with, the scenarios it offers (all where
    none is named), whether the team can be chosen, and its levers: words by the full name of a parameter."""

    title: str
    question: str
    scenario: str
    scenarios: list[str] = []
    may_change_team: bool = False
    levers: dict[str, str]


class Draft(Document):
    """A scenario by name or path with further changes, perhaps another team, and perhaps a book of the user's own."""

    scenario: str
    team: str = ""
    changes: dict[str, Any] = {}
    book: str = ""
    mapping: str = ""

    def as_scenario(self) -> Scenario:
        """The scenario with this draft's team and changes."""
        found = read_scenario(self.scenario)
        return replace(found, team=self.team or found.team).with_changes(self.changes)

    def setting(self) -> Setting:
        """What this draft is run in; InputError names what does not fit."""
        return scenario_setting(self.as_scenario(), None, self.book or None, self.mapping or None)

    def parameters(self) -> Parameters:
        """The handbook's parameters with all that this draft changes."""
        return Parameters.load().changed(self.as_scenario().changes)

    def with_value(self, name: str, value: Any) -> "Draft":
        """The same draft with another value of one parameter, which is no change where the scenario has it already."""
        found = read_scenario(self.scenario)
        others = {each: was for each, was in self.changes.items() if each != name}
        is_own = Parameters.load().changed(found.changes).value_at(name) == value
        return self.model_copy(update={"changes": others if is_own else others | {name: value}})


def read_panel(name: str) -> PanelFile:
    """A panel of params/panels/ by name or path; InputError names what does not fit."""
    path = Path(name) if name.endswith(".yaml") else params_folder() / "panels" / f"{name}.yaml"
    file = read_document(path, PanelFile)
    parameters = Parameters.load()
    for each in [file.scenario, *file.scenarios]:
        read_scenario(each)
    for lever in file.levers:
        try:
            found = parameters.value_at(lever)
        except (InputError, KeyError) as error:
            raise InputError(f"{path}: levers: {error}") from None
        if isinstance(found, dict | list):
            raise InputError(
                f"{path}: levers: {lever} is a table; name one of its entries: {', '.join(map(str, found))}"
            )
    return file


def about_lever(name: str, parameters: Parameters) -> Any:
    """The parameter that a lever moves: itself, or the table whose entry it is."""
    return parameters.about(name if name in parameters else name.rpartition(".")[0])


def lever_problem(name: str, value: Any, parameters: Parameters) -> str | None:
    """What is wrong with a lever's value, as half a sentence; None where nothing is."""
    about = about_lever(name, parameters)
    return problem(value if name in parameters else about.value | {name.rpartition(".")[2]: value}, about)


def own_scenarios() -> list[Path]:
    """The scenarios that have been saved, by name."""
    return sorted((runs_folder() / OWN).glob("*.yaml"))


def scenario_text(draft: Draft, title: str) -> str:
    """The draft as the text of a scenario file, on the shipped scenario that it began with."""
    base = read_scenario(draft.scenario)
    is_shipped = not draft.scenario.endswith(".yaml")
    content = {"title": title, "question": base.question}
    if is_shipped:
        content |= {"base": draft.scenario} | ({"team": draft.team} if draft.team else {})
        content |= {"changes": draft.changes} if draft.changes else {}
    else:
        whole = draft.as_scenario()
        content |= {"team": whole.team, "changes": whole.changes, "deciding": list(whole.deciding)}
        content |= {"shocks": [each.model_dump() for each in whole.shocks]} if whole.shocks else {}
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True)


def save_scenario(draft: Draft, title: str) -> Path:
    """Write the draft as a scenario file among the runs; InputError where its name is no name, or is taken by another."""
    title = " ".join(title.split())
    name = "".join(each if each.isalnum() else "_" for each in title.lower()).strip("_")[:NAME_LETTERS]
    if not name:
        raise InputError(f"{title!r}: a scenario needs a name with letters or figures in it")
    path = runs_folder() / OWN / f"{name}.yaml"
    text = scenario_text(draft, title)
    if path.is_file() and path.read_text(encoding="utf-8") != text:
        raise InputError(f"there is another scenario called {name!r} already; choose another name")
    with whole_file(path) as aside:
        aside.write_text(text, encoding="utf-8")
    read_scenario(str(path))
    return path


def open_scenario(path: Path) -> Draft:
    """A scenario file as a draft: its base with its team and changes; InputError names what does not fit."""
    read_scenario(str(path))
    file = read_document(path, ScenarioFile)
    if file.base is None or file.base.endswith((".yaml", ".yml")) or file.plan or file.shocks or file.deciding:
        return Draft(scenario=str(path))
    return Draft(scenario=file.base, team=file.team or "", changes=file.changes)
