"""Luck by address: a uniform for each (seed, replication, purpose, entity, ordinal), drawn from a counter-based generator.

Nothing is consumed in turn, so a further person, purpose or attempt changes nobody else's draw, and two team structures
meet the same customers with the same luck.
"""

from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

KEY_BYTES = 16  # of Philox's key
WORDS_A_COUNT = 4  # random words that Philox makes for each value of its counter
HALF_STEP = 2.0**-54  # keeps a uniform away from 0, where logarithms end
TICKS_A_MINUTE = 2.0**16  # durations are whole ticks: sums of them are exact on every processor
COLUMNS_KEPT = 16  # ordinals for which a whole column is drawn; beyond, one value at a time

Column = memoryview


class Luck:
    """The uniforms of one replication under one seed."""

    def __init__(self, seed: int, replication: int):
        self.seed, self.replication = seed, replication

    def _generator(self, purpose: str, part: int | str) -> Philox:
        address = f"{self.seed}/{self.replication}/{purpose}/{part}".encode()
        return Philox(key=int.from_bytes(blake2b(address, digest_size=KEY_BYTES).digest(), "little"))

    def column(self, purpose: str, size: int, ordinal: int = 0) -> NDArray[np.float64]:
        """Uniforms in (0, 1) of the entities 0 to size - 1 for one ordinal."""
        return Generator(self._generator(purpose, ordinal)).random(size) + HALF_STEP

    def single(self, purpose: str, entity: int, ordinal: int = 0) -> float:
        """The uniform that `column` holds for this entity, without drawing the others."""
        bits = self._generator(purpose, ordinal).advance(entity // WORDS_A_COUNT)
        return float(Generator(bits).random(entity % WORDS_A_COUNT + 1)[-1]) + HALF_STEP

    def row(self, purpose: str, entity: int | str, size: int) -> NDArray[np.float64]:
        """Uniforms in (0, 1) of the ordinals 0 to size - 1 for one entity, known by number or by name."""
        return Generator(self._generator(purpose, f"of {entity}")).random(size) + HALF_STEP


def durations(uniform: NDArray[np.float64], family: str, mean: float, variation: float = 1.0) -> NDArray[np.float64]:
    """Durations of a family by inversion, in the unit of `mean`, rounded to whole ticks.

    `variation` is the coefficient of variation; the lognormal and the gamma family read it.
    """
    if family == "exponential":
        drawn = -mean * np.log1p(-uniform)
    elif family == "lognormal" and variation > 0:
        variance = np.log1p(variation**2)
        drawn = mean * np.exp(np.sqrt(variance) * ndtri(uniform) - variance / 2)
    elif family == "gamma" and variation > 0:
        drawn = mean * gammaincinv(1 / variation**2, uniform) * variation**2
    else:
        drawn = np.full(len(uniform), float(mean))
    return in_ticks(drawn)


def in_ticks(minutes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Minutes rounded to whole ticks, at least one, so that no work takes no time."""
    return np.maximum(np.rint(minutes * TICKS_A_MINUTE), 1.0) / TICKS_A_MINUTE


def whole_ticks(minutes: float) -> float:
    """`in_ticks` for one value."""
    return float(in_ticks(np.array([minutes]))[0])


def readable(values: NDArray) -> Column:
    """Values that are read one at a time, as plain numbers: a quarter of the memory of a list of them."""
    return memoryview(np.ascontiguousarray(values))


class Draws:
    """Values by (entity, ordinal): whole columns for the first ordinals, one value at a time beyond them.

    `shape` turns uniforms into values, array in and array out; a column takes as many bytes a value as its type asks for.
    """

    def __init__(self, luck: Luck, purpose: str, size: int, shape=lambda uniform: uniform):
        self._luck, self._purpose, self._size, self._shape = luck, purpose, size, shape
        self._columns: list[Column] = []

    @classmethod
    def of_chance(cls, luck: Luck, purpose: str, size: int, share: float) -> "Draws":
        """Whether something happens that does in a share of all cases."""
        return cls(luck, purpose, size, lambda uniform: uniform < share)

    def __call__(self, entity: int, ordinal: int) -> Any:
        try:
            return self._columns[ordinal][entity]
        except IndexError:
            return self._new(entity, ordinal)

    def _new(self, entity: int, ordinal: int) -> Any:
        if ordinal >= COLUMNS_KEPT:
            return self._shape(np.array([self._luck.single(self._purpose, entity, ordinal)]))[0].item()
        while len(self._columns) <= ordinal:
            uniform = self._luck.column(self._purpose, self._size, len(self._columns))
            self._columns.append(readable(self._shape(uniform)))
        return self._columns[ordinal][entity]
