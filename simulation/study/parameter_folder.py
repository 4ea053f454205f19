"""A calibration as an ordinary folder of parameters: every chapter, with what was fitted and where it comes from."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from playbook.documents import read_yaml
from playbook.errors import InputError
from playbook.parameters import Parameters, edition_folder
from simulation.study.calibrate import Calibration
from simulation.study.fitted import Fitted

RESULT = "calibration.json"
LETTERS = 12  # of a file's fingerprint that are written
HEAD = """\
# Written by `renewal calibrate`: parameters with `basis: calibrated` come from the records named at each, the others from
# the edition that was in force. Use it with `--params` on every command that runs.
"""


def refuse_other_content(folder: Path) -> None:
    """InputError where a folder holds anything but an earlier calibration, which a new one takes the place of."""
    if folder.exists() and not (folder.is_dir() and (not any(folder.iterdir()) or (folder / RESULT).is_file())):
        raise InputError(f"{folder}: holds something else than a calibration, and is not written over")


def write_chapters(folder: Path, found: Calibration, today: date) -> int:
    """Every chapter's file into a folder that is there; how many parameters were calibrated."""
    fitted, count = found.parameters, 0
    for path in sorted(edition_folder().glob("*.yaml")):
        content, changed = read_yaml(path), 0
        for name, fields in content.items():
            full = f"{path.stem}.{name}"
            value = fitted.about(full).value
            if value != fields["value"]:
                told = _told(full, found, today)
                if fields["basis"] != "calibrated" and "note" in fields and "note" in told:
                    told["note"] += f". {fields['note']}"
                content[name] = fields | {"value": _plain(value)} | told
                changed += 1
                count += told["basis"] == "calibrated"
        target = folder / path.name
        if changed:
            text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120, default_flow_style=None)
            target.write_text(HEAD + text, encoding="utf-8")
        else:
            target.write_bytes(path.read_bytes())
    Parameters.load(folder)  # what is written can be read
    return count


def _told(full: str, found: Calibration, today: date) -> dict[str, str]:
    """Basis, source and note of a value that differs from the edition's."""
    own = {name: each for name, each in found.fits.items() if name not in found.kept and _is_of(name, full)}
    if not own and full not in found.profiles:
        is_table = full in found.tables
        source = (
            "lines of the list that the edition does not know have its first line's value"
            if is_table
            else "set by hand"
        )
        return {"basis": "assumption", "source": f"{source}, {today}"}
    files = ", ".join(f"{name} (sha256 {each[:LETTERS]})" for name, each in found.records.files.items())
    reach = f"{found.records.first} to {found.records.last}"
    source = f"renewal calibrate on {today} from {files}, {reach}"
    said = "; ".join(_interval(name, full, each) for name, each in own.items())
    return {"basis": "calibrated", "source": source} | ({"note": said} if said else {})


def _is_of(name: str, full: str) -> bool:
    return name == full or name.rpartition(".")[0] == full


def _interval(name: str, full: str, each: Fitted) -> str:
    entry = name.removeprefix(full).removeprefix(".")
    warning = f", {each.warning}" if each.warning else ""
    return f"{entry + ' ' if entry else ''}{each.value:.4g} ({each.low:.4g} to {each.high:.4g}) from {each.count:,}{warning}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return list(value) if isinstance(value, tuple) else value
