"""Cards: all that the playbook knows of one item on one page: prose, today's values with unit, range and source, rules."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import field_validator

import playbook
from playbook.documents import Document, checked, params_folder, read_yaml
from playbook.errors import InputError, did_you_mean
from playbook.parameters import Parameter, Parameters

HEADING = re.compile(r"^### (?P<id>S\d\.\d\.\d[a-z]?) (?P<title>.+?)(?: \{(?P<legs>[abc ]+)\})?$", re.MULTILINE)


Leg = Literal["a", "b", "c"]
Capability = Literal["full desk", "incentives and careers", "drills", "own data"]


class Item(Document):
    """An item of the source handbook: where it belongs, what it is called, which legs it should have, and the later
    capability to which a leg is owed that does not stand today."""

    chapter: str
    section: str
    legs: list[Leg]
    term: str
    title: str
    later: dict[Leg, Capability] = {}

    @field_validator("later")
    @classmethod
    def _only_of_its_legs(cls, later: dict[str, str], info: Any) -> dict[str, str]:
        if extra := [leg for leg in later if leg not in info.data.get("legs", later)]:
            raise ValueError(f"the item has no leg {', '.join(extra)}")
        return later


class Reading(Document):
    """A place of the source that can be read in more than one way: the items it stands in, and what is open."""

    items: list[str]
    question: str


@dataclass(frozen=True)
class Card:
    """One item: its prose, the functions that state it, and the parameters that it set."""

    id: str
    item: Item
    prose: str | None
    rules: list[Callable[..., Any]]
    parameters: dict[str, Parameter]

    def text(self) -> str:
        """The card as plain text."""
        lines = [f"{self.id}  {self.item.title}  {self.item.term}", ""]
        lines += [self.prose or "(not written yet)", ""]
        for name, each in self.parameters.items():
            lines.append(f"{name} = {each.value}")
            lines.append(f"    {each.unit}, allowed {_range(each)}; {each.basis}: {each.source}")
            if each.note:
                lines.append(f"    {each.note}")
        for rule in self.rules:
            lines += ["", f"{rule.__module__}.{rule.__name__}{inspect.signature(rule)}", inspect.getdoc(rule) or ""]
        return "\n".join(lines).rstrip()


def _range(parameter: Parameter) -> str:
    if parameter.unit in ("choice", "yes_no"):
        return ", ".join(map(str, parameter.allowed))
    return f"{parameter.allowed[0]} to {parameter.allowed[-1]}"


@cache
def items() -> dict[str, Item]:
    """All items of the source handbook by id, in its order."""
    path = params_folder() / "handbook" / "items.yaml"
    return {name: checked(content, Item, f"{path}: {name}") for name, content in read_yaml(path).items()}


@cache
def readings() -> dict[str, Reading]:
    """The ambiguous places of the source by number, in its order."""
    path = params_folder() / "handbook" / "readings.yaml"
    found = {name: checked(content, Reading, f"{path}: {name}") for name, content in read_yaml(path).items()}
    for name, reading in found.items():
        for item in reading.items:
            if item not in items():
                raise InputError(f"{path}: {name}: unknown item {item!r}{did_you_mean(item, items())}")
    return found


def choices(number: str, parameters: Parameters) -> dict[str, Parameter]:
    """The parameters in which a reading is chosen, by full name: those whose source names its number.

    >>> list(choices("Q1", Parameters.load()))
    ['staffing.awaiting_reading']
    """
    named = re.compile(rf"\breading {number}\b")
    abouts = {name: parameters.about(name) for name in parameters}
    return {name: about for name, about in abouts.items() if named.search(about.source)}


def card(item_id: str, parameters: Parameters | None = None) -> Card:
    """The card of an item, with the parameters' present values; InputError offers the nearest id."""
    if item_id not in items():
        raise InputError(f"unknown item {item_id!r}{did_you_mean(item_id, items())}")
    parameters = parameters or Parameters.load()
    return Card(
        id=item_id,
        item=items()[item_id],
        prose=sections().get(item_id, (None, None))[1],
        rules=[each for each in rules() if item_id in each.items],
        parameters={name: about for name in parameters if (about := parameters.about(name)).rule == item_id},
    )


@cache
def rules() -> list[Callable[..., Any]]:
    """Every function of the playbook that states an item."""
    found = []
    for module in pkgutil.iter_modules(playbook.__path__):
        loaded = importlib.import_module(f"playbook.{module.name}")
        found += [each for _, each in inspect.getmembers(loaded, inspect.isfunction)
                  if hasattr(each, "items") and each.__module__ == loaded.__name__]  # fmt: skip
    return found


@cache
def sections() -> dict[str, tuple[set[str], str]]:
    """The prose of each item that a chapter has a heading for, with the legs that the heading claims."""
    found = {}
    for path in sorted(chapters_folder().glob("*.md")):
        text = path.read_text(encoding="utf-8")
        headings = list(HEADING.finditer(text))
        for heading, following in zip(headings, [*headings[1:], None], strict=True):
            body = text[heading.end() : following.start() if following else len(text)]
            prose = re.split(r"^## ", body, maxsplit=1, flags=re.MULTILINE)[0].strip()
            found[heading["id"]] = (set((heading["legs"] or "").split()), prose)
    return found


def chapters_folder() -> Path:
    """Where the chapters lie."""
    return Path(__file__).resolve().parent / "chapters"
