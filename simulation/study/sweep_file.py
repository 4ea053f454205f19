"""Sweep files: a notebook and what is laid out before it, checked whole before any kernel starts."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import papermill
from pydantic import Field

from playbook.documents import named_file, params_folder, read_document
from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters
from simulation.desk.book_file import read_mapping
from simulation.desk.team import read_structure
from simulation.study.answers import own_book
from simulation.study.folders import notebooks_folder
from simulation.study.layouts import Layout, Values
from simulation.study.scenario import check_measure, labels, read_scenario

TYPES = {"int": int, "float": (int, float), "str": str, "bool": bool, "dict": dict, "list": list}
SMALLEST_SWEEP = FEWEST_REPLICATIONS = 2
MOST_CASES = 10_000
OWN, PAIRED = ("write_to", "workers"), ("seed", "replications")
NAMES_FILES = (".yaml", ".yml", ".csv", ".xlsx", ".xlsm")


class SweepFile(Layout):
    """A file of params/sweeps/: which notebook, over which cases, and which case the others are compared with.

    A name in a part of the cases and in `always` is a parameter of the notebook, or the full name of a parameter of
    params/. `cell_minutes` is the longest that a cell may take.
    """

    question: str
    notebook: str
    always: Values = {}
    base: Values
    deciding: list[str] = Field(min_length=1, max_length=4)
    cell_minutes: float = Field(default=60, gt=0)


@dataclass(frozen=True)
class Kind:
    """What a notebook's parameter of some name speaks of: how its value is read, which refuses a wrong one, and what it
    is called in titles."""

    read: Callable[[str], Any]
    title: Callable[[str, Any], str] = lambda given, _: given


KINDS: dict[str, Kind] = {  # a further kind of file that cases can differ in is one line here
    "scenario": Kind(read_scenario),
    "team": Kind(read_structure, lambda _, structure: structure.title),
    "mapping": Kind(read_mapping, lambda _, mapping: mapping.title),
    "book": Kind(lambda name: _file(name), lambda given, _: Path(given).stem),
}


@dataclass(frozen=True)
class Case:
    """One case: its name, its title in words, the values that it differs in, what the notebook is given, and all that it
    changes in params/, the scenario's own changes included."""

    name: str
    title: str
    values: Values
    parameters: Values
    changes: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Sweep:
    """A sweep that has been checked whole."""

    name: str
    file: SweepFile
    notebook: Path
    cases: list[Case]
    base: Case
    interface: dict[str, Any]

    def scenario_of(self, case: Case) -> str:
        """The scenario that a case runs."""
        return str(case.parameters.get("scenario") or default_of(self.interface, "scenario"))

    @property
    def swept(self) -> list[str]:
        """The names that the cases differ in."""
        return list(dict.fromkeys(name for case in self.cases for name in case.values))


def read_sweep(name: str) -> Sweep:
    """A sweep of params/sweeps/ by name, or any file by path, checked whole before any kernel starts."""
    path = named_file(params_folder() / "sweeps", name, "sweep")
    file = read_document(path, SweepFile)
    notebook = _notebook(file.notebook, path)
    for measure in file.deciding:
        check_measure(measure, f"{path}: deciding")
    check = _Check(path, interface(notebook), {})
    try:
        laid_out = [{key: _whole(key, value) for key, value in case.items()} for case in file.laid_out()]
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    base = {key: _whole(key, value) for key, value in file.base.items()}
    always = {key: _whole(key, value) for key, value in file.always.items()}
    if len(laid_out) > MOST_CASES:
        raise InputError(f"{path}: {len(laid_out):,} cases are more than the {MOST_CASES:,} that a sweep may have")
    for case in [*laid_out, base]:
        check.differing(case)
    for case in [always, *laid_out, base]:
        check.values(case)
    if file.latin and base not in laid_out:
        laid_out.insert(0, base)
    cases = _cases(laid_out, always)
    if len(cases) < SMALLEST_SWEEP:
        raise InputError(f"{path}: a sweep compares at least {SMALLEST_SWEEP} cases, found {len(cases)}")
    _refuse_twice([case.name for case in cases], path)
    cases = [replace(case, changes=check.together(case)) for case in cases]
    if base not in laid_out:
        raise InputError(f"{path}: base: {file.base} is none of the cases")
    return Sweep(path.stem, file, notebook, cases, cases[laid_out.index(base)], check.interface)


def interface(notebook: Path) -> dict[str, Any]:
    """The parameters cell of a notebook: type, default and help by name; InputError where there is none."""
    try:
        found = papermill.inspect_notebook(str(notebook))
    except Exception as error:
        raise InputError(f"{notebook}: not readable as a notebook: {error}") from None
    if not found:
        raise InputError(f"{notebook}: there is no cell tagged 'parameters', or nothing stands in it")
    return found


def default_of(interface: dict[str, Any], key: str) -> str:
    """The text that a notebook's parameter has when nobody gives it another."""
    return str(interface[key]["default"]).strip("\"'")


def _notebook(name: str, path: Path) -> Path:
    """A notebook of notebooks/ by name, or a file beside the sweep's own or anywhere."""
    if name.endswith(".ipynb"):
        for found in (path.parent / name, Path(name), notebooks_folder() / name):
            if found.is_file():
                return found.resolve()
    found = notebooks_folder() / f"{name.removesuffix('.ipynb')}.ipynb"
    if not found.is_file():
        known = [each.stem for each in notebooks_folder().glob("*.ipynb")]
        raise InputError(f"{path}: notebook: unknown notebook {name!r}{did_you_mean(name, known)}")
    return found


def _file(name: str) -> Path:
    if not Path(name).is_file():
        raise InputError(f"there is no file {name!r}")
    return Path(name)


def _whole(key: str, value: Any) -> Any:
    """A file by its whole path, because a notebook runs in a folder of its own."""
    return str(Path(value).resolve()) if key in KINDS and str(value).endswith(NAMES_FILES) else value


@dataclass(frozen=True)
class _Check:
    """Refuses what this notebook cannot be given, naming the sweep's file."""

    path: Path
    interface: dict[str, Any]
    known: dict[str, Values]

    def scenario_changes(self, name: str) -> Values:
        """The changes of a scenario, read once."""
        if name not in self.known:
            self.known[name] = read_scenario(name).changes
        return self.known[name]

    def differing(self, case: Values) -> None:
        """InputError where a case differs in what must be the same for all."""
        for key in PAIRED:
            if key in case:
                raise InputError(
                    f"{self.path}: {key!r} cannot differ between cases that are compared; put it under always"
                )

    def values(self, case: Values) -> None:
        """InputError where a name is unknown or a value cannot be given to it."""
        for key, value in case.items():
            if key in OWN:
                raise InputError(f"{self.path}: {key!r} is given by the sweep itself")
            if key in self.interface:
                self._own(key, value)
            else:
                self._changes({key: value})

    def together(self, case: Case) -> Values:
        """All that a case changes in params/; InputError where its values do not fit each other."""
        changes = case.parameters.get("changes", {})
        if "scenario" in self.interface:
            given = case.parameters.get("scenario", default_of(self.interface, "scenario"))
            changes = self.scenario_changes(given) | changes
        self._changes(changes)
        if {"book", "mapping"} & set(case.parameters):
            try:
                own_book(case.parameters.get("book") or None, case.parameters.get("mapping") or None,
                         Parameters.load().changed(changes))  # fmt: skip
            except InputError as error:
                raise InputError(f"{self.path}: {case.name}: {error}") from None
        return changes

    def _own(self, key: str, value: Any) -> None:
        """One of the notebook's own parameters."""
        wanted = self.interface[key]["inferred_type_name"]
        allowed = TYPES.get(wanted.partition("[")[0], object)
        if not isinstance(value, allowed) or (wanted in ("int", "float") and isinstance(value, bool)):
            raise InputError(f"{self.path}: {key} = {value!r} must be of type {wanted} ({self.interface[key]['help']})")
        if key in KINDS and value:
            try:
                KINDS[key].read(value)
            except InputError as error:
                raise InputError(f"{self.path}: {key}: {error}") from None
        if key == "changes":
            self._changes(value)
        if key == "replications" and value < FEWEST_REPLICATIONS:
            raise InputError(f"{self.path}: replications = {value}: an interval needs at least {FEWEST_REPLICATIONS}")
        if key == "seed" and value < 0:
            raise InputError(f"{self.path}: seed = {value} must be 0 or more")

    def _changes(self, changes: Values) -> None:
        """Changes of params/, which the notebook must take; the nearest name may also be one of the notebook's."""
        known = Parameters.load()
        for key in changes:
            if key not in known and key.rpartition(".")[0] not in known:
                near = did_you_mean(key, [*self.interface, *known])
                raise InputError(f"{self.path}: unknown parameter {key!r}{near}")
            if "changes" not in self.interface:
                raise InputError(
                    f"{self.path}: {key!r}: this notebook's parameters cell has no 'changes' to put it into"
                )
        try:
            known.changed(changes)
        except InputError as error:
            raise InputError(f"{self.path}: {error}") from None


def _cases(laid_out: list[Values], always: Values) -> list[Case]:
    """The cases with names and titles that tell them apart."""
    titles: dict[tuple[str, str], str] = {}
    given = list(dict.fromkeys(case["scenario"] for case in laid_out if "scenario" in case))
    titles |= {("scenario", each): label for each, label in
               zip(given, labels([read_scenario(each) for each in given]), strict=True)}  # fmt: skip
    for key, kind in KINDS.items():
        for each in dict.fromkeys(case[key] for case in laid_out if case.get(key)):
            titles.setdefault((key, each), kind.title(each, kind.read(each)))
    return [_case(values, always, titles) for values in laid_out]


def _case(values: Values, always: Values, titles: dict[tuple[str, str], str]) -> Case:
    own = {key: value for key, value in (always | values).items() if "." not in key and key != "changes"}
    changes: Values = {}
    for part in (always, values):
        changes |= part.get("changes", {}) | {key: value for key, value in part.items() if "." in key}
    names, told = [], []
    for key, value in values.items():
        is_named = key in KINDS and bool(value)
        names.append(Path(value).stem if is_named and key == "scenario" else f"{key}={_short(key, value)}")
        told.append(titles[key, value] if is_named else f"{key} = {value}")
    parameters = own | ({"changes": changes} if changes else {})
    return Case(" ".join(names) or "base", ", ".join(told) or "As it is", values, parameters)


def _short(key: str, value: Any) -> Any:
    return Path(value).stem if key in KINDS and value else value


def _refuse_twice(names: list[str], path: Path) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise InputError(f"{path}: the same case stands in it twice: {name!r}")
        seen.add(name)
