"""Forms: what a browser sent, read field by field; a slip is told in a sentence."""

import math
import re
from collections.abc import Mapping, Sequence

from playbook.errors import InputError

NUMBER = re.compile(r"^[-+]?\d{1,15}([.,]\d{1,9})?$")
MOST_LETTERS = 4000


class Form:
    """The fields of one form; each read gives a value that fits or raises InputError."""

    def __init__(self, fields: Mapping[str, Sequence[bytes]]):
        self._fields = fields

    def text(self, name: str, is_needed: bool = True, most: int = MOST_LETTERS) -> str:
        """A field as text without blanks around it."""
        values = self._fields.get(name, [])
        try:
            found = values[-1].decode("utf-8").strip() if values else ""
        except UnicodeDecodeError:
            raise InputError(f"{name}: not readable as text") from None
        if is_needed and not found:
            raise InputError(f"{name.replace('_', ' ')}: nothing was filled in")
        if len(found) > most:
            raise InputError(f"{name.replace('_', ' ')}: longer than {most:,} letters")
        if any(not each.isprintable() and each not in "\r\n\t" for each in found):
            raise InputError(f"{name.replace('_', ' ')}: holds signs that cannot be printed")
        return found

    def number(self, name: str) -> float:
        """A field as a number; a comma for the point is understood.

        >>> Form({"value": [b"2,5"]}).number("value")
        2.5
        """
        text = self.text(name)
        if not NUMBER.match(text):
            raise InputError(f"{name.replace('_', ' ')}: {text!r:.60} is no number")
        value = float(text.replace(",", "."))
        return value if math.isfinite(value) else 0.0

    def number_or_none(self, name: str) -> float | None:
        """The same, None where nothing was filled in."""
        return self.number(name) if self.text(name, is_needed=False) else None

    def whole(self, name: str) -> int:
        """A field as a whole number."""
        value = self.number(name)
        if value != int(value):
            raise InputError(f"{name.replace('_', ' ')}: {value:g} is no whole number")
        return int(value)

    def has(self, name: str) -> bool:
        """Whether a field was sent and is not empty."""
        return bool(self.text(name, is_needed=False))

    def named(self, prefix: str) -> dict[str, str]:
        """All fields whose names begin so, by the rest of their names."""
        return {name.removeprefix(prefix): self.text(name) for name in self._fields if name.startswith(prefix)}
