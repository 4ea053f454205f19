"""The outcome of a comparison that is being watched: verdict first, then what a manager looks at, the picture, the numbers."""

from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from simulation.study.compare import Difference, compare
from simulation.study.estimates import Estimate
from simulation.study.live import Look
from simulation.study.measures import BY_NAME
from simulation.view import plots, tables, words
from simulation.view.report import rendered, table

GROWS_PER_DAY = 1.0  # a backlog that grows by less a working day is about as large at the end as at the beginning
LEADING = ("late_step_share", "backlog_age_hours", "oldest_step_hours", "breaches_per_day", "premium_renewal_share",
           "consultant_occupancy_share")  # fmt: skip


@dataclass(frozen=True)
class Tile:
    """One figure that a manager looks at: its words, its value, the interval, and what changed against the baseline."""

    says: str
    value: str
    interval: str
    change: str
    is_better: bool | None


def outcome(look: Look, base: str, other: str, deciding: tuple[str, ...], confidence: float, notes: list[str]) -> str:
    """The words and tiles of a look, as HTML without its picture."""
    is_same = look.base is look.other or base == other
    rows = [] if is_same else compare(look.base, look.other, deciding, confidence)
    head, *sentences = levels(look, other, deciding, confidence) if is_same else words.verdict(base, other, rows, [])
    grows = overload_sentence(look.other.estimate("backlog_growth_per_day", confidence), other)
    return rendered(
        "outcome.html",
        state=state(look),
        is_provisional=not look.is_last,
        done=len(look.other),
        most=look.most,
        head=head,
        overload=grows,
        sentences=sentences,
        notes=notes,
        tiles=[_tile(look, name, confidence, None if is_same else base) for name in LEADING],
    )


def state(look: Look) -> str:
    """How much is known yet, in a sentence."""
    count = len(look.other)
    if look.is_first:
        return (
            f"First look: the first {look.days} days of {count} years. Whole years take its place as they come in, and may "
            "say something else."
        )
    if look.is_last:
        enough = "as precise as asked" if look.is_enough else "all that were asked for"
        return f"Final: {count} simulated years, {enough}."
    return f"Provisional: {count} of {look.most} simulated years. The intervals narrow as more come in."


def levels(look: Look, title: str, deciding: tuple[str, ...], confidence: float) -> list[str]:
    """What a scenario reaches by itself."""
    said = [
        f"{words.title(BY_NAME[name])}: {words.interval(look.other.estimate(name, confidence), BY_NAME[name].unit)}."
        for name in deciding
    ]
    return [f"{title}: what it reaches", *said]


def overload_sentence(growth: Estimate, title: str) -> str | None:
    """Overload in words, where the backlog grows for sure; None where it does not.

    >>> overload_sentence(Estimate(14.2, 12.0, 16.4, 6), "Test scenario")
    'Test scenario cannot keep up: the backlog grows by 14 steps a working day (12 to 16). Waits and ages speak of a pile \
that gets longer the longer one waits; more hands, less work or fewer promises end it, another order of work does not.'
    >>> overload_sentence(Estimate(0.4, -0.2, 1.0, 6), "Test scenario") is None
    True
    """
    if not growth.low > GROWS_PER_DAY:
        return None
    return (
        f"{title} cannot keep up: the backlog grows by {growth.mean:.0f} steps a working day ({growth.low:.0f} to "
        f"{growth.high:.0f}). Waits and ages speak of a pile that gets longer the longer one waits; more hands, less work or "
        "fewer promises end it, another order of work does not."
    )


def _tile(look: Look, name: str, confidence: float, base: str | None) -> Tile:
    measure = BY_NAME[name]
    found = look.other.estimate(name, confidence)
    says = SAYS.get(name, words.title(measure))
    if name == "late_step_share":  # told as what was kept
        found = Estimate(1 - found.mean, 1 - found.high, 1 - found.low, found.replications)
    change, is_better = "", None
    if base is not None:
        difference = compare(look.base, look.other, (name,), confidence)[0]
        mean = -difference.estimate.mean if name == "late_step_share" else difference.estimate.mean
        change, is_better = f"{words.change(mean, measure.unit)} against {base}", difference.is_better
    return Tile(says, words.number(found.mean, measure.unit),
                f"{words.number(found.low, measure.unit)} to {words.number(found.high, measure.unit)}",
                change, is_better)  # fmt: skip


SAYS = {
    "late_step_share": "Steps inside the promised time",
    "backlog_age_hours": "Age of the backlog, working hours",
    "oldest_step_hours": "Oldest case, working hours",
    "breaches_per_day": "Promises that will break",
    "consultant_occupancy_share": "Consultants' time at work",
}


def picture(look: Look, base: str, other: str, deciding: tuple[str, ...], confidence: float) -> str:
    """The differences as a picture with its text, and the numbers behind it; nothing where there is nothing to compare."""
    if look.base is look.other or base == other:
        return ""
    rows: dict[str, list[Difference]] = {other: compare(look.base, look.other, deciding, confidence)}
    said = " ".join(sentence for each in rows.values() for sentence in words.verdict(base, other, each, []))
    figure = plots.as_image(plots.differences_figure(base, rows), f"Differences from {base}. {said}")
    frame = pd.concat([tables.differences_frame(name, each) for name, each in rows.items()])
    cases = tables.cases_frame({base: look.base, other: look.other}, deciding, confidence)
    numbers = table(frame, f"Each difference from {base}") + table(cases, "Every measure")
    return str(Markup("{}<details><summary>The numbers</summary>{}</details>").format(Markup(figure), Markup(numbers)))
