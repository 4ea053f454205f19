"""Pictures of decisions: what was chosen and why, what moves an answer, where it turns, and where a run has begun."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from simulation.study.choose import Best, Cheapest, Limit
from simulation.study.measures import BY_NAME
from simulation.study.sensitivity import Scatter, Tornado
from simulation.study.warm_up import WarmUp
from simulation.view import words
from simulation.view.style import BETTER, INK, UNSURE, WORSE, new_figure

STATES = {  # how a candidate that passed, failed or was not tested is drawn: mark, colour
    "passed": ("o", BETTER),
    "failed": ("X", WORSE),
    "hopeless": ("x", WORSE),
    "too close": ("D", UNSURE),
    "not tested": ("_", UNSURE),
}
LOW_HATCH, HIGH_HATCH = "////", ""


def limits_figure(found: Cheapest, labels: Sequence[str], limits: list[Limit]) -> Figure:
    """Every candidate from dearest to cheapest against each limit: the mean and its bound, by mark and by colour."""
    with new_figure((0.36 * len(labels) + 1.3) * len(limits)) as figure:
        for row, limit in enumerate(limits):
            axes = figure.add_subplot(len(limits), 1, row + 1)
            factor, unit = _scale(limit.measure)
            axes.axvline(limit.value * factor, color=INK, linewidth=1.2, linestyle=(0, (4, 2)))
            for place, each in enumerate(found.candidates):
                tried, (mark, colour) = each.tried[row], STATES[each.state]
                mean = (tried.pilot if tried.mean is None else tried.mean) * factor
                if tried.bound is not None:
                    axes.plot([mean, tried.bound * factor], [place, place], color=colour, linewidth=4, alpha=0.5)
                axes.plot(mean, place, marker=mark, color=colour, markersize=8)
                axes.annotate(each.state, (mean, place), textcoords="offset points", xytext=(0, 7), ha="center",
                              fontsize=8)  # fmt: skip
            marks = [f"{'▶ ' if each.which == found.chosen else ''}{labels[each.which]}" for each in found.candidates]
            axes.set_yticks(range(len(marks)), marks)
            axes.set_ylim(len(marks) - 0.4, -0.8)
            axes.tick_params(axis="y", length=0)
            axes.set_title(
                f"{words.title(BY_NAME[limit.measure])}: limit {words.number(limit.value, BY_NAME[limit.measure].unit)}"
            )
            axes.set_xlabel(f"{unit}; dashed: the limit; bar: from the mean to its bound; ▶ chosen")
    return figure


def best_figure(found: Best, labels: Sequence[str], measure: str, smallest_difference: float) -> Figure:
    """The mean of each system, best first, with the smallest difference that matters beside the best, and how many
    replications each one took part in."""
    factor, unit = _scale(measure)
    order = sorted(range(len(labels)), key=lambda which: (which != found.chosen, -found.used[which]))
    with new_figure(0.42 * len(labels) + 1.4) as figure:
        axes = figure.add_subplot()
        best_mean = found.means[found.chosen] * factor
        width = smallest_difference * factor
        axes.axvspan(best_mean - width, best_mean + width, color=UNSURE, alpha=0.15)
        for place, which in enumerate(order):
            is_best = which == found.chosen
            mark, colour = ("o", BETTER) if is_best else ("X", WORSE) if which in found.out_after else ("D", UNSURE)
            axes.plot(found.means[which] * factor, place, marker=mark, color=colour, markersize=8)
            told = f"out after {found.out_after[which]}" if which in found.out_after else f"{found.used[which]} runs"
            axes.annotate(told, (found.means[which] * factor, place), textcoords="offset points", xytext=(0, 7),
                          ha="center", fontsize=8)  # fmt: skip
        axes.set_yticks(
            range(len(order)), [f"{'▶ ' if which == found.chosen else ''}{labels[which]}" for which in order]
        )
        axes.set_ylim(len(order) - 0.4, -0.8)
        axes.tick_params(axis="y", length=0)
        axes.margins(x=0.12)
        axes.set_title(words.title(BY_NAME[measure]))
        axes.set_xlabel(f"{unit}; shaded: the smallest difference that matters; ▶ chosen  ✖ fell out  ◆ still in")
    return figure


def tornado_figure(
    found: Tornado, measure: str, is_difference: bool, values: dict[str, tuple[str, str, str]]
) -> Figure:
    """For each assumption a bar to either end, hatched towards the low one, with the interval of each end."""
    factor, unit = _scale(measure, is_difference)
    bars = found.bars
    with new_figure(0.46 * len(bars) + 1.6) as figure:
        axes = figure.add_subplot()
        now = found.now.mean * factor
        for place, bar in enumerate(bars):
            for end, moves, hatch, colour in (
                (bar.at_low, bar.low_moves, LOW_HATCH, "#9fb3c4"),
                (bar.at_high, bar.high_moves, HIGH_HATCH, "#3d6b94"),
            ):
                axes.barh(place, end.mean * factor - now, left=now, height=0.55, color=colour, hatch=hatch,
                          edgecolor=INK, linewidth=0.6)  # fmt: skip
                half = moves.half_width * factor
                axes.plot([end.mean * factor - half, end.mean * factor + half], [place, place], color=INK, linewidth=1)
        axes.axvline(now, color=INK, linewidth=1)
        if is_difference:
            axes.axvline(0, color=INK, linewidth=1.2, linestyle=(0, (4, 2)))
        axes.set_yticks(range(len(bars)), [f"{b.assumption.name}\n{' | '.join(values[b.assumption.name])}" for b in bars],
                        fontsize=8.5)  # fmt: skip
        axes.set_ylim(len(bars) - 0.4, -0.7)
        axes.tick_params(axis="y", length=0)
        axes.set_title(
            f"{words.title(BY_NAME[measure])}{': difference' if is_difference else ''}, each assumption moved alone"
        )
        note = "low | now | high under each name; hatched: at the low end, plain: at the high end; line: interval of the move"
        axes.set_xlabel(f"{unit}" + ("; dashed: no difference" if is_difference else "") + f"\n{note}")
    return figure


def ranks_figure(found: Scatter) -> Figure:
    """Rank correlation of each assumption with the answer, strongest first; within the lines it may be noise."""
    names = sorted(found.correlations, key=lambda name: -abs(found.correlations[name]))
    with new_figure(0.3 * len(names) + 1.2) as figure:
        axes = figure.add_subplot()
        for place, name in enumerate(names):
            value = found.correlations[name]
            is_noise = abs(value) <= found.noise
            axes.plot([0, value], [place, place], color=UNSURE if is_noise else INK, linewidth=1.5,
                      linestyle=":" if is_noise else "-")  # fmt: skip
            axes.plot(value, place, marker="o", color=UNSURE if is_noise else INK, markersize=7,
                      fillstyle="none" if is_noise else "full")  # fmt: skip
        for edge in (-found.noise, found.noise):
            axes.axvline(edge, color=INK, linewidth=0.8, linestyle=(0, (1, 2)))
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_xlim(-1, 1)
        axes.set_yticks(range(len(names)), names, fontsize=8.5)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.set_title(f"All assumptions moved at once, {len(found.answers)} points: rank correlation with the answer")
        axes.set_xlabel("filled: beyond what noise alone gives (dotted lines); hollow: may be noise")
    return figure


def welch_figure(found: WarmUp) -> Figure:
    """Steps waiting day by day less those a year later, smoothed; where MSER-5 cuts and where the desk begins to measure."""
    with new_figure(3.2) as figure:
        axes = figure.add_subplot()
        axes.plot(found.differences, color=UNSURE, linewidth=0.7, alpha=0.7)
        axes.plot(np.arange(len(found.smooth)), found.smooth, color=INK, linewidth=2)
        axes.axhline(0, color=INK, linewidth=0.8)
        for day, told, style in (
            (found.cut_day, "MSER-5 cuts here", (0, (1, 2))),
            (found.measured_from_day, "measured from here", (0, (4, 2))),
        ):
            axes.axvline(day, color=INK, linewidth=1.2, linestyle=style)
            axes.annotate(f"{told}: day {day}", (day, axes.get_ylim()[0]), textcoords="offset points", xytext=(5, 6),
                          fontsize=8.5)  # fmt: skip
        axes.set_title("Renewal steps waiting, less those on the same weekday a year later")
        axes.set_xlabel("day of the run; thin: each day, thick: moving average over 31 days (Welch)")
    return figure


def _scale(measure: str, is_difference: bool = False) -> tuple[float, str]:
    """What a measure is multiplied with for an axis, and the axis's words."""
    unit = BY_NAME[measure].unit
    if unit == "share":
        return 100.0, "percentage points" if is_difference else "per cent"
    return 1.0, {"cny": "CNY"}.get(unit, unit.replace("_", " "))
