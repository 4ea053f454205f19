"""Small notebooks and sweeps for the tests of sweeps: cases that take no time, and fail where they are asked to."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import yaml

RENEWAL = Path(sys.executable).with_name("renewal")
PYTHON = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}
PARAMETERS = 'x: int = 1\nseconds: float = 0.0\nhow: str = ""\nwrite_to: str = ""'
BODY = """
import json, os, signal, time
time.sleep(seconds)
if how == "fails": raise ValueError("no such luck")
if how == "dies": os.kill(os.getpid(), signal.SIGKILL)
if how.startswith("dies once ") and not os.path.exists(how[10:]):
    open(how[10:], "w").close(); os.kill(os.getpid(), signal.SIGKILL)
"""
WRITING = """
import csv
from simulation.study.measures import MEASURES
values = [[((17 * x + 5 * run + at) % 97) / 97 for at in range(len(MEASURES))] for run in range(3)]
found = {each.name: {"mean": x / 97, "low": x / 98, "high": x / 96, "unit": each.unit} for each in MEASURES}
about = {"seed": 1, "replications": 3, "confidence": 0.95, "measures": found, "notes": [], "record": {}, "scenario": str(x)}
with open(f"{write_to}/runs.csv", "w") as file: csv.writer(file).writerows([[each.name for each in MEASURES], *values])
with open(f"{write_to}/minutes.csv", "w") as file: csv.writer(file).writerows([["message"], [1.0], [1.0], [1.0]])
with open(f"{write_to}/summary.json", "w") as file: json.dump(about, file)
"""


def notebook(path: Path, *cells: str, parameters: str = PARAMETERS) -> Path:
    """A notebook of such cells after its parameters."""
    code = nbformat.v4.new_code_cell
    found = [code(parameters, metadata={"tags": ["parameters"]}), *map(code, cells)]
    nbformat.write(nbformat.v4.new_notebook(cells=found, metadata=PYTHON), path)
    return path


def sweep(folder: Path, **changes) -> Path:
    """A sweep over `x` with that notebook, its files in the folder."""
    notebook(folder / "tiny.ipynb", BODY, WRITING)
    content = {
        "question": "Q?", "notebook": "tiny.ipynb", "grid": {"x": [1, 2, 3, 4]}, "base": {"x": 1},
        "deciding": ["renewal_rate_share", "late_step_share"],
    } | changes  # fmt: skip
    path = folder / "tiny.yaml"
    path.write_text(yaml.safe_dump({key: each for key, each in content.items() if each is not None}, sort_keys=False))
    return path


def begin(folder: Path, *words: str, **environment: str) -> subprocess.Popen:
    """`renewal` with those words, begun."""
    return subprocess.Popen(
        [RENEWAL, *map(str, words)], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | environment,
    )  # fmt: skip


def ended(process: subprocess.Popen, status: int = 0, seconds: float = 300) -> str:
    """What it told on standard error once it had ended with that status."""
    _, told = process.communicate(timeout=seconds)
    assert process.returncode == status, told
    assert "Traceback" not in told
    return " ".join(told.split())
