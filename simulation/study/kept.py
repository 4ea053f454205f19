"""Kept: an answer, a comparison, a choice or a sweep read back from its folder, as the tables that a workbook holds."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from playbook.errors import InputError
from simulation.study.cases import SUMMARY
from simulation.study.folders import CHOICE, COMPARISON, PAGE
from simulation.study.measures import BY_NAME
from simulation.study.results import ABOUT, read_results


@dataclass(frozen=True)
class Kept:
    """What a folder says: its question, sentences in the order they are told, tables by their titles, and the run record.

    Numbers in the tables are numbers, shares from 0 to 1, money in CNY.
    """

    folder: Path
    question: str
    sentences: list[str]
    tables: dict[str, pd.DataFrame]
    record: dict[str, Any]

    @property
    def page(self) -> Path:
        """The page that was written with it; InputError where there is none."""
        path = self.folder / PAGE
        if not path.is_file():
            raise InputError(f"{self.folder}: there is no {PAGE} in it; run it again, and it will be written")
        return path


def read_kept(folder: Path) -> Kept:
    """What lies in that folder; InputError where it is none of ours, or not finished."""
    if not folder.is_dir():
        raise InputError(f"{folder}: there is no such folder; `renewal runs list` tells what has been kept")
    for name, read in ((COMPARISON, _comparison), (CHOICE, _choice), (ABOUT, _sweep), (SUMMARY, _answer)):
        if (folder / name).is_file():
            return read(folder)
    known = ", ".join((SUMMARY, COMPARISON, CHOICE, ABOUT))
    raise InputError(f"{folder}: no answer, comparison, choice or sweep of ours: none of {known} is in it")


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None


def _answer(folder: Path) -> Kept:
    found = _read_json(folder / SUMMARY)
    tables = {"Measures": _measures({found["title"]: found}), "Minutes a policy": _rows("kind", found["minutes_per_policy"]),
              "Occupancy": _occupancy(found), "Every run": _runs({found["title"]: folder})}  # fmt: skip
    return Kept(folder, found["question"], list(found["notes"]), tables, found["record"])


def _comparison(folder: Path) -> Kept:
    found = _read_json(folder / COMPARISON)
    parts = {path.parent.name: path.parent for path in sorted(folder.glob(f"*/{SUMMARY}"))}
    summaries = {name: _read_json(path / SUMMARY) for name, path in parts.items()}
    rows = [
        {"case": title, "against": found["base"], **{key: _cell(value) for key, value in row.items()}}
        for title, each in found["differences"].items()
        for row in each
    ]
    tables = {"Differences": pd.DataFrame(rows), "Measures": _measures(summaries), "Every run": _runs(parts)}
    sentences = [sentence for verdict in found["verdicts"] for sentence in verdict]
    return Kept(folder, found["question"], sentences, tables, found["record"])


def _choice(folder: Path) -> Kept:
    found = _read_json(folder / CHOICE)
    rows = [{key: _cell(value) for key, value in each.items()} for each in found["candidates"]]
    chosen = found["chosen"] or "none"
    return Kept(
        folder, f"Which is chosen: {chosen}", list(found["why"]), {"Candidates": pd.DataFrame(rows)}, found["record"]
    )


def _sweep(folder: Path) -> Kept:
    found = read_results(folder)
    rows = [
        {"case": found.titles[case], "against": found.titles[found.base], "measure": each.measure,
         "mean": each.estimate.mean, "low": each.estimate.low, "high": each.estimate.high,
         "year_low": each.year_low, "year_high": each.year_high, "unit": BY_NAME[each.measure].unit}
        for case, differences in found.differences.items() for each in differences
    ]  # fmt: skip
    return Kept(folder, found.about["question"], [], {"Differences": pd.DataFrame(rows), "Every case": found.table},
                found.about["record"])  # fmt: skip


def _measures(summaries: dict[str, dict[str, Any]]) -> pd.DataFrame:
    rows = [
        {
            "case": title,
            "measure": name,
            "what": BY_NAME[name].says,
            **{key: each[key] for key in ("mean", "low", "high", "unit")},
        }
        for title, found in summaries.items()
        for name, each in found["measures"].items()
    ]
    return pd.DataFrame(rows)


def _rows(head: str, found: dict[str, dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame([{head: name, **each} for name, each in found.items()])


def _occupancy(found: dict[str, Any]) -> pd.DataFrame:
    rows = [
        {"role": role, "month": month, **each}
        for role, months in found["occupancy"].items()
        for month, each in months.items()
    ]
    return pd.DataFrame(rows)


def _runs(folders: dict[str, Path]) -> pd.DataFrame:
    frames = []
    for title, folder in folders.items():
        frame = pd.read_csv(folder / "runs.csv")
        frame.insert(0, "case", title)
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def _cell(value: Any) -> Any:
    """A value as a cell can hold it."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
