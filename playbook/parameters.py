"""params/ as one immutable object that knows value, unit, allowed range, source, basis and rule of every number."""

import hashlib
import json
import math
import os
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml
from pydantic import Field

from playbook.documents import Document, checked, key_lines, params_folder, read_yaml
from playbook.errors import InputError, did_you_mean

Basis = Literal["seed", "reading", "calibrated", "published", "assumption"]


class Parameter(Document):
    """One number of the handbook or of the model, with all that a reader needs to judge it.

    `unit: choice` takes one of the words in `allowed`, `yes_no` a truth value, `date` a day between two days,
    `opening_hours` a text of hours; any other unit takes numbers from `allowed[0]` to `allowed[1]`, alone, in a list or in
    a table, whose entries may be lists where the unit is `index`. A unit of `policies`, `heads` and the like counts whole
    things. `scenario` names the shipped scenario in which the parameter bites, where it does not in the handbook's own.
    """

    value: Any
    unit: str
    allowed: list[Any] = Field(min_length=1)
    rule: str | None = None
    basis: Basis
    source: str = Field(min_length=1)
    scenario: str | None = None
    note: str | None = None


EDITION = "RENEWAL_PARAMS"
FINGERPRINT_LETTERS = 12
LARGEST = 10.0**300
COUNTED = frozenset(
    {"policies", "customers", "heads", "attempts", "conversations", "replications", "days_counted", "cases", "sessions",
     "appraisals", "quotes", "causes"}
)  # fmt: skip


def problem(value: Any, like: Parameter) -> str | None:
    """What is wrong with `value` in the place of this parameter's, as half a sentence; None where nothing is."""
    if isinstance(like.value, dict) and (found := _shape_problem(value, like)):
        return found
    if like.unit == "choice":
        return _choice_problem(value, like)
    if like.unit == "yes_no":
        answers = value.values() if isinstance(like.value, dict) else [value]
        return None if all(isinstance(each, bool) for each in answers) else "must be true or false"
    if like.unit == "date":
        return _date_problem(value, like.allowed)
    if like.unit == "opening_hours":
        return None
    if isinstance(like.value, dict):
        return _table_problem(value, like)
    if isinstance(like.value, list):
        return _list_problem(value, like)
    return _number_problem(value, like)


def _shape_problem(value: Any, like: Parameter) -> str | None:
    """A table stays a table and keeps its entries, unless it is empty by default or its keys are thresholds."""
    if not isinstance(value, dict):
        return f"must be a table like {like.value}"
    missing = [str(key) for key in like.value if isinstance(key, str) and key not in value]
    if like.unit == "opening_hours":
        unknown = [key for key in value if key not in like.value]
        return f"unknown weekday {unknown[0]!r}{did_you_mean(unknown[0], like.value)}" if unknown else None
    if missing or (like.value and not value):
        return f"must have an entry for {', '.join(missing) or 'at least one threshold'}"
    if any(not isinstance(key, str) for key in like.value):
        wrong = [key for key in value if isinstance(key, bool) or not isinstance(key, int | float)]
        return f"its thresholds must be numbers, not {wrong[0]!r}" if wrong else None
    return None


def _choice_problem(value: Any, like: Parameter) -> str | None:
    for each in value.values() if isinstance(like.value, dict) else [value]:
        if isinstance(each, dict | list) or each not in like.allowed:
            return f"must be one of {', '.join(map(str, like.allowed))}{did_you_mean(each, like.allowed)}"
    return None


def _date_problem(value: Any, allowed: list[Any]) -> str | None:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return "must be a date such as 2026-01-31"
    low, high = (date.fromisoformat(str(each)) for each in allowed)
    return None if low <= day <= high else f"must lie between {low} and {high}"


def _table_problem(value: Any, like: Parameter) -> str | None:
    for key, entry in value.items():
        is_profile = like.unit == "index" and isinstance(entry, list) and entry
        for each in entry if is_profile else [entry]:
            if found := _number_problem(each, like):
                return f"{key}: {found}"
    return None


def _list_problem(value: Any, like: Parameter) -> str | None:
    if not isinstance(value, list) or len(value) != len(like.value):
        return f"must be a list of {len(like.value)} numbers"
    return next((found for each in value if (found := _number_problem(each, like))), None)


def _number_problem(value: Any, like: Parameter) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > LARGEST or math.isnan(value):
        return f"must be a number ({like.unit})"
    if like.unit in COUNTED and value != int(value):
        return f"must be a whole number of {like.unit}"
    low, high = like.allowed
    return None if low <= value <= high else f"must lie between {low:,} and {high:,} {like.unit}"


class Chapter:
    """The values of one chapter, read as attributes: `parameters.staffing.policies_per_consultant_count`."""

    def __init__(self, name: str, values: Mapping[str, Any]):
        self.__dict__.update({key: _frozen(value) for key, value in values.items()})
        self.__dict__["_name"] = name

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        known = [key for key in self.__dict__ if key != "_name"]
        raise AttributeError(f"unknown parameter {self.__dict__.get('_name')}.{name}{did_you_mean(name, known)}")

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{name}: parameters do not change; take a copy with changed({{...}})")


def _frozen(value: Any) -> Any:
    if isinstance(value, dict):
        return MappingProxyType(value)
    return tuple(value) if isinstance(value, list) else value


class Parameters(Mapping[str, Any]):
    """Every parameter by its full name, `chapter.name`; immutable, and the only way into params/.

    Read a value as `parameters["staffing.policies_per_consultant_count"]` or as an attribute of its chapter; what is
    known of it with `about(name)`; get a copy with other values with `changed({...})`.
    """

    def __init__(self, known: Mapping[str, Parameter], changes: Mapping[str, Any] | None = None):
        self._known = dict(known)
        self.changes = dict(changes or {})

    @classmethod
    def load(cls, folder: Path | str | None = None) -> "Parameters":
        """Every `<chapter>.yaml` of a folder, by default those of the edition in force; InputError names what is wrong."""
        folder = Path(folder) if folder else edition_folder()
        return _edition(folder) if folder == edition_folder() else _read(folder)

    def about(self, name: str) -> Parameter:
        """The parameter of that full name, with its present value; InputError offers the nearest name."""
        if name not in self._known:
            raise InputError(f"unknown parameter {name}{did_you_mean(name, self._known)}")
        return self._known[name]

    def changed(self, changes: Mapping[str, Any]) -> "Parameters":
        """A copy with other values: a full name, or a full name and a key of its table.

        >>> parameters = Parameters.load()
        >>> parameters.changed({"staffing.policies_per_consultant_count": 1200}).staffing.policies_per_consultant_count
        1200
        >>> parameters.changed({"staffing.policies_per_consultent_count": 1200})
        Traceback (most recent call last):
        ...
        playbook.errors.InputError: unknown parameter staffing.policies_per_consultent_count, did you mean \
'staffing.policies_per_consultant_count'?
        """
        known = dict(self._known)
        for full_name, value in changes.items():
            name, new = self._resolved(full_name, value, known)
            if found := problem(new, self._known[name]):
                raise InputError(f"{full_name} = {value!r}: {found}")
            known[name] = known[name].model_copy(update={"value": new})
        return Parameters(known, self.changes | dict(changes))

    def _resolved(self, full_name: str, value: Any, known: Mapping[str, Parameter]) -> tuple[str, Any]:
        """The parameter that a name speaks of, and its whole new value."""
        if full_name in known:
            return full_name, str(value) if known[full_name].unit == "date" else value
        name, _, key = str(full_name).rpartition(".")
        table = known[name].value if name in known else None
        if isinstance(table, dict):
            if key not in table:
                raise InputError(f"{name} has no entry {key!r}{did_you_mean(key, table)}")
            return name, table | {key: value}
        raise InputError(f"unknown parameter {full_name}{did_you_mean(full_name, known)}")

    def value_at(self, full_name: str) -> Any:
        """The value of a parameter, or of one key of its table, as `changed` takes it."""
        if full_name in self._known:
            return self._known[full_name].value
        name, _, key = full_name.rpartition(".")
        return self.about(name).value[key]

    def fingerprint(self) -> str:
        """A short name of all values together: the same values give the same one."""
        values = {name: each.value for name, each in sorted(self._known.items())}
        return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()[
            :FINGERPRINT_LETTERS
        ]

    def __getitem__(self, name: str) -> Any:
        return _frozen(self.about(name).value)

    def __contains__(self, name: object) -> bool:
        return name in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def __getattr__(self, chapter: str) -> Chapter:
        if chapter.startswith("_"):
            raise AttributeError(chapter)
        prefix = f"{chapter}."
        values = {name[len(prefix) :]: each.value for name, each in self._known.items() if name.startswith(prefix)}
        if not values:
            raise AttributeError(f"unknown chapter {chapter}{did_you_mean(chapter, self.chapters())}")
        return Chapter(chapter, values)

    def chapters(self) -> list[str]:
        """The chapters that have parameters, in alphabetical order."""
        return sorted({name.partition(".")[0] for name in self._known})


def edition_folder() -> Path:
    """The folder of the edition in force: the one that RENEWAL_PARAMS names (`--params`), else the handbook's own."""
    named = os.environ.get(EDITION)
    return Path(named) if named else params_folder()


@cache
def _edition(folder: Path) -> Parameters:
    found = _read(folder)
    if folder != params_folder():
        missing = [name for name in _edition(params_folder()) if name not in found]
        if missing:
            raise InputError(f"{folder}: {missing[0]} is missing; a folder of parameters has all of the handbook's")
    return found


def _read(folder: Path) -> Parameters:
    files = sorted(folder.glob("*.yaml"))
    if not files:
        raise InputError(f"{folder}: there is no parameter file (<chapter>.yaml) in this folder")
    known: dict[str, Parameter] = {}
    for file in files:
        known |= _read_chapter(file)
    return Parameters(known)


def _read_chapter(file: Path) -> dict[str, Parameter]:
    content, lines = read_yaml(file), key_lines(file)
    if not isinstance(content, dict):
        raise InputError(f"{file}: expected parameters by name, found {content!r:.60}")
    found = {}
    for name, fields in content.items():
        inner = {key.removeprefix(f"{name}."): line for key, line in lines.items() if key.startswith(f"{name}.")}
        parameter = checked(fields, Parameter, f"{file}:{lines[name]}: {name}", None if not inner else {})
        if found_problem := problem(parameter.value, parameter):
            raise InputError(f"{file}:{inner.get('value', lines[name])}: {name}: {parameter.value!r} {found_problem}")
        found[f"{file.stem}.{name}"] = parameter
    return found


def parse_change(text: str) -> tuple[str, Any]:
    """A change as it is typed, `chapter.name=value`; the value is read as YAML.

    >>> parse_change("demand.proposal_minutes={A: 20, B: 6}")
    ('demand.proposal_minutes', {'A': 20, 'B': 6})
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise InputError(f"{text!r}: a change is written chapter.name=value")
    try:
        return name.strip(), yaml.safe_load(value)
    except (yaml.YAMLError, ValueError):
        raise InputError(f"{text!r}: the value {value!r} cannot be read") from None


def json_schema() -> dict[str, Any]:
    """The JSON schema of a parameter file, for editors that complete and check while one types."""
    schema = Parameter.model_json_schema()
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A chapter's parameters",
        "type": "object",
        "additionalProperties": schema,
    }
