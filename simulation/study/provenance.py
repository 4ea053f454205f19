"""The run record: what made a result, so that it can be made again."""

import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from playbook.parameters import EDITION, Parameters
from simulation.study.replicate import default_workers

LIBRARIES = ("renewal-playbook", "simpy", "numpy", "scipy")


def run_record_of(parameters: Parameters, seed: int, replications: int, seconds: float, command: str) -> dict[str, Any]:
    """Seed, changes from the handbook's edition, versions, commit, machine, seconds, and the command to repeat it."""
    return {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "seed": seed,
        "replications": replications,
        "redrawn": "luck is redrawn in each replication, the book never",
        "changes": parameters.changes,
        "parameters": parameters.fingerprint(),
        **({"params": os.environ[EDITION]} if EDITION in os.environ else {}),
        **place_of_origin(),
        "seconds": round(seconds, 2),
    }


def origin(command: str) -> dict[str, Any]:
    """When and by which command something was made, and with what."""
    return {"made": datetime.now(UTC).isoformat(timespec="seconds"), "command": command, **place_of_origin()}


def place_of_origin() -> dict[str, Any]:
    """Versions, commit and machine."""
    return {
        "versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "commit": commit(),
        "machine": {"system": platform.system(), "processor": platform.machine(), "processors": default_workers()},
    }


def edition() -> str:
    """The project's version and a short name of all its numbers: where both agree, replays agree."""
    return f"{version(LIBRARIES[0])}/{Parameters.load().fingerprint()}"


def commit() -> str | None:
    """The commit of the project's checkout, with a + where files differ from it; None outside a checkout."""
    folder = Path(__file__).resolve().parent
    try:
        head = _git(folder, "rev-parse", "--short", "HEAD")
        return head + ("+" if _git(folder, "status", "--porcelain") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True).stdout.strip()


def command_line() -> str:
    """The command as it was typed, by the program's name."""
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])
