"""Control charts as pictures with a sentence and a table each, and as one page that opens with the network off."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from simulation.study.control_chart import VALUE, Chart
from simulation.study.folders import whole_folder
from simulation.view.notebook import Shown
from simulation.view.report import page, table
from simulation.view.style import INK, LABEL, LINE, SMALL, SOFT, WASH, WORSE, as_image, new_figure

MOST_TOLD = 3
TICKS = 12


def sentence(chart: Chart) -> str:
    """What the chart says of the weeks after the usual ones."""
    weeks, alarms = chart.indicator.weeks, np.flatnonzero(chart.is_alarm)
    watched = len(weeks) - chart.learnt_weeks
    if not len(alarms):
        return f"{chart.indicator.name}: as usual in each of the {watched} weeks watched, up to {weeks[-1]}."
    told = "; ".join(f"{weeks[week]} {_why(chart, week)}" for week in alarms[-MOST_TOLD:].tolist())
    more = f", of which the last {MOST_TOLD} are" if len(alarms) > MOST_TOLD else ""
    return (
        f"{chart.indicator.name}: {len(alarms)} {'alarm' if len(alarms) == 1 else 'alarms'} in {watched} weeks watched{more}: "
        f"{told}."
    )


def _why(chart: Chart, week: int) -> str:
    side = "above" if chart.distance[week] > 0 else "below"
    if chart.is_beyond[week]:
        limits = f"{said(chart, chart.low[week])} to {said(chart, chart.high[week])}"
        return f"is {side} its limits ({said(chart, chart.indicator.figures[week])}, limits {limits})"
    figure = said(chart, chart.indicator.figures[week])
    return f"is the last of {chart.limits.run_weeks} weeks in a row {side} what is usual ({figure})"


def said(chart: Chart, value: float) -> str:
    """A figure of the chart in words."""
    if chart.indicator.kind == VALUE:
        return f"{value:,.3g}" if abs(value) < 1 else f"{value:,.1f}"
    return f"{100 * value:.1f} %" if chart.indicator.kind == "share" else f"{value:,.3g}"


def promise(charts: Sequence[Chart]) -> str:
    """How often these charts alarm for nothing, and how soon they find a change."""
    each = min(chart.limits.false_alarm_weeks for chart in charts)
    slowest = {shift: max(chart.weeks_until_found(shift) for chart in charts) for shift in (1.0, 2.0)}
    together = f"; {len(charts)} charts together one in {each / len(charts):.0f} weeks" if len(charts) > 1 else ""
    return (
        f"While nothing changes, a chart raises one false alarm in about {each:.0f} weeks{together}. A lasting change of one "
        f"usual spread is found within {slowest[1.0]:.0f} weeks in half of all cases, one of two spreads within "
        f"{slowest[2.0]:.0f}."
    )


def control_figure(chart: Chart) -> Figure:
    """Weeks, what was expected of them, limits, and alarms as crosses (beyond the limits) or squares (a run)."""
    weeks, figures = np.arange(len(chart.expected)), chart.indicator.figures
    with new_figure(3.0) as figure:
        axes = figure.add_subplot()
        axes.axvspan(-0.5, chart.learnt_weeks - 0.5, color=WASH, zorder=0)
        axes.fill_between(weeks, chart.low, chart.high, step="mid", color=LINE, alpha=0.6, linewidth=0, zorder=1)
        axes.plot(weeks, chart.expected, color=SOFT, linewidth=1, drawstyle="steps-mid", zorder=2)
        axes.plot(weeks, figures, color=INK, linewidth=1, marker="o", markersize=3, zorder=3)
        for which, mark in ((chart.is_beyond, "X"), (chart.is_run & ~chart.is_beyond, "s")):
            axes.plot(weeks[which], figures[which], mark, color=WORSE, markersize=8, linestyle="", zorder=4)
        for week in np.flatnonzero(chart.is_alarm)[-MOST_TOLD:].tolist():
            axes.annotate(said(chart, figures[week]), (week, figures[week]), textcoords="offset points",
                          xytext=(0, 8 if chart.distance[week] > 0 else -15), ha="center", fontsize=LABEL)  # fmt: skip
        axes.text(-0.3, 0.98, "usual weeks", transform=axes.get_xaxis_transform(), va="top", fontsize=SMALL, color=SOFT)
        step = max(1, -(-len(weeks) // TICKS))
        axes.set_xticks(weeks[::step], [chart.indicator.weeks[week] for week in weeks[::step]], fontsize=SMALL)
        axes.set_xlim(-0.5, len(weeks) - 0.5)
        axes.margins(y=0.15)
        axes.grid(axis="y", color=LINE, linewidth=0.5)
        axes.set_axisbelow(True)
        if chart.indicator.kind == "share":
            axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.0f} %")
        axes.set_title(chart.indicator.name)
        axes.set_xlabel("week; band: limits; cross: beyond them; square: a run on one side")
    return figure


def alt_text(chart: Chart) -> str:
    """The picture in words."""
    figures = chart.indicator.figures
    return (
        f"Control chart of {len(figures)} weeks, from {said(chart, figures.min())} to {said(chart, figures.max())}, the first "
        f"{chart.learnt_weeks} shaded as usual. {sentence(chart)}"
    )


def chart_frame(chart: Chart) -> pd.DataFrame:
    """The numbers behind the picture."""
    alarm = np.where(chart.is_beyond, "beyond the limits", np.where(chart.is_run, "a run on one side", ""))
    alarm[: chart.learnt_weeks] = "usual weeks"
    columns = {"figure": chart.indicator.figures, "expected": chart.expected, "lower limit": chart.low,
               "upper limit": chart.high}  # fmt: skip
    shown = {name: [said(chart, value) for value in values.tolist()] for name, values in columns.items()}
    return pd.DataFrame({"week": chart.indicator.weeks} | shown | {"alarm": alarm})


def chart_block(chart: Chart) -> Markup:
    """One chart: its sentence, picture, warnings and numbers."""
    warnings = Markup("").join(Markup("<li>{}</li>").format(each) for each in chart.warnings)
    picture = as_image(control_figure(chart), alt_text(chart))
    numbers = table(chart_frame(chart), f"{chart.indicator.name}, week by week")
    return Markup(
        "<p><strong>{}</strong></p>{}<ul>{}</ul><details><summary>The numbers, week by week</summary>"
        '<div class="wide" tabindex="0" role="region" aria-label="{}">{}</div></details>'
    ).format(sentence(chart), picture, warnings, chart.indicator.name, numbers)


def charts(found: Sequence[Chart]) -> Shown:
    """Charts in a notebook: the promise, then one after the other."""
    lines = [promise(found), *(sentence(chart) for chart in found)]
    blocks = Markup("").join(chart_block(chart) for chart in found)
    return Shown(Markup("<p>{}</p>").format(lines[0]) + blocks, "\n".join(lines))


def write_control_page(folder: Path, title: str, found: Sequence[Chart], record: dict[str, Any]) -> None:
    """report.html and weeks.csv in a new folder, put in place whole."""
    with whole_folder(folder) as aside:
        frames = [chart_frame(chart).assign(indicator=chart.indicator.name) for chart in found]
        pd.concat(frames).to_csv(aside / "weeks.csv", index=False)
        page(
            aside / "report.html",
            template="watch.html",
            question=title,
            promise=promise(found),
            charts=[(chart.indicator.name, chart_block(chart)) for chart in found],
            record=record,
        )
