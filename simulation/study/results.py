"""Results of a sweep: one tidy table, one row a case and measure, and where it comes from; read back from the folder."""

import json
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from playbook.errors import InputError
from simulation.study.answers import read_runs
from simulation.study.cases import CASES, NOTEBOOK, SUMMARY, Outcome, case_folder, folder_name
from simulation.study.compare import Difference, compare
from simulation.study.folders import whole_file, write_json
from simulation.study.measures import BY_NAME
from simulation.study.provenance import origin
from simulation.study.sweep_file import Sweep

ABOUT = "sweep.json"
TABLE = "table"


@dataclass(frozen=True)
class Results:
    """A sweep as its folder holds it.

    about: what sweep.json says; table: one row a case and measure; differences: by case, every finished case against
    the base; notes: by case, what must be said with its figures. All by the cases' names, titles are in `titles`.
    """

    folder: Path
    about: dict[str, Any]
    table: pd.DataFrame
    differences: dict[str, list[Difference]]
    notes: dict[str, list[str]]

    @cached_property
    def titles(self) -> dict[str, str]:
        """What each case is called, in the order of the sweep."""
        return {case["name"]: case["title"] for case in self.about["cases"]}

    @property
    def base(self) -> str:
        """The name of the case that the others are held against."""
        return self.about["base"]

    @property
    def deciding(self) -> list[str]:
        """The measures that decide."""
        return self.about["deciding"]

    @property
    def swept(self) -> list[str]:
        """The names that the cases differ in."""
        return self.about["swept"]

    @property
    def failed(self) -> list[Outcome]:
        """The cases that failed."""
        return [Outcome(**each) for each in self.about["outcomes"] if each["error"]]

    @cached_property
    def links(self) -> dict[str, str]:
        """Each finished case's executed notebook, from the sweep's folder."""
        finished = set(self.table["case"])
        return {name: f"{CASES}/{folder_name(name)}/{NOTEBOOK}" for name in self.titles if name in finished}


def write_start(sweep: Sweep, folder: Path, command: str) -> None:
    """What the sweep is, written before its first case, so that an unfinished one can be told."""
    write_json(folder / ABOUT, _about(sweep) | {"is_finished": False, "command": command})


def _about(sweep: Sweep) -> dict[str, Any]:
    return {
        "sweep": sweep.name,
        "question": sweep.file.question,
        "notebook": str(sweep.notebook),
        "base": sweep.base.name,
        "deciding": sweep.file.deciding,
        "swept": sweep.swept,
        "cases": [{"name": case.name, "title": case.title, "values": case.values, "folder": folder_name(case.name)}
                  for case in sweep.cases],
    }  # fmt: skip


def write_results(sweep: Sweep, folder: Path, outcomes: list[Outcome], command: str, seconds: float) -> None:
    """table.csv, table.parquet and sweep.json, each put in place whole."""
    frame = tidy(sweep, folder, outcomes)
    with whole_file(folder / f"{TABLE}.csv") as aside:
        frame.to_csv(aside, index=False)
    with whole_file(folder / f"{TABLE}.parquet") as aside:
        frame.to_parquet(aside, index=False)
    spent = {
        "seconds": round(seconds, 1),
        "cpu_seconds_of_cases": round(sum(each.cpu_seconds for each in outcomes if not each.is_kept), 1),
        "cases_kept": sum(each.is_kept for each in outcomes),
    }
    about = {"is_finished": True, "command": command, "outcomes": [asdict(each) for each in outcomes],
             "record": origin(command) | spent}  # fmt: skip
    write_json(folder / ABOUT, _about(sweep) | about)


def tidy(sweep: Sweep, folder: Path, outcomes: list[Outcome]) -> pd.DataFrame:
    """One row a case and measure: case, title, the values that the case differs in, measure, mean, low, high, unit,
    replications, seed. Failed cases are left out; nothing in it depends on when or where it was made."""
    finished = {outcome.case for outcome in outcomes if outcome.error is None}
    rows = []
    for case in sweep.cases:
        if case.name not in finished:
            continue
        summary = _summary(folder, case.name)
        values = {name: _cell(case.values.get(name)) for name in sweep.swept}
        for measure, found in summary["measures"].items():
            interval = {key: np.nan if found[key] is None else found[key] for key in ("mean", "low", "high")}
            luck = {"unit": found["unit"], "replications": summary["replications"], "seed": summary["seed"]}
            rows.append({"case": case.name, "title": case.title, **values, "measure": measure, **interval, **luck})
    fixed = ["case", "title", *sweep.swept, "measure", "mean", "low", "high", "unit", "replications", "seed"]
    frame = pd.DataFrame(rows, columns=fixed)
    for name in sweep.swept:
        if frame[name].map(type).nunique() > 1 and not pd.api.types.is_numeric_dtype(frame[name].infer_objects()):
            frame[name] = frame[name].map(lambda value: None if value is None else str(value))
    return frame


def _cell(value: Any) -> Any:
    """A value as a table can hold it."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def _summary(folder: Path, case: str) -> dict[str, Any]:
    path = case_folder(folder, case) / SUMMARY
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error}); sweep again to make the case anew") from None


def read_results(folder: Path | str) -> Results:
    """A finished sweep's folder; InputError where it is none, or where its base is missing.

    The intervals of all cases and deciding measures hold together at the stated confidence (Bonferroni over both), so
    that the best of many cases is not praised for its luck.
    """
    folder = Path(folder)
    try:
        about = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
        table = pd.read_parquet(folder / f"{TABLE}.parquet") if about["is_finished"] else None
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{folder}: no sweep that can be read ({error})") from None
    if table is None:
        raise InputError(f"{folder}: this sweep is not finished; run it again, and it goes on where it stopped")
    finished = list(dict.fromkeys(table["case"]))
    if about["base"] not in finished:
        raise InputError(f"the base case {about['base']!r} failed, so there is nothing to compare with")
    if len(finished) < 2:
        raise InputError("too few cases finished to compare them with the base")
    summaries = {name: _summary(folder, name) for name in finished}
    base = summaries[about["base"]]
    confidence = base["confidence"]
    runs = {name: read_runs(case_folder(folder, name), name, each["seed"]) for name, each in summaries.items()}
    others = [name for name in finished if name != about["base"]]
    differences = {name: _together(runs[about["base"]], runs[name], tuple(about["deciding"]), confidence, len(others))
                   for name in others}  # fmt: skip
    record = base["record"] | about["record"] | {"confidence": confidence}
    notes = {name: each.get("notes", []) for name, each in summaries.items()}
    return Results(folder, about | {"record": record, "confidence": confidence, "replications": base["replications"]},
                   table, differences, notes)  # fmt: skip


def _together(base, other, deciding: tuple[str, ...], confidence: float, cases: int) -> list[Difference]:
    """Differences whose intervals hold together over so many cases; what a single year may bring is as it is alone."""
    strict = compare(base, other, deciding, 1 - (1 - confidence) / cases)
    alone = compare(base, other, deciding, confidence)
    return [replace(each, year_low=one.year_low, year_high=one.year_high)
            for each, one in zip(strict, alone, strict=True)]  # fmt: skip


def listed_measures(results: Results) -> list[str]:
    """The measures that a report lists for every case: the deciding ones, then the rest."""
    found = set(results.table["measure"])
    return [*results.deciding, *(name for name in BY_NAME if name not in results.deciding and name in found)]


def newest_sweep(folders: list[Path]) -> Path:
    """The sweep that was finished last in any of these folders; InputError where there is none."""
    found = [
        path for folder in folders for path in folder.glob(f"*/{TABLE}.parquet") if (path.parent / ABOUT).is_file()
    ]
    if not found:
        raise InputError("there is no finished sweep; `renewal sweep team_structures` makes one")
    return max(found, key=lambda path: path.stat().st_mtime).parent
