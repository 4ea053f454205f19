"""What the notebooks show: one call a cell, each a piece of HTML with its words, its table, its picture and their text."""

import pandas as pd
from markupsafe import Markup, escape

from playbook.cards import card
from playbook.staffing import team_heads
from simulation.study.answers import Answer
from simulation.study.compare import Difference, compare
from simulation.study.measures import Reading
from simulation.study.replicate import run_record
from simulation.study.scenario import labels
from simulation.view import plots, tables, words
from simulation.view.report import table
from simulation.view.telling import comparison_notes


class Shown:
    """A piece of HTML that a notebook shows, with plain text for where HTML is not."""

    def __init__(self, html: str, text: str = ""):
        self._html, self._text = html, text

    def _repr_html_(self) -> str:
        return self._html

    def __repr__(self) -> str:
        return self._text


def headline(found: Answer) -> Shown:
    """The question, and what the deciding measures came to."""
    said = [
        f"{words.title(measure)}: {words.interval(found.replications.estimate(name, found.confidence), measure.unit)}"
        for name in found.scenario.deciding
        if (measure := tables.BY_NAME[name])
    ]
    notes = found.notes()
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in [*said, *notes])
    html = Markup("<p><strong>{}</strong></p><ul>{}</ul>").format(found.scenario.question, items)
    return Shown(html, "\n".join([found.scenario.question, *said, *notes]))


def heads(found: Answer) -> Shown:
    """Heads by role that the ratios give for this book."""
    counts = team_heads(len(found.setting.book), found.setting.parameters)
    said = ", ".join(f"{count} {role}{'s' if count != 1 else ''}" for role, count in counts.items())
    text = f"{found.setting.book.title}: {said}, {sum(counts.values())} heads in all."
    return Shown(f"<p>{escape(text)}</p>", text)


def rule(item: str) -> Shown:
    """The card of an item."""
    text = card(item).text()
    return Shown(f"<details><summary>The card of {escape(item)}</summary><pre>{escape(text)}</pre></details>", text)


def minutes(found: Answer) -> Shown:
    """Minutes a policy and year by kind of work."""
    frame = tables.minutes_frame(found.replications)
    return Shown(table(frame, "Minutes a policy and year, by kind of work"), frame.to_string(index=False))


def months(found: Answer) -> Shown:
    """The consultants' time at work month by month, from one run."""
    run = run_record(found.setting, found.replications.seed, 0)
    by_month = Reading(run, found.setting.parameters).occupancy_by_month("consultant")
    text = "Consultants' time at work: " + ", ".join(
        f"{month} {100 * value:.0f} %" for month, value in by_month.items()
    )
    return Shown(plots.as_image(plots.months_figure(by_month), text), text)


def measures(found: Answer) -> Shown:
    """Every measure with its interval."""
    frame = tables.said_frame(found.replications, found.confidence)
    return Shown(
        table(frame, f"Every measure, intervals at {100 * found.confidence:.0f} %"), frame.to_string(index=False)
    )


def record(found: Answer) -> Shown:
    """What made this answer."""
    rows = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(key, value) for key, value in found.record.items())
    text = "\n".join(f"{key}: {value}" for key, value in found.record.items())
    return Shown(Markup("<dl>{}</dl>").format(rows), text)


def verdicts(found: list[Answer]) -> Shown:
    """What is better, worse or too close to call: every scenario against the first, with what should be said with it."""
    by_scenario = _against_first(found)
    base, *others = labels([each.scenario for each in found])
    told = [
        words.verdict(base, name, by_scenario[name], comparison_notes(found[0], each) + each.notes())
        for name, each in zip(others, found[1:], strict=True)
    ]
    html = Markup("").join(
        Markup("<p><strong>{}</strong></p><ul>{}</ul>").format(
            head, Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
        )
        for head, *lines in told
    )
    return Shown(html, "\n".join(line for lines in told for line in lines))


def differences(found: list[Answer]) -> Shown:
    """The differences from the first scenario as a picture, with the numbers behind it."""
    by_scenario = _against_first(found)
    base, *_ = labels([each.scenario for each in found])
    rows = pd.concat([tables.differences_frame(name, each) for name, each in by_scenario.items()])
    picture = plots.as_image(
        plots.differences_figure(base, by_scenario), f"Differences from {base}; the table below has the numbers."
    )
    return Shown(Markup(picture) + table(rows, f"Each difference from {base}"), rows.to_string(index=False))


def cases(found: list[Answer]) -> Shown:
    """Every measure of every scenario, the deciding ones first."""
    by_case = dict(zip(labels([each.scenario for each in found]), (each.replications for each in found), strict=True))
    frame = tables.cases_frame(by_case, found[0].scenario.deciding, found[0].confidence)
    return Shown(table(frame, "Every scenario"), frame.to_string(index=False))


def _against_first(found: list[Answer]) -> dict[str, list[Difference]]:
    """The differences of all scenarios from the first, by what each is called."""
    base, *others = found
    names = labels([each.scenario for each in found])[1:]
    return {
        name: compare(base.replications, each.replications, base.scenario.deciding, base.confidence)
        for name, each in zip(names, others, strict=True)
    }


def keep(found: Answer, write_to: str) -> Shown:
    """Write summary and tables into a folder, where one is named."""
    if not write_to:
        return Shown("<p>Nothing was written; name a folder in <code>write_to</code> to keep this answer.</p>")
    found.write_into(write_to)
    return Shown("<p>Summary and tables are written.</p>", "written")
