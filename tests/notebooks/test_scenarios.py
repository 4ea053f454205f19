"""Every notebook runs with its defaults on a small book, and every shipped scenario runs through the notebooks."""

import nbformat
import papermill
import pytest

from simulation.study.folders import notebooks_folder
from simulation.study.scenario import read_scenario, scenario_names

SMALL = {"book.policies_count": 300, "staffing.policies_per_consultant_count": 300}
SEATED = SMALL | {"book.policies_count": 1500}  # five consultants, so that two seniors can be gone
QUARTER = {"experiment.measured_days": 91, "experiment.warm_in_days": 30}  # long enough where nothing is dated
HOW = {"replications": 2, "changes": SMALL}
BRIEF = {
    "00_start_here": {},
    "01_staffing": HOW | {"more_or_fewer": [0], "promises": {"late_enquiry_share": 0.05}},
    "02_allocation": HOW,
    "03_incentives": HOW,
    "04_team_structures": HOW,
    "06_appraisal": {"houses": 2},
}
BASE = {
    "01_staffing": "scenario",
    "02_allocation": "scenario",
    "03_incentives": "scenario",
    "04_team_structures": "base",
}
ALONE = {
    "01_staffing": {"more_or_fewer": []},
    "02_allocation": {"orders": [], "teams": {}},
    "03_incentives": {"others": [], "plans": ["tier_team", "salary_only"]},
    "04_team_structures": {"others": ["two_groups"]},
}


@pytest.fixture(scope="module", autouse=True)
def own_runs(tmp_path_factory):
    """Runs of these notebooks lie in a folder of their own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RENEWAL_RUNS", str(tmp_path_factory.mktemp("runs")))
        yield


def executed(name: str, folder, **parameters) -> list[str]:
    """What the cells of a notebook show, as HTML; a kernel is used again where that can be."""
    target = folder / f"{name}.ipynb"
    papermill.execute_notebook(
        str(notebooks_folder() / f"{name}.ipynb"), str(target), parameters=parameters, engine_name="renewal",
        kernel_name="python3", cwd=str(folder), progress_bar=False,
    )  # fmt: skip
    cells = nbformat.read(target, as_version=4).cells
    found = [output for cell in cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in found if output.output_type == "error"]
    return ["".join(output.get("data", {}).get("text/html", "")) for output in found]


def test_the_list_of_notebooks_here_is_whole():
    """Those that read what somebody brings have tests of their own."""
    names = {path.stem for path in notebooks_folder().glob("0[0-6]_*.ipynb")}
    assert set(BRIEF) <= names


@pytest.mark.parametrize("name", BRIEF)
def test_a_notebook_runs_with_its_defaults_on_a_small_book(name, tmp_path):
    pages = executed(name, tmp_path, **BRIEF[name])
    assert "".join(pages)
    if name != "00_start_here":
        assert any('class="rp-static"' in page for page in pages), "without a program behind it the form is a table"


@pytest.mark.parametrize("scenario", scenario_names())
def test_every_scenario_runs_through_a_notebook(scenario, tmp_path):
    changes = SEATED if read_scenario(scenario).shocks else SEATED | QUARTER
    brief = {"replications": 2, "changes": changes, **ALONE["02_allocation"]}
    pages = executed("02_allocation", tmp_path, scenario=scenario, **brief)
    assert "Every measure" in "".join(pages)


@pytest.mark.soak
@pytest.mark.parametrize("scenario", scenario_names())
@pytest.mark.parametrize("name", [each for each in BASE if each != "02_allocation"])
def test_every_scenario_runs_through_the_other_notebooks(name, scenario, tmp_path):
    executed(name, tmp_path, **(HOW | {"changes": SEATED} | ALONE[name] | {BASE[name]: scenario}))
