"""Reports: a comparison as one page that opens with the network off."""

from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from simulation.study.answers import Answer
from simulation.study.compare import Difference
from simulation.study.measures import YEAR
from simulation.study.week import Week
from simulation.view import plots, tables, words
from simulation.view.week import alt_text, week_figure

LONGEST_WAITS = 3  # of each kind of work, on the page


def page(path: Path, template: str = "report.html", **content: Any) -> None:
    """Write a report; `content` are the fields of its template."""
    path.write_text(rendered(template, **content), encoding="utf-8")


def rendered(template: str, **content: Any) -> str:
    """A template of simulation/view/templates with its fields filled in; what goes into HTML is escaped."""
    return _templates().get_template(template).render(**content)


@cache
def _templates() -> Environment:
    """The templates, each read once."""
    return Environment(
        loader=PackageLoader("simulation.view"),
        autoescape=select_autoescape(),
        trim_blocks=True,
        comment_start_string="<#",  # `{#name}` is a heading's name in Markdown
        comment_end_string="#>",
    )


def comparison_page(
    path: Path,
    question: str,
    base: str,
    by_scenario: dict[str, list[Difference]],
    notes: dict[str, list[str]],
    cases: pd.DataFrame,
    record: dict[str, Any],
) -> None:
    """A comparison of scenarios with a base: verdicts, the picture, the numbers behind it, every case, the run record."""
    verdicts = [
        words.verdict(base, name, differences, notes.get(name, [])) for name, differences in by_scenario.items()
    ]
    sentences = [sentence for verdict in verdicts for sentence in verdict]
    figure = plots.differences_figure(base, by_scenario)
    rows = pd.concat([tables.differences_frame(name, each) for name, each in by_scenario.items()])
    page(
        path,
        question=question,
        verdicts=[(head, lines) for head, *lines in verdicts],
        picture=Markup(plots.as_image(figure, f"Differences from {base}. " + " ".join(sentences))),
        differences=table(rows, f"Each difference from {base}"),
        cases=table(cases, "Every case"),
        record=record,
    )


def answer_page(path: Path, found: Answer) -> None:
    """What one scenario reaches, as a page: every measure, and how busy everybody is, month by month."""
    occupancy = found.occupancy()
    said = ", ".join(f"{role}s {100 * by_month[YEAR].mean:.0f} %" for role, by_month in occupancy.items())
    page(
        path,
        template="answer.html",
        question=found.scenario.question,
        title=found.scenario.title,
        replications=len(found.replications),
        confidence=found.confidence,
        notes=found.notes(),
        measures=table(tables.said_frame(found.replications, found.confidence), "Every measure"),
        picture=Markup(plots.as_image(plots.occupancy_figure(occupancy), f"Time at work over the year: {said}.")),
        occupancy=table(tables.occupancy_frame(occupancy), "Time at work by role and month"),
        record=found.record,
    )


def week_pages(folder: Path, title: str, week: Week, record: dict[str, Any]) -> None:
    """A week of the team into a folder: week.png, week.svg, week.html, and people.csv, kinds.csv, waits.csv behind them."""
    figure, said = week_figure(week), alt_text(week)
    plots.write_figure(figure, folder / "week.png", said)
    plots.write_figure(figure, folder / "week.svg", said)
    people, kinds = tables.week_people_frame(week), tables.week_kinds_frame(week)
    for name, frame in (("people", people), ("kinds", kinds), ("waits", tables.week_waits_frame(week))):
        frame.to_csv(folder / f"{name}.csv", index=False)
    content = rendered(
        "week.html",
        question=f"{title}, week {week.number}",
        said=said,
        picture=Markup(plots.as_image(figure, said)),
        people=table(people, "Hours of the week, person by person"),
        kinds=table(kinds, "Kinds of work"),
        waits=table(tables.week_waits_frame(week, LONGEST_WAITS), "The longest waits of each kind of work"),
        record=record,
    )
    (folder / "week.html").write_text(content, encoding="utf-8")


def table(frame: pd.DataFrame, caption: str) -> Markup:
    """A frame as a table with a caption and headings that a screen reader can follow."""
    head = "".join(Markup('<th scope="col">{}</th>').format(name) for name in frame.columns)
    body = "".join(
        Markup("<tr>{}</tr>").format(Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row))
        for row in frame.itertuples(index=False)
    )
    return Markup("<table><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(
        caption, Markup(head), Markup(body)
    )
