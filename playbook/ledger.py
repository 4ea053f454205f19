"""The ledger: which legs each item of the handbook has and which it still owes, computed by reading the tree.

a: a rule function states it, with a checked example, and a chapter tells it. b: the desk, or a study of years or of a team's
own records, calls such a function or reads such a parameter, or a shipped scenario compares the item, or a shipped drill
plays it. c: a chapter has a heading for it. Nothing here is kept by hand; only the capability to which a missing leg is owed
is named, in params/handbook/items.yaml.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from playbook.cards import card, items
from playbook.documents import params_folder, read_yaml
from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.plans import read_plan


@dataclass(frozen=True)
class Entry:
    """An item with the legs it should have, those that stand, and the later capability of those that do not."""

    id: str
    title: str
    chapter: str
    legs: tuple[str, ...]
    has: tuple[str, ...]
    later: dict[str, str]

    @property
    def owed(self) -> list[str]:
        """The legs that are missing."""
        return [leg for leg in self.legs if leg not in self.has]

    @property
    def owed_to(self) -> dict[str, str]:
        """The capability that each missing leg is owed to, where one is named."""
        return {leg: self.later[leg] for leg in self.owed if leg in self.later}

    @property
    def state(self) -> str:
        """What the item owes, in words."""
        owed = ", ".join(f"{leg} to {self.owed_to[leg]}" if leg in self.owed_to else leg for leg in self.owed)
        return f"owes {owed}" if owed else "complete"

    @property
    def stale(self) -> list[str]:
        """The legs that stand although they are said to come later."""
        return [leg for leg in self.later if leg in self.has]


def ledger() -> list[Entry]:
    """One entry an item, in the handbook's order."""
    return [
        Entry(name, item.title, item.chapter, tuple(item.legs),
              tuple(leg for leg in item.legs if LEGS[leg](name)), dict(item.later))
        for name, item in items().items()
    ]  # fmt: skip


def is_computed(item_id: str) -> bool:
    """Whether a function with a checked example states the item, under a heading that tells it."""
    found = card(item_id)
    return bool(found.prose) and any(">>>" in (rule.__doc__ or "") for rule in found.rules)


def is_simulated(item_id: str) -> bool:
    """Whether the desk, or a study of years, calls a function of the item or reads one of its parameters, or a scenario
    compares the item, or a drill plays it."""
    found = card(item_id)
    names = {f"{rule.__module__}.{rule.__name__}" for rule in found.rules} | set(found.parameters)
    return bool(found.prose) and (bool(names & desk_names()) or item_id in compared_items() | played_items())


def is_written(item_id: str) -> bool:
    """Whether a chapter has a heading and prose for the item."""
    return bool(card(item_id).prose)


# What people live through over years, or what shows in a team's own records, rather than at the desk, and the chapters that
# each study enacts.
STUDIES_BESIDE_THE_DESK = {
    "study/verdicts.py": ("appraisal.", "last_place.", "incentives."),
    "study/careers.py": ("careers.", "structure."),
    "study/own_rates.py": ("roles.", "monitoring."),
    "study/alarm_limits.py": ("monitoring.",),
    "study/improvement_effect.py": ("improvement.",),
}
LEGS = {"a": is_computed, "b": is_simulated, "c": is_written}


@cache
def desk_names() -> frozenset[str]:
    """The rules that the desk and the studies of years use and the parameters that they read, by full name; their source
    is read as text, because the playbook imports nothing from the simulation."""
    folder = Path(__file__).resolve().parent.parent / "simulation"
    found = {name for path in sorted((folder / "desk").glob("*.py")) for name in names_used(path.read_text("utf-8"))}
    for path, chapters in STUDIES_BESIDE_THE_DESK.items():
        used = names_used((folder / path).read_text("utf-8"))
        found |= {name for name in used if name.removeprefix("playbook.").startswith(chapters)}
    return frozenset(found)


def names_used(source: str) -> Iterator[str]:
    """The full names that a module's code uses: of functions of the playbook, called or handed on; of parameters, read
    as attributes of their chapter, or named whole in a text that is not a docstring.

    >>> sorted(names_used('''
    ... from playbook.monitoring import has_alert, silence_deadline as until
    ... def due(self, minutes):
    ...     'Not incentives.tier_reading.'
    ...     monitoring, stand_up_minutes = self.parameters.monitoring, 15
    ...     return until(minutes, monitoring.silence_limit_hours), self.by_line("book.grace_days"), self.alert_minutes
    ... '''))
    ['book.grace_days', 'monitoring.silence_limit_hours', 'playbook.monitoring.silence_deadline']
    """
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "playbook"
        for alias in node.names
    }
    remarks = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    known = Parameters.load()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in imported:
            yield imported[node.id]
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            owner = _last_word(node.value)
            name = f"{imported.get(owner, owner)}.{node.attr}"
            if owner in imported or name in known:
                yield name
        elif isinstance(node, ast.Constant) and node.value in known and id(node) not in remarks:
            yield node.value


def _last_word(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


@cache
def played_items() -> frozenset[str]:
    """The items that a shipped drill names and plays at the desk; a paper audit has none."""
    drills = map(read_yaml, sorted((params_folder() / "drills").glob("*.yaml")))
    return frozenset(item for drill in drills if drill["kind"] != "audit" for item in drill["items"])


@cache
def compared_items() -> frozenset[str]:
    """The items that a shipped scenario names and compares: its team or its parameters differ from its base's."""
    found: set[str] = set()
    for path in (params_folder() / "scenarios").glob("*.yaml"):
        content = read_yaml(path)
        base = content.get("base")
        if content.get("items") and base and scenario_state(path.stem) != scenario_state(base):
            found |= set(content["items"])
    return frozenset(found)


def scenario_state(name: str) -> tuple[Any, str]:
    """The team of a shipped scenario and the fingerprint of its parameters, its bases worked in."""
    team, changes, seen = None, {}, set()
    while name:
        if name in seen:
            raise InputError(f"the bases of the scenario {name!r} go round in a circle")
        seen.add(name)
        content = read_yaml(params_folder() / "scenarios" / f"{name}.yaml")
        plan = read_plan(content["plan"]).parameter_changes() if content.get("plan") else {}
        changes = plan | content.get("changes", {}) | changes
        team, name = team or content.get("team"), content.get("base")
    return team, Parameters.load().changed(changes).fingerprint()
