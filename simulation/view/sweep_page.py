"""What is shown of a sweep: ranking, pictures, what mattered, and the way to every executed notebook; in a notebook, and
as one page that opens with the network off."""

from pathlib import Path

import pandas as pd
from markupsafe import Markup

from simulation.study.effects import effects, is_number
from simulation.study.folders import whole_file
from simulation.study.measures import BY_NAME
from simulation.study.ranking import MOST_TOLD, Place, ranking, told_in_full
from simulation.study.results import Results, listed_measures
from simulation.view import plots, tables, words
from simulation.view.notebook import Shown
from simulation.view.report import page, table

PAGE = "report.html"
MOST_COLUMNS = 12


def write_sweep_page(results: Results) -> Path:
    """report.html in the sweep's folder, put in place whole."""
    path = results.folder / PAGE
    with whole_file(path) as aside:
        page(
            aside,
            template="sweep.html",
            question=results.about["question"],
            verdicts=verdicts(results),
            told_of=f"{len(results.links)} cases",
            ranking=ranking_table(results),
            pictures=[(title, Markup(image)) for title, image in pictures(results)],
            effects=effects_table(results),
            cases=[cases_table(results, part) for part in _columns(results)],
            failed=[vars(each) for each in results.failed],
            record=results.about["record"] | {"confidence": results.about["confidence"]},
        )
    return path


def verdicts(results: Results) -> list[tuple[str, list[str]]]:
    """Head and sentences of the cases that are told in full."""
    told = [words.verdict(results.titles[results.base], results.titles[place.case], place.differences,
                          results.notes.get(place.case, [])) for place in told_in_full(results)]  # fmt: skip
    return [(head, sentences) for head, *sentences in told]


def ranking_table(results: Results) -> Markup:
    """One row a case from best to worst, with its verdict and its executed notebook."""
    titles = [words.title(BY_NAME[name]) for name in results.deciding]
    rows = [_ranked(results, place, titles) for place in ranking(results)]
    caption = f"Cases by {titles[0].lower()}, and their differences from {results.titles[results.base]}"
    return table(pd.DataFrame(rows, dtype=object), caption)


def _ranked(results: Results, place: Place, titles: list[str]) -> dict[str, object]:
    link = Markup('<a href="{}">{}</a>').format(results.links[place.case], results.titles[place.case])
    said = {title: _difference(each) for title, each in zip(titles, place.differences, strict=False)}
    return {"Place": place.rank, "Case": link, "Verdict": place.verdict} | {
        title: said.get(title, "0") for title in titles
    }


def _difference(each) -> str:
    unit = BY_NAME[each.measure].unit
    return f"{words.change(each.estimate.mean, unit)} ({words.span(each.estimate.low, each.estimate.high, unit)})"


def pictures(results: Results) -> list[tuple[str, str]]:
    """Small multiples: each deciding measure against what was swept; the title and the image with its words."""
    numbers = [name for name in results.swept
               if is_number(results.table[name]) and results.table[name].nunique() > 2]  # fmt: skip
    others = [name for name in results.swept if name not in numbers]
    spoken = "; ".join(
        f"{place.rank}. {results.titles[place.case]}: {place.verdict}" for place in ranking(results)[:MOST_TOLD]
    )
    if not numbers:
        by_title = {results.titles[case]: rows for case, rows in results.differences.items()}
        figure = plots.differences_figure(results.titles[results.base], by_title)
        return [("Differences from the base", plots.as_image(figure, f"Differences from the base. {spoken}"))]
    if len(numbers) == 1 and len(others) <= 1:
        figure = plots.lines_figure(results.table, numbers[0], others[0] if others else None, results.deciding)
        return [
            (f"Against {numbers[0]}", plots.as_image(figure, f"Each deciding measure against {numbers[0]}. {spoken}"))
        ]
    figure = plots.points_figure(results.table, numbers, results.deciding)
    return [("Against each number that was swept", plots.as_image(figure, f"Points, one a case. {spoken}"))]


def effects_table(results: Results) -> Markup | None:
    """Which name moves which measure, and how much of the variation it makes; None where only one was swept."""
    found = effects(results)
    if len({each.name for each in found}) < 2:
        return None
    rows = []
    for each in found:
        unit = BY_NAME[each.measure].unit
        rows.append({
            "Measure": words.title(BY_NAME[each.measure]),
            "What was swept": each.name,
            "Part of the variation": f"{100 * each.share:.0f} %",
            "Lowest": f"{words.number(each.low, unit)} at {each.low_at}",
            "Highest": f"{words.number(each.high, unit)} at {each.high_at}",
        })  # fmt: skip
    return table(pd.DataFrame(rows), "Which parameter mattered")


def cases_table(results: Results, cases: list[str]) -> Markup:
    """Every measure of some cases, in words."""
    part = results.table[results.table["case"].isin(cases)]
    return table(tables.wide_cases_frame(part, listed_measures(results)), f"Cases {_span(results, cases)}")


def _span(results: Results, cases: list[str]) -> str:
    order = list(results.links)
    return f"{order.index(cases[0]) + 1} to {order.index(cases[-1]) + 1}"


def _columns(results: Results) -> list[list[str]]:
    """The cases in parts that are wide enough to be read beside each other."""
    order = list(results.links)
    return [order[begin : begin + MOST_COLUMNS] for begin in range(0, len(order), MOST_COLUMNS)]


def headline(results: Results) -> Shown:
    """The question and the verdicts."""
    told = verdicts(results)
    items = Markup("").join(
        Markup("<li><strong>{}</strong> {}</li>").format(head, " ".join(sentences)) for head, sentences in told
    )
    html = Markup("<p><strong>{}</strong></p><ul>{}</ul>").format(results.about["question"], items)
    return Shown(html, "\n".join([results.about["question"], *(head for head, _ in told)]))


def ranked(results: Results) -> Shown:
    """The ranking."""
    return Shown(
        ranking_table(results), "\n".join(f"{place.rank} {place.case}: {place.verdict}" for place in ranking(results))
    )


def drawn(results: Results) -> Shown:
    """The small multiples."""
    found = pictures(results)
    return Shown("".join(image for _, image in found), "; ".join(title for title, _ in found))


def mattered(results: Results) -> Shown:
    """Which parameter mattered."""
    found = effects_table(results)
    text = "\n".join(f"{each.measure}: {each.name} {100 * each.share:.0f} %" for each in effects(results))
    return Shown(found or "<p>The cases differ in one thing only.</p>", text or "The cases differ in one thing only.")


def failures(results: Results) -> Shown:
    """The cases that failed, with cell and log."""
    told = [f"{each.case}, cell {each.cell}: {each.error} ({each.log})" for each in results.failed]
    items = Markup("").join(Markup("<li>{}</li>").format(line) for line in told or ["No case failed."])
    return Shown(Markup("<ul>{}</ul>").format(items), "\n".join(told or ["No case failed."]))


def made(results: Results) -> Shown:
    """What made this sweep."""
    rows = results.about["record"]
    items = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(*row) for row in rows.items())
    return Shown(Markup("<dl>{}</dl>").format(items), "\n".join(f"{key}: {value}" for key, value in rows.items()))
