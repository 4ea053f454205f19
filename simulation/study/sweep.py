"""Sweeps: a notebook run by Papermill over a grid of scenarios and parameters, gathered into one table and one comparison."""

import itertools
import json
import logging
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import papermill
from pydantic import Field

from playbook.documents import Document, named_file, params_folder, read_document
from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameters
from simulation.study.answers import read_runs
from simulation.study.compare import Difference, compare
from simulation.study.folders import notebooks_folder, whole_folder, write_json
from simulation.study.measures import BY_NAME
from simulation.study.replicate import completed, worker_processes
from simulation.study.scenario import check_measure, labels, read_scenario

TYPES = {"int": int, "float": (int, float), "str": str, "bool": bool, "dict": dict, "list": list}
SMALLEST_SWEEP = FEWEST_REPLICATIONS = 2
OWN, PAIRED = ("write_to", "workers"), ("seed", "replications")
NOTEBOOK, SUMMARY = "notebook.ipynb", "summary.json"


class SweepFile(Document):
    """A file of params/sweeps/: which notebook, over which grid, and which case the others are compared with.

    A name in `grid` and `always` is a parameter of the notebook, or the full name of a parameter of params/.
    """

    question: str
    notebook: str
    grid: dict[str, list[Any]] = Field(min_length=1)
    always: dict[str, Any] = {}
    base: dict[str, Any]
    deciding: list[str] = Field(min_length=1, max_length=4)


@dataclass(frozen=True)
class Case:
    """One place of the grid: its name, and what the notebook is given."""

    name: str
    title: str
    values: dict[str, Any]
    parameters: dict[str, Any]


@dataclass(frozen=True)
class Sweep:
    """A sweep that has been checked whole."""

    name: str
    file: SweepFile
    notebook: Path
    cases: list[Case]
    base: Case


@dataclass(frozen=True)
class Outcome:
    """What became of a case: seconds, and the error where it failed."""

    case: str
    seconds: float
    error: str | None = None


def read_sweep(name: str) -> Sweep:
    """A sweep of params/sweeps/ by name, or any file by path, checked whole before any kernel starts."""
    path = named_file(params_folder() / "sweeps", name, "sweep")
    file = _with_whole_paths(read_document(path, SweepFile))
    notebook = notebooks_folder() / f"{file.notebook.removesuffix('.ipynb')}.ipynb"
    if not notebook.is_file():
        known = [each.stem for each in notebooks_folder().glob("*.ipynb")]
        raise InputError(f"{path}: notebook: unknown notebook {file.notebook!r}{did_you_mean(file.notebook, known)}")
    for measure in file.deciding:
        check_measure(measure, f"{path}: deciding")
    interface = _interface(notebook)
    for key in PAIRED:
        if key in file.grid:
            raise InputError(
                f"{path}: grid: {key!r} cannot differ between cases that are compared; put it under always"
            )
    for key, values in [*file.grid.items(), *((key, [value]) for key, value in file.always.items())]:
        for value in values:
            _check_value(key, value, interface, path)
    cases = _cases(file)
    if len(cases) < SMALLEST_SWEEP:
        raise InputError(f"{path}: grid: a sweep compares at least {SMALLEST_SWEEP} cases, found {len(cases)}")
    if len({case.name for case in cases}) < len(cases):
        raise InputError(f"{path}: grid: the same case stands in it twice")
    base = next((case for case in cases if case.values == file.base), None)
    if base is None:
        raise InputError(f"{path}: base: {file.base} is no case of the grid")
    return Sweep(path.stem, file, notebook, cases, base)


def _with_whole_paths(file: SweepFile) -> SweepFile:
    """The same sweep with scenario files by their whole path, because a notebook runs in a folder of its own."""

    def whole(values: dict[str, Any]) -> dict[str, Any]:
        return {key: _whole(value) if key == "scenario" else value for key, value in values.items()}

    return file.model_copy(update={"grid": whole(file.grid), "always": whole(file.always), "base": whole(file.base)})


def _whole(scenario: Any) -> Any:
    if isinstance(scenario, list):
        return [_whole(each) for each in scenario]
    return str(Path(scenario).resolve()) if str(scenario).endswith((".yaml", ".yml")) else scenario


def _interface(notebook: Path) -> dict[str, Any]:
    """The parameters cell of a notebook: type, default and help by name."""
    found = papermill.inspect_notebook(str(notebook))
    if not found:
        raise InputError(f"{notebook}: there is no cell tagged 'parameters'")
    return found


def _check_value(key: str, value: Any, interface: dict[str, Any], path: Path) -> None:
    """InputError where a name is unknown or a value cannot be given to it."""
    if key in OWN:
        raise InputError(f"{path}: {key!r} is given by the sweep itself")
    if key not in interface:
        _check_changes({key: value}, path, interface)
        return
    wanted = interface[key]["inferred_type_name"]
    allowed = TYPES.get(wanted.partition("[")[0], object)
    if not isinstance(value, allowed) or (wanted in ("int", "float") and isinstance(value, bool)):
        raise InputError(f"{path}: {key} = {value!r} must be of type {wanted} ({interface[key]['help']})")
    if key == "scenario":
        read_scenario(value)
    if key == "changes":
        _check_changes(value, path, {})
    if key == "replications" and value < FEWEST_REPLICATIONS:
        raise InputError(f"{path}: replications = {value}: an interval needs at least {FEWEST_REPLICATIONS}")


def _check_changes(changes: dict[str, Any], path: Path, interface: dict[str, Any]) -> None:
    """InputError where these cannot be changes of params/; the nearest name may also be one of the notebook's."""
    for key in changes:
        if key not in Parameters.load() and key.rpartition(".")[0] not in Parameters.load():
            raise InputError(f"{path}: unknown parameter {key!r}{did_you_mean(key, [*interface, *Parameters.load()])}")
    try:
        Parameters.load().changed(changes)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _cases(file: SweepFile) -> list[Case]:
    """Every place of the grid, with names and titles that tell them apart."""
    grid = [dict(zip(file.grid, each, strict=True)) for each in itertools.product(*file.grid.values())]
    titles = {}
    if "scenario" in file.grid:
        scenarios = [read_scenario(name) for name in dict.fromkeys(file.grid["scenario"])]
        titles = {each.given: label for each, label in zip(scenarios, labels(scenarios), strict=True)}
    return [_case(values, file, titles) for values in grid]


def _case(values: dict[str, Any], file: SweepFile, titles: dict[str, str]) -> Case:
    given = file.always | values
    own = {key: value for key, value in given.items() if "." not in key}
    changes = own.pop("changes", {}) | {key: value for key, value in given.items() if "." in key}
    name = " ".join(Path(value).stem if key == "scenario" else f"{key}={value}" for key, value in values.items())
    titled = (titles[value] if key == "scenario" else f"{key} = {value}" for key, value in values.items())
    return Case(name, ", ".join(titled), values, own | ({"changes": changes} if changes else {}))


def case_folder(folder: Path, case: str) -> Path:
    """Where the case of that name is written."""
    return folder / "".join(letter if letter.isalnum() or letter in "._=-" else "_" for letter in case)


def run_sweep(
    sweep: Sweep, folder: Path, workers: int, progress: Callable[[Outcome], None] | None = None
) -> list[Outcome]:
    """Every case in a kernel of its own, several at a time; a case that fails is told and does not stop the others."""
    calls = {case.name: (sweep.notebook, case, case_folder(folder, case.name)) for case in sweep.cases}
    outcomes = []
    with worker_processes(min(workers, len(calls))) as executor:
        for _, outcome in completed(run_case, calls, executor):
            outcomes.append(outcome)
            if progress:
                progress(outcome)
    return outcomes


def run_case(notebook: Path, case: Case, folder: Path) -> Outcome:
    """One executed notebook with its summary and tables, put in place whole."""
    logging.getLogger("papermill").setLevel(logging.ERROR)
    began = pd.Timestamp.now()
    try:
        with whole_folder(folder) as aside, warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            papermill.execute_notebook(
                str(notebook.resolve()),
                str((aside / NOTEBOOK).resolve()),
                parameters=case.parameters | {"write_to": "."},
                cwd=str(aside.resolve()),
                progress_bar=False,
                log_output=False,
                kernel_name="python3",
                extra_arguments=["--log-level=50"],
            )
    except papermill.PapermillExecutionError as error:
        return Outcome(case.name, _seconds_since(began), f"cell {error.cell_index}: {error.ename}: {error.evalue}")
    except Exception as error:  # a kernel that dies, a folder that cannot be written: the other cases go on
        return Outcome(case.name, _seconds_since(began), f"{type(error).__name__}: {error}")
    return Outcome(case.name, _seconds_since(began))


def _seconds_since(began: pd.Timestamp) -> float:
    return round((pd.Timestamp.now() - began).total_seconds(), 1)


def summaries(sweep: Sweep, folder: Path, outcomes: list[Outcome]) -> dict[str, dict[str, Any]]:
    """The summary of every finished case by name, in the order of the grid."""
    finished = {outcome.case for outcome in outcomes if outcome.error is None}
    return {
        case.name: json.loads((case_folder(folder, case.name) / SUMMARY).read_text(encoding="utf-8"))
        for case in sweep.cases
        if case.name in finished
    }


def gather(sweep: Sweep, folder: Path, outcomes: list[Outcome]) -> pd.DataFrame:
    """One row a case and measure with its interval, written as table.csv beside the cases; failed cases are left out."""
    found = summaries(sweep, folder, outcomes)
    table = pd.DataFrame(
        [
            {"case": case.name, "title": case.title, **case.values, "measure": name, **each}
            for case in sweep.cases
            if case.name in found
            for name, each in found[case.name]["measures"].items()
        ]
    )
    table.to_csv(folder / "table.csv", index=False)
    write_json(folder / "sweep.json", {"sweep": sweep.name, "outcomes": [vars(outcome) for outcome in outcomes]})
    return table


def differences(sweep: Sweep, folder: Path, outcomes: list[Outcome]) -> dict[str, list[Difference]]:
    """Every finished case against the base by title, pair by pair of replications."""
    found = summaries(sweep, folder, outcomes)
    if sweep.base.name not in found:
        raise InputError(f"the base case {sweep.base.name!r} failed, so there is nothing to compare with")
    runs = {name: read_runs(case_folder(folder, name), name, summary["seed"]) for name, summary in found.items()}
    base, confidence = runs.pop(sweep.base.name), found[sweep.base.name]["confidence"]
    titles = {case.name: case.title for case in sweep.cases}
    deciding = tuple(sweep.file.deciding)
    return {titles[name]: compare(base, other, deciding, confidence) for name, other in runs.items()}


def in_words(table: pd.DataFrame, deciding: list[str]) -> list[str]:
    """The measures that a report lists for every case: the deciding ones, then the rest."""
    return [*deciding, *(name for name in BY_NAME if name not in deciding and name in set(table["measure"]))]
