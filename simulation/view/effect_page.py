"""What improvements did: a sentence each, one picture, the numbers, and what must be said with them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure

from playbook.improvement import COMPARISONS
from simulation.study.desk_trial import DeskTrial
from simulation.study.fitted import CONFIDENCE
from simulation.study.folders import whole_folder
from simulation.study.improvement_effect import Effect
from simulation.view.notebook import Shown
from simulation.view.report import page, table
from simulation.view.style import INK, MARKS, as_image, draw_interval, new_figure
from simulation.view.words import change, span

READINGS = {
    "before_after": "before and after",
    "concurrent_control": "beside a control group",
    "difference_in_differences": "change against the control's change",
    "interrupted_series": "weeks before and after",
    "controlled_series": "weeks beside a control group",
}
VERDICTS = {
    "keep": "keep it: it is worth having",
    "drop": "drop it: at its best it is too small",
    "undo": "undo it: it harms",
    "go on": "go on: it cannot be told yet",
    "more": "the figure rose",
    "less": "the figure fell",
}
IS_BETTER = {"keep": True, "undo": False}
WITHOUT_CONTROL = ("before_after", "interrupted_series")


def sentence(effect: Effect) -> str:
    """The effect, its interval and what follows; without a control group only what was seen, never what caused it."""
    unit = "share" if effect.is_share else "number"
    seen = f"{change(effect.difference, unit)} ({span(effect.low, effect.high, unit)}), {READINGS[effect.reading]}"
    if effect.reading in WITHOUT_CONTROL:
        moved = "nothing that can be told from luck" if effect.low <= 0 <= effect.high else "a change was seen"
        return f"{effect.name}: {seen}: {moved}; whether this made it cannot be said without a control group."
    return f"{effect.name}: {seen}: {VERDICTS[effect.verdict]}."


def effects_figure(found: Sequence[Effect]) -> Figure:
    """Each effect with its interval, a panel for each unit."""
    parts = [[each for each in found if each.is_share == is_share] for is_share in (True, False)]
    parts = [part for part in parts if part]
    with new_figure(sum(0.45 * len(part) + 1.1 for part in parts)) as figure:
        for row, part in enumerate(parts):
            axes = figure.add_subplot(len(parts), 1, row + 1)
            factor = 100 if part[0].is_share else 1
            axes.axvline(0, color=INK, linewidth=1, linestyle=(0, (1, 2)))
            for place, each in enumerate(part):
                is_better = None if each.reading in WITHOUT_CONTROL else IS_BETTER.get(each.verdict)
                colour, mark = MARKS[is_better]
                label = change(each.difference, "share" if each.is_share else "number")
                draw_interval(
                    axes, each.difference * factor, each.low * factor, each.high * factor, place, label, colour, mark
                )
            axes.set_yticks(range(len(part)), [each.name for each in part])
            axes.set_ylim(len(part) - 0.4, -0.75)
            axes.tick_params(axis="y", length=0)
            axes.set_xlabel("percentage points" if part[0].is_share else "in the figure's own unit")
    return figure


def effects_frame(found: Sequence[Effect]) -> pd.DataFrame:
    """The numbers behind the picture."""
    rows = []
    for each in found:
        unit = "share" if each.is_share else "number"
        rows.append({
            "improvement": each.name, "looked at": READINGS[each.reading], "effect": change(each.difference, unit),
            f"interval at {each.confidence:.0%}": span(each.low, each.high, unit),
            "spoken for by": ", ".join(f"{count:,} {what}" for what, count in each.counts.items()),
            "verdict": "no verdict without a control" if each.reading in WITHOUT_CONTROL else VERDICTS[each.verdict],
        })  # fmt: skip
    return pd.DataFrame(rows)


def _cautions(each: Effect) -> Markup:
    items = Markup("").join(Markup("<li>{}</li>").format(caution) for caution in each.cautions)
    return Markup("<p><strong>{}</strong></p><ul>{}</ul>").format(sentence(each), items)


def picture(found: Sequence[Effect]) -> Markup:
    """The picture with its words."""
    return Markup(as_image(effects_figure(found), "Effects with intervals. " + " ".join(map(sentence, found))))


def effects(found: Sequence[Effect]) -> Shown:
    """Effects in a notebook."""
    html = Markup("").join(map(_cautions, found)) + picture(found) + table(effects_frame(found), "Each effect")
    return Shown(html, "\n".join(map(sentence, found)))


def held(trial: DeskTrial, seed: int, lots: int) -> Shown:
    """How often the interval of each way of looking holds what is true, over repeated lots."""
    share = {reading: trial.held_share(reading, seed, lots, CONFIDENCE) for reading in COMPARISONS}
    said = f"True effect: {change(trial.effect, 'share')}. " + " ".join(
        f"{READINGS[reading].capitalize()}: the interval of {CONFIDENCE:.0%} held it in {part:.0%} of {lots} lots."
        for reading, part in share.items()
    )
    frame = pd.DataFrame({
        "looked at": [READINGS[reading] for reading in share], "held the truth": [f"{part:.1%}" for part in share.values()],
    })  # fmt: skip
    html = Markup("<p><strong>{}</strong></p>").format(said) + table(frame, f"Of {lots} lots")
    return Shown(html, said)


def write_effect_page(folder: Path, title: str, found: Sequence[Effect], record: dict[str, Any]) -> None:
    """report.html and effects.csv in a new folder, put in place whole."""
    with whole_folder(folder) as aside:
        frame = effects_frame(found)
        frame.to_csv(aside / "effects.csv", index=False)
        page(
            aside / "report.html", template="effect.html", question=title, effects=[_cautions(each) for each in found],
            picture=picture(found), numbers=table(frame, "Each effect"), record=record,
        )  # fmt: skip
