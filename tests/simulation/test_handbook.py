"""The handbook as a book: every link leads somewhere, nothing is fetched, and the paper edition can be read."""

import json
import re
import shutil
import subprocess
import sys
import unicodedata
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from playbook.cards import chapters_folder, choices, items, readings
from playbook.documents import params_folder
from playbook.errors import InputError
from playbook.parameters import Parameters
from playbook.sheets import form_names, forms_folder
from simulation.view.handbook import build_handbook
from simulation.view.pages import linked
from simulation.view.printed import FONTS

CHAPTERS = sorted(chapters_folder().glob("*.md"))
FETCHED = {
    ("img", "src"),
    ("script", "src"),
    ("link", "href"),
    ("iframe", "src"),
    ("source", "src"),
    ("form", "action"),
}


class Reader(HTMLParser):
    """The names, the links and the fetched files of a page."""

    def __init__(self, path: Path):
        super().__init__()
        self.names, self.links, self.fetched = set(), [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in ("id", "name") and value:
                self.names.add(value)
            if (tag, name) in FETCHED:
                self.fetched.append(value)
            elif (tag, name) == ("a", "href"):
                self.links.append(value)


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The folder of a handbook that the command has built."""
    folder = tmp_path_factory.mktemp("book") / "handbook"
    command = [Path(sys.executable).with_name("renewal"), "handbook", "--to", folder, "--json"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["forms"] == len(form_names())
    return folder


@pytest.fixture(scope="module")
def pages(book):
    return {path.name: Reader(path) for path in book.glob("*.html")}


def test_every_link_of_every_page_leads_somewhere(book, pages):
    lost = []
    for name, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            target = unquote(parts.path) or name
            if parts.scheme:
                continue
            if not (book / target).is_file() or (parts.fragment and unquote(parts.fragment) not in pages[target].names):
                lost.append(f"{name}: {link}")
    assert not lost


def test_a_page_fetches_nothing_from_the_network(book, pages):
    """What a browser loads by itself lies in the folder; only links that a person clicks may lead out."""
    fetched = {link for page in pages.values() for link in page.fetched}
    assert fetched and not [link for link in fetched if urlsplit(link).scheme or link.startswith("//")]
    for link in fetched:
        assert link in ("#", "") or (book / urlsplit(link).path).exists(), link
    for path in (book / "_static").rglob("*.css"):
        assert not re.search(r"url\(['\"]?(https?:)?//|@import", path.read_text(encoding="utf-8")), path


def test_chapters_cards_forms_and_indexes_are_pages(book, pages):
    words = {path.stem.partition("_")[2] for path in CHAPTERS}
    wanted = {f"{kind}_{word}.html" for kind in ("chapter", "cards") for word in words}
    wanted |= {f"form_{name}.html" for name in form_names()} | {
        "index.html",
        "ledger.html",
        "readings.html",
        "search.html",
    }
    assert wanted <= set(pages)
    reachable = {urlsplit(link).path for link in pages["index.html"].links}
    assert wanted - {"index.html", "search.html"} <= reachable
    for name in form_names():
        assert f"forms/{name}.xlsx" in pages[f"form_{name}.html"].links and (book / "forms" / f"{name}.xlsx").is_file()
    names = {name for page in pages.values() for name in page.names}
    assert {f"item-{item}".lower().replace(".", "-") for item in items()} <= names
    assert {f"reading-{number}".lower() for number in readings()} <= names


def test_the_search_knows_the_chinese_terms(book):
    index = (book / "searchindex.js").read_text(encoding="utf-8")
    plain = json.loads(index.removeprefix("Search.setIndex(").removesuffix(")"))
    known = " ".join([*plain["terms"], *plain["titleterms"]])
    assert all(item.term.lower() in known for item in items().values())


def test_the_search_works_from_a_folder(book):
    chromium = shutil.which("chromium")
    if not chromium:
        pytest.skip("no chromium here to search in")
    page = f"{(book / 'search.html').as_uri()}?q={quote('优先级')}"
    command = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--virtual-time-budget=8000",
        "--dump-dom",
        page,
    ]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120).stdout
    assert "chapter_allocation.html" in told.partition('id="search-results"')[2]


def test_the_paper_edition_holds_the_whole_book(book):
    pdf = PdfReader(book / "handbook.pdf")
    assert len(pdf.pages) > 30
    width, height = pdf.pages[0].mediabox.width, pdf.pages[0].mediabox.height
    assert (round(width), round(height)) == (595, 842)
    text = "".join(page.extract_text() for page in pdf.pages)
    close = re.sub(r"\s", "", text)
    for path in CHAPTERS:
        assert re.sub(r"\s", "", re.search(r"^# (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)[1]) in close
    assert all(item.term in close for item in items().values())
    assert "Contents" in text and all(name in text for name in items())
    assert len(pdf.outline) >= 6


def test_the_font_has_every_chinese_character_of_the_book():
    known = set(TTFont(FONTS / "PlaybookSansSC-Regular.otf").getBestCmap())
    folders = (
        chapters_folder(),
        forms_folder(),
        params_folder(),
        params_folder() / "handbook",
        FONTS.parent / "templates",
    )
    text = "".join(
        path.read_text(encoding="utf-8") for folder in folders for path in folder.iterdir() if path.is_file()
    )
    missing = {letter for letter in text if unicodedata.east_asian_width(letter) in "WF" and ord(letter) not in known}
    assert not missing


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ("form:score_sheat", "mine.md:3: the link form:score_sheat leads nowhere, did you mean 'score_sheet'?"),
        ("card:S9.9.9", "mine.md:3: the link card:S9.9.9 leads nowhere"),
        ("../README.md", "mine.md:3: the link ../README.md leads out of the book"),
        ("https://example.org", "mine.md:3: the link https://example.org leads out of the book"),
    ],
)
def test_a_link_that_leads_nowhere_is_told_with_file_and_line(link, says):
    with pytest.raises(InputError) as told:
        linked(f"# Title\n\nSee [this]({link}).\n\n```\n[that](form:nothing)\n```\n", Path("mine.md"))
    assert says in str(told.value)


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path):
    (tmp_path / "letter.txt").write_text("mine")
    with pytest.raises(InputError, match="holds something else"):
        build_handbook(tmp_path, Parameters.load())
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_reading_has_a_question_and_is_chosen_by_parameters_of_its_items():
    parameters = Parameters.load()
    assert list(readings()) == [*(f"Q{n}" for n in range(1, 7)), "Q6b", *(f"Q{n}" for n in range(7, 22))]
    for number, reading in readings().items():
        chosen = choices(number, parameters)
        assert chosen, number
        assert not reading.items or {about.rule for about in chosen.values()} & set(reading.items), number
