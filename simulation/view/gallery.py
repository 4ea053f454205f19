"""The gallery as a page of the handbook: every question with its numbers on every book, as Markdown."""

import re
from pathlib import Path
from typing import Any

from simulation.study.answers import Answer
from simulation.study.compare import Difference, compare
from simulation.study.gallery import Gallery
from simulation.study.measures import BY_NAME
from simulation.view import words
from simulation.view.plots import differences_figure
from simulation.view.report import rendered
from simulation.view.style import write_figure
from simulation.view.telling import comparison_notes

CALLS = {True: "better", False: "worse", None: "open"}


def gallery_page(gallery: Gallery, by_book: dict[int, dict[str, Answer]], command: str) -> str:
    """The page from the answers, `by_book[policies][scenario]`."""
    file, titles = gallery.file, gallery.titles
    first = next(iter(by_book.values()))[file.base]
    sections = [
        {"question": section.question, "finding": section.finding,
         "scenarios": [_told(gallery, by_book, name) for name in section.scenarios]}
        for section in file.sections
    ]  # fmt: skip
    text = rendered(
        "gallery.md",
        title=file.title,
        question=file.question,
        replications=len(first.replications),
        base=titles[file.base],
        confidence=f"{100 * first.confidence:.0f}",
        measures=[words.title(BY_NAME[name]) for name in file.deciding],
        base_rows=[
            (_book(policies), _levels(answers[file.base], file.deciding)) for policies, answers in by_book.items()
        ],
        sections=sections,
        command=command,
        record=first.record,
    )
    return with_whole_tables(text)


def gallery_picture(gallery: Gallery, answers: dict[str, Answer], path: Path) -> None:
    """The first deciding measure of every scenario on one book, as a picture with its words."""
    base, measure = answers[gallery.file.base], gallery.file.deciding[0]
    rows = {
        gallery.titles[name]: compare(
            base.replications, found.replications, tuple(gallery.file.deciding), found.confidence
        )
        for name, found in answers.items()
        if name != gallery.file.base
    }
    first = {title: [each for each in differences if each.measure == measure] for title, differences in rows.items()}
    said = "; ".join(f"{title}: {words.difference_sentence(each)}" for title, (each,) in first.items())
    write_figure(differences_figure(gallery.titles[gallery.file.base], first), path, said)


def with_whole_tables(text: str) -> str:
    """Tables without the empty lines that a template leaves in them, and never more than one empty line.

    >>> with_whole_tables("| a |\\n\\n|:--|\\n\\n| b |\\n\\n\\n\\nEnd")
    '| a |\\n|:--|\\n| b |\\n\\nEnd'
    """
    text = re.sub(r"(?<=\|)[ ]*\n\n+(?=\|)", "\n", text)
    return re.sub(r"\n{3,}", "\n\n", text)


def _book(policies: int) -> str:
    return f"{policies:,} policies"


def _levels(found: Answer, deciding: list[str]) -> list[str]:
    return [
        words.interval(found.replications.estimate(name, found.confidence), BY_NAME[name].unit) for name in deciding
    ]


def _told(gallery: Gallery, by_book: dict[int, dict[str, Answer]], name: str) -> dict[str, Any]:
    """One scenario against the base on every book: a summary in words, a row a book, and what should be said with it."""
    rows, notes = {}, {}
    for policies, answers in by_book.items():
        base, other = answers[gallery.file.base], answers[name]
        rows[policies] = compare(base.replications, other.replications, tuple(gallery.file.deciding), base.confidence)
        notes[policies] = [*comparison_notes(base, other), *other.notes()]
    return {
        "title": gallery.titles[name],
        "summary": summary(list(rows.values())),
        "rows": [(_book(policies), [_cell(each) for each in found]) for policies, found in rows.items()],
        "notes": [f"{_book(policies)}: {' '.join(told)}" for policies, told in notes.items()],
    }


def _cell(found: Difference) -> str:
    unit, estimate = BY_NAME[found.measure].unit, found.estimate
    if estimate.is_identical and estimate.mean == 0:
        return "no difference in any run"
    ending = " in direction" if found.is_direction_only else ""
    return (
        f"{words.change(estimate.mean, unit)} ({words.span(estimate.low, estimate.high, unit)}), {_call(found)}{ending}"
    )


def _call(found: Difference) -> str:
    return "changed" if found.is_called and found.is_better is None else CALLS[found.is_better]


def summary(by_book: list[list[Difference]]) -> str:
    """What all books say together, measure by measure."""
    sentences = []
    for column in zip(*by_book, strict=True):
        calls, says = [_call(each) for each in column], BY_NAME[column[0].measure].says
        kinds = set(calls)
        if len(kinds) == 1:
            told = "too close to call on every book" if calls[0] == "open" else f"{calls[0]} on every book"
        elif kinds - {"open"} and len(kinds - {"open"}) == 1:
            (kind,) = kinds - {"open"}
            told = f"{kind} on {calls.count(kind)} of {len(calls)} books, too close to call on the others"
        else:
            told = "different from book to book"
        sentences.append(f"{says[0].upper()}{says[1:]}: {told}.")
    return " ".join(sentences)
