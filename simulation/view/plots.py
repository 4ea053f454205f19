"""Pictures: one family of figures with intervals always drawn, readable in print and without colour."""

import base64
from io import BytesIO

import matplotlib as mpl
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


def as_image(figure: Figure, alt: str) -> str:
    """The figure as an <img> with its alt text, whole inside the page."""
    from markupsafe import escape

    buffer = BytesIO()
    figure.savefig(buffer, format="png", dpi=150)
    data = base64.b64encode(buffer.getvalue()).decode()
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'
