"""Sweeps: checked whole, run in kernels that are used again, taken up where they stopped, gathered into one table."""

import sys
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
import yaml

from playbook.errors import InputError
from simulation.study import cases, sweep_file
from simulation.study.answers import answers, read_runs
from simulation.study.cases import NOTEBOOK, case_folder, folder_name
from simulation.study.layouts import Latin, sampled
from simulation.study.measures import MEASURES
from simulation.study.results import read_results
from simulation.study.scenario import read_scenario
from simulation.study.sweep import run_sweep
from simulation.study.sweep_cost import few_replications
from simulation.study.sweep_file import read_sweep

RENEWAL = Path(sys.executable).with_name("renewal")
SMALL = {"book.policies_count": 300, "staffing.policies_per_consultant_count": 300}
SWEEP = {
    "question": "Q?",
    "notebook": "01_staffing",
    "grid": {"scenario": ["handbook", "two_groups"]},
    "always": {"replications": 2, "more_or_fewer": [], **SMALL},
    "base": {"scenario": "handbook"},
    "deciding": ["premium_renewal_share", "late_enquiry_share"],
}


PYTHON = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}}


def sweep_of(tmp_path, **changes) -> str:
    path = tmp_path / "mine.yaml"
    content = {key: value for key, value in (SWEEP | changes).items() if value is not None}
    path.write_text(yaml.safe_dump(content, sort_keys=False))
    return str(path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"grid": {"scenarios": ["handbook", "two_groups"]}}, "unknown parameter 'scenarios', did you mean 'scenario'"),
        ({"grid": {"scenario": ["handbook", "two_grups"]}}, "did you mean 'two_groups'"),
        ({"grid": {"team": ["pooled", "two_group"]}, "base": {"team": "pooled"}}, "team: unknown team 'two_group', did"),
        ({"grid": {"team": ["pooled", 3]}, "base": {"team": "pooled"}}, "team = 3 must be of type str"),
        ({"grid": {"book": ["", "none.csv"]}, "base": {"book": ""}}, "there is no file"),
        ({"grid": {"mapping": ["", "motor_laps"]}, "base": {"mapping": ""}}, "did you mean 'motor_lapse_eu'"),
        ({"grid": {"mapping": ["", "motor_lapse_eu"]}, "base": {"mapping": ""}}, "needs both --book FILE and --map"),
        ({"grid": {"replications": [2, 3]}}, "cannot differ between cases"),
        ({"cases": [{"seed": 1}, {"seed": 2}], "grid": None}, "cannot differ between cases"),
        ({"always": {"replications": "three"}}, "must be of type int"),
        ({"always": {"replications": True}}, "must be of type int"),
        ({"always": {"replications": 0}}, "at least 2"),
        ({"always": {"seed": -1}}, "must be 0 or more"),
        ({"always": {"write_to": "here"}}, "given by the sweep itself"),
        ({"always": {"changes": {"demand.answer_shar": 0.3}}}, "did you mean 'demand.answer_share'"),
        ({"always": {"monitoring.silence_limit_hours": 1}}, "must lie between"),
        ({"always": {"monitoring.silence_limit_hours": "two"}}, "must be a number (hours)"),
        ({"always": {"monitoring.silence_limit_hour": 48}}, "did you mean 'monitoring.silence_limit_hours'"),
        ({"notebook": "01_stafing"}, "did you mean '01_staffing'"),
        ({"notebook": "none.ipynb"}, "unknown notebook"),
        ({"base": {"scenario": "growth"}}, "is none of the cases"),
        ({"deciding": ["late"]}, "did you mean 'late_"),
        ({"grid": {"scenario": ["handbook"]}}, "at least 2 cases"),
        ({"grid": {"scenario": ["handbook", "handbook"]}}, "stands in it twice"),
        ({"grids": {}}, "unknown key 'grids', did you mean 'grid'"),
        ({"zip": {"people.leave_days": [1, 2], "demand.talk_minutes": [3]}}, "equally many values"),
        ({"zip": {"scenario": ["handbook", "two_groups"]}}, "'scenario' stands in two parts"),
        ({"latin": {"cases": 4, "ranges": {"demand.answer_share": [0.9, 0.1]}}}, "must run upwards"),
        ({"latin": {"cases": 4, "ranges": {"demand.answer_share": [0.1, 7]}}, "base": {}, "grid": None}, "must lie between"),
        ({"latin": {"cases": 1, "ranges": {"demand.answer_share": [0.1, 0.2]}}}, "greater than or equal to 2"),
        ({"grid": {"people.leave_days": list(range(400)), "demand.talk_minutes": list(range(400))}}, "more than the 10,000"),
    ],
)  # fmt: skip
def test_a_sweep_that_cannot_be_is_refused_before_any_kernel_starts(tmp_path, change, says, monkeypatch):
    monkeypatch.setattr(cases.papermill, "execute_notebook", lambda *_, **__: pytest.fail("a kernel was started"))
    with pytest.raises(InputError) as refused:
        read_sweep(sweep_of(tmp_path, **change))
    assert says in str(refused.value) and "mine.yaml" in str(refused.value)


def test_a_notebook_without_a_parameters_cell_is_refused(tmp_path):
    nbformat.write(nbformat.v4.new_notebook(), tmp_path / "bare.ipynb")
    with pytest.raises(InputError, match="no cell tagged 'parameters'"):
        read_sweep(sweep_of(tmp_path, notebook="bare.ipynb"))
    (tmp_path / "broken.ipynb").write_text("{")
    with pytest.raises(InputError, match="not readable as a notebook"):
        read_sweep(sweep_of(tmp_path, notebook="broken.ipynb"))


def test_a_parameter_of_params_needs_a_notebook_that_takes_changes(tmp_path):
    cell = nbformat.v4.new_code_cell('scenario: str = "handbook"', metadata={"tags": ["parameters"]})
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=PYTHON), tmp_path / "few.ipynb")
    with pytest.raises(InputError, match="has no 'changes' to put it into"):
        read_sweep(sweep_of(tmp_path, notebook="few.ipynb", always={"people.leave_days": 3}))


def test_parts_of_a_sweep_are_combined(tmp_path):
    found = read_sweep(
        sweep_of(
            tmp_path,
            zip={"book.policies_count": [300, 600], "staffing.policies_per_consultant_count": [300, 600]},
            cases=[{"team": "pooled"}, {"team": "two_groups", "demand.answer_share": 0.3}],
            always={"replications": 2},
            base={"scenario": "handbook", "book.policies_count": 300, "staffing.policies_per_consultant_count": 300,
                  "team": "pooled"},
        )
    )  # fmt: skip
    assert len(found.cases) == 2 * 2 * 2
    last = found.cases[-1]
    assert last.parameters["team"] == "two_groups" and last.parameters["changes"]["demand.answer_share"] == 0.3
    assert last.changes["book.policies_count"] == 600 and "Groups A and B apart" in last.title


def test_a_latin_hypercube_meets_every_part_of_every_range_once():
    found = sampled(Latin(cases=20, ranges={"demand.answer_share": (0.2, 0.4), "book.policies_count": (300, 2300)}))
    shares = np.array([each["demand.answer_share"] for each in found])
    assert sorted(np.floor((shares - 0.2) / 0.01 + 1e-9).astype(int).tolist()) == list(range(20))
    counts = [each["book.policies_count"] for each in found]
    assert all(isinstance(each, int) for each in counts) and len({(each - 300) // 100 for each in counts}) == 20
    assert found == sampled(
        Latin(cases=20, ranges={"demand.answer_share": (0.2, 0.4), "book.policies_count": (300, 2300)})
    )


def test_a_latin_sweep_has_its_base_as_a_case_of_its_own(tmp_path):
    latin = {"cases": 5, "ranges": {"demand.answer_share": [0.2, 0.4]}}
    found = read_sweep(sweep_of(tmp_path, grid=None, latin=latin, base={}))
    assert len(found.cases) == 6 and found.base is found.cases[0] and found.base.name == "base"


def test_a_further_kind_of_file_is_one_line(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setitem(
        sweep_file.KINDS, "scenario", sweep_file.Kind(lambda name: asked.append(name) or read_scenario(name))
    )
    read_sweep(sweep_of(tmp_path))
    assert set(asked) == {"handbook", "two_groups"}


def test_changes_of_a_sweep_are_added_to_each_other(tmp_path):
    always = {"replications": 2, "changes": {"demand.talk_minutes": 5}, "people.leave_days": 3}
    case = read_sweep(sweep_of(tmp_path, always=always)).cases[0]
    assert case.parameters["changes"] == {"demand.talk_minutes": 5, "people.leave_days": 3}


def test_names_of_cases_become_names_of_folders_that_keep_them_apart():
    names = ["a b", "a_b", "a/b", "a:b", "x" * 300, "x" * 299 + "y", "..", "面", "."]
    found = [folder_name(name) for name in names]
    assert len(set(found[2:])) == len(found[2:])
    assert all(len(each.encode()) <= 120 and "/" not in each and not each.startswith(".") for each in found)


def test_a_sweep_runs_its_notebook_once_a_case_and_gathers_one_table(tmp_path):
    sweep = read_sweep(sweep_of(tmp_path))
    folder, told = tmp_path / "runs", []
    outcomes = run_sweep(sweep, folder, 2, told.append)
    assert [outcome.error for outcome in outcomes] == [None, None] and [each.done for each in told] == [1, 2]
    assert told[0].seconds_left > 0 and told[-1].seconds_left == 0 and all(each.cpu_seconds > 0 for each in outcomes)
    results = read_results(folder)
    assert len(results.table) == 2 * len(MEASURES) and set(results.table["scenario"]) == {"handbook", "two_groups"}
    csv = pd.read_csv(folder / "table.csv")
    pd.testing.assert_frame_equal(csv, results.table, check_dtype=False)
    for case in sweep.cases:
        notebook = nbformat.read(case_folder(folder, case.name) / NOTEBOOK, as_version=4)
        assert all(
            cell.outputs or "parameters" in str(cell.metadata) for cell in notebook.cells if cell.cell_type == "code"
        )
    (differences,) = results.differences.values()
    assert [each.measure for each in differences] == SWEEP["deciding"]
    alone = answers([read_scenario("two_groups")], SMALL, replications=2, workers=1)[0]
    kept = read_runs(case_folder(folder, sweep.cases[1].name), "two_groups", 1)
    assert np.array_equal(alone.replications.values, kept.values, equal_nan=True)
    record = results.about["record"]
    assert {"versions", "commit", "machine", "made", "seconds", "parameters"} <= set(record)


def test_too_few_replications_for_so_many_cases_are_told_beforehand(tmp_path):
    content = {
        "question": "Q?", "notebook": "01_staffing", "deciding": ["late_step_share"],
        "latin": {"cases": 200, "ranges": {"demand.answer_share": [0.3, 0.4]}}, "base": {"demand.answer_share": 0.35},
    }  # fmt: skip

    def told(replications):
        path = tmp_path / "many.yaml"
        path.write_text(yaml.safe_dump(content | {"always": {"replications": replications}}, sort_keys=False))
        return few_replications(read_sweep(str(path)))

    replications, widening, enough = told(2)
    assert replications == 2 and widening > 100 and told(enough) is None and told(enough - 1)[2] == enough
    assert few_replications(read_sweep("priority_rules")) is None
