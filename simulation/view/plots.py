"""Pictures: one family of figures with intervals always drawn, readable in print and without colour."""

import base64
from io import BytesIO

import matplotlib as mpl
import pandas as pd
from matplotlib.figure import Figure

from simulation.study.compare import Difference
from simulation.study.measures import BY_NAME
from simulation.view import words

INK, BETTER, WORSE, UNSURE = "#1d2733", "#0b6e4f", "#a63d2f", "#5b6770"
STYLE = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 11,
    "axes.edgecolor": INK,
    "text.color": INK,
    "svg.hashsalt": "renewal",
}
SERIES = ("o", "s", "^", "D", "v", "P", "X", "*")  # told apart by mark and by shade, so that neither has to do it alone
SHADES = ("#1d2733", "#0b6e4f", "#a63d2f", "#5b6770", "#7a5c00", "#3d5a80", "#6d3b6e", "#222222")
MOST_ACROSS = 4
BESIDE = 0.008
MARKS = {True: (BETTER, "o"), False: (WORSE, "X"), None: (UNSURE, "D")}


def differences_figure(base: str, by_scenario: dict[str, list[Difference]]) -> Figure:
    """For each deciding measure a panel: a scenario's difference from the base, its interval, and the range of a year."""
    measures = [each.measure for each in next(iter(by_scenario.values()))]
    names = list(by_scenario)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.5, (0.42 * len(names) + 1.0) * len(measures)), layout="constrained")
        for row, measure in enumerate(measures):
            axes = figure.add_subplot(len(measures), 1, row + 1)
            _panel(
                axes, base, measure, {name: by_scenario[name][row] for name in names}, is_last=row == len(measures) - 1
            )
    return figure


def _panel(axes, base: str, measure: str, differences: dict[str, Difference], is_last: bool) -> None:
    unit, factor = BY_NAME[measure].unit, 100.0 if BY_NAME[measure].unit == "share" else 1.0
    axes.axvline(0, color=INK, linewidth=1, linestyle=(0, (1, 2)))
    for place, (_, each) in enumerate(differences.items()):
        colour, mark = MARKS[each.is_better]
        axes.plot(
            [each.year_low * factor, each.year_high * factor], [place, place], color=colour, linewidth=1, alpha=0.6
        )
        axes.plot([each.estimate.low * factor, each.estimate.high * factor], [place, place], color=colour, linewidth=5,
                  solid_capstyle="butt", alpha=0.55)  # fmt: skip
        axes.plot(each.estimate.mean * factor, place, marker=mark, color=colour, markersize=8)
        axes.annotate(words.change(each.estimate.mean, unit), (each.estimate.mean * factor, place),
                      textcoords="offset points", xytext=(0, 8), ha="center", fontsize=8.5)  # fmt: skip
    axes.set_yticks(range(len(differences)), list(differences))
    axes.set_ylim(len(differences) - 0.4, -0.75)
    axes.tick_params(axis="y", length=0)
    side = {"more": "right is better", "less": "left is better", None: "neither side is better"}[
        BY_NAME[measure].better
    ]
    axes.set_title(f"{words.title(BY_NAME[measure])}: difference from {base}", fontsize=10.5)
    in_unit = {"share": "percentage points", "cny": "CNY"}.get(unit, unit.replace("_", " "))
    axes.set_xlabel(f"{in_unit}; {side}")
    if is_last:
        figure_note = (
            "Thick bar: interval of the mean. Thin line: what a single year may bring. ● better  ✖ worse  ◆ open"
        )
        axes.set_xlabel(f"{axes.get_xlabel()}\n{figure_note}")


def months_figure(by_month: dict[str, float]) -> Figure:
    """Consultants' occupancy month by month of one run."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.5, 2.6), layout="constrained")
        axes = figure.add_subplot()
        axes.bar(list(by_month), [100 * value for value in by_month.values()], color=UNSURE, width=0.7)
        for place, value in enumerate(by_month.values()):
            axes.annotate(f"{100 * value:.0f}", (place, 100 * value), textcoords="offset points", xytext=(0, 3),
                          ha="center", fontsize=8.5)  # fmt: skip
        axes.set_ylim(0, 110)
        axes.set_yticks([])
        axes.set_title("Consultants' time at work by month, per cent of the time at the desk (one run)")
    return figure


def lines_figure(table: pd.DataFrame, along: str, by: str | None, measures: list[str]) -> Figure:
    """Small multiples: a panel a measure, its mean with interval along a number, a line for each value of another name."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.5, 2.7 * len(measures)), layout="constrained")
        for row, measure in enumerate(measures):
            axes = figure.add_subplot(len(measures), 1, row + 1)
            rows = table[(table["measure"] == measure) & table[along].notna()]
            groups = [(None, rows)] if by is None else list(rows.groupby(by, sort=False))
            for number, (name, group) in enumerate(groups):
                _line(axes, group.sort_values(along), along, measure, number, None if name is None else str(name))
            axes.set_title(words.title(BY_NAME[measure]))
            axes.set_ylabel(_in_unit(measure))
            axes.grid(axis="y", color="#d5dade", linewidth=0.6)
            if row == len(measures) - 1:
                axes.set_xlabel(along)
            if by is not None and row == 0:
                axes.legend(title=by, frameon=False, fontsize=8.5, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def _line(axes, rows: pd.DataFrame, along: str, measure: str, number: int, label: str | None) -> None:
    factor = 100.0 if BY_NAME[measure].unit == "share" else 1.0
    mean, low, high = (rows[name].to_numpy(dtype=float) * factor for name in ("mean", "low", "high"))
    at = rows[along].to_numpy(dtype=float)
    beside = number * BESIDE * float(at.max() - at.min())  # so that intervals do not hide each other
    axes.errorbar(at + beside, mean, yerr=[mean - low, high - mean], label=label, capsize=2.5,
                  marker=SERIES[number % len(SERIES)], color=SHADES[number % len(SHADES)], linewidth=1.2,
                  linestyle=("-", "--", "-.", ":")[number % 4], markersize=5)  # fmt: skip


def points_figure(table: pd.DataFrame, names: list[str], measures: list[str]) -> Figure:
    """Small multiples: a row a measure, a column a swept number, a point with its interval for each case."""
    across = names[:MOST_ACROSS]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(9.5, 2.4 * len(measures)), layout="constrained")
        for row, measure in enumerate(measures):
            factor = 100.0 if BY_NAME[measure].unit == "share" else 1.0
            for column, name in enumerate(across):
                axes = figure.add_subplot(len(measures), len(across), row * len(across) + column + 1)
                rows = table[(table["measure"] == measure) & table[name].notna()]
                mean, low, high = (rows[each].to_numpy(dtype=float) * factor for each in ("mean", "low", "high"))
                axes.errorbar(rows[name].to_numpy(dtype=float), mean, yerr=[mean - low, high - mean], fmt="o", color=INK,
                              markersize=3, linewidth=0.7, alpha=0.6)  # fmt: skip
                axes.set_xlabel(name.partition(".")[2] or name, fontsize=8)
                axes.tick_params(labelsize=7.5)
                if column == 0:
                    axes.set_title(f"{words.title(BY_NAME[measure])}, {_in_unit(measure)}", fontsize=9.5)
    return figure


def _in_unit(measure: str) -> str:
    unit = BY_NAME[measure].unit
    return {"share": "per cent", "cny": "CNY"}.get(unit, unit.replace("_", " "))


def as_image(figure: Figure, alt: str) -> str:
    """The figure as an <img> with its alt text, whole inside the page."""
    from markupsafe import escape

    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=150)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'
