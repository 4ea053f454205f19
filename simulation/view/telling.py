"""Telling: answers as the lines of a terminal and as the published JSON."""

from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import Any

from simulation.study.answers import Answer
from simulation.study.compare import Customers, Difference, Margin, customers, margin
from simulation.study.sweep_cost import Cost
from simulation.study.sweep_file import Case, Sweep
from simulation.study.verify import Row
from simulation.view import tables, words


def answer_lines(found: Answer) -> Iterator[str]:
    """A scenario's answer: every measure, the minutes a policy, and what should be said with it."""
    confidence, runs = found.confidence, found.replications
    yield f"{found.scenario.question}\n{found.record['book']}, {len(runs.values)} runs\n"
    yield from tables.lines_of(tables.said_frame(runs, confidence))
    yield "\nMinutes a policy and year:"
    yield from tables.lines_of(tables.minutes_frame(runs, confidence))
    yield "\nTime at work by role:"
    yield from tables.lines_of(tables.occupancy_frame(found.occupancy()))
    estimate = {name: runs.estimate(name, confidence) for name in tables.BY_NAME}
    yield from (
        f"\n{line}"
        for line in (
            *found.notes(),
            words.own_lapse(
                found.setting.book.file_lapse_share,
                estimate["renewal_rate_share"],
                estimate["renewed_anyway_share"],
                estimate["driven_away_share"],
            ),
            words.break_even(estimate["contribution_cny"], estimate["saved_share"]),
        )
        if line
    )
    if gains := [each["gain"] for each in found.sharpened().values()]:
        yield (
            f"\nThe luck with the customers is taken out of {len(gains)} of these means by what each would do with the "
            f"nominal contact; their intervals are worth {min(gains):.1f} to {max(gains):.1f} times as many runs."
        )
    yield f"\nThe runs: {found.record['ending']}."
    yield f"\nIntervals at {100 * confidence:.0f} %: the simulation's own uncertainty, not that of the assumptions."


def comparison_lines(
    base: str,
    by_scenario: dict[str, list[Difference]],
    notes: dict[str, list[str]],
    confidence: float,
    replications: int,
) -> Iterator[str]:
    """A verdict for each scenario, what its intervals mean, and what pairing was worth."""
    for name, rows in by_scenario.items():
        yield "\n  - ".join(words.verdict(base, name, rows, notes.get(name, []))) + "\n"
    deciding = len(next(iter(by_scenario.values())))
    yield (
        f"The {deciding} intervals of a comparison hold together at {100 * confidence:.0f} % ({replications} pairs of runs "
        "under the same luck). They are the simulation's own uncertainty, not that of the assumptions."
    )
    gains = [each.gain for rows in by_scenario.values() for each in rows if isfinite(each.gain)]
    if gains:
        yield f"The same luck on both sides was worth {min(gains):.1f} to {max(gains):.1f} times as many runs."


def comparison_notes(base: Answer, other: Answer) -> list[str]:
    """What became of single customers, and at which margin money turns."""
    who, turns = _beside(base, other)
    return [*([words.customers_sentence(who)] if who else []), words.margin_sentence(turns)]


def beside_json(base: Answer, other: Answer) -> dict[str, Any]:
    """The same in the published form."""
    who, turns = _beside(base, other)
    won_and_lost = {name: vars(getattr(who, name)) for name in ("won", "lost")} if who else None
    return {"customers": won_and_lost, "margin": vars(turns)}


def _beside(base: Answer, other: Answer) -> tuple[Customers | None, Margin]:
    sides, confidence = (base.replications, other.replications), base.confidence
    is_same_book = base.setting.book.title == other.setting.book.title
    who = customers(*sides, len(base.setting.book), confidence) if is_same_book else None
    return who, margin(*sides, other.setting.parameters.money.margin_share, confidence)


def difference_json(difference: Difference) -> dict[str, Any]:
    """A difference in the published form."""
    estimate = difference.estimate
    return {
        "measure": difference.measure,
        "base": difference.base,
        "other": difference.other,
        "mean": estimate.mean,
        "low": estimate.low,
        "high": estimate.high,
        "year_low": difference.year_low,
        "year_high": difference.year_high,
        "gain_of_pairing": difference.gain if isfinite(difference.gain) else None,
        "adjusted_p": difference.adjusted_p,
        "call": words.call(difference),
    }


def verification_lines(rows: list[Row]) -> Iterator[str]:
    """A table of quantities held against their known values, and how many held."""
    widest = max((len(row.quantity) for row in rows), default=0)
    yield f"{'case':22} {'quantity':{widest}} {'expected':>11} {'simulated':>11} {'interval':>23} {'runs':>6}"
    for row in rows:
        interval = f"{row.low:.6f} to {row.high:.6f}"
        state = "ok" if row.ok else f"MISSED: {row.why}"
        yield (
            f"{row.case:22} {row.quantity:{widest}} {row.expected:11.6f} {row.simulated:11.6f} {interval:>23} "
            f"{row.replications:6} {state}"
        )
    yield f"\n{sum(row.ok for row in rows)} of {len(rows)} quantities are as theory says; the intervals hold together at 99 %."


def sweep_plan_line(sweep: Sweep, left: list[Case], costs: Cost, folder: Path) -> str:
    """What a sweep is about to do, where, and about what it costs."""
    kept = len(sweep.cases) - len(left)
    found = f"{len(sweep.cases)} cases of {sweep.notebook.name}, into {folder}"
    if kept:
        found += f"; {kept} stand there finished and are kept"
    if not left:
        return found
    time = (
        f"about {words.spoken(costs.seconds)}" if isfinite(costs.seconds) else "a time that cannot be told beforehand"
    )
    return f"{found}. {len(left)} to run: {time}, about {costs.disk_bytes / 1e6:.0f} MB."


def few_replications_line(replications: int, widening: float, enough: int) -> str:
    """Why so few replications of so many cases will call nothing.

    >>> few_replications_line(2, 600.2, 8)
    'With 2 replications a case, intervals that hold together over all cases are 600 times as wide as one alone: \
nothing will be called. From 8 on it is at most four times; what was swept is still told by which number mattered.'
    """
    return (
        f"With {replications} replications a case, intervals that hold together over all cases are {widening:.0f} times as "
        f"wide as one alone: nothing will be called. From {enough} on it is at most four times; what was swept is still "
        "told by which number mattered."
    )
