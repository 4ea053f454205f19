"""What the notebooks show: one call a cell, each a piece of HTML with its words, its table, its picture and their text."""

import pandas as pd
from markupsafe import Markup, escape

from playbook.cards import card
from playbook.staffing import team_heads
from simulation.study.answers import Answer
from simulation.study.compare import Difference, compare
from simulation.study.heads import Headcounts
from simulation.study.measures import YEAR, Reading
from simulation.study.replicate import run_record
from simulation.study.scenario import labels
from simulation.study.week import week_of
from simulation.view import plots, tables, words
from simulation.view.report import table
from simulation.view.telling import comparison_notes
from simulation.view.week import alt_text, week_figure

READINGS = ("staffing.awaiting_reading", "staffing.coordinator_rounding", "staffing.specialist_reading")


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
    """Minutes a policy and year by kind of work, beside what published averages lead one to expect."""
    frame = tables.minutes_frame(found.replications, found.confidence)
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


def readings(found: Answer) -> Shown:
    """Heads and cost under each reading of the ratios, and how full each makes a consultant's year."""
    frame = tables.readings_frame(found, READINGS)
    return Shown(table(frame, "Where the handbook can be read in more than one way"), frame.to_string(index=False))


def promise(found: Headcounts) -> Shown:
    """How many consultants keep the promises: verdict, picture, numbers."""
    if not found.by_count:
        return Shown("<p>No other number of consultants was asked for.</p>", "none asked for")
    said = words.promise_sentence(list(found.by_count), found.fewest, found.promises)
    names = [*found.promises, "consultant_occupancy_share"]
    by_measure = {
        name: [each.replications.estimate(name, each.confidence) for each in found.by_count.values()] for name in names
    }
    figure = plots.heads_figure(list(found.by_count), by_measure, found.promises)
    frame = tables.heads_frame(found)
    html = Markup("<p><strong>{}</strong></p>").format(said) + Markup(plots.as_image(figure, said))
    return Shown(html + table(frame, "By number of consultants"), f"{said}\n{frame.to_string(index=False)}")


def week(found: Answer) -> Shown:
    """The busiest week of the first run, person by person, with what the time went into."""
    run = run_record(found.setting, found.replications.seed, 0)
    busiest = week_of(Reading(run, found.setting.parameters))
    said, frame = alt_text(busiest), tables.week_people_frame(busiest)
    picture = Markup(plots.as_image(week_figure(busiest), said))
    waits = table(tables.week_kinds_frame(busiest), "What waited that week")
    return Shown(picture + table(frame, "Hours of the week, person by person") + waits, said)


def comparison(found: dict[str, Answer], base: str, others: list[str]) -> Shown:
    """Scenarios by name held against a base: verdicts, picture, numbers."""
    chosen = [name for name in dict.fromkeys(others) if name != base]
    if not chosen:
        return Shown("<p>Nothing was named to compare with.</p>", "nothing was named to compare with")
    title, first = _titled(found, base)
    named = dict(_titled(found, name) for name in chosen)
    deciding, confidence = first.scenario.deciding, first.confidence
    rows = {
        label: compare(first.replications, each.replications, deciding, confidence) for label, each in named.items()
    }
    verdicts = [words.verdict(title, label, each, named[label].notes()) for label, each in rows.items()]
    html = Markup("").join(
        Markup("<p><strong>{}</strong></p><ul>{}</ul>").format(
            head, Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
        )
        for head, *lines in verdicts
    )
    said = " ".join(line for verdict in verdicts for line in verdict)
    picture = Markup(plots.as_image(plots.differences_figure(title, rows), f"Differences from {title}. {said}"))
    frame = pd.concat([tables.differences_frame(label, each) for label, each in rows.items()])
    text = "\n".join(line for verdict in verdicts for line in verdict)
    return Shown(html + picture + table(frame, f"Each difference from {title}"), text)


def advice(found: dict[str, Answer], base: str) -> Shown:
    """All that was compared with the base, in a sentence each for what is better, mixed, worse, and open."""
    title, first = _titled(found, base)
    rows = {
        label: compare(first.replications, each.replications, first.scenario.deciding, first.confidence)
        for label, each in found.items()
        if label != title
    }
    lines = words.advice(title, rows)
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
    return Shown(Markup("<ul>{}</ul>").format(items), "\n".join(lines))


def case(found: dict[str, Answer], name: str) -> Answer:
    """One of several answers by its scenario's name."""
    return _titled(found, name)[1]


def _titled(found: dict[str, Answer], name: str) -> tuple[str, Answer]:
    return next((title, each) for title, each in found.items() if each.scenario.given == name)


def measures(found: Answer) -> Shown:
    """Every measure with its interval."""
    frame = tables.said_frame(found.replications, found.confidence)
    return Shown(
        table(frame, f"Every measure, intervals at {100 * found.confidence:.0f} %"), frame.to_string(index=False)
    )


def record(found: Answer, write_to: str = "") -> Shown:
    """What made this answer; its summary and tables are written into a folder, where one is named."""
    kept = "Summary and tables are written." if write_to else "To keep this answer, name a folder in write_to."
    if write_to:
        found.write_into(write_to)
    rows = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(key, value) for key, value in found.record.items())
    text = "\n".join(f"{key}: {value}" for key, value in found.record.items())
    return Shown(Markup("<dl>{}</dl><p>{}</p>").format(rows, kept), f"{text}\n{kept}")


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
