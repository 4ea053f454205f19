"""The command `renewal`: answers with status 0, slips told in a sentence with status 2."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

RENEWAL = Path(sys.executable).with_name("renewal")
SMALL = [
    "--set",
    "book.policies_count=600",
    "--set",
    "staffing.policies_per_consultant_count=300",
    "--replications",
    "2",
]


@pytest.fixture
def renewal(tmp_path):
    def call(*words, status=0):
        told = subprocess.run([RENEWAL, *map(str, words)], cwd=tmp_path, capture_output=True, text=True, timeout=300)
        assert told.returncode == status, told.stderr
        assert "Traceback" not in told.stderr + told.stdout
        return told

    return call


def test_run_prints_json_and_nothing_else_and_keeps_the_answer(renewal, tmp_path):
    content = json.loads(renewal("run", *SMALL, "--json").stdout)
    assert set(content) >= {"scenario", "seed", "replications", "measures", "record", "folder"}
    assert (tmp_path / content["folder"] / "summary.json").is_file()


def test_run_tells_measures_minutes_and_cautions(renewal):
    told = renewal("run", *SMALL).stdout
    for words in ("Premium renewed", "Minutes a policy and year", "proposals and re-quotes", "first number to measure"):
        assert words in told


def test_week_writes_its_picture_page_and_tables_and_nothing_over_what_is_there(renewal, tmp_path):
    content = json.loads(renewal("week", *SMALL[:4], "--week", "12", "--to", "mine", "--json").stdout)
    assert content["week"] == 12 and content["said"].startswith("Week 12")
    written = {path.name for path in (tmp_path / "mine").iterdir()}
    assert written == {"week.png", "week.svg", "week.html", "people.csv", "kinds.csv", "waits.csv"}
    assert "nothing is written over it" in renewal("week", *SMALL[:4], "--to", "mine", status=2).stderr.replace(
        "\n", " "
    )
    assert "the weeks 1 to 53" in renewal("week", *SMALL[:4], "--week", "0", status=2).stderr


def test_compare_gives_differences_and_a_report(renewal, tmp_path):
    content = json.loads(renewal("compare", "handbook", "two_groups", "two_seniors_gone", *SMALL, "--json", "--set",
                                 "people.vacant_posts_count={junior: 0, senior: 0, expert: 0}").stdout)  # fmt: skip
    assert set(content["differences"]) == {"two_groups", "two_seniors_gone"}
    page = (tmp_path / content["folder"] / "report.html").read_text()
    assert "<img alt=" in page and "http" not in page.replace("http-equiv", "")


def test_book_check_says_what_is_in_a_file_and_what_is_wrong(renewal, tmp_path):
    renewal("book", "make", "mine.csv", "--set", "book.policies_count=200")
    facts = json.loads(renewal("book", "check", "mine.csv", "--map", "mine.map.yaml", "--json").stdout)
    assert "200 policies" in facts["book"]
    text = (tmp_path / "mine.csv").read_text().splitlines()
    (tmp_path / "bad.csv").write_text("\n".join([*text[:3], text[3].replace(text[3].split(",")[3], "-7")]))
    told = renewal("book", "check", "bad.csv", "--map", "mine.map.yaml", status=2)
    assert "row 4, column 'premium_cny': '-7' must be above 0" in told.stderr


def test_a_book_from_a_file_runs(renewal):
    renewal("book", "make", "mine.csv", "--set", "book.policies_count=600")
    book = ["--book", "mine.csv", "--map", "mine.map.yaml"]
    from_file = json.loads(renewal("run", *SMALL[2:], *book, "--json").stdout)
    made = json.loads(renewal("run", *SMALL, "--json").stdout)
    for name, each in made["measures"].items():
        assert from_file["measures"][name] == pytest.approx(each), name


def test_what_sizes_a_made_book_does_not_go_with_a_file(renewal):
    renewal("book", "make", "mine.csv", "--set", "book.policies_count=100")
    words = ("run", *SMALL, "--book", "mine.csv", "--map", "mine.map.yaml")
    assert "a book from a file has its own" in " ".join(renewal(*words, status=2).stderr.split())
    assert "not written over" in renewal("book", "make", "mine.csv", status=2).stderr
    assert "as a .csv file" in renewal("book", "make", "mine.xlsx", status=2).stderr


def test_a_place_that_cannot_be_written_is_told_before_anything_is_computed(renewal, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RENEWAL_RUNS", "file")
    assert "runs cannot be written there" in renewal("run", "--replications", "10000", status=2).stderr


def test_a_scenario_file_can_be_swept_and_its_record_repeats_it(renewal, tmp_path):
    (tmp_path / "mine.yaml").write_text(
        "title: Mine\nquestion: Mine?\nbase: handbook\nchanges: {monitoring.silence_limit_hours: 24}\n"
    )
    (tmp_path / "sw.yaml").write_text(
        "question: Q?\nnotebook: 01_staffing\ngrid: {scenario: [handbook, mine.yaml]}\nbase: {scenario: handbook}\n"
        "always: {replications: 2, more_or_fewer: [], book.policies_count: 600, staffing.policies_per_consultant_count: 300}\n"
        "deciding: [alerts_per_day]\n"
    )
    content = json.loads(renewal("sweep", "sw.yaml", "--json").stdout)
    assert content["record"]["changes"]["book.policies_count"] == 600 and content["failed"] == []
    assert list(content["differences"]) == ["Mine"] and content["differences"]["Mine"][0]["mean"] > 0
    command = json.loads((tmp_path / "runs/sw/cases/mine/summary.json").read_text())["record"]["command"]
    assert "mine.yaml" in command


def test_a_failed_case_is_told_with_status_1(renewal, tmp_path):
    (tmp_path / "sw.yaml").write_text(
        "question: Q?\nnotebook: 01_staffing\ngrid: {people.vacant_posts_count.senior: [0, 900]}\n"
        "base: {people.vacant_posts_count.senior: 0}\nalways: {replications: 2, more_or_fewer: [], book.policies_count: 600}\n"
        "deciding: [alerts_per_day]\n"
    )
    told = renewal("sweep", "sw.yaml", status=1)
    assert "such consultants" in told.stderr and "Too few cases" in told.stderr


def test_rules_lists_84_items_and_shows_a_card(renewal):
    items = json.loads(renewal("rules", "--json").stdout)
    assert len(items) == 84 and all(set(each) >= {"id", "legs", "owed"} for each in items)
    assert "tier_reward_cny" in renewal("rules", "S3.3.3").stdout


def test_check_finds_the_shipped_files_in_order(renewal):
    assert "in order" in renewal("check").stdout


def test_schema_is_json(renewal):
    assert "additionalProperties" in json.loads(renewal("schema").stdout)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["run", "handbok"], "did you mean 'handbook'"),
        (["run", "--set", "staffing.policies_per_consultent_count=3"], "staffing.policies_per_consultant_count"),
        (["run", "--set", "monitoring.silence_limit_hours=1"], "must lie between 4 and 336 hours"),
        (["run", "--set", "nonsense"], "chapter.name=value"),
        (["run", "--book", "no.csv"], "needs both --book FILE and --map"),
        (["run", "--book", "no.csv", "--map", "motor_lapse_eu"], "there is no such file"),
        (["run", "--set", "experiment.start_date=2031-01-01"], "holiday_calendar=none"),
        (["run", "--set", "people.vacant_posts_count.senior=9"], "such consultants"),
        (["run", "--set", "book.grace_days={motor: 0}"], "must have an entry for health, life"),
        (["run", "--set", "book.line_mix_share={motor: 1, health: 0, life: 0, pet: 1}"], "pet"),
        (["run", "--set", "experiment.start_date=2026-02-30"], "cannot be read"),
        (["run", "--set", "allocation.discipline.message=earliest_due"], "belongs to no policy"),
        (["compare", "handbook", "handbook"], "named twice"),
        (["sweep", "team_structure"], "did you mean 'team_structures'"),
        (["rules", "S9.9"], "unknown item 'S9.9'"),
        (["verify", "cor"], "did you mean 'core'"),
        (["book", "check", "no.csv", "--map", "nobody"], "unknown mapping 'nobody'"),
    ],
)
def test_a_slip_is_told_in_a_sentence(renewal, words, says):
    told = renewal(*words, status=2)
    assert says in " ".join(told.stderr.split())
    assert told.stdout == ""


def test_forms_are_listed_and_one_is_written(renewal, tmp_path):
    listed = {row["name"]: row for row in json.loads(renewal("forms", "--json").stdout)}
    assert len(listed) == 30 and listed["score_sheet"]["items"] == ["S3.2.2", "S3.2.1"]
    assert "评分表" in renewal("forms").stdout
    told = renewal("forms", "score_sheet", "--to", "mine").stdout
    assert "score_sheet.xlsx" in told and (tmp_path / "mine" / "score_sheet.xlsx").is_file()
    assert "did you mean 'score_sheet'?" in renewal("forms", "score_shet", status=2).stderr


def test_the_ledger_names_what_each_missing_leg_is_owed_to(renewal):
    rows = {row["id"]: row for row in json.loads(renewal("rules", "--json").stdout)}
    assert set(rows["S3.3.3"]) == {"id", "title", "legs", "owed", "owed_to"}
    assert all(list(row["owed_to"]) == row["owed"] for row in rows.values())
    owing = [row for row in rows.values() if row["owed"]]
    told = renewal("rules").stdout
    assert told.count(" owes ") == len(owing) and f"{84 - len(owing)} of 84 items are complete" in told


def test_a_form_that_cannot_be_written_is_told_and_leaves_nothing(renewal, tmp_path):
    (tmp_path / "taken").write_text("")
    told = renewal("forms", "score_sheet", "--to", tmp_path / "taken", status=2).stderr
    assert "score_sheet.xlsx: cannot be written" in told.replace("\n", " ")
    renewal("forms", "score_sheet", "--to", tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["score_sheet.xlsx"]
