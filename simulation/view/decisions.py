"""Decisions told: what was chosen and why, what moves an answer, and whether a run begins late enough."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from simulation.study import candidates as tried_out
from simulation.study.choose import Best, Candidate, Cheapest, Limit
from simulation.study.estimates import Estimate
from simulation.study.measures import BY_NAME
from simulation.study.sensitivity import Flip, Question, Scatter, Tornado, first_to_measure
from simulation.study.warm_up import WarmUp
from simulation.view import decision_plots, plots, words
from simulation.view.report import rendered, table


@dataclass(frozen=True)
class Part:
    """A part of a page: its question, the picture, its numbers, and one sentence of answer."""

    question: str
    picture: Markup
    table: Markup
    answer: str


def decision_page(
    path: Path, question: str, head: str, sentences: list[str], parts: list[Part], record: dict[str, Any]
) -> None:
    """A page that opens with the network off."""
    text = rendered("decision.html", question=question, head=head, sentences=sentences, parts=parts, record=record)
    path.write_text(text, encoding="utf-8")


# The cheapest within limits.


def cheapest_lines(found: Cheapest, known: list[tried_out.Candidate], confidence: float) -> list[str]:
    """What to choose, what it keeps at which bound, and what became of the others."""
    limits = [each.limit for each in found.candidates[0].tried]
    promise = " and ".join(map(_limit_in_words, limits))
    if found.chosen is None:
        return [_miss(found, known, promise), *_others(found, known)]
    chosen = next(each for each in found.candidates if each.which == found.chosen)
    head = (
        f"{known[found.chosen].label}: the cheapest that keeps {promise}, at {words.number(chosen.cost, 'cny')} of pay a "
        "year."
    )
    kept = [
        f"{BY_NAME[each.limit.measure].says}: {_value(each.mean, each.limit)}, with {100 * confidence:.0f} % confidence "
        f"{'at most' if each.limit.is_upper else 'at least'} {_value(each.bound, each.limit)}."
        for each in chosen.tried
    ]
    surety = (
        f"A scenario that breaks a limit is chosen in at most {100 * (1 - confidence):.0f} of 100 such choices: the pilot's "
        f"{found.pilot_runs} runs set the order and the numbers of runs, and were not used again."
    )
    return [head, *kept, *_others(found, known), surety]


def _miss(found: Cheapest, known: list[tried_out.Candidate], promise: str) -> str:
    nearest = next(each for each in found.candidates if each.which == found.nearest_miss)
    worst = min(nearest.tried, key=lambda each: each.limit.room(_reached(each)) / (abs(each.limit.value) or 1))
    told = f"{BY_NAME[worst.limit.measure].says}: {_value(_reached(worst), worst.limit)}"
    return f"None of these can be promised to keep {promise}. The nearest is {known[nearest.which].label} ({told})."


def _reached(tried: Any) -> float:
    return tried.pilot if tried.mean is None else tried.mean


def _others(found: Cheapest, known: list[tried_out.Candidate]) -> list[str]:
    said = {
        "hopeless": "already break a limit in the pilot",
        "too close": "lie so close to a limit that more runs than allowed would be needed",
        "failed": "failed the test",
        "not tested": "are cheaper than one that failed, and were not tested",
        "passed": "keep the limits too, for as much pay or more",
    }
    lines = []
    for state, ending in said.items():
        names = [
            known[each.which].label for each in found.candidates if each.state == state and each.which != found.chosen
        ]
        if names:
            lines.append(f"{', '.join(names)}: {ending}.")
    return lines


def _limit_in_words(limit: Limit) -> str:
    side = "at most" if limit.is_upper else "at least"
    return f"“{BY_NAME[limit.measure].says}” {side} {_value(limit.value, limit)}"


def _value(value: float | None, limit: Limit) -> str:
    return "not tested" if value is None else words.number(value, BY_NAME[limit.measure].unit)


def cheapest_part(found: Cheapest, known: list[tried_out.Candidate], sentences: list[str]) -> Part:
    """The candidates from dearest to cheapest, as picture and table."""
    limits = [each.limit for each in found.candidates[0].tried]
    labels = [each.label for each in known]
    figure = decision_plots.limits_figure(found, labels, limits)
    return Part(
        "Who keeps the limits?",
        Markup(plots.as_image(figure, " ".join(sentences))),
        table(cheapest_frame(found, known), "Every candidate, from dearest to cheapest"),
        sentences[0],
    )


def cheapest_frame(found: Cheapest, known: list[tried_out.Candidate]) -> pd.DataFrame:
    """One row a candidate and limit, from dearest to cheapest."""
    rows = []
    for each in found.candidates:
        for tried in each.tried:
            rows.append(
                {
                    "Scenario": known[each.which].label,
                    "Pay a year": words.number(each.cost, "cny"),
                    "Measure": words.title(BY_NAME[tried.limit.measure]),
                    "Limit": _value(tried.limit.value, tried.limit),
                    "Pilot": _value(tried.pilot, tried.limit),
                    "Test": _value(tried.mean, tried.limit),
                    "Bound": _value(tried.bound, tried.limit),
                    "Runs of the test": _runs(each),
                    "Outcome": each.state,
                }
            )
    return pd.DataFrame(rows)


def _runs(each: Candidate) -> str:
    if each.state in ("passed", "failed"):
        return f"{each.runs}"
    return "" if each.state == "hopeless" else f"({each.runs:,})"


def cheapest_json(found: Cheapest, known: list[tried_out.Candidate]) -> dict[str, Any]:
    """The published form."""
    return {
        "chosen": None if found.chosen is None else known[found.chosen].scenario.name,
        "nearest_miss": None if found.nearest_miss is None else known[found.nearest_miss].scenario.name,
        "candidates": [
            {"scenario": known[each.which].scenario.name, "payroll_cny": each.cost, "heads": known[each.which].heads,
             "state": each.state, "runs": each.runs,
             "limits": [vars(tried) | {"limit": vars(tried.limit), "holds": tried.holds} for tried in each.tried]}
            for each in found.candidates
        ],
    }  # fmt: skip


# The best.


def best_lines(
    found: Best, known: list[tried_out.Candidate], measure: str, smallest_difference: float, confidence: float
) -> list[str]:
    """What is best, how sure that is, and what it took."""
    unit, label = BY_NAME[measure].unit, known[found.chosen].label
    step = words.change(smallest_difference, unit).lstrip("+")
    lines = [f"{label}: the best by “{BY_NAME[measure].says}”, {words.number(found.means[found.chosen], unit)}."]
    if found.is_guaranteed:
        lines.append(
            f"If the best leads by {step} or more, it is the one chosen in {100 * confidence:.0f} of 100 such choices."
        )
    else:
        lines[0] = f"{label} leads by “{BY_NAME[measure].says}”, but the runs ended before that could be guaranteed."
        still = [
            known[which].label for which in range(len(known)) if which not in found.out_after and which != found.chosen
        ]
        lines.append(
            f"Still in the race: {', '.join(still)}. Allow more runs, or a larger smallest difference than {step}."
        )
    lines += [
        f"{known[which].label} fell out after {runs} replications." for which, runs in sorted(found.out_after.items())
    ]
    lines.append(
        f"{sum(found.used)} runs were made, all scenarios under the same luck (smallest correlation "
        f"{found.smallest_correlation:.2f}). By the first runs' spread, the same luck asks for about {found.shared} runs, "
        f"luck of its own for each scenario for about {found.alone}."
    )
    return lines


def best_part(
    found: Best, known: list[tried_out.Candidate], measure: str, smallest_difference: float, sentences: list[str]
) -> Part:
    """Every candidate, the best first, as picture and table."""
    labels, unit = [each.label for each in known], BY_NAME[measure].unit
    figure = decision_plots.best_figure(found, labels, measure, smallest_difference)
    frame = pd.DataFrame(
        {
            "Scenario": labels,
            "Mean": [words.number(mean, unit) for mean in found.means],
            "Replications": found.used,
            "Outcome": ["chosen" if which == found.chosen else "fell out" if which in found.out_after else "still in"
                        for which in range(len(labels))],
        }
    )  # fmt: skip
    return Part(
        "Which is best?",
        Markup(plots.as_image(figure, " ".join(sentences))),
        table(frame, f"Every candidate by {BY_NAME[measure].says}"),
        sentences[0],
    )


def best_json(found: Best, known: list[tried_out.Candidate]) -> dict[str, Any]:
    """The published form."""
    return {
        "chosen": known[found.chosen].scenario.name,
        "is_guaranteed": found.is_guaranteed,
        "candidates": [
            {"scenario": each.scenario.name, "mean": found.means[which], "replications": found.used[which],
             "out_after": found.out_after.get(which)}
            for which, each in enumerate(known)
        ],
        "runs_with_the_same_luck": found.shared,
        "runs_with_luck_of_their_own": found.alone,
        "smallest_correlation": found.smallest_correlation,
    }  # fmt: skip


# What moves an answer.


def sensitivity_lines(question: Question, found: Tornado, flipped: list[Flip], scatter: Scatter | None) -> list[str]:
    """The answer as it is, what moves it most, where it turns, and what to measure first."""
    unit, says = BY_NAME[question.measure].unit, BY_NAME[question.measure].says
    lines = [_now(question, found)]
    widest = found.bars[0]
    lines.append(
        f"{widest.assumption.name} moves it most: {_level(question, widest.at_low.mean)} at {widest.assumption.low:g}, "
        f"{_level(question, widest.at_high.mean)} at {widest.assumption.high:g} (now {widest.value:g})."
    )
    lines += [_flip_sentence(question, flip) for flip in flipped]
    if question.other is not None and not flipped:
        lines.append("Moved alone within its range, no assumption turns the answer round.")
    if scatter is not None:
        name = max(scatter.correlations, key=lambda each: abs(scatter.correlations[each]))
        lines.append(
            f"With all moved at once, {name} goes with the answer most closely (rank correlation "
            f"{scatter.correlations[name]:+.2f}; noise alone gives up to {scatter.noise:.2f})."
        )
        if question.other is not None:
            lines.append(
                f"Above nought lies the difference in {100 * scatter.positive_share:.0f} of 100 of those points."
            )
    first = first_to_measure(found, flipped)
    lines.append(
        f"Measure {first.assumption.name} first."
        if first
        else f"Nothing moves “{says}” ({unit}) beyond what luck does; more replications would show smaller effects."
    )
    return lines


def _now(question: Question, found: Tornado) -> str:
    title, now = BY_NAME[question.measure].says, found.now
    if question.other is None:
        return f"{question.base.title}: {title} {words.interval(now, BY_NAME[question.measure].unit)}."
    side = _side(question, now.low, now.high)
    ends = words.span(now.low, now.high, BY_NAME[question.measure].unit)
    return (
        f"{question.other.title} against {question.base.title}: {title} {_level(question, now.mean)} ({ends}): {side}."
    )


def _side(question: Question, low: float, high: float) -> str:
    """What a difference of that interval is called."""
    better = BY_NAME[question.measure].better
    if low <= 0 <= high:
        return "too close to call"
    return "changed" if better is None else "better" if (low > 0) == (better == "more") else "worse"


def _level(question: Question, value: float) -> str:
    unit = BY_NAME[question.measure].unit
    return words.number(value, unit) if question.other is None else words.change(value, unit)


def _flip_sentence(question: Question, flip: Flip) -> str:
    low, high = sorted((flip.inside, flip.outside))
    side = "above" if flip.outside > flip.inside else "below"
    surely = "" if flip.is_called else ", though even the far end is not called"
    subject = question.other.title if question.other else question.base.title
    return (
        f"The answer on {subject} turns round where {flip.assumption.name} is {side} about {flip.at:.3g} (between {low:.3g} "
        f"and {high:.3g}; now {flip.value:g}){surely}."
    )


def sensitivity_parts(question: Question, found: Tornado, scatter: Scatter | None, sentences: list[str]) -> list[Part]:
    """The tornado, and the hypercube where there is one."""
    values = {
        bar.assumption.name: (f"{bar.assumption.low:g}", f"{bar.value:g}", f"{bar.assumption.high:g}")
        for bar in found.bars
    }
    figure = decision_plots.tornado_figure(found, question.measure, question.other is not None, values)
    parts = [
        Part(
            "Which assumption moves the answer?",
            Markup(plots.as_image(figure, " ".join(sentences))),
            table(tornado_frame(question, found), "Each assumption moved alone, the widest first"),
            sentences[1],
        )
    ]
    if scatter is not None:
        frame = pd.DataFrame(
            [(name, f"{value:+.2f}", "beyond noise" if abs(value) > scatter.noise else "may be noise")
             for name, value in sorted(scatter.correlations.items(), key=lambda item: -abs(item[1]))],
            columns=["Assumption", "Rank correlation", "Reading"],
        )  # fmt: skip
        told = " ".join(sentence for sentence in sentences if sentence.startswith(("With all", "Above nought")))
        picture = Markup(plots.as_image(decision_plots.ranks_figure(scatter), told))
        parts.append(Part("And all of them at once?", picture, table(frame, "Rank correlation with the answer"), told))
    return parts


def tornado_frame(question: Question, found: Tornado) -> pd.DataFrame:
    """One row an assumption: its ends, the answer there, how far each end moves it, and who says so."""
    unit = BY_NAME[question.measure].unit
    return pd.DataFrame(
        [
            {
                "Assumption": bar.assumption.name,
                "Low, now, high": f"{bar.assumption.low:g}, {bar.value:g}, {bar.assumption.high:g}",
                "At low": _level(question, bar.at_low.mean),
                "At high": _level(question, bar.at_high.mean),
                "Low moves it": _moves(bar.low_moves, unit),
                "High moves it": _moves(bar.high_moves, unit),
                "Range after": bar.assumption.source,
            }
            for bar in found.bars
        ]
    )


def _moves(found: Estimate, unit: str) -> str:
    return f"{words.change(found.mean, unit)} ({words.span(found.low, found.high, unit)})"


def sensitivity_json(
    question: Question, found: Tornado, flipped: list[Flip], scatter: Scatter | None
) -> dict[str, Any]:
    """The published form."""
    first = first_to_measure(found, flipped)
    bars = [
        {"assumption": bar.assumption.name, "value": bar.value, "low": bar.assumption.low, "high": bar.assumption.high,
         **{name: vars(getattr(bar, name)) for name in ("at_low", "at_high", "low_moves", "high_moves")}}
        for bar in found.bars
    ]  # fmt: skip
    return {
        "measure": question.measure,
        "base": question.base.name,
        "other": question.other.name if question.other else None,
        "now": vars(found.now),
        "replications": found.replications,
        "bars": bars,
        "flips": [vars(flip) | {"assumption": flip.assumption.name} for flip in flipped],
        "hypercube": None if scatter is None else
        {"points": len(scatter.answers), "rank_correlation": scatter.correlations, "noise": scatter.noise,
         "positive_share": scatter.positive_share},
        "measure_first": first.assumption.name if first else None,
    }  # fmt: skip


# Where a run begins to count.


def warm_up_lines(found: WarmUp) -> list[str]:
    """Whether the lead-in is long enough."""
    so = "That is long enough." if found.is_long_enough else "That is too short: raise experiment.warm_in_days."
    return [
        f"The desk is measured from day {found.measured_from_day} of a run on; by MSER-5 its beginning is over after day "
        f"{found.cut_day}. {so}"
    ]


def warm_up_part(found: WarmUp, sentences: list[str]) -> Part:
    """Welch's picture, and its moving average week by week."""
    rows = [(day, f"{value:+.1f}") for day, value in enumerate(found.smooth) if day % 14 == 0]
    return Part(
        "When has the beginning passed?",
        Markup(plots.as_image(decision_plots.welch_figure(found), " ".join(sentences))),
        table(
            pd.DataFrame(rows, columns=["Day of the run", "Steps waiting, less a year later (smoothed)"]),
            "The picture's numbers",
        ),
        sentences[0],
    )
