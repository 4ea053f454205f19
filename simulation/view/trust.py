"""The trust report of a calibration: how often the truth fell inside, what was fitted, what stays, what was left out."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from simulation.study.back_test import BackTest, Forecast
from simulation.study.calibrate import Calibration
from simulation.study.fitted import Fitted
from simulation.study.own_rates import rates, swings
from simulation.view.decisions import Part, decision_page
from simulation.view.report import table
from simulation.view.style import BETTER, INK, LABEL, LINE, SOFT, WORSE, as_image, new_figure

ACROSS = 2
FOUND_OUT = "How often did the truth fall inside what was foretold?"


def trust_lines(found: Calibration, tested: BackTest | None) -> list[str]:
    """The sentence of trust, what was fitted, what stays, and what was left out, as text."""
    written, told = len(found.fits) - len(found.kept) + len(found.profiles), len(found.kept)
    head = (
        tested.sentence()
        if tested
        else "No back-test: the records are too short for one, so nothing here has been tried out."
    )
    lines = [
        head,
        f"{written} numbers were fitted and written, {told} only told because the records say too little of them.",
    ]
    for quality in found.records.qualities:
        lines += quality.lines()
    return lines + list(found.remarks)


def fits_frame(fits: dict[str, Fitted], kept: dict[str, str], found: Calibration) -> pd.DataFrame:
    """One row a fitted number: what it was in force, what the records say, and what they cannot."""
    rows = []
    for name, each in sorted(fits.items()):
        before = _in_force(name, found)
        rows.append(
            {
                "parameter": name,
                "in force before": before,
                "from the records": _figure(each.value),
                "95 % interval": f"{_figure(each.low)} to {_figure(each.high)}",
                "records": f"{each.count:,}",
                "unit": each.unit,
                "what to know": "; ".join(filter(None, (kept.get(name, ""), each.warning))),
            }
        )
    return pd.DataFrame(rows)


def _in_force(name: str, found: Calibration) -> str:
    try:
        return _figure(found.records.parameters.value_at(name))
    except (KeyError, ValueError):
        return "–"


def _figure(value: Any) -> str:
    if not isinstance(value, int | float):
        return str(value)
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def back_test_frame(tested: BackTest) -> pd.DataFrame:
    """One row a measure: in how many weeks the truth fell inside, below and above."""
    return pd.DataFrame(
        [
            {
                "measure": each.words,
                "weeks inside": f"{each.holds.sum()} of {len(each.truth)} ({each.holds.mean():.0%})",
                "below": int((each.truth < each.low).sum()),
                "above": int((each.truth > each.high).sum()),
                "foretold, mean week": f"{each.middle.mean():.1f}",
                "came, mean week": f"{each.truth.mean():.1f}",
            }
            for each in tested.forecasts
        ]
    )


def weeks_frame(tested: BackTest) -> pd.DataFrame:
    """One row a measure and week: foretold with interval, and what came."""
    first = pd.Timestamp(tested.first_week)
    return pd.DataFrame(
        [
            {
                "measure": each.words, "week from": (first + pd.Timedelta(weeks=number)).date().isoformat(),
                "foretold": f"{each.middle[number]:.1f}", "low": f"{each.low[number]:.1f}", "high": f"{each.high[number]:.1f}",
                "came": f"{each.truth[number]:.1f}", "inside": "yes" if each.holds[number] else "no",
            }
            for each in tested.forecasts
            for number in range(len(each.truth))
        ]
    )  # fmt: skip


def back_test_figure(tested: BackTest) -> Figure:
    """A panel a measure: the foretold band and its middle by week, what came as a dot, or as a cross where it fell outside."""
    rows = -(-len(tested.forecasts) // ACROSS)
    with new_figure(1.75 * rows + 0.5) as figure:
        grid = figure.subplots(rows, ACROSS, sharex=True, squeeze=False)
        for axes, each in zip(grid.flat, tested.forecasts, strict=False):
            _panel(axes, each)
        for axes in list(grid.flat)[len(tested.forecasts) :]:
            axes.set_axis_off()
        for axes in grid[-1]:
            axes.set_xlabel("week that the fit had not seen", fontsize=LABEL)
        figure.supxlabel(
            "Band: foretold for a single future. Line: its middle. ● came inside  ✖ came outside", fontsize=LABEL
        )
    return figure


def _panel(axes: Any, each: Forecast) -> None:
    weeks = np.arange(1, len(each.truth) + 1)
    axes.fill_between(weeks, each.low, each.high, color=LINE, step=None)
    axes.plot(weeks, each.middle, color=SOFT, linewidth=1)
    inside = each.holds
    axes.plot(weeks[inside], each.truth[inside], "o", color=BETTER, markersize=4)
    axes.plot(weeks[~inside], each.truth[~inside], "X", color=WORSE, markersize=6.5)
    axes.set_ylim(0, max(1.0, 1.1 * max(each.high.max(), each.truth.max())))
    axes.tick_params(axis="both", length=0, labelsize=LABEL)
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    axes.set_title(f"{each.words}, {each.unit}: {inside.sum()} of {len(inside)} inside", fontsize=9, color=INK)


def back_test_text(tested: BackTest) -> str:
    """The picture in words."""
    return " ".join(f"{each.words}: {each.holds.sum()} of {len(each.truth)} weeks inside." for each in tested.forecasts)


def trust_parts(found: Calibration, tested: BackTest | None) -> list[Part]:
    """The parts of the page: back-test, fits, what the log says of people and hours, and what goes with renewal."""
    none, parts = Markup(""), []
    if tested:
        picture = as_image(back_test_figure(tested), back_test_text(tested))
        weeks = Markup("<details><summary>Week by week</summary>{}</details>").format(
            table(weeks_frame(tested), "Each week: foretold and came")
        )
        parts.append(Part(FOUND_OUT, picture, table(back_test_frame(tested), "Weeks inside, by measure") + weeks, (
            f"Fitted on the records to {tested.fitted_until}, foretold from {tested.first_week} on by {tested.futures_count} "
            f"simulated futures, each with luck and a draw of the fitted numbers. {tested.sentence()}")))  # fmt: skip
    asked = "What do the records say of each number?"
    parts.append(Part(asked, none, table(fits_frame(found.fits, found.kept, found), "Fitted numbers"),
                      "What records cannot tell (how many conversations a customer needs, how much a contact moves, how "
                      "newcomers grow, when customers decide) stay as they were in force."))  # fmt: skip
    profiles = [table(_profile_frame(name, profile), name) for name, profile in found.profiles.items()]
    if profiles:
        parts.append(Part("How are the hours and the months?", none, Markup("").join(profiles),
                          "The mean of each profile is 1; an interval is that of a count."))  # fmt: skip
    rated, (far, weeks) = rates(found.records), swings(found.records)
    if rated:
        flagged = "; ".join(f"week from {each.week_from}: {each.renewed} of {each.closed}" for each in far)
        told = f"Of {weeks} weeks {len(far)} lie farther from the usual share than luck commonly moves it (S3.1.2)"
        parts.append(Part("Which rates mean one thing, and which swings are more than luck?", none,
                          table(_plain_frame(rated), "Renewal and persistency apart (S1.1.3c), and tiers of value"),
                          f"{told}{': ' + flagged if flagged else ''}."))  # fmt: skip
    people = found.staff.heads | {f"day filled, {role}": each for role, each in found.staff.occupancy.items()}
    parts.append(Part("Who worked, and how much of the day does the log fill?", none,
                      table(_plain_frame(people), "Heads by role in a week, and the part of office hours that the log fills"),
                      "What no log holds (meetings, breaks, standing work) fills the rest."))  # fmt: skip
    if found.outcomes.described is not None:
        ranked = (
            f" The fit without contacts ranks who renews with an area under the curve of {found.outcomes.area:.2f}."
        )
        parts.append(Part("What goes with renewal?", none,
                          table(_plain_frame(found.outcomes.described.coefficients), "Logit of renewal, with contacts"),
                          found.remarks[0] + ranked))  # fmt: skip
    return parts


def _profile_frame(name: str, profile: list[Fitted]) -> pd.DataFrame:
    return _plain_frame({each.name: each for each in profile})


def _plain_frame(fits: dict[str, Fitted]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"what": name, "value": _figure(each.value), "95 % interval": f"{_figure(each.low)} to {_figure(each.high)}",
             "records": f"{each.count:,}", "what to know": each.warning}
            for name, each in fits.items()
        ]
    )  # fmt: skip


def trust_page(path: Path, found: Calibration, tested: BackTest | None, record: dict[str, Any]) -> None:
    """The report as a page that opens with the network off."""
    head, *others = trust_lines(found, tested)
    decision_page(path, f"How far can these records be trusted? {found.records.title}", head, others,
                  trust_parts(found, tested), record)  # fmt: skip


def calibration_json(found: Calibration, tested: BackTest | None) -> dict[str, Any]:
    """Fits, what is kept, the quality of the files and the back-test, as data without anybody's name."""
    fits = {name: vars(each) | {"is_written": name not in found.kept} for name, each in found.fits.items()}
    profiles = {name: [vars(each) for each in profile] for name, profile in found.profiles.items()}
    back = None
    if tested:
        back = {"fitted_until": tested.fitted_until.isoformat(), "first_week": tested.first_week.isoformat(),
                "futures": tested.futures_count, "promised_share": tested.promised_share, "held_share": tested.held_share,
                "sentence": tested.sentence(),
                "by_measure": {each.measure: float(each.holds.mean()) for each in tested.forecasts}}  # fmt: skip
    return {"title": found.records.title, "files": found.records.files, "first": found.records.first.isoformat(),
            "last": found.records.last.isoformat(), "quality": [each.as_json() for each in found.records.qualities],
            "fits": fits, "profiles": profiles, "kept": found.kept, "remarks": list(found.remarks),
            "back_test": back}  # fmt: skip
