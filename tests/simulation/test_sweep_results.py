"""What is made of a finished sweep: table, ranking, effects, page, notebook; runs that are kept; the event log."""

import json

import numpy as np
import pandas as pd
import papermill
import pytest
from sweeping import begin, ended, sweep

from playbook.documents import params_folder
from playbook.errors import InputError
from simulation.desk.pieces import KINDS
from simulation.study.effects import effects
from simulation.study.event_log import COLUMNS, event_log, write_event_log
from simulation.study.folders import notebooks_folder, write_json
from simulation.study.ranking import ranking
from simulation.study.replicate import run_record
from simulation.study.results import Results, newest_sweep, read_results
from simulation.study.run_folders import clean, compare_folders, leftovers, run_folders, to_clean
from simulation.study.sweep import run_sweep
from simulation.study.sweep_file import read_sweep
from simulation.view.sweep_page import write_sweep_page


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A finished sweep's folder."""
    folder = tmp_path_factory.mktemp("done")
    found = read_sweep(str(sweep(folder, grid={"x": [1, 2, 3], "how": ["", "b"]}, base={"x": 1, "how": ""})))
    run_sweep(found, folder / "runs" / "tiny", 1, command="renewal sweep tiny")
    return folder / "runs" / "tiny"


def made_up(table: pd.DataFrame, swept: list[str]) -> Results:
    about = {"deciding": ["late_step_share"], "swept": swept, "cases": [], "base": "a"}
    return Results(None, about, table, {}, {})


def test_the_table_has_a_row_a_case_and_measure_and_is_the_same_as_csv_and_parquet(done):
    table = read_results(done).table
    assert list(table.columns[:4]) == ["case", "title", "x", "how"]
    assert not table.duplicated(["case", "measure"]).any() and table["case"].nunique() == 6
    csv = pd.read_csv(done / "table.csv", keep_default_na=False)
    assert csv["case"].tolist() == table["case"].tolist() and np.allclose(csv["mean"], table["mean"])


def test_the_folder_says_where_it_comes_from(done):
    about = json.loads((done / "sweep.json").read_text())
    assert about["is_finished"] and about["command"] == "renewal sweep tiny" and len(about["outcomes"]) == 6
    assert {"made", "versions", "commit", "machine", "seconds", "cpu_seconds_of_cases"} <= set(about["record"])


def test_cases_are_ranked_by_the_first_deciding_measures_better_side(done):
    results = read_results(done)
    means = results.table[results.table["measure"] == "renewal_rate_share"].set_index("case")["mean"]
    places = ranking(results)
    assert [means[place.case] for place in places] == sorted(means, reverse=True)
    assert [place.rank for place in places] == list(range(1, 7))
    assert [place.verdict for place in places if place.is_base] == ["base"]


def test_intervals_hold_together_over_all_cases(done):
    """Bonferroni over 5 cases and 2 measures: wider than the same case's alone, the range of a year the same."""
    results = read_results(done)
    folders = {case["name"]: done / "cases" / case["folder"] for case in results.about["cases"]}
    base, other = folders["x=1 how="], folders["x=2 how="]
    alone, _ = compare_folders(base, other, results.deciding)
    for strict, one in zip(results.differences["x=2 how="], alone, strict=True):
        assert strict.estimate.high - strict.estimate.low > one.estimate.high - one.estimate.low
        assert (strict.year_low, strict.year_high) == (one.year_low, one.year_high)


def test_effects_part_the_variation_of_a_grid():
    rows = [{"case": f"{a} {b}", "a": a, "b": b, "measure": "late_step_share", "mean": 0.3 * a + 0.1 * (b == "y")}
            for a in (0, 1) for b in ("x", "y")]  # fmt: skip
    first, second = effects(made_up(pd.DataFrame(rows), ["a", "b"]))
    assert (first.name, second.name) == ("a", "b")
    assert first.share == pytest.approx(0.9) and second.share == pytest.approx(0.1)
    assert (first.low_at, first.low, first.high_at) == ("0", pytest.approx(0.05), "1")


def test_effects_rank_along_a_sampled_number():
    at = np.linspace(0, 1, 30)
    rows = pd.DataFrame({"a": at, "b": np.tile([0.1, 0.2, 0.3], 10), "measure": "late_step_share", "mean": 1 - at**3})
    first, second = effects(made_up(rows, ["a", "b"]))
    assert first.name == "a" and first.share == pytest.approx(1) and first.low_at.startswith("the highest fifth")
    assert second.share < 0.1


def test_what_never_differs_has_no_effect():
    rows = pd.DataFrame({"a": [1, 2], "b": [1, 1], "measure": "late_step_share", "mean": [0.5, 0.5]})
    assert effects(made_up(rows, ["a", "b"])) == []


def test_the_page_needs_no_network_and_leads_to_every_executed_notebook(done):
    results = read_results(done)
    page = write_sweep_page(results).read_text()
    assert "http://" not in page and "https://" not in page and "<script" not in page
    for target in results.links.values():
        assert f'href="{target}"' in page and (done / target).is_file()
    assert "Which parameter mattered?" in page and "hold together" in page


def test_the_comparing_notebook_reads_a_sweeps_folder(done, tmp_path):
    executed = papermill.execute_notebook(
        str(notebooks_folder() / "09_compare_sweep.ipynb"), str(tmp_path / "out.ipynb"), {"folder": str(done)},
        progress_bar=False, kernel_name="python3",
    )  # fmt: skip
    text = json.dumps(executed.cells)
    assert "x=2" in text and "Which parameter mattered" in text and "data:image/png" in text


def test_the_newest_sweep_is_found_and_none_is_told(done, tmp_path):
    assert newest_sweep([tmp_path, done.parent]) == done
    with pytest.raises(InputError, match="no finished sweep"):
        newest_sweep([tmp_path])


def test_an_unfinished_sweep_and_a_folder_that_is_none_are_told(done, tmp_path):
    with pytest.raises(InputError, match="no sweep that can be read"):
        read_results(tmp_path)
    write_json(tmp_path / "sweep.json", json.loads((done / "sweep.json").read_text()) | {"is_finished": False})
    with pytest.raises(InputError, match="goes on where it stopped"):
        read_results(tmp_path)


def test_runs_are_listed_compared_and_cleaned(done, tmp_path):
    runs = done.parent
    (one,) = run_folders(runs)
    assert (one.name, one.kind, one.state, one.what) == ("tiny", "sweep", "finished", "6 of 6 cases")
    half = done / "cases" / ".x=9-half"
    half.mkdir()
    assert leftovers(runs) == [half]
    clean(runs, [], [half])
    assert not half.exists() and to_clean(runs, [], 1.0) == [] and to_clean(runs, [], 0.0) == [one]
    with pytest.raises(InputError, match="did you mean 'tiny'"):
        to_clean(runs, ["tin"], None)
    with pytest.raises(InputError, match="no answer that was kept"):
        compare_folders(runs, runs, [])


def test_the_commands_list_and_clean(tmp_path):
    path = sweep(tmp_path)
    ended(begin(tmp_path, "sweep", path, "--workers", "1"))
    listed = begin(tmp_path, "runs", "list", "--json").communicate()[0]
    assert [each["name"] for each in json.loads(listed)["runs"]] == ["tiny"]
    compared = begin(tmp_path, "runs", "compare", "tiny/cases/x=1", "tiny/cases/x=2", "--json").communicate()[0]
    assert json.loads(compared)["differences"][0]["mean"] == pytest.approx(17 / 97)
    ended(begin(tmp_path, "runs", "clean", "tiny", "--yes"))
    assert not (tmp_path / "runs" / "tiny").exists()


def test_an_event_log_tells_every_piece_and_every_outcome_in_order(small, tmp_path):
    record = run_record(small(), 1, 0)
    log = event_log(record)
    assert list(log.columns) == COLUMNS and log["time"].is_monotonic_increasing
    work = log[log["activity"].isin(KINDS)]
    assert len(work) == np.isfinite(record.stay("ended")).sum()
    assert (work["queued"] <= work["time"]).all() and not (work["started"] > work["time"]).any()
    assert work["worked_minutes"].sum() == pytest.approx(record.stay("worked")[np.isfinite(record.stay("ended"))].sum())
    done = work[work["resource"].notna()]
    assert set(done["resource"]) <= {seat.name for seat in record.seats}
    assert done.loc[done["worked_minutes"] > 0, "started"].notna().all()
    signed = log[log["activity"].isin(["signed", "signed_on_request"])]
    assert len(signed) > 100 and signed["case"].is_unique
    for ending in ("csv", "parquet"):
        assert write_event_log(record, tmp_path / f"log.{ending}") == len(log)
    back = pd.read_parquet(tmp_path / "log.parquet")
    assert (back["time"] == log["time"]).all() and len(pd.read_csv(tmp_path / "log.csv")) == len(log)
    with pytest.raises(InputError, match="is written as"):
        write_event_log(record, tmp_path / "log.txt")


@pytest.mark.parametrize("path", sorted((params_folder() / "sweeps").glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_sweep_asks_a_question_and_can_be_run(path):
    found = read_sweep(str(path))
    assert found.file.question.endswith("?") and len(found.cases) >= 5
    assert found.base in found.cases
