"""Sensitivity: which assumption moves an answer, how many together do, and where the decision flips."""

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from math import inf, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field
from scipy.stats import qmc, rankdata, spearmanr

from playbook.documents import Document, named_file, params_folder, read_document
from playbook.errors import InputError, did_you_mean
from playbook.parameters import COUNTED, Parameters
from simulation.study.answers import settings_of
from simulation.study.estimates import Estimate, estimate
from simulation.study.measures import BY_NAME
from simulation.study.replicate import Run, completed, run_once
from simulation.study.scenario import Scenario, check_measure

WHOLE_UNITS = COUNTED | {"days"}
HALVINGS = 5
FEWEST_POINTS = 10
NOISE_QUANTILE = 1.96

Progress = Callable[[int, int], None]


class Range(Document):
    """How far a parameter is moved, and who says so."""

    low: float
    high: float
    source: str = Field(min_length=1)


class AssumptionsFile(Document):
    """A file of params/sensitivity/: ranges by the full name of a parameter, or of one entry of a table."""

    question: str
    ranges: dict[str, Range] = Field(min_length=1)


@dataclass(frozen=True)
class Assumption:
    """A parameter between the two ends to which it is moved."""

    name: str
    low: float
    high: float
    source: str


@dataclass(frozen=True)
class Question:
    """What is asked: a measure of one scenario, or its difference between another and a base, under the same luck."""

    measure: str
    base: Scenario
    other: Scenario | None = None
    changes: dict[str, Any] | None = None
    book_file: str | None = None
    mapping: str | None = None
    seed: int = 1

    @property
    def scenarios(self) -> list[Scenario]:
        """The one scenario, or base and other."""
        return [self.base] if self.other is None else [self.base, self.other]


@dataclass(frozen=True)
class Bar:
    """An assumption's bar of the tornado: its present value, the answer with it there and at both ends, and how far the
    ends move it, each with the interval of runs under the same luck."""

    assumption: Assumption
    value: float
    at_low: Estimate
    at_high: Estimate
    low_moves: Estimate
    high_moves: Estimate

    @property
    def swing(self) -> float:
        """The distance between the farthest of the three answers."""
        moves = (0.0, self.low_moves.mean, self.high_moves.mean)
        return max(moves) - min(moves)


@dataclass(frozen=True)
class Tornado:
    """The answer with everything as it is, and the bars, widest first."""

    now: Estimate
    bars: list[Bar]
    replications: int


@dataclass(frozen=True)
class Flip:
    """Where a decision turns: between `inside` and `outside` the mean difference changes its sign, at about `at`;
    `is_called` tells whether the far end is called the other way, and not merely nearer to nought."""

    assumption: Assumption
    value: float
    inside: float
    outside: float
    at: float
    is_called: bool


@dataclass(frozen=True)
class Scatter:
    """A Latin hypercube: `points[point, assumption]`, the answers, their rank correlations, and what noise alone gives."""

    assumptions: list[Assumption]
    points: NDArray[np.float64]
    answers: NDArray[np.float64]
    correlations: dict[str, float]
    noise: float

    @property
    def positive_share(self) -> float:
        """In how many of the points the answer lies above 0."""
        return float(np.mean(self.answers > 0))


def read_assumptions(name: str = "assumptions") -> list[Assumption]:
    """The ranges of a file of params/sensitivity/ by name, or of any file by path, checked against params/."""
    path = named_file(params_folder() / "sensitivity", name, "set of assumptions")
    file = read_document(path, AssumptionsFile)
    found = []
    for key, each in file.ranges.items():
        try:
            found.append(checked_assumption(Assumption(key, each.low, each.high, each.source), Parameters.load()))
        except InputError as error:
            raise InputError(f"{path}: ranges: {error}") from None
    return found


def assumption_of(text: str, parameters: Parameters) -> Assumption:
    """An assumption as it is typed: `chapter.name=low:high`, or `chapter.name` for the whole of what is allowed."""
    name, equals, ends = (part.strip() for part in text.partition("="))
    low, _, high = ends.partition(":")
    if not equals:
        value_of(parameters, name)
        allowed = parameters.about(_parameter(name, parameters)).allowed
        if not all(isinstance(each, int | float) and not isinstance(each, bool) for each in allowed):
            raise InputError(f"{name} is no number that could be moved")
        return checked_assumption(Assumption(name, allowed[0], allowed[-1], "what is allowed"), parameters)
    try:
        return checked_assumption(Assumption(name, float(low), float(high), "as asked"), parameters)
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{text!r}: a range is written chapter.name=low:high") from None


def checked_assumption(assumption: Assumption, parameters: Parameters) -> Assumption:
    """The same, where both ends can be; InputError names what cannot."""
    value_of(parameters, assumption.name)
    if not assumption.low < assumption.high:
        raise InputError(f"{assumption.name}: low {assumption.low:g} must be below high {assumption.high:g}")
    for end in (assumption.low, assumption.high):
        parameters.changed({assumption.name: _fitting(end, assumption.name, parameters)})
    return assumption


def value_of(parameters: Parameters, name: str) -> float:
    """The present value of a parameter, or of one entry of a table; InputError where it is no single number."""
    parameter = _parameter(name, parameters)
    value = parameters[parameter]
    if parameter != name:
        entries = {str(key): each for key, each in value.items()}
        entry = name[len(parameter) + 1 :]
        if entry not in entries:
            raise InputError(f"{parameter} has no entry {entry!r}{did_you_mean(entry, entries)}")
        value = entries[entry]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{name} is no number that could be moved")
    return float(value)


def _parameter(name: str, parameters: Parameters) -> str:
    """The parameter that a name, perhaps of a table's entry, belongs to."""
    for parameter in (name, name.rpartition(".")[0]):
        if parameter in parameters:
            return parameter
    raise InputError(f"unknown parameter {name!r}{did_you_mean(name, parameters)}")


def _fitting(value: float, name: str, parameters: Parameters) -> float | int:
    """A value as its unit wants it: whole things whole."""
    whole = parameters.about(_parameter(name, parameters)).unit in WHOLE_UNITS
    return round(value) if whole or float(value).is_integer() else float(value)


def tornado(
    question: Question,
    assumptions: list[Assumption],
    replications: int,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Tornado:
    """Every assumption at both its ends, the others as they are, all under the same luck."""
    parameters = _parameters(question)
    confidence = parameters.experiment.confidence_share
    ends = [(each, end) for each in assumptions for end in (each.low, each.high)]
    points = [{}, *({each.name: _fitting(end, each.name, parameters)} for each, end in ends)]
    values = asked(question, points, range(replications), executor, progress)
    now = values[0]
    bars = [
        Bar(
            each,
            value_of(parameters, each.name),
            *(estimate(values[place + side], confidence) for side in (0, 1)),
            *(estimate(values[place + side] - now, confidence) for side in (0, 1)),
        )
        for each, place in zip(assumptions, range(1, len(points), 2), strict=True)
    ]
    return Tornado(estimate(now, confidence), sorted(bars, key=lambda bar: -bar.swing), replications)


def flips(
    question: Question,
    found: Tornado,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Flip]:
    """Where the decision turns: for each bar that crosses 0, by halving the stretch in which the sign changes."""
    crossing = [(bar, end) for bar in found.bars for end in _crossed(found.now, bar)]
    flipped = []
    for number, (bar, end) in enumerate(crossing):
        flipped.append(_flip(question, found, bar, end, executor))
        if progress:
            progress(number + 1, len(crossing))
    return flipped


def _crossed(now: Estimate, bar: Bar) -> list[float]:
    """The ends at which the answer's sign is another than now."""
    ends = ((bar.at_low, bar.assumption.low), (bar.at_high, bar.assumption.high))
    return [end for there, end in ends if there.mean * now.mean < 0]


def _flip(question: Question, found: Tornado, bar: Bar, end: float, executor: Executor | None) -> Flip:
    name, parameters = bar.assumption.name, _parameters(question)
    there = bar.at_low if end == bar.assumption.low else bar.at_high
    inside, outside, sign = bar.value, end, np.sign(found.now.mean)
    near, far = found.now.mean, there.mean
    for _ in range(HALVINGS):
        middle = _fitting((inside + outside) / 2, name, parameters)
        if middle in (inside, outside):
            break
        value = float(asked(question, [{name: middle}], range(found.replications), executor)[0].mean())
        if np.sign(value) == sign:
            inside, near = middle, value
        else:
            outside, far = middle, value
    at = inside + (outside - inside) * near / (near - far) if near != far else outside
    is_called = there.high < 0 if sign > 0 else there.low > 0
    return Flip(bar.assumption, bar.value, float(inside), float(outside), float(at), is_called)


def hypercube(
    question: Question,
    assumptions: list[Assumption],
    points_count: int,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Scatter:
    """All assumptions moved at once over a Latin hypercube (McKay, Beckman and Conover, 1979, Technometrics 21), each
    point under the first replication's luck, and Spearman's rank correlation of each with the answer."""
    if points_count < FEWEST_POINTS:
        raise InputError(f"{points_count} points: a Latin hypercube takes at least {FEWEST_POINTS} here")
    parameters = _parameters(question)
    unit = qmc.LatinHypercube(len(assumptions), rng=np.random.default_rng(question.seed)).random(points_count)
    points = qmc.scale(unit, [each.low for each in assumptions], [each.high for each in assumptions])
    changes = [
        {each.name: _fitting(value, each.name, parameters) for each, value in zip(assumptions, row, strict=True)}
        for row in points.tolist()
    ]
    answers = asked(question, changes, [0], executor, progress)[:, 0]
    is_flat = np.ptp(rankdata(answers)) == 0
    correlations = {
        each.name: 0.0 if is_flat else float(spearmanr(column, answers).statistic)
        for each, column in zip(assumptions, points.T, strict=True)
    }
    return Scatter(assumptions, points, answers, correlations, NOISE_QUANTILE / sqrt(points_count - 1))


def asked(
    question: Question,
    points: list[dict[str, Any]],
    numbers: Iterable[int],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> NDArray[np.float64]:
    """The answer at each point, `[point, replication]`: the measure, or the other's less the base's."""
    check_measure(question.measure, "--measure")
    numbers, found = list(numbers), {}
    calls = {
        (point, which, number): (setting, question.seed, number)
        for point, changes in enumerate(points)
        for which, setting in enumerate(_settings(question, changes))
        for number in numbers
    }
    for job, run in completed(run_once, calls, executor):
        found[job] = _read(run, question.measure)
        if progress:
            progress(len(found), len(calls))
    table = np.array(
        [[[found[point, which, number] for number in numbers] for which in range(len(question.scenarios))]
         for point in range(len(points))]
    )  # fmt: skip
    return table[:, 0] if question.other is None else table[:, 1] - table[:, 0]


def _read(run: Run, measure: str) -> float:
    return run.values[list(BY_NAME).index(measure)]


def _settings(question: Question, changes: dict[str, Any]) -> list[Any]:
    """The settings at a point; what is moved wins over what the scenarios change, so that both sides are moved alike."""
    return settings_of(
        [replace(each) for each in question.scenarios],
        (question.changes or {}) | changes,
        question.book_file,
        question.mapping,
    )


def _parameters(question: Question) -> Parameters:
    """The parameters of the last scenario, with the question's changes: what is there before anything is moved."""
    scenario = question.scenarios[-1].with_changes(question.changes or {})
    return Parameters.load().changed(scenario.changes)


def first_to_measure(found: Tornado, flipped: list[Flip]) -> Bar | None:
    """The assumption that deserves measuring first: of those at which the decision flips the widest bar, else the widest
    of all; None where nothing moves the answer beyond what luck does."""
    turning = {flip.assumption.name for flip in flipped if flip.is_called}
    moving = [bar for bar in found.bars if any(_is_moved(each) for each in (bar.low_moves, bar.high_moves))]
    return max(moving, key=lambda bar: (bar.assumption.name in turning, bar.swing), default=None)


def _is_moved(moves: Estimate) -> bool:
    return moves.low > 0 or moves.high < 0 or (moves.is_identical and abs(moves.mean) not in (0.0, inf))
