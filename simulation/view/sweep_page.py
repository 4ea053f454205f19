"""The page of a sweep: ranking, pictures, and the way to every executed notebook, with the network off."""

from pathlib import Path

from simulation.study.results import Results, listed_measures
from simulation.view import tables
from simulation.view.report import comparison_page

PAGE = "report.html"


def write_sweep_page(results: Results) -> Path:
    """report.html in the sweep's folder."""
    path = results.folder / PAGE
    titles = results.titles
    by_title = {titles[case]: rows for case, rows in results.differences.items()}
    notes = {titles[case]: each for case, each in results.notes.items()}
    links = {titles[case]: target for case, target in results.links.items()}
    cases = tables.wide_cases_frame(results.table, listed_measures(results))
    comparison_page(path, results.about["question"], titles[results.base], by_title, notes, cases,
                    results.about["record"], links)  # fmt: skip
    return path
