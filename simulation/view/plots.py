"""Pictures of what runs gave: differences between scenarios, occupancy by role and month, a promise by number of heads."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from simulation.study.compare import Difference
from simulation.study.measures import BY_NAME, YEAR
from simulation.study.replicate import Estimate
from simulation.view import words
from simulation.view.style import INK, LABEL, LINE, MARKS, SOFT, as_image, draw_interval, new_figure, write_figure

__all__ = ["as_image", "differences_figure", "heads_figure", "occupancy_figure", "write_figure"]


def differences_figure(base: str, by_scenario: dict[str, list[Difference]]) -> Figure:
    """For each deciding measure a panel: a scenario's difference from the base, its interval, and the range of a year."""
    measures = [each.measure for each in next(iter(by_scenario.values()))]
    names = list(by_scenario)
    with new_figure((0.42 * len(names) + 1.0) * len(measures)) as figure:
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
        found = each.estimate
        draw_interval(axes, found.mean * factor, found.low * factor, found.high * factor, place,
                      words.change(found.mean, unit), colour, mark,
                      far=(each.year_low * factor, each.year_high * factor))  # fmt: skip
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
