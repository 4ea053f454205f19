"""Reports: what has been kept, as a page, a PDF and a workbook, whatever a user calls their cases."""

import openpyxl
import pandas as pd
import pypdf
import pytest
import yaml
from typer.testing import CliRunner

from playbook.errors import InputError
from simulation.cli import app
from simulation.study.answers import read_runs
from simulation.study.kept import read_kept
from simulation.view.report_book import write_report_book

TINY = ["--set", "book.policies_count=300", "--set", "staffing.policies_per_consultant_count=300", "--set",
        "experiment.measured_days=60", "--set", "experiment.warm_in_days=30", "--replications", "2"]  # fmt: skip
EVIL = '=HYPERLINK("http://example.org") 甲组 龘'


def told(*words):
    found = CliRunner().invoke(app, list(map(str, words)))
    assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
    return found


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """The folders of a run and of a comparison with a case whose title a spreadsheet would work out."""
    place = tmp_path_factory.mktemp("runs")
    scenario = place / "evil.yaml"
    scenario.write_text(yaml.safe_dump({"title": EVIL, "question": "+1 分组?", "base": "handbook", "team": "two_groups"},
                                       allow_unicode=True), encoding="utf-8")  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RENEWAL_RUNS", str(place))
        assert told("run", *TINY).exit_code == 0
        assert told("compare", "handbook", scenario, *TINY).exit_code == 0
    return {kind: next(place.glob(f"{kind}-*")) for kind in ("run", "compare")}


def test_a_run_has_a_page_a_pdf_and_a_workbook(folders):
    folder = folders["run"]
    assert '<img alt="Time at work' in (folder / "report.html").read_text(encoding="utf-8")
    for form in ("pdf", "xlsx"):
        assert told("report", folder, "--as", form).exit_code == 0
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(folder / "report.pdf").pages)
    assert "What does the team reach" in text and "Premium renewed" in text
    book = openpyxl.load_workbook(folder / "report.xlsx")
    assert book.sheetnames == ["Answer", "Measures", "Minutes a policy", "Occupancy", "Every run", "How it was made"]
    runs = pd.read_excel(folder / "report.xlsx", sheet_name="Every run")
    kept = pd.read_csv(folder / "runs.csv")
    assert runs["premium_renewal_share"].tolist() == pytest.approx(kept["premium_renewal_share"].tolist())


def test_a_comparison_keeps_its_verdicts_and_no_text_becomes_a_formula(folders):
    folder = folders["compare"]
    assert told("report", folder, "--as", "xlsx").exit_code == 0
    book = openpyxl.load_workbook(folder / "report.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(cell.value == EVIL for cell in cells)
    assert {cell.data_type for cell in cells} <= {"s", "n", "b"}
    assert any(str(cell.value).startswith(f"{EVIL}: ") for cell in book["Answer"]["A"]), "its verdict"
    differences = pd.read_excel(folder / "report.xlsx", sheet_name="Differences")
    assert list(differences["case"].unique()) == [EVIL] and (differences["low"] <= differences["high"]).all()
    assert told("report", folder, "--as", "pdf").exit_code == 0
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(folder / "report.pdf").pages)
    assert "甲组" in text and "HYPERLINK" in text


def test_nothing_is_half_written_where_the_file_cannot_be(folders, tmp_path):
    kept = read_kept(folders["run"])
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError, match="cannot be written"):
        write_report_book(kept, tmp_path / "taken" / "report.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_what_is_no_folder_of_ours_is_told(tmp_path):
    with pytest.raises(InputError, match="no such folder"):
        read_kept(tmp_path / "nothing")
    with pytest.raises(InputError, match="none of summary"):
        read_kept(tmp_path)
    (tmp_path / "comparison.json").write_text("half")
    with pytest.raises(InputError, match="cannot be read"):
        read_kept(tmp_path)


def test_runs_of_an_older_edition_are_told(folders, tmp_path):
    (tmp_path / "runs.csv").write_text("replication,renewal_rate_share\n0,0.8\n")
    with pytest.raises(InputError, match="did not measure premium_renewal_share"):
        read_runs(tmp_path, "a", 1)
