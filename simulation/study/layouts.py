"""Layouts: how the values of a sweep become its cases: every combination, side by side, written out, or a Latin hypercube."""

import itertools
from math import ceil, log10
from typing import Any

from pydantic import Field

from playbook.documents import Document
from playbook.errors import InputError
from playbook.parameters import COUNTED, Parameters

Values = dict[str, Any]
FINENESS = 100  # steps in each part of a range


class Latin(Document):
    """So many cases, spread evenly over the ranges of parameters of params/; `ranges` gives [low, high] of each."""

    cases: int = Field(ge=2, le=100_000)
    seed: int = Field(default=1, ge=0)
    ranges: dict[str, tuple[float, float]] = Field(min_length=1)


class Layout(Document):
    """The parts of a sweep's cases. Several parts are combined, each case of one with each of the others."""

    grid: dict[str, list[Any]] = {}
    zip: dict[str, list[Any]] = {}
    cases: list[Values] = []
    latin: Latin | None = None

    def laid_out(self) -> list[Values]:
        """The values of every case, in order."""
        parts = [
            [dict(zip(self.grid, each, strict=True)) for each in itertools.product(*self.grid.values())],
            _side_by_side(self.zip),
            self.cases or [{}],
            sampled(self.latin) if self.latin else [{}],
        ]
        return [_together(each) for each in itertools.product(*parts)]

    def swept(self) -> list[str]:
        """The names that differ between cases, in order."""
        return list(dict.fromkeys(name for case in self.laid_out() for name in case))


def _side_by_side(columns: dict[str, list[Any]]) -> list[Values]:
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise InputError(f"zip: the names need equally many values; {told}")
    return [dict(zip(columns, each, strict=True)) for each in zip(*columns.values(), strict=True)] or [{}]


def sampled(latin: Latin) -> list[Values]:
    """A Latin hypercube (McKay, Beckman and Conover 1979): each range is cut into as many parts as there are cases, and
    every part is met once. Whole numbers stay whole."""
    from scipy.stats import qmc

    for name, (low, high) in latin.ranges.items():
        if not low < high:
            raise InputError(f"latin: {name}: the range [{low:g}, {high:g}] must run upwards")
    unit = qmc.LatinHypercube(len(latin.ranges), rng=latin.seed).random(latin.cases)
    return [
        {name: _value(name, low + at * (high - low), (high - low) / latin.cases)
         for at, (name, (low, high)) in zip(point.tolist(), latin.ranges.items(), strict=True)}
        for point in unit
    ]  # fmt: skip


def _value(name: str, value: float, part: float) -> int | float:
    """A value as one would write it, to a hundredth of its part of the range, so that neighbours stay apart."""
    known = Parameters.load()
    owner = name if name in known else name.rpartition(".")[0]
    is_whole = owner in known and known.about(owner).unit in COUNTED
    return round(value) if is_whole else round(value, ceil(log10(FINENESS / part)))


def _together(parts: tuple[Values, ...]) -> Values:
    found: Values = {}
    for part in parts:
        twice = sorted(found.keys() & part.keys())
        if twice:
            raise InputError(f"{twice[0]!r} stands in two parts of the sweep")
        found |= part
    return found
