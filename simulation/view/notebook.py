"""What the notebooks show: one call a cell, each a piece of HTML with its words, its table, its picture and their text."""

from markupsafe import Markup, escape

from playbook.cards import card
from playbook.staffing import team_heads
from simulation.study.answers import Answer
from simulation.study.measures import YEAR
from simulation.view import plots, tables, words
from simulation.view.report import table


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


def occupancy(found: Answer) -> Shown:
    """Time at work by role and month, with intervals over the runs."""
    frame = tables.occupancy_frame(found.occupancy())
    text = "Time at work by role and month: " + "; ".join(
        f"{role}s {words.interval(by_month[YEAR], 'share')} over the year"
        for role, by_month in found.occupancy().items()
    )
    picture = plots.as_image(plots.occupancy_figure(found.occupancy()), text)
    return Shown(picture + table(frame, "Time at work, share of the time at the desk"), frame.to_string(index=False))


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


def keep(found: Answer, write_to: str) -> Shown:
    """Write summary and tables into a folder, where one is named."""
    if not write_to:
        return Shown("<p>Nothing was written; name a folder in <code>write_to</code> to keep this answer.</p>")
    found.write_into(write_to)
    return Shown("<p>Summary and tables are written.</p>", "written")
