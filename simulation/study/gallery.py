"""The gallery: several questions on several books, run once and kept, so that a killed run goes on where it stopped."""

import hashlib
import json
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, PositiveInt

from playbook.documents import Document, named_file, params_folder, read_document
from playbook.errors import InputError
from simulation.study.answers import Answer, command_for, read_runs, settings_of
from simulation.study.provenance import run_record_of
from simulation.study.replicate import replicate
from simulation.study.scenario import Scenario, Setting, check_measure, labels, read_scenario

POLICIES = "book.policies_count"


class Section(Document):
    """A question of the gallery, and the scenarios that answer it against the base."""

    question: str
    scenarios: list[str] = Field(min_length=1)
    finding: str = ""


class GalleryFile(Document):
    """A file of params/gallery/: sizes of book, replications, the base, what decides, and the questions in their order.

    `page` is the Markdown page that it is written to, from the project's folder.
    """

    title: str
    question: str
    page: str = "playbook/gallery.md"
    policies_count: list[PositiveInt] = Field(min_length=1)
    replications: int = Field(ge=2, le=10_000)
    base: str
    deciding: list[str] = Field(min_length=1, max_length=4)
    sections: list[Section] = Field(min_length=1)


@dataclass(frozen=True)
class Gallery:
    """A gallery that has been checked whole: its file, and every scenario by the name it was asked for, the base first."""

    file: GalleryFile
    path: Path
    scenarios: dict[str, Scenario]

    @property
    def titles(self) -> dict[str, str]:
        """What to call each scenario."""
        return dict(zip(self.scenarios, labels(list(self.scenarios.values())), strict=True))


def read_gallery(name: str = "structures") -> Gallery:
    """A gallery of params/gallery/ by name, or any file by path, checked whole before anything is run."""
    path = named_file(params_folder() / "gallery", name, "gallery")
    file = read_document(path, GalleryFile)
    for measure in file.deciding:
        check_measure(measure, f"{path}: deciding")
    names = [file.base, *(each for section in file.sections for each in section.scenarios)]
    scenarios = {each: read_scenario(each) for each in dict.fromkeys(names)}
    if len({scenario.name for scenario in scenarios.values()}) < len(scenarios):
        raise InputError(f"{path}: two of its scenarios have the same name")
    for each, scenario in scenarios.items():
        if POLICIES in scenario.changes:
            raise InputError(f"{path}: {each} changes {POLICIES}, which the gallery's books decide")
    return Gallery(file, path, scenarios)


def gallery_runs(
    gallery: Gallery,
    folder: Path,
    policies: int,
    replications: int,
    seed: int,
    changes: dict[str, Any] | None = None,
    executor: Executor | None = None,
    progress: Callable[[], None] | None = None,
) -> dict[str, Answer]:
    """Every scenario on one size of book, by the name it was asked for; what a folder holds complete is read again.

    A kept run counts only where parameters, team, code, seed and number of replications are the same.
    """
    found = {}
    for name, scenario in gallery.scenarios.items():
        changed = scenario.with_changes((changes or {}) | {POLICIES: policies})
        (setting,) = settings_of([changed])
        kept = folder / f"{scenario.name}-{policies}"
        mark = fingerprint(setting, seed, replications)
        found[name] = _kept(kept, changed, setting, mark) or _made(changed, setting, replications, seed, mark, executor)
        if found[name].record["fingerprint"] != _mark_of(kept):
            found[name].write(kept)
        if progress:
            progress()
    return found


def _made(
    scenario: Scenario, setting: Setting, replications: int, seed: int, mark: str, executor: Executor | None
) -> Answer:
    began = time.perf_counter()
    (runs,) = replicate([setting], replications, seed, executor)
    told = command_for(scenario.given, scenario.changes, None, None, replications, seed)
    record = run_record_of(setting.parameters, seed, replications, time.perf_counter() - began, told)
    record |= {"book": setting.book.title, "ending": "as many runs as were asked for", "fingerprint": mark}
    return Answer(scenario, setting, runs, setting.parameters.experiment.confidence_share, record)


def fingerprint(setting: Setting, seed: int, replications: int) -> str:
    """What a kept run must agree with: every input of it, and the code of the rules, the desk and the measures."""
    found = hashlib.sha256(f"{setting.parameters.fingerprint()} {seed} {replications}".encode())
    found.update(setting.structure.model_dump_json().encode())
    here = Path(__file__).resolve()
    project = here.parents[2]
    for path in [*sorted((project / "playbook").glob("*.py")), *sorted((project / "simulation/desk").glob("*.py"))]:
        found.update(path.read_bytes())
    found.update(here.with_name("measures.py").read_bytes())
    return found.hexdigest()


def _kept(folder: Path, scenario: Scenario, setting: Setting, mark: str) -> Answer | None:
    """The answer that a folder holds, if it is of the same inputs and code."""
    if _mark_of(folder) != mark:
        return None
    record = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["record"]
    runs = read_runs(folder, setting.name, record["seed"])
    return Answer(scenario, setting, runs, setting.parameters.experiment.confidence_share, record)


def _mark_of(folder: Path) -> str | None:
    if not (folder / "summary.json").is_file():
        return None
    return json.loads((folder / "summary.json").read_text(encoding="utf-8"))["record"].get("fingerprint")
