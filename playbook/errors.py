"""The one error that a person's own slip raises, and the nearest right name to offer with it."""

import math
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

Option = TypeVar("Option")


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


def refuse_unless_whole(name: str, share_by_name: Mapping[str, float]) -> None:
    """Weights or shares that do not sum to 1 are refused, with their name and their sum.

    >>> refuse_unless_whole("pool_weight_share", {"renewal": 0.7, "satisfaction": 0.3})
    >>> refuse_unless_whole("pool_weight_share", {"renewal": 0.6, "satisfaction": 0.3})
    Traceback (most recent call last):
    ...
    playbook.errors.InputError: pool_weight_share: renewal 0.6, satisfaction 0.3 sum to 0.9, and must sum to 1
    """
    total = math.fsum(share_by_name.values())
    if not math.isclose(total, 1):
        told = ", ".join(f"{each} {share:g}" for each, share in share_by_name.items())
        raise InputError(f"{name}: {told} sum to {total:g}, and must sum to 1")


def chosen(name: str, options: Mapping[str, Option], option: str) -> Option:
    """The option of that word in a parameter's choices; InputError offers the nearest word.

    >>> chosen("staffing.coordinator_rounding", {"up": 1, "down": 2}, "upp")
    Traceback (most recent call last):
    ...
    playbook.errors.InputError: staffing.coordinator_rounding: unknown option 'upp', did you mean 'up'?
    """
    if option not in options:
        raise InputError(f"{name}: unknown option {option!r}{did_you_mean(option, options)}")
    return options[option]
