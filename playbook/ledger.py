"""The ledger: which legs each item of the handbook has and which it still owes, computed by reading the tree.

a: a rule function states it, with a checked example, and a parameter carries it. b: the desk calls such a function or
reads such a parameter. c: a chapter has a heading for it. Nothing here is kept by hand.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playbook.cards import card, items


@dataclass(frozen=True)
class Entry:
    """An item with the legs it should have, those that stand, and those it owes."""

    id: str
    title: str
    chapter: str
    legs: tuple[str, ...]
    has: tuple[str, ...]

    @property
    def owed(self) -> list[str]:
        """The legs that are missing."""
        return [leg for leg in self.legs if leg not in self.has]


def ledger() -> list[Entry]:
    """One entry an item, in the handbook's order."""
    return [
        Entry(name, item.title, item.chapter, tuple(item.legs), tuple(leg for leg in item.legs if LEGS[leg](name)))
        for name, item in items().items()
    ]


def is_computed(item_id: str) -> bool:
    """Whether a function with a checked example states the item, under a heading that tells it."""
    found = card(item_id)
    return bool(found.prose) and any(">>>" in (rule.__doc__ or "") for rule in found.rules)


def is_simulated(item_id: str) -> bool:
    """Whether the desk calls a function of the item or reads one of its parameters."""
    found = card(item_id)
    names = [rule.__name__ for rule in found.rules] + [name.partition(".")[2] for name in found.parameters]
    return bool(found.prose) and any(re.search(rf"\b{name}\b", desk_source()) for name in names)


def is_written(item_id: str) -> bool:
    """Whether a chapter has a heading and prose for the item."""
    return bool(card(item_id).prose)


LEGS = {"a": is_computed, "b": is_simulated, "c": is_written}


@cache
def desk_source() -> str:
    """The desk's source text, read as text: the playbook imports nothing from the simulation."""
    folder = Path(__file__).resolve().parent.parent / "simulation" / "desk"
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py")))
