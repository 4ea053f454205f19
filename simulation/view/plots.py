"""Pictures of what runs gave: differences between scenarios, occupancy by role and month, a promise by number of heads."""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure

from simulation.study.compare import Difference
from simulation.study.measures import BY_NAME, YEAR
from simulation.study.replicate import Estimate
from simulation.view import words
from simulation.view.style import (
    INK,
    LABEL,
    LINE,
    MARKS,
    NAME,
    SOFT,
    as_image,
    draw_interval,
    folded,
    new_figure,
    write_figure,
)

__all__ = [
    "as_image",
    "differences_figure",
    "heads_figure",
    "lines_figure",
    "occupancy_figure",
    "points_figure",
    "write_figure",
]
SERIES = ("o", "s", "^", "D", "v", "P", "X", "*")  # told apart by mark and by shade, so that neither has to do it alone
SHADES = ("#1d2733", "#0b6e4f", "#a63d2f", "#5b6770", "#7a5c00", "#3d5a80", "#6d3b6e", "#222222")
MOST_ACROSS = 4
BESIDE = 0.008


def differences_figure(base: str, by_scenario: dict[str, list[Difference]]) -> Figure:
    """For each deciding measure a panel: a scenario's difference from the base, its interval, and the range of a year."""
    measures = [each.measure for each in next(iter(by_scenario.values()))]
    names = list(by_scenario)
    lines = sum(max(1, folded(name, NAME).count("\n")) for name in names)
    with new_figure((0.42 * lines + 1.15) * len(measures) + 0.3) as figure:
        for row, measure in enumerate(measures):
            axes = figure.add_subplot(len(measures), 1, row + 1)
            _panel(axes, base, measure, {name: by_scenario[name][row] for name in names})
        figure.supxlabel(
            "Thick bar: interval of the mean. Thin line: what a single year may bring. ● better  ✖ worse  ◆ open",
            x=0.01, ha="left", fontsize=LABEL,
        )  # fmt: skip
    return figure


def _panel(axes, base: str, measure: str, differences: dict[str, Difference]) -> None:
    unit, factor = BY_NAME[measure].unit, 100.0 if BY_NAME[measure].unit == "share" else 1.0
    axes.axvline(0, color=INK, linewidth=1, linestyle=(0, (1, 2)))
    for place, (_, each) in enumerate(differences.items()):
        colour, mark = MARKS[each.is_better]
        found = each.estimate
        draw_interval(axes, found.mean * factor, found.low * factor, found.high * factor, place,
                      words.change(found.mean, unit), colour, mark,
                      far=(each.year_low * factor, each.year_high * factor))  # fmt: skip
    axes.set_yticks(range(len(differences)), [folded(name, NAME) for name in differences])
    axes.set_ylim(len(differences) - 0.4, -0.75)
    axes.tick_params(axis="y", length=0)
    side = {"more": "right is better", "less": "left is better", None: "neither side is better"}[
        BY_NAME[measure].better
    ]
    axes.set_title(folded(f"{words.title(BY_NAME[measure])}: difference from {base}"), fontsize=10.5)
    in_unit = {"share": "percentage points", "cny": "CNY"}.get(unit, unit.replace("_", " "))
    axes.set_xlabel(f"{in_unit}; {side}")


def occupancy_figure(occupancy: Mapping[str, Mapping[str, Estimate]]) -> Figure:
    """Occupancy month by month with its interval, a panel a role, and the mean of the year as a line."""
    with new_figure(1.75 * len(occupancy) + 0.4) as figure:
        rows = figure.subplots(len(occupancy), 1, sharex=True, squeeze=False)[:, 0]
        for axes, (role, by_month) in zip(rows, occupancy.items(), strict=True):
            months = {month: each for month, each in by_month.items() if month != YEAR}
            year = 100 * by_month[YEAR].mean
            axes.axhline(100, color=LINE, linewidth=1)
            axes.plot([-0.5, len(months) - 0.6], [year, year], color=SOFT, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
            for place, each in enumerate(months.values()):
                if each.mean == each.mean:
                    draw_interval(axes, 100 * each.mean, 100 * each.low, 100 * each.high, place,
                                  f"{100 * each.mean:.0f}", is_upright=True)  # fmt: skip
            axes.annotate(f"year {year:.0f}", (len(months) - 0.5, year), fontsize=LABEL, color=SOFT, va="center")
            axes.set_xticks(range(len(months)), list(months))
            axes.set_xlim(-0.5, len(months) + 0.2)
            axes.set_ylim(0, 125)
            axes.set_yticks([0, 50, 100])
            axes.tick_params(axis="both", length=0, labelsize=LABEL)
            axes.set_title(f"{role[0].upper()}{role[1:]}s: time at work, % of the time at the desk", fontsize=10.5)
        rows[-1].set_xlabel(
            "Dot: mean over the runs. Bar with ends: its interval. Dashes: mean of the year. 100: no slack at all."
        )
    return figure


def heads_figure(
    counts: Sequence[int], by_measure: Mapping[str, Sequence[Estimate]], limits: Mapping[str, float]
) -> Figure:
    """What each number of consultants reaches, a panel a measure; where a limit was promised, it is drawn."""
    with new_figure(2.1 * len(by_measure) + 0.3) as figure:
        rows = figure.subplots(len(by_measure), 1, sharex=True, squeeze=False)[:, 0]
        for axes, (name, estimates) in zip(rows, by_measure.items(), strict=True):
            unit = BY_NAME[name].unit
            factor = 100.0 if unit == "share" else 1.0
            for place, each in enumerate(estimates):
                draw_interval(axes, factor * each.mean, factor * each.low, factor * each.high, place,
                              words.number(each.mean, unit), is_upright=True)  # fmt: skip
            if name in limits:
                axes.axhline(factor * limits[name], color=INK, linewidth=1, linestyle=(0, (1, 2)))
                axes.annotate(f"promised: {words.number(limits[name], unit)}", (len(counts) - 0.6, factor * limits[name]),
                              textcoords="offset points", xytext=(0, 3), fontsize=LABEL)  # fmt: skip
            highest = max([each.high for each in estimates] + [limits.get(name, 0.0)])
            axes.set_ylim(0, 1.3 * factor * highest or 1.0)
            axes.set_xlim(-0.5, len(counts) + 0.4)
            axes.set_xticks(range(len(counts)), [str(count) for count in counts])
            axes.tick_params(axis="both", length=0, labelsize=LABEL)
            in_unit = {"share": "%", "cny": "CNY"}.get(unit, unit.replace("_", " "))
            axes.set_title(f"{words.title(BY_NAME[name])}, {in_unit}", fontsize=10.5)
        rows[-1].set_xlabel("consultants on the book. Dot: mean over the runs. Bar with ends: its interval.")
    return figure


def lines_figure(table: pd.DataFrame, along: str, by: str | None, measures: list[str]) -> Figure:
    """Small multiples: a panel a measure, its mean with interval along a number, a line for each value of another name."""
    with new_figure(2.7 * len(measures)) as figure:
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
    with new_figure(2.4 * len(measures)) as figure:
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
