"""A user's own file: what is in it, and every way in which it can be wrong."""

import numpy as np
import openpyxl
import pytest
import yaml

from playbook.errors import InputError
from playbook.parameters import Parameters
from simulation.desk.book_file import Mapping, read_book, read_mapping
from simulation.study.own_book import write_book

HEAD = "policy,customer,line,premium,last,due,instalment\n"
ROWS = [
    "P1,C1,motor,1000,900,2026-01-01,yes",
    "P2,C1,health,2000,2000,2026-12-31,no",
    "P3,C2,motor,500,500,2026-07-01,0",
]
MAPPING = {
    "title": "A test book",
    "fields": {
        "id": {"column": "policy"}, "customer": {"column": "customer"}, "line": {"column": "line"},
        "premium_cny": {"column": "premium"}, "due_date": {"column": "due"},
        "price_ratio": {"ratio": ["premium", "last"]}, "is_instalment": {"column": "instalment"},
    },
}  # fmt: skip


def mapping(**changes) -> Mapping:
    return Mapping.model_validate(MAPPING | changes)


def book(tmp_path, rows=ROWS, head=HEAD, encoding="utf-8", **changes):
    file = tmp_path / "book.csv"
    file.write_bytes((head + "\n".join(rows) + "\n").encode(encoding))
    return read_book(file, mapping(**changes), Parameters.load())


def test_a_good_file_becomes_a_book(tmp_path):
    found = book(tmp_path)
    assert found.lines == ("health", "motor") and found.line.tolist() == [1, 0, 1]
    assert found.customer.tolist() == [0, 0, 1]
    assert found.due_day.tolist() == [0, 364, 181]


def test_a_leap_day_is_the_last_of_february(tmp_path):
    days = ["2024-02-28", "2024-02-29", "2024-03-01", "2024-12-31", "2025-03-01", "2025-12-31"]
    found = book(tmp_path, [f"P{n},C,motor,1,1,{day},0" for n, day in enumerate(days)])
    assert found.due_day.tolist() == [58, 58, 59, 364, 59, 364]


def test_ratios_and_yes_no_are_read(tmp_path):
    found = book(tmp_path)
    assert found.price_ratio.tolist() == [1000 / 900, 1.0, 1.0]
    assert found.is_instalment.tolist() == [True, False, False]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_an_encoding_can_be_named(tmp_path, encoding):
    rows = [row.replace("motor", "车险") for row in ROWS]
    file = tmp_path / "book.csv"
    file.write_bytes((HEAD + "\n".join(rows)).encode(encoding))
    wanted = "gb18030" if encoding == "gb18030" else "utf-8-sig"
    found = read_book(file, mapping(encoding=wanted), Parameters.load())
    assert found.lines == ("health", "车险")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("P4,C3,motor,-5,500,2026-01-01,0", "row 5, column 'premium': '-5' must be above 0"),
        ("P4,C3,motor,abc,500,2026-01-01,0", "row 5, column 'premium': 'abc' is not a number"),
        ("P4,C3,motor,,500,2026-01-01,0", "row 5, column 'premium': '' is not a number"),
        ("P4,C3,motor,500,500,2026-13-01,0", "row 5, column 'due': '2026-13-01' is not a date"),
        ("P4,C3,motor,500,500,01/02/2026,0", "row 5, column 'due': '01/02/2026' is not a date"),
        ("P2,C3,motor,500,500,2026-01-01,0", "row 5, column 'policy': 'P2' stands already in row 3"),
        ("P4,C3,,500,500,2026-01-01,0", "row 5, column 'line': '' is empty"),
        ("P4,C3,motor,500,500,2026-01-01,maybe", "row 5, column 'instalment': 'maybe' is not 0 or 1"),
        ("P4,C3,motor,500,0,2026-01-01,0", "row 5, column 'last': '0' must be above 0"),
        ("P4,C3,motor,500,500,2026-01-01,0,extra", "row 5, column 'instalment': 'extra' is a cell more than the 7"),
        ('P4,C3,motor,"2784,50",500,2026-01-01,0', "row 5, column 'premium': '2784,50' is not a number"),
        ("P4,C3,motor,500", "row 5, column 'last': '' is not a number"),
    ],
)
def test_a_bad_row_is_named_by_row_and_column(tmp_path, row, says):
    with pytest.raises(InputError) as refused:
        book(tmp_path, [*ROWS, row])
    assert says in str(refused.value)


def test_many_bad_rows_are_listed_up_to_a_limit_and_counted(tmp_path):
    with pytest.raises(InputError) as refused:
        book(tmp_path, [f"X{n},C,motor,-1,1,2026-01-01,0" for n in range(60)])
    assert str(refused.value).count("must be above 0") == 20 and "and 40 more" in str(refused.value)


@pytest.mark.parametrize(
    ("head", "rows", "says"),
    [
        (
            HEAD.replace("premium", "premum"),
            ROWS,
            "there is no column 'premium' (mapped to premium_cny), did you mean 'premum'",
        ),
        (HEAD, [], "the file has no rows"),
        ("", [], "is empty|no column|no rows"),
    ],
)
def test_a_file_without_its_columns_or_rows_is_told(tmp_path, head, rows, says):
    import re

    with pytest.raises(InputError) as refused:
        book(tmp_path, rows, head)
    assert re.search(says.replace("(", r"\(").replace(")", r"\)"), str(refused.value))


def test_a_trailing_comma_shifts_nothing_and_thousands_are_read(tmp_path):
    found = book(tmp_path, [row + "," for row in ROWS] + ['P4,C4,motor,"2,784.50",1000,2026-01-01,0'])
    assert found.premium_cny.tolist() == [1000.0, 2000.0, 500.0, 2784.5]


def test_a_blank_heading_in_excel_shifts_nothing(tmp_path):
    workbook = openpyxl.Workbook()
    for row in ([None, "policy", None, "premium", "due"], [9, "P1", 5, 1000, "2026-01-01"], [None] * 5):
        workbook.active.append(row)
    workbook.save(tmp_path / "gaps.xlsx")
    fields = {"premium_cny": {"column": "premium"}, "due_date": {"column": "due"}}
    found = read_book(tmp_path / "gaps.xlsx", mapping(fields=fields), Parameters.load())
    assert found.premium_cny.tolist() == [1000.0]


def test_excel_dates_need_no_date_format(tmp_path):
    from datetime import datetime

    workbook = openpyxl.Workbook()
    for row in (["premium", "due"], [1000, datetime(2026, 7, 1)]):
        workbook.active.append(row)
    workbook.save(tmp_path / "dates.xlsx")
    fields = {"premium_cny": {"column": "premium"}, "due_date": {"column": "due"}}
    found = read_book(tmp_path / "dates.xlsx", mapping(fields=fields, date_format="%d/%m/%Y"), Parameters.load())
    assert found.due_day.tolist() == [181]


def test_two_columns_of_one_name_are_told(tmp_path):
    with pytest.raises(InputError, match="two columns are called 'last'"):
        book(tmp_path, head=HEAD.replace("customer", "last"))


@pytest.mark.parametrize(
    ("name", "source", "says"),
    [
        ("premium_cny", {"constant": -5}, "must be a number above 0"),
        ("premium_cny", {"constant": "abc"}, "must be a number above 0"),
        (
            "tenure_years",
            {"map": "line", "values": {"motor": -1, "health": 2}},
            "values.motor: -1 must be a number from 0 on",
        ),
        ("is_instalment", {"constant": "perhaps"}, "must be yes or no"),
        (
            "is_instalment",
            {"map": "line", "values": {"motor": "x", "health": "y"}},
            "values.motor: 'x' must be yes or no",
        ),
    ],
)
def test_what_a_mapping_says_itself_is_checked_too(tmp_path, name, source, says):
    with pytest.raises(InputError) as refused:
        book(tmp_path, fields=MAPPING["fields"] | {name: source})
    assert says in str(refused.value)


def test_y_and_n_are_yes_and_no_in_a_mapping(tmp_path):
    source = {"map": "line", "values": {"motor": "n", "health": "y"}}
    assert book(tmp_path, fields=MAPPING["fields"] | {"is_instalment": source}).is_instalment.tolist() == [
        False,
        True,
        False,
    ]


def test_an_empty_file_is_told(tmp_path):
    (tmp_path / "empty.csv").write_text("")
    with pytest.raises(InputError, match="the file is empty"):
        read_book(tmp_path / "empty.csv", mapping(), Parameters.load())


def test_a_wrong_encoding_is_told_with_the_way_out(tmp_path):
    with pytest.raises(InputError, match="encoding: gb18030"):
        book(tmp_path, [ROWS[0].replace("motor", "车险")], encoding="gb18030")
    with pytest.raises(InputError, match="unknown encoding 'klingon'"):
        read_with(tmp_path, encoding="klingon")


def read_with(tmp_path, **changes):
    file = tmp_path / "book.csv"
    file.write_text(HEAD + "\n".join(ROWS))
    return read_book(file, mapping(**changes), Parameters.load())


@pytest.mark.parametrize("name", ["none.csv", "book.pdf", "book.xlsx"])
def test_a_file_that_is_missing_or_of_another_kind_is_told(tmp_path, name):
    if name != "none.csv":
        (tmp_path / name).write_text("not a workbook")
    with pytest.raises(InputError, match=r"no such file|a table is read from|not readable as an Excel workbook"):
        read_book(tmp_path / name, mapping(), Parameters.load())


def test_an_excel_sheet_reads_like_the_csv(tmp_path):
    from datetime import datetime

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    for line in [HEAD.strip(), *ROWS]:
        cells = line.split(",")
        sheet.append([datetime.fromisoformat(cell) if cell.startswith("2026-") else cell for cell in cells])
    workbook.save(tmp_path / "book.xlsx")
    found, same = read_book(tmp_path / "book.xlsx", mapping(), Parameters.load()), book(tmp_path)
    for name in ("line", "customer", "premium_cny", "due_day", "price_ratio", "is_instalment"):
        assert np.array_equal(getattr(found, name), getattr(same, name))
    with pytest.raises(InputError, match="there is no sheet 'Policies'"):
        read_book(tmp_path / "book.xlsx", mapping(sheet="Policies"), Parameters.load())


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"premium_cny": {"column": "a", "constant": 3}}, "name exactly one of"),
        ({"premium_cny": {}}, "name exactly one of"),
        ({"premium_cny": {"map": "a"}}, "map and values go together"),
        ({"premium_cny": {"formula": "a*b"}}, "unknown key 'fields.premium_cny.formula'"),
        ({"premum_cny": {"column": "a"}}, "did you mean 'premium_cny'"),
    ],
)
def test_a_mapping_that_cannot_be_is_told_with_its_line(tmp_path, fields, says):
    content = {"title": "x", "fields": MAPPING["fields"] | fields}
    (tmp_path / "map.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    with pytest.raises(InputError) as refused:
        read_mapping(str(tmp_path / "map.yaml"))
    assert says in str(refused.value) and "map.yaml:" in str(refused.value)


def test_a_word_that_the_mapping_does_not_name_is_told(tmp_path):
    fields = MAPPING["fields"] | {"is_instalment": {"map": "instalment", "values": {"yes": True, "no": False}}}
    with pytest.raises(InputError, match=r"row 4, column 'instalment': '0' is not named"):
        book(tmp_path, fields=fields)


@pytest.mark.parametrize("start", ["2026-01-01", "2028-01-01", "2027-07-01"])
def test_a_made_book_is_written_and_reads_back_the_same(tmp_path, start):
    from simulation.desk.book import make_book

    parameters = Parameters.load().changed({"book.policies_count": 300, "experiment.start_date": start})
    path = write_book(tmp_path / "made.csv", parameters)
    found, made = read_book(tmp_path / "made.csv", read_mapping(str(path)), parameters), make_book(parameters)
    for name in ("premium_cny", "due_day", "price_ratio", "tenure_years", "is_instalment"):
        assert np.array_equal(getattr(found, name), getattr(made, name))
    assert [found.lines[n] for n in found.line] == [made.lines[n] for n in made.line]


def test_a_book_without_due_dates_is_spread_evenly(real_data):
    found = read_book(real_data / "motor_lapse_eu.csv", read_mapping("motor_lapse_eu"), Parameters.load())
    assert len(found) == 13_876 and found.file_lapse_share == pytest.approx(0.1276, abs=1e-4)
    by_day = np.bincount(found.due_day, minlength=365)
    assert by_day.min() >= 36 and by_day.max() <= 40


@pytest.mark.soak
def test_a_million_rows_are_read_in_bounded_memory(tmp_path):
    """Run in a process of its own, whose peak memory is its own."""
    import subprocess
    import sys

    parameters = Parameters.load().changed({"book.policies_count": 1_000_000})
    path = write_book(tmp_path / "big.csv", parameters)
    code = (
        "import resource, sys\n"
        "from playbook.parameters import Parameters\n"
        "from simulation.desk.book_file import read_book, read_mapping\n"
        f"book = read_book({str(tmp_path / 'big.csv')!r}, read_mapping({str(path)!r}), Parameters.load())\n"
        "print(len(book), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert int(told[0]) == 1_000_000 and int(told[1]) < 1_500_000
