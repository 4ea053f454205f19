"""A team's own records: read in any of their forms, cleaned with every loss told, fitted, written, and tried out."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from recovery import exported, recovered

from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.book_file import read_book, read_mapping
from simulation.study.back_test import back_test, split
from simulation.study.calibrate import calibrate, with_rates
from simulation.study.contact_fit import contact_fits, steps_of
from simulation.study.map_proposal import propose
from simulation.study.pace_fit import fit_paces
from simulation.study.parameter_folder import refuse_other_content, write_chapters
from simulation.study.team_map import read_team_mapping
from simulation.study.team_records import read_team_records
from simulation.view.trust import trust_page

RENEWAL = Path(sys.executable).with_name("renewal")
KNOWN = Parameters.load()
NAMES = ("Ann Li", "王小明", "José")
MAPPING = {
    "title": "My team",
    "policies": {
        "fields": {
            "id": {"column": "保单号"}, "customer": {"column": "客户"}, "line": {"map": "险种", "values": {"车": "motor"}},
            "premium_cny": {"column": "保费"}, "due_date": {"column": "到期"},
            "has_lapsed": {"map": "状态", "values": {"续": False, "脱": True}},
        },
    },
    "log": {
        "recorded_until": "2026-06-30",
        "fields": {
            "case": {"column": "保单号"}, "activity": {"map": "动作", "values": {"外呼": "follow_up", "报价": "proposal"}},
            "begin": {"column": "开始"}, "end": {"column": "结束"}, "person": {"column": "坐席"},
            "result": {"map": "结果", "values": {"未接": "unanswered", "接通": "talked", "": None}},
        },
    },
}  # fmt: skip


def policies_frame(count: int = 60) -> pd.DataFrame:
    due = pd.date_range("2026-03-01", periods=count).strftime("%Y-%m-%d")
    number = np.arange(count)
    return pd.DataFrame(
        {"保单号": [f"P{each:04d}" for each in number], "客户": [f"C{each}" for each in number], "险种": "车",
         "保费": 1000.0 + number, "到期": due, "状态": np.where(number % 5 == 0, "脱", "续")}
    )  # fmt: skip


def log_frame(count: int = 60) -> pd.DataFrame:
    rows = []
    for number in range(count):
        begin = pd.Timestamp("2026-02-02 09:00") + pd.Timedelta(days=number // 2, hours=number % 7)
        for step, (what, result, minutes) in enumerate((("外呼", "未接", 1), ("外呼", "接通", 7), ("报价", "", 9))):
            since = begin + pd.Timedelta(minutes=30 * step)
            rows.append(
                (f"P{number:04d}", what, since, since + pd.Timedelta(minutes=minutes), NAMES[number % 3], result)
            )
    return pd.DataFrame(rows, columns=["保单号", "动作", "开始", "结束", "坐席", "结果"])


@pytest.fixture
def files(tmp_path):
    """Write both files and a mapping; `how` changes frames, mapping or encoding on the way."""

    def write(policies=None, log=None, mapping=None, encoding="utf-8", ending="csv"):
        content = mapping or json.loads(json.dumps(MAPPING))
        for part in ("policies", "log"):
            if encoding != "utf-8":
                content[part]["encoding"] = encoding
        paths = [tmp_path / f"{name}.{ending}" for name in ("policies", "log")]
        for path, frame in zip(paths, (policies, log), strict=True):
            if ending == "csv":
                frame.to_csv(path, index=False, encoding=encoding)
            elif ending == "xlsx":
                frame.to_excel(path, index=False)
            else:
                frame.to_parquet(path, index=False)
        (tmp_path / "mine.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        return paths

    def read(policies=None, log=None, **how):
        policies = policies_frame() if policies is None else policies
        paths = write(policies, log_frame() if log is None else log, **how)
        return read_team_records(*paths, read_team_mapping(str(tmp_path / "mine.yaml")), KNOWN)

    read.write = write
    return read


@pytest.fixture(scope="session")
def records(tmp_path_factory):
    """The files of a small desk whose answers, talks and enquiries are not the handbook's."""
    truth = KNOWN.changed({"book.policies_count": 1500, "staffing.policies_per_consultant_count": 300,
                           "demand.answer_share": 0.45, "demand.talk_minutes": 6.0, "demand.enquiries_per_policy": 0.9,
                           "demand.next_conversation_days": 8})  # fmt: skip
    return exported(truth, tmp_path_factory.mktemp("records"), 3), truth


# Reading.


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_log_reads_the_same_in_every_encoding_that_a_crm_writes(files, encoding):
    found = files(encoding=encoding)
    assert len(found.log) == 180 and found.log["result"].eq("talked").sum() == 60
    assert (found.log["policy"] >= 0).all() and found.qualities[1].left_out == {}


@pytest.mark.parametrize("ending", ["xlsx", "parquet"])
def test_a_log_reads_the_same_from_typed_cells(files, ending):
    log = log_frame()
    if ending == "xlsx":  # a column of serial numbers, as a copied sheet has them
        log["开始"] = (log["开始"] - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1)
    found, plain = files(log=log, ending=ending), files()
    assert (found.log["begin"] - plain.log["begin"]).abs().max() <= pd.Timedelta(seconds=1)
    assert found.log["minutes"].to_numpy() == pytest.approx(plain.log["minutes"].to_numpy(), abs=1 / 60)


def test_what_cannot_be_used_is_left_out_and_told_by_row(files):
    log = log_frame().astype({"开始": str, "结束": str})
    log.loc[0, "结束"] = "2026-02-02 08:00:00"  # ends before it begins
    log.loc[1, "结束"] = "2026-07-01 00:00:00"  # after the last day that the log can hold
    log.loc[2, "开始"] = "yesterday"
    log.loc[3, "动作"] = "喝茶"
    log.loc[4, "保单号"] = ""
    log.loc[5, "结束"] = "2026-02-09 09:00:00"  # a week long
    log = pd.concat([log, log.iloc[[20]]], ignore_index=True)
    found = files(log=log)
    told = {reason: each.first_rows for reason, each in found.qualities[1].left_out.items()}
    assert told == {
        "it ends before it begins": [2], "it lies in the future": [3], "a time is not written as %Y-%m-%d %H:%M:%S": [4],
        "the activity is not one of the mapping's": [5], "there is no case": [6],
        "its minutes are below 0 or over a day": [7], "it tells the same as a row before": [182],
    }  # fmt: skip
    assert found.qualities[1].used_count == len(found.log) == 174
    assert any("Unknown activity" in each for each in found.qualities[1].remarks)


def test_the_last_moment_of_the_last_day_is_not_in_the_future(files):
    log = log_frame().astype({"开始": str, "结束": str})
    log.loc[1, ["开始", "结束"]] = "2026-06-30 23:59:59"
    assert files(log=log).qualities[1].left_out == {}


def test_policies_that_cannot_be_used_are_left_out_and_told(files):
    policies = policies_frame().astype({"保费": str})
    policies.loc[3, "保费"] = "a lot"
    policies.loc[4, "到期"] = "soon"
    policies.loc[5, "保单号"] = "P0000"
    policies.loc[6, "状态"] = "?"
    policies.loc[7, "状态"] = ""  # not known yet, and no fault
    found = files(policies=policies)
    left = found.qualities[0].left_out
    assert {reason: each.first_rows for reason, each in left.items()} == {
        "its '保费' cannot be used": [5], "its '到期' cannot be used": [6], "its '保单号' cannot be used": [7],
        "its '状态' cannot be used": [8],
    }  # fmt: skip
    assert len(found.policies) == 56


def test_an_outcome_counts_only_when_the_policys_time_is_up(files):
    found = files()
    is_over = found.policies["due"] <= pd.Timestamp(found.last)
    assert 0 < is_over.sum() < 60 and found.policies["lapsed"].notna().equals(is_over)


def without(key):
    content = json.loads(json.dumps(MAPPING))
    part, _, name = key.partition(".")
    del content[part]["fields"][name]
    return content


def named(part, name, source):
    content = json.loads(json.dumps(MAPPING))
    content[part]["fields"][name] = source
    return content


BROKEN = [
    ({"mapping": without("policies.id")}, r"policies.fields.id is needed"),
    ({"mapping": without("log.case")}, r"log.fields.case' is missing"),
    ({"mapping": without("log.end")}, r"minutes, or both begin and end"),
    ({"mapping": named("log", "person", {"column": "坐席号"})}, r"no column '坐席号' \(mapped to person\), did you mean"),
    ({"mapping": named("log", "activity", {"map": "动作", "values": {"外呼": "follow-up"}})}, r"did you mean 'follow_up'"),
    ({"mapping": named("log", "person", {"ratio": ["a", "b"]})}, r"person is taken from one of column, map, constant"),
    ({"mapping": named("policies", "due_date", {"spread": "even"})}, r"due_date must be a column"),
    ({"mapping": named("policies", "premium_cny", {"constant": 5, "column": "保费"})}, r"exactly one of column"),
    ({"mapping": MAPPING | {"log": MAPPING["log"] | {"date_format": "%Y-%m-%d"}}}, r"a date with its time"),
    ({"mapping": MAPPING | {"log": MAPPING["log"] | {"delimiter": ";;"}}}, r"delimiter"),
    ({"mapping": MAPPING | {"log": MAPPING["log"] | {"encoding": "utf8000"}}}, r"unknown encoding 'utf8000'"),
    ({"mapping": MAPPING | {"log": MAPPING["log"] | {"encoding": "ascii"}}}, r"is not ascii text: name the file's encoding"),
    ({"log": log_frame().assign(保单号="X")}, r"none of its cases is among the policies"),
    ({"log": log_frame().iloc[:0]}, r"has no rows"),
    ({"log": log_frame().iloc[:6]}, r"reaches over 1 days; fewer than 28"),
    ({"log": log_frame().assign(结束="2031-01-01 00:00:00")}, r"no row can be used\n180 left out: it lies in the future"),
    ({"policies": policies_frame().assign(保费="x")}, r"no row can be used"),
    ({"policies": policies_frame().drop(columns="到期")}, r"no column '到期'"),
]  # fmt: skip


@pytest.mark.parametrize(("how", "sentence"), BROKEN, ids=range(len(BROKEN)))
def test_a_broken_file_or_mapping_gets_its_sentence(files, how, sentence):
    with pytest.raises(InputError, match=sentence):
        files(**how)


@pytest.mark.parametrize(("name", "content", "sentence"), [
    ("log.pdf", b"x", "a table is read from"),
    ("log.csv", b"", "the file is empty"),
    ("log.csv", b"a,a\n1,2\n", "two columns are called 'a'"),
    ("log.xlsx", b"no workbook", "not readable as an Excel workbook"),
    ("log.parquet", b"no parquet", "not readable as a Parquet file"),
    ("none.csv", None, "there is no such file"),
])  # fmt: skip
def test_a_file_that_is_no_table_gets_its_sentence(files, tmp_path, name, content, sentence):
    policies, _ = files.write(policies_frame(), log_frame())
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=sentence):
        read_team_records(policies, tmp_path / name, read_team_mapping(str(tmp_path / "mine.yaml")), KNOWN)


def test_no_name_and_no_policy_number_is_kept_in_memory_or_written(files, tmp_path):
    found = files()
    fits = with_rates(calibrate(found), "pooled", runs=2)
    folder = tmp_path / "out"
    folder.mkdir()
    write_chapters(folder, fits, found.last)
    texts = "\n".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    texts += (
        found.log.to_csv() + found.policies.to_csv() + "\n".join(each for q in found.qualities for each in q.lines())
    )
    assert not any(each in texts for each in (*NAMES, "P0001", "C1,"))
    again = files()
    assert set(found.log["person"]).isdisjoint(again.log["person"])  # another salt each time


def test_the_file_that_maps_both_also_maps_the_book(files, tmp_path):
    policies, _ = files.write(policies_frame(), log_frame())
    assert len(read_book(policies, read_mapping(str(tmp_path / "mine.yaml")), KNOWN)) == 60


def test_a_mapping_is_proposed_that_reads_the_files_it_was_proposed_for(files, tmp_path):
    paths = files.write(policies_frame(), log_frame(), encoding="gb18030")
    text, remarks = propose(*paths, "Mine")
    (tmp_path / "proposed.yaml").write_text(text, encoding="utf-8")
    found = read_team_records(*paths, read_team_mapping(str(tmp_path / "proposed.yaml")), KNOWN)
    assert len(found.log) == 180 and found.log["activity"].eq("follow_up").sum() == 120
    assert found.log["result"].eq("unanswered").sum() == 60 and found.log["person"].nunique() == 3
    assert not any("no column" in each for each in remarks)


def test_a_proposal_tells_what_it_could_not_find(tmp_path):
    (tmp_path / "list.csv").write_text("number,when,amount\n1,01/02/2026,5\n")
    text, remarks = propose(tmp_path / "list.csv", None, "Mine")
    assert "left out are the columns" in text
    assert {each.partition(": ")[2] for each in remarks} >= {"no column was found for premium_cny"}


# Fitting.


def test_parameters_that_a_desk_wrote_its_log_with_lie_in_the_fitted_intervals(records):
    found, truth = records
    hits = recovered(calibrate(found), truth)
    assert len(hits) >= 25 and sum(hits.values()) >= len(hits) - 4  # 95 % each; more than 4 of 28 missed: 1 in 100
    fits = calibrate(found).fits
    for name in ("demand.answer_share", "demand.enquiries_per_policy", "demand.next_conversation_days"):
        assert hits[name] and (fits[name].high - fits[name].low) / fits[name].value < 0.2


def pieces(generator, people, spread, each=120):
    """Pieces of known minutes: two kinds, three grades."""
    sigma = np.sqrt(np.log1p(spread**2))
    rows = []
    for person in range(people):
        grade = ("junior", "senior", "expert")[person % 3]
        pace = np.exp(generator.normal(-(sigma**2) / 2, sigma)) / {"junior": 0.8, "senior": 1.0, "expert": 1.25}[grade]
        for kind, mean in (("talk", 6.0), ("entry", 2.0)):
            minutes = mean * pace * np.exp(generator.normal(-0.18, 0.6, each))
            rows.append(pd.DataFrame({"kind": kind, "person": person, "grade": grade, "minutes": minutes}))
    return pd.concat(rows, ignore_index=True)


def test_people_who_differ_are_no_independent_pieces_and_the_interval_knows_it():
    """Over repeated experiments intervals hold at their rate; intervals that counted pieces would hold in fewer than half."""
    generator, hits = np.random.default_rng(2), []
    for _ in range(60):
        found = fit_paces(pieces(generator, 12, 0.2), "senior", 0.2)
        hits.append(
            [found.minutes["talk"].holds(6.0), found.speeds["junior"].holds(0.8), found.ability_variation.holds(0.2)]
        )
    assert (np.mean(hits, axis=0) > 0.86).all()  # 95 % less three standard errors of 60


def test_fewer_pieces_than_needed_are_told():
    with pytest.raises(InputError, match="nobody has 20 pieces"):
        fit_paces(pieces(np.random.default_rng(1), 3, 0.2, each=9), "senior", 0.2)
    assert fit_paces(pieces(np.random.default_rng(1), 3, 0.2, each=10), "senior", 0.2).minutes["talk"].count == 30


def test_a_log_without_results_says_nothing_of_who_answers(files):
    found = files(mapping=without("log.result"))
    fits = contact_fits(found, steps_of(found))
    assert fits["demand.answer_share"].count == 0 and "demand.answer_share" in calibrate(found).kept


def test_what_the_records_say_too_little_of_stays_as_it_was(files):
    log = log_frame()
    log.loc[60:, "结果"] = ""
    assert calibrate(files(log=log)).fits["demand.answer_share"].count == 40
    log.loc[42:, "结果"] = ""
    found = calibrate(files(log=log))
    assert found.kept and all(name not in found.changes() for name in found.kept)
    assert found.fits["demand.answer_share"].count == 28 and "demand.answer_share" in found.kept


# Writing, and using what was written.


def test_a_calibrated_folder_is_an_ordinary_one_with_source_and_date(records, tmp_path):
    found = calibrate(records[0])
    count = write_chapters(tmp_path, found, found.records.last)
    read = Parameters.load(tmp_path)
    about = read.about("demand.answer_share")
    assert (
        about.basis == "calibrated"
        and "log.parquet (sha256 " in about.source
        and "renewal calibrate on" in about.source
    )
    calibrated = [name for name in read if read.about(name).basis == "calibrated"]
    assert len(calibrated) == count > 20
    assert all(read[name] == found.parameters[name] for name in read)
    assert read.about("clock.opening_hours").basis != "calibrated"


def test_nothing_else_is_written_over(tmp_path):
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(InputError, match="is not written over"):
        refuse_other_content(tmp_path)
    (tmp_path / "calibration.json").write_text("{}")
    refuse_other_content(tmp_path)
    refuse_other_content(tmp_path / "new")


def test_the_earlier_part_knows_nothing_of_the_later(records):
    found, _ = records
    until, first, weeks = split(found)
    early = found.until(until)
    assert early.log["end"].max() < pd.Timestamp(first) and weeks >= 4
    assert early.policies.loc[found.closed > np.datetime64(until), "lapsed"].isna().all()


def test_a_back_test_holds_about_as_often_as_it_promises(records, tmp_path):
    found, truth = records
    assert truth.book.policies_count == 1500
    tested = back_test(found, "pooled", futures=9)
    assert tested.promised_share == 0.8 and tested.held_share > 0.65
    assert len(tested.forecasts) == 8 and "weekly figures fell inside" in tested.sentence()
    trust_page(tmp_path / "trust.html", tested.calibration, tested, {})
    page = (tmp_path / "trust.html").read_text(encoding="utf-8")
    assert '<img alt="Calls begun' in page and "consultant senior" not in page


def test_calibrate_writes_folder_and_report_that_other_commands_use(tmp_path):
    def call(*words, status=0):
        told = subprocess.run([RENEWAL, *map(str, words)], cwd=tmp_path, capture_output=True, text=True, timeout=300)
        assert told.returncode == status, told.stderr
        return told.stdout + told.stderr

    small = ["--set", "book.policies_count=600", "--set", "staffing.policies_per_consultant_count=300"]
    call("log", "--to", "log.csv", "--policies", "policies.csv", *small)
    told = call(
        "calibrate", "policies.csv", "log.csv", "--map", "desk", "--to", "mine", "--futures", "0", "--workers", "1"
    )
    assert "no back-test was asked for" in told and "parameters written to mine" in told
    page = (tmp_path / "mine" / "trust.html").read_text(encoding="utf-8")
    assert "consultant senior" not in page and "http" not in page
    assert json.loads((tmp_path / "mine" / "calibration.json").read_text())["back_test"] is None
    run = call("run", "--params", "mine", "--replications", "2", "--json", "--workers", "1")
    record = json.loads(run)["record"]
    assert record["params"] == str(tmp_path / "mine") and "--params" in record["command"]
    assert "is missing; a folder of parameters" in call("run", "--params", _lacking(tmp_path), status=2)


def _lacking(tmp_path: Path) -> Path:
    folder = tmp_path / "lacking"
    folder.mkdir()
    (folder / "money.yaml").write_bytes((tmp_path / "mine" / "money.yaml").read_bytes())
    return folder
