"""What plans cost over years of luck, who gains and who loses, and the notebooks and the command that show it."""

import json
from pathlib import Path

import nbformat
import numpy as np
import papermill
import pytest
from typer.testing import CliRunner

from playbook.errors import InputError
from simulation.cli import app
from simulation.study.pay_risk import cost_rows, gain_rows, plan_years
from simulation.study.sweep_file import read_sweep

SMALL = {"book.policies_count": 600, "staffing.policies_per_consultant_count": 300}
PLANS = ["tier_team", "salary_only", "tier_commission_points", "certificates"]


@pytest.fixture(scope="module")
def years(small):
    return plan_years(small(), PLANS, 3, 1)


def test_costs_are_ordered_and_their_parts_are_those_of_the_years(years):
    for row, each in zip(cost_rows(years), years, strict=True):
        assert row["bonus_cny"] <= row["bonus_high_cny"] <= row["bonus_worst_cny"] == each.bonus_cny.max()
        assert row["bonus_cny"] == pytest.approx(each.variable_cny.sum(axis=1).mean())
        assert row["contribution_low_cny"] <= row["contribution_cny"]


def test_with_effort_off_what_a_plan_costs_more_it_contributes_less(years):
    base, *others = years
    for other in others:
        assert other.contribution_cny + other.bonus_cny == pytest.approx(base.contribution_cny + base.bonus_cny)


def test_nobody_gains_by_the_plan_of_today_and_all_lose_by_salary_alone(years):
    assert all(
        row["gain_cny"] == row["gains_share"] == row["loses_share"] == 0 for row in gain_rows(years[0], years[0])
    )
    lost = gain_rows(years[0], years[1])
    assert all(row["loses_share"] == 1 and row["gain_cny"] == -row["base_cny"] for row in lost)
    assert sum(row["gain_cny"] for row in lost) == pytest.approx(-years[0].variable_cny.sum(axis=1).mean())


def test_a_year_is_the_same_in_any_number_of_them(small, years):
    again = plan_years(small(), PLANS[:1], 2, 1)
    assert np.array_equal(again[0].variable_cny, years[0].variable_cny[:2])


@pytest.mark.parametrize(("plans", "count"), [([], 2), (["salary_only"] * 2, 2), (["salary_only"], 1), (["salery"], 2)])
def test_what_cannot_be_answered_is_refused(small, plans, count):
    with pytest.raises(InputError):
        plan_years(small(), plans, count, 1)


def test_the_command_tells_costs_and_gains(tmp_path, monkeypatch):
    monkeypatch.setenv("RENEWAL_RUNS", str(tmp_path))
    words = ["pay", "tier_team", "salary_only", "--replications", "2", "--workers", "1", "--json"]
    for name, value in SMALL.items():
        words += ["--set", f"{name}={value}"]
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 0, told.output
    found = json.loads(told.stdout)
    assert [row["plan"] for row in found["plans"]] == ["tier_team", "salary_only"] and set(found["gains"]) == {
        "salary_only"
    }


@pytest.mark.parametrize(
    ("notebook", "parameters"),
    [
        ("03_incentives", {"others": ["pay_commission"], "plans": PLANS[:2], "replications": 2, "changes": SMALL}),
        ("06_appraisal", {"houses": 2, "years": 1}),
    ],
)
def test_the_notebooks_run_and_show_their_tables(tmp_path, notebook, parameters):
    path = Path(__file__).resolve().parents[2] / "notebooks" / f"{notebook}.ipynb"
    papermill.execute_notebook(path, tmp_path / "run.ipynb", parameters, cwd=str(tmp_path), progress_bar=False)
    shown = nbformat.read(tmp_path / "run.ipynb", as_version=4)
    assert sum("<table>" in str(cell.get("outputs", "")) for cell in shown.cells) >= 3


def test_the_sweep_of_readings_fits_its_notebook():
    assert len(read_sweep("tier_readings").cases) == 6
