"""The handbook as pages of Markdown: start, chapters, cards, forms, ledger and readings, with their links looked up.

A heading that can be linked to ends in `{#name}`. Links between pages are written `form:NAME`, `card:S3.3.3`,
`chapter:WORD` and `notebook:NAME` in the chapters, and `#name` here.
"""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playbook.cards import HEADING, Card, card, chapters_folder, choices, items, readings
from playbook.errors import InputError, did_you_mean
from playbook.ledger import Entry, ledger
from playbook.parameters import Parameter, Parameters
from playbook.sheets import TIMES, Form, form, form_names, in_words
from simulation.study.folders import notebooks_folder
from simulation.study.world import read_world
from simulation.view.report import rendered

LINK = re.compile(r"(?<!!)\[(?P<words>[^\]]*)\]\((?P<target>[^)\s]*)\)")
NUMBER = re.compile(
    r"^```.*?^```$|`[^`\n]*`|^#[^\n]*$|\[[^\]]*\]\([^)]*\)|(?P<number>\b(?:S\d\.\d\.\d[a-z]?|Q\d+b?)\b)",
    re.MULTILINE | re.DOTALL,
)
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```pycon\n(?P<lines>.*?)^```$", re.MULTILINE | re.DOTALL)
SHEET = "<!-- sheet -->"  # where a form's page has its printable sheet
FILE_LINK = re.compile(r"\[([^\]]*)\]\((notebooks/[^)]+|handbook\.pdf)\)")  # to a file that lies beside the pages
SET_UP = "set-up"
PARTS = {
    "1": "Organising the team 团队组织建设",
    "2": "Daily operations 日常运营管理",
    "3": "Performance 绩效评估体系",
    "4": "Growing 能力提升计划",
    "5": "Communication 内外沟通协调",
    "6": "Risk and improvement 风险管理与改进",
}
SAID_WITHOUT_UNIT = {"choice", "yes_no", "date", "share", "cny", *TIMES}
LEGS = {"a": "computed", "b": "simulated", "c": "written"}


@dataclass(frozen=True)
class Page:
    """One page: its name, under which it can be linked to, the part of the book it belongs to, its Markdown, and the
    form whose sheet stands on it."""

    name: str
    part: str
    text: str
    form: Form | None = None

    @property
    def file(self) -> str:
        """The name of its file, without ending."""
        return self.name.replace("-", "_")

    @property
    def title(self) -> str:
        """The words of its first heading."""
        return re.match(r"# (.+?)(?: \{#.*\})?$", self.text, re.MULTILINE)[1]


def book_pages(parameters: Parameters) -> list[Page]:
    """Every page of the handbook, in its order; InputError names file and line of a link that leads nowhere."""
    entries = {entry.id: entry for entry in ledger()}
    paths = sorted(chapters_folder().glob("*.md"))
    return [
        Page("index", "", rendered("start.md", parts=_by_part(paths), readings=len(readings()), items=len(items()))),
        *(_chapter(path, entries) for path in paths),
        *(_form(name) for name in form_names()),
        *(_cards(path, entries, parameters) for path in paths),
        Page("ledger", "Indexes", rendered("ledger.md", entries=list(entries.values()), titles=_titles(), legs=LEGS)),
        Page("world", "Indexes", rendered("world.md", parts=read_world().parts)),
        Page("readings", "Indexes", rendered("readings.md", readings=list(_readings(parameters)))),
    ]


def part_of(path: Path) -> str:
    """The part that a chapter belongs to, by the first figure of its section."""
    return PARTS[path.stem[0]]


def _by_part(paths: list[Path]) -> dict[str, list[tuple[str, str]]]:
    """Name and title of each chapter, by part."""
    return {
        part: [(f"chapter-{word_of(path)}", _title(path)) for path in paths if part_of(path) == part]
        for part in PARTS.values()
    }


def word_of(path: Path) -> str:
    """The word that names a chapter everywhere.

    >>> word_of(Path("1.3_staffing.md"))
    'staffing'
    """
    return path.stem.partition("_")[2]


def _title(path: Path) -> str:
    number, text = path.stem.partition("_")[0], path.read_text(encoding="utf-8")
    return f"{number} {re.search(r'^# (.+)$', text, re.MULTILINE)[1]}"


def _chapter(path: Path, entries: dict[str, Entry]) -> Page:
    """A chapter with its links looked up; under each item's heading stand its state and the way to its card."""
    text = linked(path.read_text(encoding="utf-8"), path)
    front, text = re.fullmatch(r"---\n(.*?)---\n(.*)", text, re.DOTALL).groups()
    fields = dict(line.split(": ", 1) for line in front.splitlines())
    text = re.sub(r"^# .+$", f"# {_title(path)} {{#chapter-{word_of(path)}}}", text, count=1, flags=re.MULTILINE)
    text = with_numbers_linked(text)
    text = HEADING.sub(lambda heading: _item_heading(heading, entries[heading["id"]]), text)
    text = BLOCK.sub(_set_up, text)
    kept = f"\n\n*Kept by the {fields['owner']}; to be looked at again by {fields['review']}.*\n"
    return Page(f"chapter-{word_of(path)}", part_of(path), text.strip() + kept)


def _set_up(block: re.Match[str]) -> str:
    """A block of examples without an answer is told apart: it only gets things ready."""
    lines = block["lines"].rstrip()
    has_answer = any(line and not line.startswith((">>>", "...")) for line in lines.splitlines())
    return f"```{'pycon' if has_answer else SET_UP}\n{lines}\n```"


def _item_heading(heading: re.Match[str], entry: Entry) -> str:
    stands = ", ".join(LEGS[leg] for leg in entry.has) or "nothing yet"
    owed = "".join(f" Owed: {LEGS[leg]} ({entry.owed_to.get(leg, 'not said where')})." for leg in entry.owed)
    line = f"*Stands: {stands}.{owed} [Numbers and functions](#card-{entry.id})*"
    return f"### {entry.id} {heading['title']} {{#item-{entry.id}}}\n\n{line}"


def linked(text: str, path: Path) -> str:
    """A chapter's text with its links as `#name`; InputError names file and line of one that leads nowhere."""

    def look_up(found: re.Match[str]) -> str:
        try:
            return f"[{found['words']}]({target_of(found['target'])})"
        except InputError as error:
            raise InputError(f"{path}:{text.count(chr(10), 0, found.start()) + 1}: {error}") from None

    codes = [span for code in CODE.finditer(text) for span in [code.span()]]
    return LINK.sub(lambda found: found[0] if any(a <= found.start() < b for a, b in codes) else look_up(found), text)


def with_numbers_linked(text: str) -> str:
    """A text in which the number of an item or a reading leads to it, but not in a heading, a link or code.

    >>> with_numbers_linked("As S3.3.3 says (reading Q6b); `S3.3.3` and S9.9.9 stay.")
    'As [S3.3.3](#item-S3.3.3) says (reading [Q6b](#reading-Q6b)); `S3.3.3` and S9.9.9 stay.'
    """

    def look_up(found: re.Match[str]) -> str:
        number = found["number"] or ""
        kind = "item" if number in items() else "reading" if number in readings() else None
        return f"[{number}](#{kind}-{number})" if kind else found[0]

    return NUMBER.sub(look_up, text)


def target_of(link: str) -> str:
    """Where a link of a chapter leads inside the book; InputError where it leads nowhere.

    >>> target_of("card:S3.3.3"), target_of("notebook:01_staffing")
    ('#card-S3.3.3', 'notebooks/01_staffing.ipynb')
    >>> target_of("card:S3.3")
    Traceback (most recent call last):
    ...
    playbook.errors.InputError: the link card:S3.3 leads nowhere, did you mean 'S3.3.1'?
    """
    scheme, _, name = link.partition(":")
    known = {
        "form": form_names(),
        "card": list(items()),
        "chapter": [word_of(path) for path in chapters_folder().glob("*.md")],
        "notebook": [path.stem for path in notebooks_folder().glob("*.ipynb")],
    }
    if scheme not in known:
        raise InputError(f"the link {link} leads out of the book; a link begins with {':, '.join(known)}:")
    if name not in known[scheme]:
        raise InputError(f"the link {link} leads nowhere{did_you_mean(name, known[scheme])}")
    return f"notebooks/{name}.ipynb" if scheme == "notebook" else f"#{scheme}-{name}"


def _form(name: str) -> Page:
    found = form(name)
    return Page(f"form-{name}", "Forms", rendered("form.md", name=name, form=found), found)


def _cards(path: Path, entries: dict[str, Entry], parameters: Parameters) -> Page:
    """The cards of a chapter's items: state, numbers, functions."""
    found = [card(name, parameters) for name, item in items().items() if item.chapter == word_of(path)]
    rows = [(each, entries[each.id], _numbers(each), list(_functions(each))) for each in found]
    text = rendered("cards.md", title=_title(path), word=word_of(path), cards=rows, titles=_titles(), legs=LEGS)
    return Page(f"cards-{word_of(path)}", "Numbers and functions", text)


def _titles() -> dict[str, str]:
    """The title that the chapters give each item, or the source's where they have none."""
    texts = "\n".join(path.read_text(encoding="utf-8") for path in chapters_folder().glob("*.md"))
    told = {heading["id"]: heading["title"] for heading in HEADING.finditer(texts)}
    return {name: told.get(name, f"{item.title} {item.term}") for name, item in items().items()}


def _numbers(found: Card) -> list[dict[str, str]]:
    return [
        {"name": name, "value": _said(about), "allowed": _allowed(about), "basis": about.basis, "source": about.source,
         "note": about.note or ""}
        for name, about in found.parameters.items()
    ]  # fmt: skip


def _said(about: Parameter) -> str:
    """A parameter's value as one says it; a table entry by entry."""
    if isinstance(about.value, dict):
        return ", ".join(f"{key}: {in_words(value, about.unit)}" for key, value in about.value.items()) or "none"
    if isinstance(about.value, list | tuple):
        return ", ".join(in_words(value, about.unit) for value in about.value)
    said = in_words(about.value, about.unit)
    return said if about.unit in SAID_WITHOUT_UNIT else f"{said} {about.unit.replace('_', ' ')}"


def _allowed(about: Parameter) -> str:
    if about.unit in ("choice", "yes_no"):
        return ", ".join(str(each).replace("_", " ") for each in about.allowed)
    return f"{about.allowed[0]} to {about.allowed[-1]}"


def _functions(found: Card) -> Iterator[dict[str, str]]:
    """Each function of a card: its name, its words, and its checked example."""
    for rule in found.rules:
        words, _, example = (inspect.getdoc(rule) or "").partition("\n>>> ")
        names = ", ".join(inspect.signature(rule).parameters)
        yield {
            "name": f"{rule.__module__}.{rule.__name__}",
            "call": f"{rule.__name__}({names})",
            "words": words.strip(),
            "example": f">>> {example}" if example else "",
        }


def _readings(parameters: Parameters) -> Iterator[tuple[str, str, list[str], list[dict[str, str]]]]:
    """Each reading with its question, its items and what is chosen today."""
    for number, reading in readings().items():
        chosen = [
            {"name": name, "today": _said(about), "others": _others(about), "note": about.note or ""}
            for name, about in choices(number, parameters).items()
        ]
        yield number, reading.question, reading.items, chosen


def _others(about: Parameter) -> str:
    """What else could be chosen."""
    if about.unit in ("choice", "yes_no") and not isinstance(about.value, dict):
        return ", ".join(str(each).replace("_", " ") for each in about.allowed if each != about.value)
    return _allowed(about)
