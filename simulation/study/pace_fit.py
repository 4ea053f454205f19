"""How long work takes and how people differ, from who took how long: kinds of work and people in one log-linear model.

minutes = exp(kind + person) x noise, fitted so that the sums by kind and by person are those of the records (Poisson
quasi-likelihood; McCullagh and Nelder, Generalized Linear Models, 1989, chapter 9). A person's part is that of their grade
and a deviation of their own, whose spread between people is the ability spread. Pieces of one person are not independent:
intervals count people, not pieces (random-effects meta-regression by restricted likelihood, with Student's t; Knapp and
Hartung, Statistics in Medicine 22, 2003).
"""

from dataclasses import dataclass
from math import exp, expm1, log1p, sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import chdtri, stdtrit

from playbook.errors import InputError
from simulation.study.fitted import CONFIDENCE, FEWEST_RECORDS, Fitted

Floats = NDArray[np.float64]
FEWEST_PIECES = 20  # of one person in one grade, below which they are left out of the model
FEWEST_PEOPLE = 8  # below which a spread between people is told with a warning
ROUNDS, CLOSE = 500, 1e-12
MOST_SPREAD = 4.0  # of a log: the search for the spread between people ends there
UNSETTLED = "few people: the interval is wide because they may not be typical"


@dataclass(frozen=True)
class PaceFit:
    """Minutes of each kind at speed 1, speed by grade against the first grade, spread of ability, and each person's pace.

    minutes, speeds: by kind and by grade. ability_variation: coefficient of variation between people of a grade. factors: for
    each piece that was fitted, by how much its person's minutes exceed those at speed 1.
    """

    minutes: dict[str, Fitted]
    speeds: dict[str, Fitted]
    ability_variation: Fitted
    people: pd.DataFrame
    factors: Floats


def fit_paces(pieces: pd.DataFrame, first_grade: str, prior_variation: float) -> PaceFit:
    """The model on pieces with columns kind, person, grade and minutes (above 0).

    Grades other than those of the first grade's family (a role's name) count as speed 1. `prior_variation` stands in where too
    few people say how far they differ. InputError where nobody did enough.
    """
    unit = pieces["person"].astype(str) + " " + pieces["grade"].astype(str)
    counts = unit.map(unit.value_counts())
    is_used = (counts >= FEWEST_PIECES).to_numpy()
    if not is_used.any():
        raise InputError(f"nobody has {FEWEST_PIECES} pieces of work with minutes above 0 in the log")
    used = pieces[is_used].assign(unit=unit[is_used])
    kind, kinds = pd.factorize(used["kind"].astype(str), sort=True)
    person, units = pd.factorize(used["unit"], sort=True)
    minutes = used["minutes"].to_numpy(dtype=float)
    by_kind, by_person = _margins(minutes, kind, person, len(kinds), len(units))
    grades = used.groupby("unit", sort=True, observed=True)["grade"].first().astype(str).to_numpy()
    expected = np.exp(by_kind[kind] + by_person[person])
    noise = _relative_variance(minutes, expected, person, len(units))
    kind_noise = _relative_variance(minutes, expected, kind, len(kinds))
    component = _components(kind, person, len(kinds), len(units))
    spread = _Spread(by_person, noise, grades, component[len(kinds) :], first_grade, prior_variation)
    level = spread.level_of(component[: len(kinds)])
    found = {}
    for number, name in enumerate(kinds):
        count = int((kind == number).sum())
        variance = kind_noise[number] + spread.level_variance[component[number]] + spread.variance_error / 4
        middle = by_kind[number] + level[number] + spread.variance / 2
        found[name] = _from_log(name, middle, variance, spread.freedom, count, "minutes", _few(count, spread))
    factors = np.full(len(pieces), np.nan)
    factors[is_used] = np.exp(by_person[person] - spread.levels[component[len(kinds) + person]] - spread.variance / 2)
    people = pd.DataFrame({"grade": grades, "pieces": np.bincount(person), "pace": np.exp(
        by_person - spread.levels[component[len(kinds) :]] - spread.variance / 2), "noise": np.sqrt(noise)})  # fmt: skip
    return PaceFit(found, spread.speeds(), spread.ability(), people, factors)


def _margins(minutes: Floats, kind: NDArray, person: NDArray, kinds: int, people: int) -> tuple[Floats, Floats]:
    """Logs of kind and person such that both margins of the expected sums are those of the records."""
    table = np.zeros((kinds, people))
    np.add.at(table, (kind, person), 1.0)
    by_kind = np.bincount(kind, minutes, kinds) / np.bincount(kind, minlength=kinds)
    sums = np.bincount(kind, minutes, kinds), np.bincount(person, minutes, people)
    by_person = np.ones(people)
    for _ in range(ROUNDS):
        before = by_person
        by_person = sums[1] / (by_kind @ table)
        by_kind = sums[0] / (table @ by_person)
        if np.abs(by_person / before - 1).max() < CLOSE:
            break
    return np.log(by_kind), np.log(by_person)


def _relative_variance(minutes: Floats, expected: Floats, group: NDArray, groups: int) -> Floats:
    """The variance of the log of each group's total against what is expected of it, from its own pieces."""
    squares = np.bincount(group, (minutes - expected) ** 2, groups)
    return squares / np.bincount(group, expected, groups) ** 2


def _components(kind: NDArray, person: NDArray, kinds: int, people: int) -> NDArray:
    """Which kinds and people hang together: speeds can be compared only of people who share a kind of work."""
    number = np.arange(kinds + people)
    pairs = np.unique(np.column_stack([kind, kinds + person]), axis=0)
    changed = True
    while changed:
        lowest = np.minimum(number[pairs[:, 0]], number[pairs[:, 1]])
        after = number.copy()
        np.minimum.at(after, pairs[:, 0], lowest)
        np.minimum.at(after, pairs[:, 1], lowest)
        changed = bool((after != number).any())
        number = after
    return np.unique(number, return_inverse=True)[1]


class _Spread:
    """People's logs as level of the component, part of the grade, and a deviation whose variance is estimated."""

    def __init__(
        self, logs: Floats, noise: Floats, grades: NDArray, component: NDArray, first_grade: str, prior: float
    ):
        self._others = [each for each in dict.fromkeys(grades.tolist()) if each in GRADED and each != first_grade]
        self._first, self._count = first_grade, {each: int((grades == each).sum()) for each in self._others}
        self._components = int(component.max()) + 1
        levels = np.equal.outer(component, np.arange(self._components)).astype(float)
        parts = np.column_stack([levels, *[(grades == each).astype(float) for each in self._others]])
        parts = parts[:, _independent(parts)]
        self._kept = _independent(np.column_stack([levels, *[(grades == each).astype(float) for each in self._others]]))
        self.people = len(logs)
        self._spare = self.people - parts.shape[1]
        self.is_prior = self._spare < 2
        if self.is_prior:
            self.variance = log1p(prior**2)
        else:
            best = minimize_scalar(lambda x: _unlikelihood(x, logs, noise, parts), bounds=(0.0, MOST_SPREAD**2 / 16),
                                   method="bounded", options={"xatol": 1e-9})  # fmt: skip
            self.variance = float(best.x)
        weight = 1 / (self.variance + noise + 1e-12)
        inverse = np.linalg.inv(parts.T * weight @ parts)
        beta = inverse @ (parts.T * weight @ logs)
        rest = logs - parts @ beta
        self.freedom = float(self._spare) if not self.is_prior else np.inf
        scale = max(1.0, float(weight @ rest**2) / self._spare) if not self.is_prior else 1.0
        whole, errors = np.zeros(len(self._kept)), np.zeros(len(self._kept))
        whole[self._kept], errors[self._kept] = beta, np.diag(inverse) * scale
        self.levels, self.level_variance = whole[: self._components], errors[: self._components]
        self._grades = whole[self._components :], errors[self._components :], self._kept[self._components :]
        self.variance_error = 2 * self.variance**2 / self._spare if not self.is_prior else 0.0
        self._noise = float(noise.mean())

    def level_of(self, component: NDArray) -> Floats:
        """The level of each component."""
        return self.levels[component]

    def speeds(self) -> dict[str, Fitted]:
        """Speed by grade against the first."""
        found = {}
        for each, value, error, is_told in zip(self._others, *self._grades, strict=True):
            if is_told:
                few = f"{self._count[each]} people of this grade" if self._count[each] < FEWEST_PEOPLE else ""
                found[each] = _from_log(
                    f"speed of {each}", -value, error, self.freedom, self._count[each], "factor", few
                )
        return found

    def ability(self) -> Fitted:
        """The coefficient of variation between people of a grade, with the interval of a variance (chi-square)."""
        value = sqrt(expm1(self.variance))
        if self.is_prior:
            return Fitted(
                "ability variation", value, 0.0, float("nan"), self.people, "factor", "too few people to tell"
            )
        tail, total = (1 - CONFIDENCE) / 2, self._spare * (self.variance + self._noise)
        low, high = (max(0.0, total / float(chdtri(self._spare, each)) - self._noise) for each in (tail, 1 - tail))
        few = f"only {self.people} people" if self.people < FEWEST_PEOPLE else ""
        return Fitted("ability variation", value, sqrt(expm1(low)), sqrt(expm1(high)), self.people, "factor", few)


GRADED = ("junior", "senior", "expert")


def _independent(columns: Floats) -> NDArray[np.bool_]:
    """Which columns say something that those before them do not."""
    kept = np.zeros(columns.shape[1], dtype=bool)
    for number in range(columns.shape[1]):
        kept[number] = True
        if np.linalg.matrix_rank(columns[:, kept]) < kept.sum():
            kept[number] = False
    return kept


def _unlikelihood(variance: float, logs: Floats, noise: Floats, parts: Floats) -> float:
    """Minus the restricted log-likelihood of the variance between people."""
    weight = 1 / (variance + noise + 1e-12)
    cross = parts.T * weight @ parts
    rest = logs - parts @ np.linalg.solve(cross, parts.T * weight @ logs)
    return 0.5 * float(-np.log(weight).sum() + np.linalg.slogdet(cross)[1] + weight @ rest**2)


def _few(count: int, spread: "_Spread") -> str:
    if count < FEWEST_RECORDS:
        return f"only {count} records"
    return UNSETTLED if spread.people < FEWEST_PEOPLE else ""


def _from_log(name: str, middle: float, variance: float, freedom: float, count: int, unit: str, warning: str) -> Fitted:
    reach = float(stdtrit(freedom, (1 + CONFIDENCE) / 2)) if np.isfinite(freedom) else 1.959964
    half = reach * sqrt(variance)
    return Fitted(name, exp(middle), exp(middle - half), exp(middle + half), count, unit, warning)
