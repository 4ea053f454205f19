"""Fingerprints: what a case was made from, so that a finished one is taken over only while nothing of that has changed."""

import hashlib
import json
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from playbook.documents import params_folder
from playbook.parameters import Parameters
from simulation.study.sweep_file import KINDS, Case, Sweep

LIBRARIES = ("numpy", "scipy", "simpy", "pandas")
OWN_PACKAGES = ("playbook", "simulation")
LETTERS = 16
NOT_OF_A_CASE = ("sweeps",)  # folders of params/ that no case reads


def of_file(path: Path) -> str:
    """The sha256 of a file's content."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


@cache
def of_code() -> str:
    """Of all code and all numbers of this installation, and of the libraries that reckon with them."""
    root = params_folder().parent
    files = [path for package in OWN_PACKAGES for path in (root / package).rglob("*.py")]
    files += [path for path in params_folder().rglob("*.yaml")
              if path.relative_to(params_folder()).parts[0] not in NOT_OF_A_CASE]  # fmt: skip
    found = {str(path.relative_to(root)): of_file(path) for path in files}
    return _of(found | {name: version(name) for name in LIBRARIES})


def of_case(sweep: Sweep, case: Case) -> str:
    """Of all that decides what a case gives: notebook, parameters, the files that they name, and the code."""
    named = [case.parameters[key] for key in KINDS if case.parameters.get(key)]
    files = {name: _of_document(Path(name)) for name in named if Path(name).is_file()}
    return _of({"notebook": of_file(sweep.notebook), "given": case.parameters, "files": files, "code": of_code(),
                "edition": Parameters.load().fingerprint()})  # fmt: skip


def _of_document(path: Path) -> str:
    """A file with the files beside it that it may build on, where it is a YAML file."""
    beside = sorted(path.parent.glob("*.y*ml")) if path.suffix in (".yaml", ".yml") else [path]
    return _of({each.name: of_file(each) for each in beside})


def _of(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()[:LETTERS]
