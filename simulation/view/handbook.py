"""The handbook as a book: a folder that opens in a browser with the network off, its forms as workbooks, and one PDF."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.sheets import filled, form, form_names
from simulation.study.folders import notebooks_folder, whole_folder
from simulation.view.pages import book_pages
from simulation.view.printed import print_book
from simulation.view.site import build_site
from simulation.view.workbook import write_form

START, PDF, FORMS, NOTEBOOKS = "index.html", "handbook.pdf", "forms", "notebooks"


@dataclass(frozen=True)
class Built:
    """What was built: where it begins, and how much there is."""

    start: Path
    pdf: Path
    pages_count: int
    forms_count: int


def build_handbook(folder: Path, parameters: Parameters) -> Built:
    """Build the handbook into a folder, which takes the place of an older edition whole.

    InputError names file and line of a link that leads nowhere, and refuses a folder that holds anything else.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / PDF).is_file():
        raise InputError(f"{folder} holds something else than a handbook; name a new folder, or an older edition's")
    pages = book_pages(parameters)

    def said(text: str) -> str:
        return filled(text, parameters)

    with whole_folder(folder) as aside:
        (aside / FORMS).mkdir()
        for name in form_names():
            write_form(form(name), aside / FORMS / f"{name}.xlsx", parameters)
        shutil.copytree(notebooks_folder(), aside / NOTEBOOKS, ignore=shutil.ignore_patterns(".*"))
        build_site(pages, aside, said)
        print_book(pages, aside / PDF, said)
    return Built(folder / START, folder / PDF, len(pages), len(form_names()))
