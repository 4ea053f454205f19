"""Kept runs: what single runs gave, on disk by all that decides it, so that no run is made twice."""

import hashlib
import json
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np

from playbook.errors import InputError
from simulation.study.fingerprints import of_code
from simulation.study.folders import runs_folder, whole_file
from simulation.study.replicate import Run
from simulation.study.scenario import Setting

LETTERS = 24
MOST_KEPT = 400  # settings; those that were not asked for longest give way


def setting_fingerprint(setting: Setting) -> str:
    """A short name of everything but luck that decides what a run gives, the code included."""
    found = hashlib.sha256(of_code().encode())
    found.update(setting.parameters.fingerprint().encode())
    found.update(setting.structure.model_dump_json().encode())
    found.update(repr(setting.dated).encode())
    for name, column in vars(setting.book).items():
        if name != "title":
            found.update(column.tobytes() if isinstance(column, np.ndarray) else repr(column).encode())
    return found.hexdigest()[:LETTERS]


class KeptRuns:
    """The runs of one setting under one seed that have been made before, and a place for those to come."""

    def __init__(self, setting: Setting, seed: int):
        self._folder = kept_folder()
        self.name = f"{setting_fingerprint(setting)}-{seed}"
        self._path = self._folder / f"{self.name}.json"
        self.found: dict[int, Run] = {}
        with suppress(OSError, ValueError, KeyError, TypeError):  # a file that cannot be read is as good as none
            rows = json.loads(self._path.read_text(encoding="utf-8"))
            self.found = {int(number): _run_of(row) for number, row in rows.items()}
            self._path.touch()

    def add(self, replication: int, run: Run) -> None:
        """Keep one more run. Where nothing can be written it is known to this process alone."""
        self.found[replication] = run
        with suppress(InputError), whole_file(self._path) as aside:  # what cannot be kept is made again
            aside.write_text(json.dumps({number: _row_of(each) for number, each in self.found.items()}))


@cache
def kept_folder() -> Path:
    """Where runs are kept; when it is first asked for, the oldest of too many are taken away."""
    folder = runs_folder() / "kept"
    files = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in files[:-MOST_KEPT]:
        path.unlink(missing_ok=True)
    return folder


def _row_of(run: Run) -> list:
    occupancy = [[*place, value] for place, value in run.occupancy.items()]
    return [run.values, run.minutes, occupancy, run.controls, run.renewed.hex()]


def _run_of(row: list) -> Run:
    values, minutes, occupancy, controls, renewed = row
    return Run(values, minutes, {(role, month): value for role, month, value in occupancy}, controls,
               bytes.fromhex(renewed))  # fmt: skip
