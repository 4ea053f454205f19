"""Answers: a scenario run to an interval, as frames, as JSON, and as a run folder that can be compared later."""

import json
import os
import shlex
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from playbook.errors import InputError
from playbook.parameters import EDITION, Parameters
from simulation.desk.book import Book
from simulation.desk.book_file import read_book, read_mapping
from simulation.desk.team import seats
from simulation.study.compare import are_precise
from simulation.study.estimates import Estimate
from simulation.study.folders import whole_folder, write_json
from simulation.study.measures import BY_NAME, CONTROLS, MEASURES
from simulation.study.notes import nobody_there, overload
from simulation.study.provenance import run_record_of
from simulation.study.replicate import (
    Precision,
    Replications,
    default_workers,
    estimate_in,
    growing,
    replicate,
    worker_processes,
)
from simulation.study.scenario import Scenario, Setting, labels, read_scenario, setting

Progress = Callable[[int, int], None]
CONTROL_COLUMNS = [f"control_{name}" for name in CONTROLS]
RENEWED = "renewed.npy"


@dataclass(frozen=True)
class Answer:
    """What a scenario gave: its setting, its replications, and the record of how they were made."""

    scenario: Scenario
    setting: Setting
    replications: Replications
    confidence: float
    record: dict[str, Any]

    def notes(self) -> list[str]:
        """What must be said with these figures."""
        runs, setting = self.replications, self.setting
        seated = seats(setting.structure, setting.parameters, len(setting.book))
        found = [
            nobody_there(setting.structure, seated, setting.parameters),
            overload(runs.of("consultant_occupancy_share").mean(), runs.of("peak_occupancy_share").mean()),
        ]
        return [note for note in found if note]

    def minutes(self) -> dict[str, Estimate]:
        """Minutes a policy and year by kind of work, with their intervals."""
        runs = self.replications.minutes
        return {kind: estimate_in(values, "minutes", self.confidence) for kind, values in runs.items()}

    def occupancy(self) -> dict[str, dict[str, Estimate]]:
        """Occupancy by role, and in it by month (`year` for all), with intervals over the replications."""
        found: dict[str, dict[str, Estimate]] = {}
        for (role, month), values in self.replications.occupancy.items():
            found.setdefault(role, {})[month] = estimate_in(values, "share", self.confidence)
        return found

    def as_json(self) -> dict[str, Any]:
        """The published form: scenario, seed, replications, measures with intervals, record."""
        measures = {}
        for measure in MEASURES:
            found = self.replications.estimate(measure.name, self.confidence)
            measures[measure.name] = _told(found, measure.unit)
        return {
            "scenario": self.scenario.name,
            "title": self.scenario.title,
            "question": self.scenario.question,
            "seed": self.replications.seed,
            "replications": len(self.replications.values),
            "confidence": self.confidence,
            "measures": measures,
            "minutes_per_policy": {kind: _told(each, "minutes") for kind, each in self.minutes().items()},
            "occupancy": {
                role: {month: _told(each, "share") for month, each in months.items()}
                for role, months in self.occupancy().items()
            },
            "sharpened": self.sharpened(),
            "notes": self.notes(),
            "record": self.record,
        }

    def sharpened(self) -> dict[str, dict[str, float]]:
        """The measures that a control variate makes more precise, with its gain: of how many times as many plain runs
        the interval is worth."""
        found = {}
        for measure in MEASURES:
            sharp, gain = self.replications.sharpened(measure.name, self.confidence)
            if gain > 1:
                found[measure.name] = {"mean": sharp.mean, "low": sharp.low, "high": sharp.high, "gain": gain}
        return found

    def write(self, folder: Path | str) -> Path:
        """The answer as a folder: summary.json, runs.csv (a row a replication), minutes.csv (minutes a policy),
        occupancy.csv (a column a role and month), and renewed.npy (a row a replication: which policies of the book were
        renewed, as packed bits)."""
        folder = Path(folder)
        with whole_folder(folder) as aside:
            self.write_into(aside)
        return folder

    def write_into(self, folder: Path | str) -> None:
        """The same files into a folder that is there already."""
        folder = Path(folder)
        runs_frame(self.replications).to_csv(folder / "runs.csv", index=False)
        pd.DataFrame(self.replications.minutes).to_csv(folder / "minutes.csv", index=False)
        if self.replications.occupancy:
            shares = {" ".join(place): values for place, values in self.replications.occupancy.items()}
            pd.DataFrame(shares).to_csv(folder / "occupancy.csv", index=False)
        np.save(folder / RENEWED, np.array([np.frombuffer(each, np.uint8) for each in self.replications.renewed]))
        write_json(folder / "summary.json", self.as_json())


def _told(found: Estimate, unit: str) -> dict[str, Any]:
    return {"mean": found.mean, "low": found.low, "high": found.high, "unit": unit}


def runs_frame(replications: Replications) -> pd.DataFrame:
    """One row a replication, one column a measure."""
    frame = pd.DataFrame(replications.values, columns=list(BY_NAME))
    frame.insert(0, "replication", range(len(frame)))
    if replications.controls is not None:
        frame[CONTROL_COLUMNS] = replications.controls
    return frame


def read_runs(folder: Path, name: str, seed: int) -> Replications:
    """The replications that a run folder holds; InputError where an edition with other measures made it."""
    frame = pd.read_csv(folder / "runs.csv")
    if missing := [measure for measure in BY_NAME if measure not in frame]:
        raise InputError(f"{folder}: made by an edition that did not measure {', '.join(missing)}; run it again")
    minutes = pd.read_csv(folder / "minutes.csv")
    values = frame[list(BY_NAME)].to_numpy(dtype=float)
    shares = pd.read_csv(folder / "occupancy.csv") if (folder / "occupancy.csv").is_file() else pd.DataFrame()
    occupancy = {_place(column): shares[column].to_numpy(dtype=float) for column in shares}
    controls = frame[CONTROL_COLUMNS].to_numpy(dtype=float) if set(CONTROL_COLUMNS) <= set(frame) else None
    renewed = tuple(row.tobytes() for row in np.load(folder / RENEWED)) if (folder / RENEWED).is_file() else ()
    by_kind = {kind: np.asarray(minutes[kind]) for kind in minutes}
    return Replications(name, seed, values, by_kind, controls, renewed, occupancy)


def _place(column: str) -> tuple[str, str]:
    role, _, month = column.rpartition(" ")
    return role, month


def own_book(file: str | None, mapping: str | None, parameters: Parameters) -> Book | None:
    """The user's book, where one is named; InputError where file and mapping do not come together."""
    if file is None and mapping is None:
        return None
    if file is None or mapping is None:
        raise InputError("a book from a file needs both --book FILE and --map MAP.yaml")
    return read_book(file, read_mapping(mapping), parameters)


def scenario_setting(
    scenario: Scenario, changes: dict[str, Any] | None = None, book_file: str | None = None, mapping: str | None = None
) -> Setting:
    """What a single run of a scenario needs, with further changes and perhaps the user's own book."""
    changed = scenario.with_changes(changes or {})
    return setting(changed, _books([changed], book_file, mapping)[0])


def answers(
    scenarios: list[Scenario],
    changes: dict[str, Any] | None = None,
    book_file: str | None = None,
    mapping: str | None = None,
    replications: int | None = None,
    seed: int = 1,
    workers: int | None = None,
    progress: Progress | None = None,
    is_precise: bool = False,
    team: str | None = None,
) -> list[Answer]:
    """Every scenario, with the same further changes and under the same luck; `team` takes the place of the scenario's.

    `replications` and `workers` come from params/experiment.yaml and from the machine where they are not given. With
    `is_precise` runs are added until the deciding measures of the first scenario are as precise as params/experiment.yaml
    asks, for several scenarios in their differences from it.
    """
    if is_precise and replications is not None:
        raise InputError("runs end after so many replications, or when they are precise enough, not both")
    began = time.perf_counter()
    scenarios = [replace(scenario, team=team or scenario.team) for scenario in scenarios]
    settings = settings_of(scenarios, changes, book_file, mapping)
    with worker_processes(workers or default_workers()) as executor:
        if is_precise:
            found, ending = _until_precise(scenarios[0], settings, seed, executor, progress)
        else:
            count = replications or int(settings[0].parameters.experiment.replications_count)
            if count < 2:
                raise InputError(f"replications = {count}: an interval needs at least 2")
            found, ending = replicate(settings, count, seed, executor, progress), "as many runs as were asked for"
    seconds, count = time.perf_counter() - began, len(found[0])
    found_answers = []
    for scenario, each, runs in zip(scenarios, settings, found, strict=True):
        told = command_for(scenario.given, changes or {}, book_file, mapping, count, seed, team)
        record = run_record_of(each.parameters, seed, count, seconds, told) | {
            "book": each.book.title,
            "ending": ending,
        }
        confidence = each.parameters.experiment.confidence_share
        found_answers.append(Answer(scenario.with_changes(changes or {}), each, runs, confidence, record))
    return found_answers


def settings_of(
    scenarios: list[Scenario],
    changes: dict[str, Any] | None = None,
    book_file: str | None = None,
    mapping: str | None = None,
) -> list[Setting]:
    """What each scenario is run in; InputError where one is named twice, or a change or book does not fit."""
    if len({scenario.name for scenario in scenarios}) < len(scenarios):
        raise InputError("the same scenario is named twice")
    changed = [scenario.with_changes(changes or {}) for scenario in scenarios]
    books = _books(changed, book_file, mapping)
    return [setting(scenario, book) for scenario, book in zip(changed, books, strict=True)]


def _until_precise(
    scenario: Scenario, settings: list[Setting], seed: int, executor: Executor | None, progress: Progress | None
) -> tuple[list[Replications], str]:
    """The runs, and a sentence that says why they ended."""
    wanted = Precision.of(scenario.deciding, settings[0].parameters)
    is_enough = are_precise(wanted) if len(settings) > 1 else wanted.is_reached
    for growth in growing(settings, seed, wanted.fewest, wanted.most, is_enough, executor):
        if progress:
            progress(len(growth.runs[0]), wanted.most)
    so = (
        "as precise as asked"
        if growth.is_enough
        else "ended at the most runs allowed before all was as precise as asked"
    )
    return growth.runs, f"{so}: {', '.join(scenario.deciding)}"


def _books(scenarios: list[Scenario], book_file: str | None, mapping: str | None) -> list[Book | None]:
    """The user's book for each scenario, read once for each start date; None where it is to be made."""
    read: dict[str, Book | None] = {}
    found = []
    for scenario in scenarios:
        if book_file is not None and "book.policies_count" in scenario.changes:
            raise InputError(
                f"{scenario.name} changes book.policies_count, which sizes a made book; a book from a file has its own"
            )
        parameters = Parameters.load().changed(scenario.changes)
        start = parameters.experiment.start_date
        if start not in read:
            read[start] = own_book(book_file, mapping, parameters)
        found.append(read[start])
    return found


def command_for(
    scenario: str,
    changes: dict[str, Any],
    book_file: str | None,
    mapping: str | None,
    replications: int,
    seed: int,
    team: str | None = None,
) -> str:
    """The command that makes an answer again.

    >>> command_for("handbook", {"people.vacant_posts_count.senior": 2}, None, None, 10, 1)
    'renewal run handbook --set people.vacant_posts_count.senior=2 --replications 10 --seed 1'
    """
    words = ["renewal", "run", scenario, *(["--team", team] if team else [])]
    for name, value in changes.items():
        words += ["--set", f"{name}={json.dumps(value, ensure_ascii=False)}"]
    if book_file is not None:
        words += ["--book", book_file, "--map", str(mapping)]
    if EDITION in os.environ:
        words += ["--params", os.environ[EDITION]]
    return shlex.join([*words, "--replications", str(replications), "--seed", str(seed)])


def answer(scenario: str, **how: Any) -> Answer:
    """One scenario by name; `how` as for `answers`."""
    return answers([read_scenario(scenario)], **how)[0]


def answers_by_title(names: list[str], **how: Any) -> dict[str, Answer]:
    """Scenarios by name under the same luck, by their titles; one that is named twice is run once."""
    scenarios = [read_scenario(name) for name in dict.fromkeys(names)]
    return dict(zip(labels(scenarios), answers(scenarios, **how), strict=True))


def against(base: str, others: list[str], **how: Any) -> list[Answer]:
    """A scenario and those that are held against it, by name, the base first; `how` as for `answers`."""
    return answers([read_scenario(name) for name in [base, *others]], **how)
