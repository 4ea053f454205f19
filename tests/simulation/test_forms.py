"""Forms: read strictly, written as workbooks that can be filled in, and worked out as the rules say."""

import importlib
import shutil
import subprocess
from datetime import date, datetime, time, timedelta
from functools import cache

import numpy as np
import pytest
from openpyxl import load_workbook

from playbook.cards import chapters_folder, items
from playbook.clock import MINUTES_A_DAY, Holidays, office_calendar
from playbook.documents import params_folder, read_document
from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.sheets import REFERENCE, form, form_names, forms_folder, read_form, value_of
from simulation.view.workbook import EXAMPLE, FORM, write_form

NAMES = """
    skill_matrix hiring_screen observation_sheet task_card stand_up_agenda weekly_review issue_register case_card
    score_sheet form_360 feedback_interview improvement_plan last_place_plan appeal_form bonus_table training_calendar
    mock_audit mentor_plan folder_structure one_to_one dispute_rules interface_checklist feedback_form complaint_review
    risk_benchmarks recording_sample improvement_tracker quarterly_report project_charter lapse_reasons
"""
ERRORS = ("#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!", "Err:")
FIRST_DAY = datetime(2025, 1, 1)


@cache
def calendar():
    reach = read_document(params_folder() / "calendars" / "china.yaml", Holidays)
    days = (reach.to_date - reach.from_date).days + 1
    return office_calendar(Parameters.load(), FIRST_DAY.date(), days)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Every form as a workbook: the folder, and where the example's cells stand."""
    folder = tmp_path_factory.mktemp("forms")
    return folder, {name: write_form(form(name), folder / f"{name}.xlsx", Parameters.load()) for name in form_names()}


@pytest.fixture(scope="module")
def worked_out(written, tmp_path_factory):
    """The same workbooks after a spreadsheet program has worked them out."""
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("no soffice here to work the forms out (LibreOffice Calc)")
    folder, out = written[0], tmp_path_factory.mktemp("worked_out")
    profile = tmp_path_factory.mktemp("profile").as_uri()
    command = [soffice, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx", "--outdir", out]
    subprocess.run([*command, *sorted(folder.glob("*.xlsx"))], check=True, capture_output=True, timeout=300)
    return {name: load_workbook(out / f"{name}.xlsx", data_only=True) for name in form_names()}


def test_these_forms_are_there():
    assert form_names() == sorted(NAMES.split())


@pytest.mark.parametrize("name", form_names())
def test_a_form_belongs_to_a_chapter_that_speaks_of_it(name):
    found = form(name)
    assert found.chapter in {items()[item].chapter for item in found.items}
    texts = "\n".join(path.read_text(encoding="utf-8") for path in chapters_folder().glob("*.md"))
    assert f"(form:{name})" in texts, f"no chapter links the form {name}"


@pytest.mark.parametrize("name", form_names())
def test_what_a_form_works_out_is_checked(name):
    found = form(name)
    worked = {table or entry.key for table, entry in found.entries() if entry.formula}
    checked = {check.cell.partition(".")[0] for check in found.checks}
    assert worked == checked, f"{name}: a field, or a column of a table, that is worked out has a check"


@pytest.mark.parametrize("name", form_names())
def test_a_form_opens_with_cells_to_fill_and_the_rest_locked(name, written):
    book = load_workbook(written[0] / f"{name}.xlsx")
    for sheet in book:
        assert sheet.protection.sheet and sheet.page_setup.paperSize == 9 and sheet.page_setup.fitToWidth == 1
        assert sheet.freeze_panes and sheet.print_title_rows
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.protection.locked or cell.data_type != "f"
                if isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@")):
                    assert cell.data_type == "f" or cell.quotePrefix
    pages = [sheet for sheet in book if sheet.title not in ("Numbers", "Office hours")]
    assert any(not cell.protection.locked for sheet in pages for row in sheet.iter_rows() for cell in row)
    assert {FORM, EXAMPLE} <= {sheet.title for sheet in pages}
    for number in form(name).numbers:
        assert number in book.defined_names


@pytest.mark.parametrize("name", form_names())
def test_no_cell_of_a_worked_out_form_is_an_error(name, worked_out):
    found = [
        f"{sheet.title}!{cell.coordinate} {cell.value}"
        for sheet in worked_out[name]
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith(ERRORS)
    ]
    assert not found


CHECKS = [(name, number) for name in form_names() for number in range(len(form(name).checks))]


@pytest.mark.parametrize(("name", "number"), CHECKS, ids=[f"{n}-{form(n).checks[i].cell}" for n, i in CHECKS])
def test_a_worked_out_cell_shows_what_the_rule_gives(name, number, written, worked_out):
    check, cells = form(name).checks[number], Cells(worked_out[name], written[1][name])
    shown = cells[check.cell]
    if check.rule is None:
        assert is_same(plain(shown), plain(check.value))
        return
    module, function = check.rule.split(".")
    given = {key: argument(value, cells) for key, value in check.arguments.items()}
    wanted = getattr(importlib.import_module(f"playbook.{module}"), function)(**given)
    if check.part is not None:
        wanted = (
            wanted[check.part]
            if not isinstance(check.part, str) or isinstance(wanted, dict)
            else getattr(wanted, check.part)
        )
    if isinstance(shown, datetime):
        minutes = (shown - FIRST_DAY) / timedelta(minutes=1)
        assert round(minutes) == round(wanted if is_moment(name, check.cell) else wanted * MINUTES_A_DAY)
    else:
        assert is_same(plain(shown), plain(wanted))


def is_same(shown, wanted):
    return shown == (wanted if isinstance(wanted, str) else pytest.approx(wanted, rel=1e-9, abs=1e-9))


class Cells:
    """The cells of a worked-out example by key."""

    def __init__(self, book, places):
        self.book, self.places = book, places

    def __getitem__(self, key):
        sheet, address = self.places[key]
        return self.book[sheet][address].value

    def column(self, key):
        rows = sorted(
            (int(place.rpartition(".")[2]), place) for place in self.places if place.rpartition(".")[0] == key
        )
        return [self[place] for _, place in rows if self[place] not in (None, "")]


def argument(value, cells):
    """A check's argument as the rule takes it: days and moments as the numbers of the office calendar."""
    if isinstance(value, dict):
        return {key: argument(each, cells) for key, each in value.items()}
    if isinstance(value, list):
        return [argument(each, cells) for each in value]
    if value == "office":
        return calendar()
    if isinstance(value, str) and (found := REFERENCE.fullmatch(value)):
        return (
            [taken(each) for each in cells.column(found[1])] if found[1] not in cells.places else taken(cells[found[1]])
        )
    if isinstance(value, str) and "." in value:
        return value_of(value, Parameters.load())[0]
    return value


def taken(value):
    if isinstance(value, datetime):
        minutes = round((value - FIRST_DAY) / timedelta(minutes=1))
        return minutes if minutes % MINUTES_A_DAY else minutes // MINUTES_A_DAY
    return {"yes": True, "no": False}.get(value, value)


def is_moment(name, cell):
    key = cell.split(".")[1] if "." in cell else cell
    return any(entry.key == key and entry.type == "moment" for _, entry in form(name).entries())


def plain(value):
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "minutes")
    if isinstance(value, time):
        return (value.replace(microsecond=0) if value.second < 30 else value).strftime("%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(plain, value))
    return value.replace("_", " ") if isinstance(value, str) else value


def test_a_changed_number_is_followed(tmp_path, worked_out):
    """The formulas use the numbers' sheet, not numbers of their own."""
    path = tmp_path / "score_sheet.xlsx"
    places = write_form(form("score_sheet"), path, Parameters.load())
    book = load_workbook(path)
    for row in book["Numbers"].iter_rows(min_row=2):
        if row[0].value == "appraisal.performance_weight_share":
            row[2].value = 0.5
    book.save(path)
    out = tmp_path / "out"
    command = [
        "soffice",
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "xlsx",
    ]
    subprocess.run([*command, "--outdir", out, path], check=True, capture_output=True, timeout=120)
    sheet, address = places["third_weight"]
    assert load_workbook(out / "score_sheet.xlsx", data_only=True)[sheet][address].value == pytest.approx(0.2)


def test_an_unknown_form_is_told_with_the_nearest():
    with pytest.raises(InputError, match="did you mean 'score_sheet'"):
        form("score_sheat")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("title: Appeal", "titel: Appeal", "unknown key 'titel', did you mean 'title'"),
        ("{told},incentives", "{tolt},incentives", "until: formula: unknown key 'tolt', did you mean 'told'"),
        ("numbers: [incentives.appeal_window_days]", "numbers: [incentives.appeal_windows]", "unknown parameter"),
        ("numbers: [", "numbers: [incentives.standard_points, ", "nothing in the form uses 'incentives.standard_points'"),
        ("items: [S3.3.1]", "items: [S3.3.9]", "unknown item 'S3.3.9'"),
        ("  about: coaching", "  abuot: coaching", "unknown key 'abuot', did you mean 'about'"),
        ("key: heard_by,", "key: heard,", "the key 'heard' stands twice"),
        ("type: date, hint: \"{incentives", "type: date, hnt: \"{incentives", "unknown key"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_is_told(tmp_path, old, new, says):
    text = (forms_folder() / "appeal_form.yaml").read_text(encoding="utf-8")
    assert text.count(old) >= 1
    (tmp_path / "mine.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as told:
        read_form(tmp_path / "mine.yaml")
    assert says in str(told.value) and "mine.yaml" in str(told.value)
