"""The one error that a person's own slip raises, and the nearest right name to offer with it."""

from collections.abc import Iterable
from difflib import get_close_matches


class InputError(ValueError):
    """A file, name or value that somebody gave and that cannot be used; its text is meant for that person."""


def did_you_mean(name: object, known: Iterable[object]) -> str:
    """The nearest known name as the end of a sentence, or the known ones where none is near.

    >>> did_you_mean("moter", ["motor", "health"])
    ", did you mean 'motor'?"
    >>> did_you_mean("S3.3", ["S4.3.3", "S3.3.1"])
    ", did you mean 'S3.3.1'?"
    >>> did_you_mean("xyz", ["motor", "health"])
    '; known: health, motor'
    """
    names = sorted(str(each) for each in known)
    near = [each for each in names if name and each.startswith(str(name))] or get_close_matches(str(name), names, n=1)
    if near:
        return f", did you mean {near[0]!r}?"
    return f"; known: {', '.join(names)}" if names else "; none is known"
