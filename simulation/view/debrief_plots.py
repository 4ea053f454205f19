"""Pictures of a debrief: scores on the benchmark from nothing to par, and a turn as it was beside as it would have been."""

import math
from collections.abc import Sequence

from matplotlib.figure import Figure

from simulation.drill.boards import BOARD
from simulation.drill.score import SCALE, Scores
from simulation.drill.turning_points import TurningPoint
from simulation.view.style import INK, LABEL, SOFT, UNSURE, draw_interval, new_figure

MOST_CURVES = 3
AS_IT_WAS, OTHERWISE = "as it was played", "otherwise"


def score_figure(scores: Scores) -> Figure:
    """Each team's score with its interval, beside 0 (the standing policy) and 100 (par); the play itself as a thin mark."""
    teams = [each for each in scores.teams.values() if each.ratio]
    with new_figure(0.62 * len(teams) + 1.3) as figure:
        axes = figure.add_subplot()
        for at, says in ((0.0, "standing policy"), (SCALE, "par")):
            axes.axvline(at, color=INK, linewidth=1, linestyle=(0, (1, 2)))
            axes.annotate(says, (at, -0.75), fontsize=LABEL, ha="center", va="bottom", annotation_clip=False)
        for place, each in enumerate(teams):
            draw_interval(
                axes, each.ratio.mean, each.ratio.low, each.ratio.high, place, f"{each.ratio.mean:.0f}", UNSURE
            )
            if each.played_ratio is not None:
                axes.plot([each.played_ratio], [place + 0.22], marker="^", color=INK, markersize=6)
        axes.set_yticks(range(len(teams)), [each.team for each in teams])
        axes.set_ylim(len(teams) - 0.4, -0.75)
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel("score.  ● mean over the seeds, bar: interval of the mean.  ▲ the play itself, luck included")
    return figure


def branch_figure(point: TurningPoint, measures: Sequence[str]) -> Figure:
    """A panel a measure: turn by turn as it was, and from the turn on as it would have been."""
    with new_figure(2.0 * len(measures) + 0.5) as figure:
        rows = figure.subplots(len(measures), 1, sharex=True, squeeze=False)[:, 0]
        for axes, name in zip(rows, measures, strict=True):
            was, other = point.curves[name]
            factor = 100.0 if BOARD[name].unit == "share" else 1.0
            at = range(len(was))
            axes.axvline(point.turn - 0.5, color=SOFT, linewidth=1, linestyle=(0, (1, 2)))
            axes.plot(at, [factor * each for each in was], color=INK, marker="o", markersize=4, label=AS_IT_WAS)
            axes.plot(at, [factor * each for each in other], color=UNSURE, marker="s", markersize=4, linestyle="--",
                      label=OTHERWISE)  # fmt: skip
            unit = {"share": "%", "cny": "CNY"}.get(BOARD[name].unit, BOARD[name].unit.replace("_", " "))
            axes.set_title(f"{BOARD[name].says[0].upper()}{BOARD[name].says[1:]}, {unit}", fontsize=10)
            axes.set_ylim(bottom=min(0.0, axes.get_ylim()[0]))
            axes.tick_params(labelsize=LABEL)
        rows[0].legend(frameon=False, fontsize=LABEL, loc="center left", bbox_to_anchor=(1.0, 0.5))
        rows[-1].set_xticks(range(len(was)), ["before"] + [f"turn {n}" for n in range(1, len(was))])
    return figure


def telling_measures(point: TurningPoint, first: str) -> list[str]:
    """The measures of a branch worth drawing: the predicted one, then those that part most, by their own size."""

    def parting(name: str) -> float:
        was, other = point.curves[name]
        pairs = [(a, b) for a, b in zip(was, other, strict=True) if math.isfinite(a) and math.isfinite(b)]
        size = sum(abs(a) + abs(b) for a, b in pairs)
        return sum(abs(a - b) for a, b in pairs) / size if size else 0.0

    others = sorted((name for name in point.curves if name != first), key=parting, reverse=True)
    return [first, *(name for name in others if parting(name) > 0)][:MOST_CURVES]
