"""The chapters: one shape, tags that are true, and no figure that could go stale."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from playbook.cards import HEADING, card, chapters_folder, items, sections
from playbook.parameters import Parameters

PATHS = sorted(chapters_folder().glob("*.md"))
FIVE = ["What this is for", "The rules", "How it looks on a Monday", "Checklist", "What to read next"]
READINGS = [*(f"Q{number}" for number in range(1, 22)), "Q6b"]

BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
NOT_A_FIGURE = re.compile(
    r"\]\([^)]*\)"  # where a link leads
    r"|\bS\d\.\d(\.\d[a-z]?)?\b|\bQ\d+[a-z]?\b"  # items, sections, readings
    r"|^\s*\d+\.\s"  # the numeral of a list
    r"|`[^`]*[a-zA-Z_][^`]*`",  # code in a line: commands and names
    re.MULTILINE,
)
FIGURE = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w])")
NUMBER = re.compile(r"(?<![A-Za-z_])\d[\d_,]*(?:\.\d+)?(?:e-?\d+)?(?![A-Za-z])")
PER_CENT = re.compile(r"(?:[\s,]|and|or|to|against|\d|\.)*(?:%|per cent|points)")


def figures(prose: str) -> list[tuple[str, list[float]]]:
    """Each number in digits of a prose, with the values that it may be worked out as: a per cent is a share, too.

    >>> figures("109, 110 and 120 % of 1,500 (S1.3.2a, reading Q1)")[1:]
    [('110', [110.0, 1.1]), ('120', [120.0, 1.2]), ('1,500', [1500.0])]
    """
    text = NOT_A_FIGURE.sub(lambda found: " " * len(found[0]), BLOCK.sub("", prose))
    found = []
    for figure in FIGURE.finditer(text):
        value = float(figure[0].rstrip(",").replace(",", ""))
        is_share = PER_CENT.match(text, figure.end())
        found.append((figure[0], [value, round(value / 100, 9)] if is_share else [value]))
    return found


def worked_out(item: str, prose: str) -> set[float]:
    """The numbers that stand in the examples of an item's section, and the values of its parameters that they read."""
    blocks = "\n".join(BLOCK.findall(prose))
    found = {abs(float(number.replace("_", "").replace(",", ""))) for number in numbers(blocks)}
    for name, about in card(item).parameters.items():
        if re.search(rf"\.{name.partition('.')[2]}\b", blocks):
            found |= {float(number) for number in numbers(str(about.value))}
    return {round(number, 9) for number in found}


def numbers(text: str) -> list[str]:
    return [each.rstrip(",_") for each in NUMBER.findall(text)]


@pytest.mark.parametrize("item", list(sections()))
def test_every_figure_in_prose_comes_from_a_checked_example(item):
    _, prose = sections()[item]
    known = worked_out(item, prose)
    loose = [figure for figure, values in figures(prose) if not known.intersection(values)]
    chapter = items()[item].chapter
    assert not loose, f"chapter {chapter}, item {item}: {', '.join(loose)} stands in no example of its section"


def test_a_figure_without_an_example_is_found():
    prose = "After 48 hours, or 15 %.\n\n```pycon\n>>> limit(0.15)\n'36'\n\n```\n"
    known = worked_out("S1.1.1b", prose)
    assert [figure for figure, values in figures(prose) if not known.intersection(values)] == ["48"]


@pytest.mark.parametrize("reading", READINGS)
def test_every_ambiguous_place_is_a_parameter(reading):
    parameters = Parameters.load()
    named = [name for name in parameters if re.search(rf"\b{reading}\b", parameters.about(name).source)]
    assert any(parameters.about(name).basis == "reading" for name in named)


def test_there_are_18_chapters_one_a_section():
    assert len(PATHS) == 18
    assert {path.stem for path in PATHS} == {f"{each.section[1:]}_{each.chapter}" for each in items().values()}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_chapter_has_an_owner_a_review_and_five_parts(path: Path):
    _, front, text = path.read_text(encoding="utf-8").split("---\n", 2)
    fields = yaml.safe_load(front)
    assert set(fields) == {"owner", "review"}
    assert re.fullmatch(r"[a-z -]+", fields["owner"]) and isinstance(fields["review"], date)
    prose = BLOCK.sub("", text)
    assert len(re.findall(r"^# .+[\u4e00-\u9fff]", prose, re.MULTILINE)) == 1
    assert re.findall(r"^## (.+)$", prose, re.MULTILINE) == FIVE


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_chapter_tells_the_items_of_its_section_in_order(path: Path):
    section = f"S{path.stem.partition('_')[0]}"
    headings = [heading["id"] for heading in HEADING.finditer(path.read_text(encoding="utf-8"))]
    assert headings == [name for name, item in items().items() if item.section == section]
