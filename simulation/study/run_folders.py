"""Run folders: what lies in the folder of runs, what of it is unfinished or left over, and what can be taken away."""

import json
import re
import shutil
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from playbook.errors import InputError, did_you_mean
from simulation.study.answers import read_runs
from simulation.study.cases import CASES, SUMMARY
from simulation.study.claims import is_claimed
from simulation.study.compare import Difference, compare
from simulation.study.measures import BY_NAME
from simulation.study.results import ABOUT
from simulation.study.scenario import MOST_DECIDING, check_measure

SECONDS_A_DAY = 24 * 60 * 60
STAMPED = re.compile(r"^(?P<kind>run|compare)-(?P<name>.+)-\d{8}-\d{6}-\d{6}$")


@dataclass(frozen=True)
class RunFolder:
    """A folder of runs: kind is run, compare or sweep; state is finished, unfinished or at work; made: when it last
    changed."""

    name: str
    kind: str
    state: str
    what: str
    made: datetime
    bytes: int


def run_folders(folder: Path) -> list[RunFolder]:
    """What lies there, the newest last; folders that no run of ours made are left out."""
    found = [each for path in folder.iterdir() if path.is_dir() and (each := _read(path))]
    return sorted(found, key=lambda each: each.made)


def leftovers(folder: Path) -> list[Path]:
    """What killed runs left half written, in the folder and in the sweeps there at which nobody is at work."""
    places = [folder, *(path / CASES for path in folder.iterdir() if (path / ABOUT).is_file() and not is_claimed(path))]
    return [path for place in places if place.is_dir() for path in place.glob(".*-*") if path.is_dir()]


def to_clean(folder: Path, names: list[str], older_than_days: float | None) -> list[RunFolder]:
    """The folders that were named or are older, without those at which somebody is at work; InputError for an unknown
    name."""
    known = {each.name: each for each in run_folders(folder)}
    for name in names:
        if name not in known:
            raise InputError(f"{folder}: unknown run {name!r}{did_you_mean(name, known)}")
        if known[name].state == "at work":
            raise InputError(f"{folder / name}: a sweep is at work in this folder")
    before = time.time() - (older_than_days or 0) * SECONDS_A_DAY
    return [each for each in known.values() if each.name in names or (
        older_than_days is not None and each.state != "at work" and each.made.timestamp() < before)]  # fmt: skip


def clean(folder: Path, chosen: list[RunFolder], half_written: list[Path]) -> None:
    """Take them away; a folder that cannot be taken away is told."""
    for path in [*(folder / each.name for each in chosen), *half_written]:
        try:
            shutil.rmtree(path)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise InputError(f"{path}: cannot be taken away: {error.strerror}") from None


def compare_folders(base: Path, other: Path, measures: list[str]) -> tuple[list[Difference], float]:
    """The differences between two answers that were kept, other less base, pair by pair, and their confidence.

    Each folder is that of a run, or a case's of a sweep or comparison. InputError where they were not made under the same
    luck. Without measures, the base's own first ones are taken.
    """
    summaries = [_summary(path) for path in (base, other)]
    for measure in measures:
        check_measure(measure, "--measure")
    if len(measures) > MOST_DECIDING:
        raise InputError(f"at most {MOST_DECIDING} measures can decide, found {len(measures)}")
    runs = [
        read_runs(path, each["scenario"], each["seed"]) for path, each in zip((base, other), summaries, strict=True)
    ]
    confidence = summaries[0]["confidence"]
    return compare(runs[0], runs[1], tuple(measures or list(BY_NAME)[:1]), confidence), confidence


def _summary(path: Path) -> dict:
    try:
        return json.loads((path / SUMMARY).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(f"{path}: no answer that was kept: there is no {SUMMARY} that can be read") from None


def _read(path: Path) -> RunFolder | None:
    """None where no run of ours made that folder."""
    if (path / ABOUT).is_file():
        try:
            about = json.loads((path / ABOUT).read_text(encoding="utf-8"))
            there = sum(each.is_dir() and not each.name.startswith(".") for each in (path / CASES).glob("*"))
            failed = sum(bool(each["error"]) for each in about.get("outcomes", []))
            state = "at work" if is_claimed(path) else "finished" if about["is_finished"] else "unfinished"
            what = f"{there} of {len(about['cases'])} cases" + (f", {failed} failed" if failed else "")
        except (ValueError, KeyError, OSError):
            state, what = "unfinished", f"{ABOUT} cannot be read"
        return RunFolder(path.name, "sweep", state, what, _changed(path), _bytes(path))
    if stamped := STAMPED.match(path.name):
        return RunFolder(path.name, stamped["kind"], "finished", stamped["name"], _changed(path), _bytes(path))
    return None


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime)


def _bytes(path: Path) -> int:
    return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
