"""The notebooks run from end to end, and what they show has words and numbers beside each picture."""

import json
import re
from pathlib import Path

import nbformat
import papermill
import pytest
from markupsafe import escape

from playbook.documents import params_folder
from simulation.drill.check import read_drill
from simulation.study.sweep_file import read_sweep

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
SMALL = {"book.policies_count": 1500, "staffing.policies_per_consultant_count": 500}
CASES = {
    "01_staffing": {"more_or_fewer": [0, 1], "promises": {"late_enquiry_share": 0.05}},
    "02_allocation": {"orders": ["order_first_come"], "teams": {"help": ["two_groups"], "owner": ["owners"]}},
}
SAYS = {
    "01_staffing": ["3 to 4 tried", "Minutes a policy (interval)", "annual book", "Week "],
    "02_allocation": ["Groups A and B apart", "Every case has an owner", "Handbook team", "First come"],
}


def executed(name: str, folder: Path, **parameters):
    path = folder / f"{name}.ipynb"
    papermill.execute_notebook(
        str(NOTEBOOKS / f"{name}.ipynb"), str(path), parameters={"replications": 2, "changes": SMALL} | parameters,
        cwd=str(folder), progress_bar=False, kernel_name="python3", extra_arguments=["--log-level=50"],
    )  # fmt: skip
    notebook = nbformat.read(path, as_version=4)
    found = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return ["".join(output.get("data", {}).get("text/html", "")) for output in found]


@pytest.mark.parametrize("name", CASES)
def test_a_notebook_answers_from_end_to_end(name, tmp_path):
    pages = executed(name, tmp_path, write_to=".", **CASES[name])
    whole = "\n".join(pages)
    for words in SAYS[name]:
        assert words in whole, words
    assert "<img" in whole
    for page in pages:
        assert all(re.search(r'alt="[^"]{20,}', image) for image in re.findall(r"<img [^>]*>", page))
        assert "<table>" in page or "<img" not in page, "a picture has its numbers beside it"
    assert (tmp_path / "summary.json").is_file()


def test_own_data_is_shown_on_an_example_where_no_file_is_named(tmp_path):
    path = tmp_path / "08_your_own_data.ipynb"
    papermill.execute_notebook(
        str(NOTEBOOKS / path.name), str(path), parameters={"futures": 2, "to": str(tmp_path / "mine")},
        cwd=str(tmp_path), progress_bar=False, kernel_name="python3", extra_arguments=["--log-level=50"],
    )  # fmt: skip
    notebook = nbformat.read(path, as_version=4)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    whole = "\n".join("".join(output.get("data", {}).get("text/html", "")) for output in outputs)
    for words in (
        "weekly figures fell inside",
        "rows used",
        "demand.answer_share",
        "S1.1.3c",
        "spoken with",
        "--params",
    ):
        assert words in whole, words
    assert (tmp_path / "mine" / "trust.html").is_file()


def test_a_case_of_the_sweep_runs_without_comparing(tmp_path):
    case = read_sweep("allocation").cases[0]
    pages = executed("02_allocation", tmp_path, **{**case.parameters, "replications": 2})
    assert sum("Nothing was named to compare with" in page for page in pages) == 3
    assert len(read_sweep(str(params_folder() / "sweeps" / "allocation.yaml")).cases) == 7


def shown(name: str, folder: Path, **parameters) -> str:
    """All that a notebook of drills shows."""
    path = folder / f"{name}.ipynb"
    papermill.execute_notebook(
        str(NOTEBOOKS / path.name), str(path), parameters=parameters, cwd=str(folder), progress_bar=False,
        kernel_name="python3", extra_arguments=["--log-level=50"],
    )  # fmt: skip
    return path.read_text(encoding="utf-8")


def test_the_notebooks_of_a_drill_lead_from_seat_to_debrief_and_the_players_shows_no_spoiler(tmp_path):
    """By themselves for player and facilitator; the debrief on a small drill, with a page of it."""
    player = shown("10_drill_player", tmp_path)
    chief = shown("11_drill_facilitator", tmp_path)
    for each in read_drill("outage").injects.values():
        for secret in (each.cause, each.note, each.hint):
            assert json.dumps(str(escape(secret)))[1:-1] not in player
    assert "True cause" in chief and "Points so far" in chief and "The system does not answer" in chief
    small = str(Path(__file__).parents[1] / "drill" / "small.yaml")
    told = shown("12_debrief", tmp_path, drill=small, write_to="page")
    assert "SECRET-CAUSE-DOWN" in told and "Said and come" in told
    assert (tmp_path / "page" / "debrief.html").is_file()
