"""The notebook on team structures runs, answers in words, and shows a table beside each picture."""

import json

import nbformat
import papermill
import pytest

from simulation.study.folders import notebooks_folder

TINY = {"book.policies_count": 600, "staffing.policies_per_consultant_count": 300}


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebook")
    papermill.execute_notebook(
        str(notebooks_folder() / "04_team_structures.ipynb"),
        str(folder / "done.ipynb"),
        parameters={"others": ["two_groups"], "replications": 2, "changes": TINY, "write_to": str(folder)},
        cwd=str(folder),
        progress_bar=False,
        kernel_name="python3",
    )
    assert json.loads((folder / "summary.json").read_text())["scenario"] == "handbook"
    return nbformat.read(folder / "done.ipynb", as_version=4)


def shown(notebook):
    return [
        output.data.get("text/html", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if "data" in output
    ]


def test_every_cell_shows_something_and_the_answer_comes_first(executed):
    pieces = shown(executed)
    assert len(pieces) == sum(cell.cell_type == "code" for cell in executed.cells) - 1, "all but the parameters"
    assert "rp-static" in pieces[0], "the form, as a table where nobody is there to fill it in"
    first = next(piece for piece in pieces[1:] if piece)
    assert "Groups A and B apart" in first and "premium renewed" in first


def test_every_picture_has_a_text(executed):
    pieces = [piece for piece in shown(executed) if "<img" in piece]
    assert len(pieces) == 2 and all('<img alt="' in piece for piece in pieces)
    assert "<table>" in pieces[0]
